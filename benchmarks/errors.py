"""The one error of the benchmarks: a message that ends the run."""

from __future__ import annotations


class BenchmarkError(Exception):
    """A peer failed, or did something else than the others: a figure would mean nothing."""
