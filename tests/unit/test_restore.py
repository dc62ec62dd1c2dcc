"""What a restored table is called: no role of any stage reaches it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from families import catalogue
from tablekit.model.naming import RESTORED
from tablekit.model.permissions import role_policy
from tablekit.model.staged import Account, staged_families
from tests.support.declare import stage

STAGES = ("prod", "dev", RESTORED.rstrip("."))
ACCOUNT = Account("123456789012")


def granted(policy: dict[str, Any]) -> set[str]:
    statements = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    return {arn for each in statements for arn in each["Resource"] if ":table/" in arn}


@pytest.mark.parametrize("name", STAGES)
def test_no_role_is_granted_a_restored_table(name: str) -> None:
    found = catalogue()
    restored = [
        family.table_arn(ACCOUNT, f"{RESTORED}{table.name}.20261127T101500Z")
        for each in STAGES
        for family in staged_families(stage(each, found), found).values()
        for table in family.tables.values()
    ]
    options = found.options()
    families = staged_families(stage(name, found, options=list(options)), found)
    patterns = {
        arn
        for family in families.values()
        for role in family.roles
        for arn in granted(role_policy(family, role, ACCOUNT))
    }
    assert any(arn.endswith("*") for arn in patterns), "prefixes are among them"
    assert [arn for arn in restored for pattern in patterns if fnmatchcase(arn, pattern)] == []
