"""What a policy document grants, and on whose tables: for the rules on one role and those on all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from policies.resource import Resource, listed
from policies.run import Run

if TYPE_CHECKING:
    from tablekit.model.family import Family
    from tablekit.model.roles import Role


def allows(resource: Resource, field: str = "policy") -> Iterator[dict[str, Any]]:
    """The statements that allow something."""
    for statement in resource.document(field):
        if statement.get("Effect") == "Allow":
            yield statement


def dynamodb_statements(resource: Resource) -> Iterator[tuple[dict[str, Any], set[str], list[str]]]:
    """The allowing statements with DynamoDB actions, those actions, and the statement's resources."""
    for statement in allows(resource):
        actions = {action for action in listed(statement.get("Action")) if action.lower().startswith("dynamodb:")}
        if actions:
            yield statement, actions, listed(statement.get("Resource"))


def table_of(arn: str) -> str | None:
    """The table part of an ARN or of a pattern for ARNs (`table/pse-*` gives `pse-*`); None where there is none."""
    _, found, rest = arn.partition(":table/")
    return rest.split("/")[0] if found else None


def own_tables(family: Family, stage: str) -> set[str]:
    """The family's prefix pattern, where it has one, and its tables' names."""
    prefix = family.prefix(stage)
    return {family.table_name_for(table.name, stage) for table in family.tables} | ({f"{prefix}*"} if prefix else set())


def reached_tables(family: Family, role: Role, run: Run) -> set[tuple[str, str]]:
    """The tables of other families that a role may reach for, with the action on each."""
    options = run.configured("options", [])
    found = set()
    for reach in role.reaches:
        if reach.option is None or reach.option in options:
            other = run.catalogue.family(reach.family)
            for name in reach.patterns:
                pattern = other.patterns[name]
                found.add((other.table_name_for(pattern.table, run.stage), pattern.action))
    return found
