"""What a person asks of `tablekit seed`. Imports nothing that takes time: every command of `tablekit` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CONCURRENCY = 32
"""Batches at a time, at most: with 10 ms a call that is more than a process can make ready."""
IMPORT_ABOVE = 50.0
"""GiB of a file above which it is DynamoDB's own import that should carry it."""


@dataclass(frozen=True)
class Options:
    """How items are written.

    overwrite: put every item, whatever is there. skip_existing: leave what is there, whatever its content.
    checkpoint: the default lies beside the file. concurrency: calls at a time, at most.
    """

    format: str | None = None
    overwrite: bool = False
    skip_existing: bool = False
    rejects: Path | None = None
    checkpoint: Path | None = None
    concurrency: int = CONCURRENCY


@dataclass(frozen=True)
class Asked:
    """What is to be written where.

    file: None for the families' own items. families: empty for all. import_above: GiB.
    """

    file: Path | None
    families: tuple[str, ...]
    table: str | None
    stage: str | None
    yes: bool
    import_above: float
    stage_in: str | None
    dry_run: bool
