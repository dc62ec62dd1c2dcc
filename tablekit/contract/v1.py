"""Contract version 1: the shape of a stack's outputs. Names and meanings hold for every 1.x.

What versions 1.1 to 1.3 added has a default, as outputs of the versions before don't have it.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from tablekit.model.attributes import AttributeType, KeyType
from tablekit.model.layout import StreamViewType
from tablekit.model.patterns import Operation

VERSION: Final = "1.3"


def _is_none(value: object) -> bool:
    return value is None


class Exported(BaseModel):
    """Base of what is exported: camelCase names, null where a field does not apply.

    Every field is written. A reader takes a missing one for null, as StackReference drops what is null.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        defer_build=True,
        json_schema_serialization_defaults_required=True,
    )


class ExportedKey(Exported):
    """A key attribute. type: S, N or B."""

    name: str
    type: KeyType


class ExportedAttribute(Exported):
    """An attribute of a table's items. also: further types that it may have. values: all that it may be, of a text.

    There are many, and few have more than a type: what is null is left out.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    type: AttributeType
    also: list[AttributeType] | None = Field(default=None, exclude_if=_is_none)
    values: list[str] | None = Field(default=None, exclude_if=_is_none)
    note: str | None = Field(default=None, exclude_if=_is_none)


class ExportedEntity(Exported):
    """One kind of item. keys: key attribute -> the template that its text is composed by, as `TENANT#{tenant_id}`.

    attributes: all that such an item may have besides; null: any of the table's.
    retention_days: how long an item is kept from its writing, where that is not the table's time.
    """

    keys: dict[str, str]
    attributes: list[str] | None = None
    retention_days: int | None = None


class ExportedIndex(Exported):
    """A secondary index. projection: ALL, KEYS_ONLY or INCLUDE, which has the non-key attributes besides."""

    arn: str
    hash_key: ExportedKey
    range_key: ExportedKey | None = None
    projection: Literal["ALL", "KEYS_ONLY", "INCLUDE"]
    non_key_attributes: list[str] | None = None


class ExportedReplica(Exported):
    """A table's replica in another region, of the same name. kms_key_arn: as the table's."""

    arn: str
    kms_key_arn: str | None = None


class ExportedTable(Exported):
    """A table. name: what an API call takes.

    stream_view_type: what the stream holds of a changed item. kms_key_arn: null where AWS has the key.
    attributes: all that are declared, those of keys among them. replicas: by region.
    """

    name: str
    arn: str
    stream_arn: str | None = None
    stream_view_type: StreamViewType | None = None
    kms_key_arn: str | None = None
    hash_key: ExportedKey
    range_key: ExportedKey | None = None
    ttl_attribute: str | None = None
    indexes: dict[str, ExportedIndex]
    attributes: dict[str, ExportedAttribute] = {}
    entities: dict[str, ExportedEntity] = {}
    replicas: dict[str, ExportedReplica] = {}


class ExportedRole(Exported):
    """An IAM role to run as."""

    name: str
    arn: str


class ExportedAlarms(Exported):
    """The family's alarms and the SNS topic they go to, in its region; null and none where the stage has no alarms.

    composite: the name of the alarm that says whether the system is hurt, where there is one.
    """

    topic_arn: str | None = None
    names: list[str]
    composite: str | None = None


class ExportedEvents(Exported):
    """The family's bus, to make rules on. source: what its events have as `source`. detail_types: table -> what its
    events have as `detail-type`.

    archive_arn: what events are delivered again from. undelivered_queue_arn: where it is told of what was given up.
    largest_bytes: of one event, its envelope included.
    """

    bus: str
    bus_arn: str
    source: str
    detail_types: dict[str, str]
    archive_arn: str
    undelivered_queue_arn: str
    largest_bytes: int


class ExportedAccessPattern(Exported):
    """An access pattern. table: the logical name. Expressions are in the declaration's form (see `tablekit.model`).

    limit: DynamoDB's Limit, in one call: the most items that are read, of which a filter may leave fewer.
    entities: the kinds of item that a put or batch write writes; null: items as they are given.
    """

    purpose: str | None = None
    table: str
    index: str | None = None
    operation: Operation
    key_condition: str | None = None
    filter: str | None = None
    condition: str | None = None
    update: str | None = None
    projection: list[str] | None = None
    order: Literal["ascending", "descending"]
    limit: int | None = None
    entities: list[str] | None = None
    parameters: dict[str, AttributeType]


class ExportedFamily(Exported):
    """One family. env: environment variable -> table name. dashboard, budget,
    backup_vault: their names, where there are any. events: the bus of its tables' changes."""

    region: str
    tables: dict[str, ExportedTable]
    roles: dict[str, ExportedRole]
    alarms: ExportedAlarms
    access_patterns: dict[str, ExportedAccessPattern]
    env: dict[str, str]
    dashboard: str | None = None
    budget: str | None = None
    backup_vault: str | None = None
    events: ExportedEvents | None = None


class Contract(Exported):
    """All that a stack exports. dashboard: the name of the whole stage's, where there is one."""

    contract_version: str = Field(default=VERSION, pattern=r"^\d+\.\d+$")
    stage: str
    dashboard: str | None = None
    families: dict[str, ExportedFamily]
