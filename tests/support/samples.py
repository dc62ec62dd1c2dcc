"""The families' sample items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tablekit.model import AccessPattern, Family
from tablekit.ops import examples
from tablekit.ops.samples import plain

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "families" / "samples"


def samples(family: Family, table: str) -> list[dict[str, dict[str, Any]]]:
    """A table's sample items, in DynamoDB JSON."""
    file = Path("families", "samples", family.key, f"{table}.jsonl")
    assert (ROOT / file).is_file(), (
        f"{file}: no such file; give the table sample items there, one a line: DynamoDB JSON"
    )
    return [json.loads(line) for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]


def texts(item: dict[str, dict[str, Any]], *names: str) -> tuple[str, ...]:
    """The values of these attributes, as they stand in DynamoDB JSON."""
    return tuple(next(iter(item[name].values())) for name in names)


def example(family: Family, pattern: AccessPattern) -> dict[str, Any]:
    """Arguments for the pattern, as the commands take them from the table's sample items."""
    items = map(plain, samples(family, pattern.table)) if (SAMPLES / family.key).is_dir() else ()
    return examples.arguments(pattern, family.table(pattern.table), items)
