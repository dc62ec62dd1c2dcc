"""The guard on the mutations of tables: what it sees has its class, and what it can't see has its reason."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from tablekit.ops.guard.report import judge
from tablekit.resources import TABLE
from tests.policies.analyzer import Sent
from tests.policies.edits import Broken, edit, key
from tests.policies.mutations import MUTATIONS
from tests.policies.program import stack
from tests.support.guarded import paired, plan, resource, state, step

INDEX = {"index-drop", "last-index", "index-build"}
SEEN: Final = {
    "": {"removal"},
    "@protect": {"protection-lost"},
    "@ignore_changes": {"options-set"},
    "pointInTimeRecovery/enabled": {"recovery-lost"},
    "pointInTimeRecovery/recoveryPeriodInDays": {"recovery-window"},
    "pointInTimeRecovery": {"unknown"},
    "deletionProtectionEnabled": {"protection-lost"},
    "name": {"unknown"},
    "region": {"replacement", "unknown"},
    "hashKey": {"replacement"},
    "rangeKey": {"replacement"},
    "localSecondaryIndexes": {"replacement"},
    "attributes/0/type": {"key-type"},
    "ttl": {"ttl-left-out"},
    "ttl/enabled": {"ttl-switch"},
    "ttl/attributeName": {"ttl-attribute"},
    "onDemandThroughput": {"cap"},
    "globalSecondaryIndexes/0/onDemandThroughput": {"cap"},
    "billingMode": {"capacity-mode"},
    "tableClass": {"table-class"},
    "globalSecondaryIndexes": INDEX,
    "globalSecondaryIndexes/0": INDEX,
    "globalSecondaryIndexes/0/name": INDEX,
    "globalSecondaryIndexes/0/projectionType": INDEX,
    "globalSecondaryIndexes/0/nonKeyAttributes/+": INDEX,
}
"""What a mutation changes first, and the gravest class that it has."""
UNSEEN: Final = {
    "@aliases": "an alias leads to the same table; from another one, the state shows whose it was",
    "@delete_before_replace": "no plan has it; a replacement is refused with it or without",
    "@provider": "accounts are not compared; another region is a replacement",
    "serverSideEncryption": "left out, the AWS plugin plans nothing: it stays as it is",
    "serverSideEncryption/kmsKeyArn": "a table goes from key to key in place; whose key it is, only the stage says",
    "replicas": "nothing of this table is lost",
    "restoreSourceName": "is read at a creation alone",
    "restoreSourceTableArn": "is read at a creation alone",
    "importTable": "is read at a creation alone",
    "tags/owner": "tags are no protection of the guard's",
    "tags/family": "tags are no protection of the guard's",
    "tags/key": "tags are no protection of the guard's",
    "tags/data-classification": "tags are no protection of the guard's",
}
"""What it may call safe, and why."""
STREAMS: Final = {"streamEnabled", "streamViewType"}
NOT_DECLARED: Final = ("table other", "table warehouse")
"""New to the guard, and the pack's to stop."""
TABLES: Final = [
    broken
    for broken in MUTATIONS
    if key(broken.target)[0] == TABLE and broken.stage == "prod" and broken.target not in NOT_DECLARED
]


def held(sent: Sent, **changed: Any) -> dict[str, Any]:
    """A table as a state or plan has it."""
    return resource(sent.inputs, sent.name, protect=sent.protect, ignoreChanges=list(sent.ignore_changes), **changed)


@pytest.mark.parametrize("broken", TABLES, ids=lambda broken: f"{broken.target} {next(iter(broken.edits))}")
def test_a_mutation_of_a_table_has_its_class(tmp_path: Path, broken: Broken) -> None:
    _, resources = stack("prod")
    before, first = deepcopy(resources[key(broken.target)]), next(iter(broken.edits))
    edit(resources, key(broken.target), broken.edits)
    after = resources.get(key(broken.target))
    was = held(before)
    changed = step("update", was, held(after)) if after else step("delete", was, None)
    found = judge(paired(tmp_path, plan(changed), state(was)), (), date(2026, 6, 1))
    change = found.tables[0].changes[0].change
    if first in STREAMS:
        assert change == ("stream" if before.inputs.get("streamEnabled") else "in-place"), "its first one takes nothing"
    elif first in UNSEEN:
        assert (change, found.verdict) == ("in-place", "safe"), UNSEEN[first]
    else:
        assert change in SEEN[first]
        assert found.verdict != "safe" or change == "index-build"
