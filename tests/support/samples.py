"""The families' sample items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tablekit.model import Family

_SAMPLES = Path(__file__).parents[2] / "families" / "samples"


def samples(family: Family, table: str) -> list[dict[str, dict[str, Any]]]:
    """A table's sample items, in DynamoDB JSON."""
    text = (_SAMPLES / family.key / f"{table}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def texts(item: dict[str, dict[str, Any]], *names: str) -> tuple[str, ...]:
    """The values of these attributes, as they stand in DynamoDB JSON."""
    return tuple(next(iter(item[name].values())) for name in names)
