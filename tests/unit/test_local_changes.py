"""What an update did, read from the engine's events; and what is shown of what it said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.changes import read
from local.stack import _told

URN = "urn:pulumi:local::tables::"
FAMILY = "tables:index:TableFamily"


def event(seconds: int, op: str, kind: str, name: str, parent: str = "", **inputs: Any) -> dict[str, Any]:
    """An end of a step; what is deleted has no new state."""
    state = {"parent": f"{URN}{parent}" if parent else "", "inputs": inputs}
    gone = op == "delete"
    step = {"op": op, "urn": f"{URN}{kind}::{name}", "type": kind, "new": None if gone else state, "old": state}
    return {"timestamp": seconds, "resOutputsEvent": {"metadata": step}}


def test_a_family_is_a_line_and_the_stack_a_count(tmp_path: Path) -> None:
    shop, table = f"{FAMILY}::shop", f"{FAMILY}$tables:index:FamilyTable"
    indexes: dict[str, Any] = {"globalSecondaryIndexes": [{}, {}], "localSecondaryIndexes": [{}]}
    events = [
        event(10, "same", "pulumi:pulumi:Stack", "tables-local"),
        event(10, "create", FAMILY, "shop", "pulumi:pulumi:Stack::tables-local"),
        event(11, "create", table, "shop-orders", shop),
        event(15, "create", "aws:dynamodb/table:Table", "shop-orders", f"{table}::shop-orders", **indexes),
        event(12, "update", "aws:iam/role:Role", "shop-app", shop),
        event(12, "delete", "aws:cloudwatch/metricAlarm:MetricAlarm", "shop-throttles", shop),
        event(12, "same", FAMILY, "bare"),
        event(12, "create", "aws:sns/topic:Topic", "account"),
        {"summaryEvent": {"resourceChanges": {"create": 4, "same": 2, "update": 1, "replace": 1, "delete": 1}}},
    ]
    file = tmp_path / "events"
    file.write_text("\n".join(json.dumps(one) for one in events))
    changes = read(file)
    assert changes.families == [
        "bare: 0 tables, 0 indexes, 0 alarms, 0 roles; 1 unchanged, 0 s",
        "shop: 1 table, 3 indexes, 0 alarms, 1 role; 1 changed, 3 created, 1 deleted, 5 s",
    ]
    assert str(changes) == "2 changed, 4 created, 1 deleted, 2 unchanged"
    assert changes.altered == "2 changed, 4 created, 1 deleted"
    assert str(read(tmp_path / "none")) == ""


TABLES = "Updating (local):\n\n +  aws:dynamodb:Table shop-orders created (0s)\n"
WARNED = "Diagnostics:\n  aws:dynamodb:Table (shop-orders):\n    warning: not held\n\n"
ADVICE = "Policies:\n    pack\n        - [advisory]  a\n        - [advisory]  b\n\n"
BROKEN = "Policies:\n    pack\n        - [mandatory]  c\n"
END = "Resources:\n    + 1 created\n"


@pytest.mark.parametrize(
    ("text", "failed", "shown"),
    [
        (TABLES + WARNED + END, False, "  aws:dynamodb:Table (shop-orders):\n    warning: not held"),
        (
            TABLES + ADVICE + END,
            False,
            "The policy pack has 2 advisory findings; --verbose (make … VERBOSE=1) shows them.",
        ),
        (TABLES + END, False, ""),
        (TABLES + BROKEN + WARNED + END, True, (BROKEN + WARNED).rstrip()),
        ("error: no stack named 'x' found\n", True, "error: no stack named 'x' found"),
    ],
    ids=["a warning", "advice", "nothing", "a broken policy", "an error of the command"],
)
def test_what_is_shown_of_the_engines_words(text: str, failed: bool, shown: str) -> None:
    assert _told(text, failed) == shown
