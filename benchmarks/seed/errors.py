"""The errors of this benchmark: each is one message, and ends it.

BenchmarkError          root; a load failed, or did not store what it was given
└── PeerMissingError    a peer or a server can't be had here; the others are measured without it
"""

from __future__ import annotations


class BenchmarkError(Exception):
    """A load failed, or did not store what it was given: a figure would mean nothing."""


class PeerMissingError(BenchmarkError):
    """A peer or a server can't be had on this machine; the others are measured without it."""
