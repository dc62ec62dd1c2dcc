"""What a load consumes, and what that costs by the list."""

from __future__ import annotations

from math import ceil
from typing import Final

from tablekit.model.items import item_size
from tablekit.model.table import Table
from tablekit.ops.seed.values import TypedItem

DOLLARS_PER_MILLION_WRITES: Final = 0.625
"""A million write request units on demand, table class Standard, us-east-1, the list of November 2024, USD.

Other regions' prices differ, mostly upwards; provisioned capacity is paid by the hour instead; a write into a global
table counts once a replica.
"""
DOLLARS_PER_MILLION_READS: Final = 0.125
"""A million read request units on demand, as above."""
_UNIT_BYTES: Final = 1024


class WriteUnits:
    """The write units of an item that its table does not have yet: one a KiB begun, in the table and in each index.

    An index takes an item that has all of its keys, and of that what it projects. Emulators don't count so.
    """

    def __init__(self, table: Table) -> None:
        primary = {key.name for key in table.keys}
        self._indexes: list[tuple[frozenset[str], frozenset[str] | None]] = []
        for index in table.indexes:
            keys = {key.name for key in index.keys}
            projected = None if index.projection == "ALL" else frozenset(primary | keys | set(index.include))
            self._indexes.append((frozenset(keys), projected))

    def __call__(self, item: TypedItem, text_bytes: int | None = None) -> int:
        """text_bytes: the length of its DynamoDB JSON, which no item is longer than."""
        taking = [projected for keys, projected in self._indexes if keys <= item.keys()]
        if text_bytes is not None and text_bytes <= _UNIT_BYTES:
            return 1 + len(taking)
        whole = _units(item)
        parts = (
            whole if names is None else _units({name: item[name] for name in names & item.keys()}) for names in taking
        )
        return whole + sum(parts)


def _units(item: TypedItem) -> int:
    return max(1, ceil(item_size(item) / _UNIT_BYTES))


def cost(writes: float, reads: float = 0.0, priced: bool = True) -> str:
    """Capacity and its price, for people. writes, reads: request units. priced: no emulator's."""
    read = f" and {reads:,.1f} read" if reads else ""
    units = f"{writes:,.0f} write{read} units, indexes included"
    if not priced:
        return units
    dollars = (writes * DOLLARS_PER_MILLION_WRITES + reads * DOLLARS_PER_MILLION_READS) / 1e6
    return f"{units}, about ${dollars:,.4f} on demand at us-east-1's list price"
