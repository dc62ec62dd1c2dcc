"""Builds a family's part of the contract from its declaration and what the deployment made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tablekit.contract.v1 import (
    ExportedAccessPattern,
    ExportedAlarms,
    ExportedAttribute,
    ExportedEntity,
    ExportedEvents,
    ExportedFamily,
    ExportedIndex,
    ExportedKey,
    ExportedReplica,
    ExportedRole,
    ExportedTable,
)
from tablekit.model.alarms import composite_alarm, family_alarms
from tablekit.model.attributes import Attribute, Key
from tablekit.model.events import detail_type, event_source
from tablekit.model.layout import Entity
from tablekit.model.naming import KEY_ID
from tablekit.model.patterns import AccessPattern
from tablekit.model.pipe_permissions import bus_arn, queue_arn
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.model.table import Table


def export_family(
    family: StagedFamily,
    account: Account,
    table_arns: Mapping[str, str],
    stream_arns: Mapping[str, str | None],
    role_arns: Mapping[str, str],
    topic_arn: str | None,
    alarm_names: list[str],
    key_arns: Mapping[str, str] | None = None,
) -> ExportedFamily:
    """table_arns and stream_arns are by logical table name, role_arns by role, as the deployment gave them.

    key_arns: of the family's own keys by region, where it has such.
    """
    given = {region: family.stage.key_of(region) for region in family.regions}
    keys = key_arns if family.key_alias and key_arns is not None else given
    whole = composite_alarm(family)
    return ExportedFamily(
        region=family.region,
        tables={
            key: _table(table, table_arns[key], stream_arns[key], family.regions, keys)
            for key, table in family.tables.items()
        },
        roles={key: ExportedRole(name=role.name, arn=role_arns[key]) for key, role in family.roles.items()},
        alarms=ExportedAlarms(topic_arn=topic_arn, names=alarm_names, composite=whole.name if whole else None),
        access_patterns={
            name: _pattern(pattern, family.tables[pattern.table].declared)
            for name, pattern in family.declared.patterns.items()
        },
        env={family.declared.variable(key): table.name for key, table in family.tables.items()},
        dashboard=family.dashboard,
        budget=family.budget.name if family.budget else None,
        backup_vault=family.backups.name if family.backups else None,
        events=_events(family, account),
    )


def _events(family: StagedFamily, account: Account) -> ExportedEvents | None:
    if family.bus is None:
        return None
    names = [pipe.table for pipe in family.pipes if pipe.use == "events"]
    return ExportedEvents(
        bus=family.bus,
        bus_arn=bus_arn(family, account),
        source=event_source(family.key),
        detail_types={name: detail_type(name) for name in names},
        archive_arn=account.arn("events", family.region, f"archive/{family.bus}"),
        undelivered_queue_arn=queue_arn(family, account),
        largest_bytes=family.stage.event_delivery.largest_kilobytes * 1024,
    )


def expected_family(
    family: StagedFamily, account: Account, stream: str | None = None, key_arns: Mapping[str, str] | None = None
) -> ExportedFamily:
    """The family as its deployment in the account will export it. stream: what its streams are called; None: none.

    key_arns: those of its own keys by region; None: as if AWS had called each KEY_ID.
    """
    anywhere = {region: account.arn("kms", region, f"key/{KEY_ID}") for region in family.regions}
    arns = {key: family.table_arn(account, table.name) for key, table in family.tables.items()}
    return export_family(
        family,
        account,
        table_arns=arns,
        stream_arns={
            key: f"{arn}/stream/{stream}" if stream and family.tables[key].stream else None for key, arn in arns.items()
        },
        role_arns={key: account.arn("iam", "", f"role/{role.name}") for key, role in family.roles.items()},
        topic_arn=account.arn("sns", family.region, family.alarm_topic) if family.has_topic else None,
        alarm_names=[alarm.name for alarm in family_alarms(family)],
        key_arns=anywhere if key_arns is None else key_arns,
    )


def _key(key: Key | None) -> ExportedKey | None:
    return ExportedKey(name=key.name, type=key.type) if key else None


def _table(
    staged: StagedTable, arn: str, stream_arn: str | None, regions: Sequence[str], keys: Mapping[str, str | None]
) -> ExportedTable:
    table, home = staged.declared, regions[0]
    return ExportedTable(
        name=staged.name,
        arn=arn,
        stream_arn=stream_arn,
        stream_view_type=staged.stream,
        kms_key_arn=keys.get(home),
        hash_key=ExportedKey(name=table.hash_key.name, type=table.hash_key.type),
        range_key=_key(table.range_key),
        ttl_attribute=table.ttl,
        indexes={
            index.name: ExportedIndex(
                arn=f"{arn}/index/{index.name}",
                hash_key=ExportedKey(name=index.hash_key.name, type=index.hash_key.type),
                range_key=_key(index.range_key),
                projection=index.projection,
                non_key_attributes=sorted(index.include) or None,
            )
            for index in sorted(table.indexes, key=lambda index: index.name)
        },
        attributes={name: _attribute(attribute) for name, attribute in table.types.items()},
        entities={entity.name: _entity(entity) for entity in table.entities},
        replicas={
            region: ExportedReplica(arn=arn.replace(f":{home}:", f":{region}:", 1), kms_key_arn=keys.get(region))
            for region in regions[1:]
        },
    )


def _attribute(attribute: Attribute) -> ExportedAttribute:
    return ExportedAttribute(
        type=attribute.type,
        also=list(attribute.also) or None,
        values=list(attribute.values) or None,
        note=attribute.note or None,
    )


def _entity(entity: Entity) -> ExportedEntity:
    return ExportedEntity(
        keys=entity.keys,
        attributes=list(entity.attributes) or None,
        retention_days=entity.retention.days if entity.retention else None,
    )


def _pattern(pattern: AccessPattern, table: Table) -> ExportedAccessPattern:
    return ExportedAccessPattern(
        purpose=pattern.purpose,
        table=pattern.table,
        index=pattern.index,
        operation=pattern.operation,
        key_condition=pattern.key,
        filter=pattern.filter,
        condition=pattern.condition,
        update=pattern.update,
        projection=list(pattern.projection) or None,
        order=pattern.order,
        limit=pattern.limit,
        entities=[entity.name for entity in table.written_by(pattern)] or None,
        parameters=pattern.parameters,
    )
