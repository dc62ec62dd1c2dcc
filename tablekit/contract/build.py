"""Builds a family's part of the contract from its declaration and what the deployment made of it."""

from __future__ import annotations

from collections.abc import Mapping

from tablekit.contract.v1 import (
    ExportedAccessPattern,
    ExportedAlarms,
    ExportedFamily,
    ExportedIndex,
    ExportedKey,
    ExportedRole,
    ExportedTable,
)
from tablekit.model.attributes import Key
from tablekit.model.family import Family
from tablekit.model.patterns import AccessPattern
from tablekit.model.stage import StageConfig
from tablekit.model.table import Table


def export_family(
    family: Family,
    stage: StageConfig,
    table_arns: Mapping[str, str],
    stream_arns: Mapping[str, str | None],
    role_arns: Mapping[str, str],
    topic_arn: str | None,
    alarm_names: list[str],
) -> ExportedFamily:
    """table_arns and stream_arns are by logical table name, role_arns by role, as the deployment gave them."""
    return ExportedFamily(
        region=stage.region_of(family),
        tables={
            table.name: _table(table, family.physical(table.name, stage.stage), arn, stream_arns[table.name])
            for table in family.tables
            for arn in (table_arns[table.name],)
        },
        roles={
            role.name: ExportedRole(name=family.role_name(role, stage.stage), arn=role_arns[role.name])
            for role in family.roles
        },
        alarms=ExportedAlarms(topic_arn=topic_arn, names=alarm_names),
        access_patterns={name: _pattern(pattern) for name, pattern in family.patterns.items()},
        env={family.variable(table.name): family.physical(table.name, stage.stage) for table in family.tables},
    )


def _key(key: Key | None) -> ExportedKey | None:
    return ExportedKey(name=key.name, type=key.type) if key else None


def _table(table: Table, name: str, arn: str, stream_arn: str | None) -> ExportedTable:
    return ExportedTable(
        name=name,
        arn=arn,
        stream_arn=stream_arn,
        hash_key=ExportedKey(name=table.hash_key.name, type=table.hash_key.type),
        range_key=_key(table.range_key),
        ttl_attribute=table.ttl,
        indexes={
            index.name: ExportedIndex(
                arn=f"{arn}/index/{index.name}",
                hash_key=ExportedKey(name=index.hash_key.name, type=index.hash_key.type),
                range_key=_key(index.range_key),
                projection=index.projection,
            )
            for index in sorted(table.indexes, key=lambda index: index.name)
        },
    )


def _pattern(pattern: AccessPattern) -> ExportedAccessPattern:
    return ExportedAccessPattern(
        table=pattern.table,
        index=pattern.index,
        operation=pattern.operation,
        key_condition=pattern.key,
        filter=pattern.filter,
        condition=pattern.condition,
        update=pattern.update,
        projection=list(pattern.projection) or None,
        order=pattern.order,
        parameters=pattern.parameters,
    )
