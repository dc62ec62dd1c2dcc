"""A table in DynamoDB's terms, of the properties that Pulumi keeps: what the guard compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from tablekit.ops.errors import GuardError
from tablekit.ops.guard.documents import Read, Resource, first_problem

JUDGED: Final = (
    "name", "region", "hashKey", "rangeKey", "attributes", "globalSecondaryIndexes", "localSecondaryIndexes", "ttl",
    "streamEnabled", "streamViewType", "pointInTimeRecovery", "deletionProtectionEnabled", "serverSideEncryption",
    "billingMode", "readCapacity", "writeCapacity", "onDemandThroughput", "warmThroughput", "tableClass",
)  # fmt: skip
"""The properties that are compared."""

NEW_KEY: Final = "a key that the update makes"
SECRET: Final = "[secret]"  # noqa: S105 it is what the engine prints for one
SECRET_MARK: Final = "4dabf18193072939515e22adb298388d"  # noqa: S105
"""The key of an object that is a secret, an asset or the like in a state (the engine's signature key)."""
_PLAIN_MARKS: Final = (None, "c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")
"""What that key has of an asset and of an archive, whose contents stand there for everybody to read."""

UNKNOWN_VALUES: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What stands for a value that is not known yet: a text, truth value, number, list, object (the engine's constants)."""

PITR_DAYS_DEFAULT: Final = 35
"""The recovery window where none is given, days (API: PointInTimeRecoverySpecification)."""


class _Attribute(Read):
    name: str
    type: str


class _Key(Read):
    attribute_name: str
    key_type: str


class _Caps(Read):
    max_read_request_units: int | None = None
    max_write_request_units: int | None = None


class _Warm(Read):
    read_units_per_second: int | None = None
    write_units_per_second: int | None = None


class _Throughput(Read):
    read_capacity: int | None = None
    write_capacity: int | None = None
    on_demand_throughput: _Caps | None = None
    warm_throughput: _Warm | None = None

    def taken(self, provisioned: bool) -> Throughput:
        """Of a table or an index."""
        caps, warm = self.on_demand_throughput or _Caps(), self.warm_throughput or _Warm()
        units = (self.read_capacity or 1, self.write_capacity or 1) if provisioned else None
        return Throughput(
            units,
            (caps.max_read_request_units or None, caps.max_write_request_units or None),
            (warm.read_units_per_second or 0, warm.write_units_per_second or 0),
        )


class _Index(_Throughput):
    name: str
    hash_key: str | None = None
    range_key: str | None = None
    key_schemas: list[_Key] | None = None
    projection_type: str | None = None
    non_key_attributes: list[str] | None = None

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Attribute and kind, HASH or RANGE, of each, in either of the forms that pulumi-aws takes."""
        if self.key_schemas:
            return [(key.attribute_name, key.key_type) for key in self.key_schemas]
        named = [(self.hash_key, "HASH"), (self.range_key, "RANGE")]
        return [(attribute, kind) for attribute, kind in named if attribute]


class _Ttl(Read):
    attribute_name: str | None = None
    enabled: bool | None = None

    @property
    def on(self) -> str | None:
        """The attribute; off is off, whichever attribute it was on."""
        return self.attribute_name or None if self.enabled is not False else None


class _Recovery(Read):
    enabled: bool = False
    recovery_period_in_days: int | None = None


class _Encryption(Read):
    enabled: bool = False
    kms_key_arn: str | None = None


class _Properties(_Throughput):
    name: str | None = None
    region: str | None = None
    arn: str | None = None
    hash_key: str | None = None
    range_key: str | None = None
    attributes: list[_Attribute] | None = None
    global_secondary_indexes: list[_Index] | None = None
    local_secondary_indexes: list[_Index] | None = None
    billing_mode: str | None = None
    ttl: _Ttl | None = None
    stream_enabled: bool | None = None
    stream_view_type: str | None = None
    point_in_time_recovery: _Recovery | None = None
    deletion_protection_enabled: bool | None = None
    server_side_encryption: _Encryption | None = None
    table_class: str | None = None


@dataclass(frozen=True)
class Throughput:
    """What a table or an index takes, reads and writes a second.

    units: provisioned; None on demand. caps: the most on demand; None where none is given, -1 where it is lifted.
    warm: at once; 0 where nothing is said.
    """

    units: tuple[int, int] | None = None
    caps: tuple[int | None, int | None] = (None, None)
    warm: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class IndexKey:
    """A key attribute. kind: HASH or RANGE. type: S, N or B."""

    attribute: str
    kind: str
    type: str


@dataclass(frozen=True)
class Index:
    """A secondary index. Two are the same one when all but the throughput agrees: only that changes in place."""

    name: str
    keys: tuple[IndexKey, ...]
    projection: str
    include: tuple[str, ...] = ()
    throughput: Throughput = field(default=Throughput(), compare=False)

    @property
    def text(self) -> str:
        """Keys and projection, as `customer:S day:S, ALL`."""
        keys = " ".join(f"{key.attribute}:{key.type}" for key in self.keys)
        return " ".join([f"{keys}, {self.projection}", *self.include])


@dataclass(frozen=True)
class Shape:
    """What DynamoDB holds of a table, and how Pulumi holds on to it.

    region: None where neither the table nor its provider names one. ttl: the attribute, None when off. ttl_off: the
    attribute that is named with TTL off, empty for none, None where nothing is said of TTL. stream: the view type, None
    when off. recovery_days: None when off. kms_key: the ARN of the KMS key; None where none is named, in what a program
    asks for the AWS-managed one.
    encrypted: whether by a KMS key; None where nothing is said. unknown: properties that are secret or not known yet.
    options: the engine's own, as `ignoreChanges: tags`.
    """

    name: str
    region: str | None
    arn: str
    keys: tuple[IndexKey, ...]
    indexes: Mapping[str, Index]
    local_indexes: Mapping[str, Index]
    ttl: str | None
    stream: str | None
    recovery_days: int | None
    deletion_protection: bool
    protect: bool
    retain: bool
    kms_key: str | None = None
    encrypted: bool | None = field(default=None, compare=False)
    ttl_off: str | None = field(default=None, compare=False)
    unknown: frozenset[str] = field(default=frozenset(), compare=False)
    options: frozenset[str] = field(default=frozenset(), compare=False)
    billing: str = field(default="", compare=False)
    table_class: str = field(default="STANDARD", compare=False)
    throughput: Throughput = field(default=Throughput(), compare=False)

    @property
    def owners(self) -> dict[str, Throughput]:
        """What the table takes, by the empty name, and each of its global indexes."""
        return {"": self.throughput, **{name: index.throughput for name, index in self.indexes.items()}}

    @property
    def fixed_keys(self) -> dict[str, str]:
        """Attribute -> type, of the keys that are made with the table: its own and its local indexes'."""
        return _types_of(self.keys, *(index.keys for index in self.local_indexes.values()))


def stored_shape(source: str, resource: Resource, region: str | None) -> Shape:
    """The table as a state has it: as it was read, whatever was asked for. Raises GuardError.

    region: the provider's, where the resource names none.
    """
    return declared_shape(source, resource, region, resource.actual)


def declared_shape(
    source: str,
    resource: Resource,
    region: str | None,
    given: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> Shape:
    """The table with these properties, as a program asks for it. Raises GuardError.

    region: the provider's, where the resource names none.
    before: the properties it had, for those that are not known yet.
    """
    before = before or {}
    given = {name: _with_new_key(value) if name == "serverSideEncryption" else value for name, value in given.items()}
    unknown = frozenset(name for name, value in given.items() if name in JUDGED and hidden(value))
    known = {name: value for name, value in given.items() if name not in unknown}
    for name in (*unknown, "name"):  # a name that the engine made up is not in the new inputs
        if name not in known and not hidden(before.get(name)):
            known[name] = before.get(name)
    try:
        return _shape(_Properties.model_validate(known), resource, region, unknown)
    except ValidationError as error:
        raise GuardError(
            f"{source}: {resource.urn}: {first_problem(error)}; is the file as the engine wrote it?"
        ) from None


def _with_new_key(encryption: Any) -> Any:
    """The key that the same update makes has no name yet, and is a customer's whatever it will be called."""
    if isinstance(encryption, dict) and encryption.get("kmsKeyArn") in UNKNOWN_VALUES:
        return {**encryption, "kmsKeyArn": NEW_KEY}
    return encryption


def hidden(value: Any) -> bool:
    """Whether anything in the value is a secret or not known yet."""
    open_values = [value]
    while open_values:
        this = open_values.pop()
        if isinstance(this, str) and (this == SECRET or this in UNKNOWN_VALUES):
            return True
        if isinstance(this, dict):
            if this.get(SECRET_MARK) not in _PLAIN_MARKS:
                return True
            open_values += this.values()
        elif isinstance(this, list):
            open_values += this
    return False


def _shape(found: _Properties, resource: Resource, region: str | None, unknown: frozenset[str]) -> Shape:
    types = {attribute.name: attribute.type for attribute in found.attributes or []}
    provisioned = found.billing_mode != "PAY_PER_REQUEST"
    recovery, encryption = found.point_in_time_recovery, found.server_side_encryption
    stream_on = found.stream_enabled if found.stream_enabled is not None else bool(found.stream_view_type)
    hash_key = [(found.hash_key, "HASH")] if found.hash_key else []
    ranges = [(found.range_key, "RANGE")] if found.range_key else []
    return Shape(
        name=found.name or resource.id,
        region=found.region or region_of_arn(found.arn or "") or region,
        arn=found.arn or "",
        keys=_keys([*hash_key, *ranges], types),
        indexes={
            index.name: _index(index, index.keys, types, provisioned) for index in found.global_secondary_indexes or []
        },
        local_indexes={
            index.name: _index(index, [*hash_key, (index.range_key or "", "RANGE")], types, False)
            for index in found.local_secondary_indexes or []
        },
        ttl=found.ttl.on if found.ttl else None,
        stream=(found.stream_view_type or "on") if stream_on else None,
        recovery_days=(recovery.recovery_period_in_days or PITR_DAYS_DEFAULT)
        if recovery and recovery.enabled
        else None,
        deletion_protection=bool(found.deletion_protection_enabled),
        protect=resource.protect,
        retain=resource.retain_on_delete,
        kms_key=encryption.kms_key_arn or None if encryption and encryption.enabled else None,
        encrypted=encryption.enabled if encryption else None,
        ttl_off=(found.ttl.attribute_name or "") if found.ttl and not found.ttl.on else None,
        unknown=unknown,
        options=resource.options,
        billing="PROVISIONED" if provisioned else "PAY_PER_REQUEST",
        table_class=found.table_class or "STANDARD",
        throughput=found.taken(provisioned),
    )


def _types_of(*owners: tuple[IndexKey, ...]) -> dict[str, str]:
    return {key.attribute: key.type for keys in owners for key in keys}


def _keys(keys: list[tuple[str, str]], types: Mapping[str, str]) -> tuple[IndexKey, ...]:
    return tuple(IndexKey(attribute, kind, types.get(attribute, "?")) for attribute, kind in keys)


def _index(index: _Index, keys: list[tuple[str, str]], types: Mapping[str, str], provisioned: bool) -> Index:
    return Index(
        name=index.name,
        keys=_keys(keys, types),
        projection=index.projection_type or "ALL",
        include=tuple(sorted(index.non_key_attributes or [])),
        throughput=index.taken(provisioned),
    )


def region_of_arn(arn: str) -> str | None:
    """The region that an ARN names."""
    parts = arn.split(":")
    return parts[3] or None if len(parts) > 3 and parts[0] == "arn" else None
