"""What an update did: counts, and one line a family, read from the engine's own list of events."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAMILY = "TableFamily"
KINDS = {"dynamodb/table:": "table", "cloudwatch/metricAlarm:": "alarm", "iam/role:": "role"}
DONE = {"create": "created", "import": "imported", "same": "unchanged", "delete": "deleted"}
"""What was done to a resource, by the engine's name for its last operation on it; any other changed it."""


@dataclass
class Changes:
    """counts: resources of the whole stack by what was done, as {'created': 9}. families: a line each."""

    counts: Mapping[str, int] = field(default_factory=dict)
    families: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return _listed(self.counts)

    @property
    def altered(self) -> str:
        """As `str`, without what was unchanged; empty where all was."""
        return _listed({done: count for done, count in self.counts.items() if done != "unchanged"})


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {done}" for done, count in sorted(counts.items()))


def read(events: Path) -> Changes:
    """The changes of an update, from the file that the engine wrote by `--event-log`."""
    found: dict[str, dict[str, Any]] = {}
    ended: dict[str, list[int]] = defaultdict(list)
    changes = Changes()
    for line in events.read_text().splitlines() if events.exists() else ():
        event = json.loads(line)
        if summary := event.get("summaryEvent"):
            totals = Counter[str]()
            for operation, count in (summary.get("resourceChanges") or {}).items():
                totals[DONE.get(operation, "changed")] += count
            changes.counts = totals
        for kind in ("resourcePreEvent", "resOutputsEvent"):
            if kind in event:
                step = event[kind]["metadata"]
                found[step["urn"]] = step
                ended[step["urn"]].append(event["timestamp"])
    by_family: dict[str, list[str]] = defaultdict(list)
    for urn in found:
        if family := _family(urn, found):
            by_family[family].append(urn)
    for family, urns in sorted(by_family.items()):
        seconds = [second for urn in urns for second in ended[urn]]
        steps = [found[urn] for urn in urns]
        changes.families.append(f"{family}: {_holds(steps)}; {_done(steps)}, {max(seconds) - min(seconds)} s")
    return changes


def _family(urn: str, found: dict[str, dict[str, Any]]) -> str:
    """The family that a resource is of, by its parents; empty for one of none."""
    while urn in found and not found[urn]["type"].endswith(f":{FAMILY}"):
        urn = (found[urn]["new"] or found[urn]["old"] or {}).get("parent", "")
    return urn.rpartition("::")[2] if urn in found else ""


def _holds(steps: list[dict[str, Any]]) -> str:
    counts = dict.fromkeys(("table", "index", "alarm", "role"), 0)
    for step in steps:
        inputs = (step["new"] or {}).get("inputs") or {}
        for kind, name in KINDS.items():
            counts[name] += step["new"] is not None and step["type"].startswith(f"aws:{kind}")
        counts["index"] += len(inputs.get("globalSecondaryIndexes") or []) + len(
            inputs.get("localSecondaryIndexes") or []
        )
    plural = {"index": "indexes"}
    return ", ".join(f"{n} {name if n == 1 else plural.get(name, f'{name}s')}" for name, n in counts.items())


def _done(steps: list[dict[str, Any]]) -> str:
    return _listed(Counter(DONE.get(step["op"], "changed") for step in steps))
