"""Contract version 1: the shape of a stack's outputs. Names and meanings hold for every 1.x."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from tablekit.model.attributes import AttributeType, KeyType
from tablekit.model.patterns import Operation

VERSION: Final = "1.0"


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


class ExportedIndex(Exported):
    """A secondary index. projection: ALL, KEYS_ONLY or INCLUDE."""

    arn: str
    hash_key: ExportedKey
    range_key: ExportedKey | None = None
    projection: Literal["ALL", "KEYS_ONLY", "INCLUDE"]


class ExportedTable(Exported):
    """A table. name: what an API call takes."""

    name: str
    arn: str
    stream_arn: str | None = None
    hash_key: ExportedKey
    range_key: ExportedKey | None = None
    ttl_attribute: str | None = None
    indexes: dict[str, ExportedIndex]


class ExportedRole(Exported):
    """An IAM role to run as."""

    name: str
    arn: str


class ExportedAlarms(Exported):
    """The family's alarms and the SNS topic they go to, in its region; null and none where the stage has no alarms."""

    topic_arn: str | None = None
    names: list[str]


class ExportedAccessPattern(Exported):
    """An access pattern. table: the logical name. Expressions are in the declaration's form (see `tablekit.model`)."""

    table: str
    index: str | None = None
    operation: Operation
    key_condition: str | None = None
    filter: str | None = None
    condition: str | None = None
    update: str | None = None
    projection: list[str] | None = None
    order: Literal["ascending", "descending"]
    parameters: dict[str, AttributeType]


class ExportedFamily(Exported):
    """One family. env: environment variable -> table name."""

    region: str
    tables: dict[str, ExportedTable]
    roles: dict[str, ExportedRole]
    alarms: ExportedAlarms
    access_patterns: dict[str, ExportedAccessPattern]
    env: dict[str, str]


class Contract(Exported):
    """All that a stack exports."""

    contract_version: str = Field(default=VERSION, pattern=r"^\d+\.\d+$")
    stage: str
    families: dict[str, ExportedFamily]
