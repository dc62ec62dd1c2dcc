"""What each role should be able to do, from the families' declarations alone: none of `tablekit.model.permissions`.

A family with a prefix gives a role its patterns' actions on every table of the family, as the documents have it; one
without gives each action on the very table or index of a pattern. Scans, reaches and tenants are exact in either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tablekit.model import AccessPattern, Catalogue, Family, Role, Table
from tests.support.iam.deployed import Deployment

Cell = tuple[str, str]
"""An action and the ARN it is on."""

_ACTIONS: Final = {
    "get": "dynamodb:GetItem",
    "query": "dynamodb:Query",
    "put": "dynamodb:PutItem",
    "update": "dynamodb:UpdateItem",
    "delete": "dynamodb:DeleteItem",
    "batch-write": "dynamodb:BatchWriteItem",
    "scan": "dynamodb:Scan",
}
_READS: Final = ("get", "query", "scan")


def patterns(role: Role, family: Family) -> list[AccessPattern]:
    """The patterns that the role names, or all that its access covers."""
    if role.patterns:
        return [pattern for pattern in family.access_patterns if pattern.name in role.patterns]
    if role.access == "read-write":
        return list(family.access_patterns)
    return [p for p in family.access_patterns if p.operation in _READS and not _gives_secrets(p, family.table(p.table))]


def _gives_secrets(pattern: AccessPattern, table: Table) -> bool:
    """No index of another hash key holds secrets; a table and its local indexes give what is not left out by name."""
    here = pattern.index is None or any(each.local for each in table.indexes if each.name == pattern.index)
    return bool(table.secrets) and here and (not pattern.projection or bool({*pattern.projection} & {*table.secrets}))


def used(role: Role, family: Family, deployment: Deployment, catalogue: Catalogue) -> set[Cell]:
    """What the role's patterns do, each on its own table or index, and its reaches."""
    cells = _exact(patterns(role, family), family, deployment)
    for reach in role.reaches:
        if reach.option is None or reach.option in deployment.settings.get("options", ()):
            other = catalogue.family(reach.family)
            cells |= _exact([p for p in other.access_patterns if p.name in reach.patterns], other, deployment)
    return cells


def granted(role: Role, family: Family, deployment: Deployment, catalogue: Catalogue) -> set[Cell]:
    """All that the role should be allowed: what it uses, over the family's prefix where it has one."""
    cells = used(role, family, deployment, catalogue)
    own = [each for each in deployment.resources if each.family == family.key]
    if role.describe:
        cells |= {("dynamodb:DescribeTable", each.arn) for each in own if each.kind == "table"}
    if role.tenant or family.table_name.startswith("{table}"):
        return cells
    if role.access == "read-only" and any(table.secrets for table in family.tables):
        return cells
    for pattern in patterns(role, family):
        kinds = {"scan": (), "query": ("table", "index")}.get(pattern.operation, ("table",))
        cells |= {(_ACTIONS[pattern.operation], each.arn) for each in own if each.kind in kinds}
    return cells


def _exact(wanted: Iterable[AccessPattern], family: Family, deployment: Deployment) -> set[Cell]:
    return {
        (_ACTIONS[pattern.operation], arn)
        for pattern in wanted
        for arn in deployment.arns(family.key, pattern.table, pattern.index)
    }
