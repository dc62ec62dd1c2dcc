"""The errors of this benchmark: each is one message, and ends it.

BenchmarkError          root; a peer failed, or does not plan what the others do
└── PeerMissingError    a peer can't be had here; the others are measured without it
"""

from __future__ import annotations


class BenchmarkError(Exception):
    """A peer failed, or does not plan what the others do: a figure would mean nothing."""


class PeerMissingError(BenchmarkError):
    """A peer can't be had on this machine; the others are measured without it."""
