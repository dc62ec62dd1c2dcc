"""What a load costs, by the list."""

from __future__ import annotations

from typing import Final

DOLLARS_PER_MILLION_WRITES: Final = 0.625
"""A million write request units on demand, table class Standard, us-east-1, the list of November 2024, USD.

Other regions' prices differ, mostly upwards; provisioned capacity is paid by the hour instead; a write into a global
table counts once a replica.
"""
DOLLARS_PER_MILLION_READS: Final = 0.125
"""A million read request units on demand, as above."""


def cost(writes: float, reads: float = 0.0) -> str:
    """Capacity and its price, for people. writes, reads: request units."""
    dollars = (writes * DOLLARS_PER_MILLION_WRITES + reads * DOLLARS_PER_MILLION_READS) / 1e6
    read = f" and {reads:,.1f} read" if reads else ""
    return f"{writes:,.0f} write{read} units, about ${dollars:,.4f} on demand at us-east-1's list price"
