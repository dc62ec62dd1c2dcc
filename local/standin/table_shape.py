"""A table in Pulumi's words and in DynamoDB's: pure functions, both ways.

An index is known by its name. Two indexes are the same one when name, keys, the keys' types and the projection agree:
DynamoDB can change an index's capacity, everything else means deleting it and making it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .codecs import BAG, Codec, Nested, capitalized, uncapitalized
from .spec import Prop
from .values import Props, order_key

ON_DEMAND: Final = "PAY_PER_REQUEST"
PROVISIONED: Final = "PROVISIONED"
PITR_DAYS_DEFAULT: Final = 35
WARM_AT_LEAST: Final = {"readUnitsPerSecond": 12_000, "writeUnitsPerSecond": 4_000}
"""What DynamoDB gives every table: the plugin shows only more."""


# -- keys and indexes ----------------------------------------------------------------------------------------


def keys_of(index: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An index's (or a table's) keys as (attribute, HASH or RANGE), however they are written."""
    listed = index.get("keySchemas") or []
    if listed:
        return [(str(entry.get("attributeName")), str(entry.get("keyType"))) for entry in listed]
    named = [(index.get("hashKey"), "HASH"), (index.get("rangeKey"), "RANGE")]
    return [(str(attribute), kind) for attribute, kind in named if attribute]


def attribute_types(values: Mapping[str, Any]) -> dict[str, str]:
    """Attribute name → type."""
    return {entry["name"]: entry["type"] for entry in values.get("attributes") or []}


def own_keys(values: Props) -> set[str]:
    """The attributes that are keys of the table or of a local index: fixed for the table's life."""
    return {attribute for attribute, _ in keys_of(values)} | {
        str(index.get("rangeKey")) for index in values.get("localSecondaryIndexes") or []
    }


def retyped(there: Props, wanted: Props) -> set[str]:
    """The key attributes of the table and of any index whose type differs."""
    before = attribute_types(there)
    return {name for name, kind in attribute_types(wanted).items() if before.get(name, kind) != kind}


def index_identity(index: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes it this index: with anything of it changed it is another."""
    return keys_of(index), index.get("projectionType"), sorted(index.get("nonKeyAttributes") or [], key=order_key)


def _same_index(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> bool:
    if index_identity(wanted) != index_identity(actual):
        return False
    for unit in ("readCapacity", "writeCapacity"):
        # 0 is what an on-demand table reports; the stack's billing mode tells of that change.
        if wanted.get(unit) and actual.get(unit) and wanted[unit] != actual[unit]:
            return False
    if (wanted.get("onDemandThroughput") or None) != (actual.get("onDemandThroughput") or None):
        return False
    return not wanted.get("warmThroughput") or wanted["warmThroughput"] == actual.get("warmThroughput")


@dataclass(frozen=True)
class Indexes(Codec):
    """Indexes, by name and in no order."""

    def equal(self, wanted: Any, actual: Any) -> bool:
        left = {index.get("name"): index for index in wanted or []}
        right = {index.get("name"): index for index in actual or []}
        return left.keys() == right.keys() and all(_same_index(left[name], right[name]) for name in left)


BY_NAME: Final = Codec(canon=lambda entries: sorted(str(entry.get("name")) for entry in entries))
"""The plugin tells such entries apart by their names, and looks no further."""


# -- DynamoDB → Pulumi ---------------------------------------------------------------------------------------


def _key(index: Mapping[str, Any], kind: str) -> str | None:
    """The one key of a kind; none where there are several."""
    names = [str(entry["AttributeName"]) for entry in index["KeySchema"] if entry["KeyType"] == kind]
    return names[0] if len(names) == 1 else None


def _local_back(index: Mapping[str, Any]) -> Props:
    projection = uncapitalized(index["Projection"])
    names = projection.pop("nonKeyAttributes", None)
    own = {"nonKeyAttributes": sorted(names)} if names else {}
    return {"name": index["IndexName"], "rangeKey": _key(index, "RANGE"), **projection, **own}


def _global_back(index: Mapping[str, Any]) -> Props:
    """With all three forms of the keys."""
    capacity = index.get("ProvisionedThroughput") or {}
    return {
        **_local_back(index),
        "hashKey": _key(index, "HASH"),
        "keySchemas": uncapitalized(index["KeySchema"]),
        "readCapacity": capacity.get("ReadCapacityUnits", 0),
        "writeCapacity": capacity.get("WriteCapacityUnits", 0),
        "onDemandThroughput": uncapitalized(index.get("OnDemandThroughput")) or None,
        "warmThroughput": _warm_back(index.get("WarmThroughput") or {}),
    }


def _each(back: Callable[[Mapping[str, Any]], Props]) -> Callable[[list[Mapping[str, Any]]], list[Props]]:
    """All indexes of a table, in the order of their names, without what they have not."""
    return lambda given: [
        {name: value for name, value in back(index).items() if value is not None}
        for index in sorted(given, key=lambda one: str(one["IndexName"]))
    ]


def _warm_back(given: Mapping[str, Any]) -> Props | None:
    found = {name: value for name, value in uncapitalized(given).items() if name in WARM_AT_LEAST}
    return found if any(value > WARM_AT_LEAST[name] for name, value in found.items()) else None


def _ttl_back(given: Mapping[str, Any]) -> Props:
    on = given.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return {"attributeName": given.get("AttributeName", "") if on else "", "enabled": on}


def ttl_attribute(value: Mapping[str, Any]) -> Any:
    """Off is off, whichever attribute it was on: a removed TTL must not be a change for ever."""
    return value.get("attributeName") if value.get("enabled", bool(value.get("attributeName"))) else None


def _recovery_back(given: Mapping[str, Any]) -> Props:
    if given.get("PointInTimeRecoveryStatus") != "ENABLED":
        return {"enabled": False}
    return {"enabled": True, "recoveryPeriodInDays": given.get("RecoveryPeriodInDays", PITR_DAYS_DEFAULT)}


def _recovery_days(value: Mapping[str, Any]) -> Any:
    return (value.get("recoveryPeriodInDays") or PITR_DAYS_DEFAULT) if value.get("enabled") else None


def _encryption_back(given: Mapping[str, Any]) -> Props:
    on = given.get("Status") in ("ENABLED", "ENABLING", "UPDATING")
    return {"enabled": True, "kmsKeyArn": given.get("KMSMasterKeyArn", "")} if on else {"enabled": False}


@dataclass(frozen=True)
class Encryption(Codec):
    """Encryption at rest: off means AWS's own key; without a key of one's own the service names its managed one."""

    def equal(self, wanted: Any, actual: Any) -> bool:
        if not wanted.get("enabled"):
            return not actual.get("enabled")
        key = wanted.get("kmsKeyArn")
        return bool(actual.get("enabled")) and (not key or key == actual.get("kmsKeyArn"))


ATTRIBUTES: Final = Codec(
    decode=lambda given: [{"name": entry["AttributeName"], "type": entry["AttributeType"]} for entry in given],
    canon=BAG.canon,
)
REPLICAS: Final = Codec(
    decode=lambda given: [{"regionName": replica["RegionName"]} for replica in given],
    canon=lambda given: sorted((replica.get("regionName") for replica in given), key=order_key),
)
LOCAL: Final = Indexes(decode=_each(_local_back))
GLOBAL: Final = Indexes(decode=_each(_global_back))
TTL: Final = Codec(decode=_ttl_back, canon=ttl_attribute)
RECOVERY: Final = Codec(decode=_recovery_back, canon=_recovery_days)
ENCRYPTION: Final = Encryption(decode=_encryption_back)
OF_STREAM: Final = Codec(decode=lambda value: value or "")
_ON: Final = "StreamSpecification.StreamEnabled && LatestStream"
_FOLLOWS: Final = ("streamEnabled", "streamViewType")

PROPS: Final = (
    Prop("name", "TableName", replace=True),
    Prop("hashKey", "KeySchema[?KeyType=='HASH'].AttributeName | [0]", replace=True),
    Prop("rangeKey", "KeySchema[?KeyType=='RANGE'].AttributeName | [0]", replace=True),
    Prop("localSecondaryIndexes", codec=LOCAL, planned=BY_NAME, replace=True, default=[], key="name"),
    Prop("globalSecondaryIndexes", codec=GLOBAL, default=[], key="name", computed=True),
    Prop("attributes", "AttributeDefinitions", ATTRIBUTES, planned=BY_NAME, along="globalSecondaryIndexes", key="name"),
    Prop("billingMode", "BillingModeSummary.BillingMode", default=PROVISIONED),
    Prop("readCapacity", "ProvisionedThroughput.ReadCapacityUnits", computed=True),
    Prop("writeCapacity", "ProvisionedThroughput.WriteCapacityUnits", computed=True),
    Prop("onDemandThroughput", codec=Codec(decode=uncapitalized)),
    Prop("warmThroughput", codec=Nested(decode=_warm_back), falls=True, computed=True),
    Prop("ttl", codec=TTL, default={"attributeName": "", "enabled": False}, computed=True),
    Prop("pointInTimeRecovery", codec=RECOVERY, default={"enabled": False}, computed=True),
    Prop("serverSideEncryption", "SSEDescription", ENCRYPTION, default={"enabled": False}, computed=True),
    Prop("streamEnabled", "StreamSpecification.StreamEnabled", default=False),
    Prop("streamViewType", "StreamSpecification.StreamViewType", default=""),
    Prop("tableClass", "TableClassSummary.TableClass", default="STANDARD"),
    Prop("deletionProtectionEnabled", default=False),
    Prop("replicas", codec=REPLICAS, default=[]),
    Prop("tags", default={}),
    Prop("arn", "TableArn", output=True),
    Prop("streamArn", f"{_ON}Arn", OF_STREAM, default="", output=True, follows=_FOLLOWS),
    Prop("streamLabel", f"{_ON}Label", OF_STREAM, default="", output=True, follows=_FOLLOWS),
)


# -- Pulumi → DynamoDB ---------------------------------------------------------------------------------------


def definitions(values: Props) -> list[dict[str, str]]:
    """AttributeDefinitions."""
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in sorted(attribute_types(values).items())]


def _key_schema(index: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"AttributeName": attribute, "KeyType": kind} for attribute, kind in keys_of(index)]


def _capacity(values: Mapping[str, Any]) -> dict[str, int]:
    return {
        "ReadCapacityUnits": values.get("readCapacity") or 1,
        "WriteCapacityUnits": values.get("writeCapacity") or 1,
    }


def _throughput(values: Mapping[str, Any]) -> dict[str, Any]:
    """OnDemandThroughput and WarmThroughput, where they are given."""
    given = {name: values[name] for name in ("onDemandThroughput", "warmThroughput") if values.get(name)}
    found: dict[str, Any] = capitalized(given)
    return found


def _index(index: Mapping[str, Any]) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index["projectionType"]}
    if index.get("nonKeyAttributes"):
        projection["NonKeyAttributes"] = sorted(index["nonKeyAttributes"])
    return {"IndexName": index["name"], "KeySchema": _key_schema(index), "Projection": projection}


def global_index(index: Mapping[str, Any], provisioned: bool) -> dict[str, Any]:
    """One global secondary index of CreateTable or UpdateTable."""
    capacity = {"ProvisionedThroughput": _capacity(index)} if provisioned else {}
    return {**_index(index), **capacity, **_throughput(index)}


def capacity_update(index: Mapping[str, Any], provisioned: bool) -> dict[str, Any]:
    """One entry of GlobalSecondaryIndexUpdates that changes nothing but capacity, or limits on demand."""
    if provisioned:
        return {"Update": {"IndexName": index["name"], "ProvisionedThroughput": _capacity(index)}}
    return {"Update": {"IndexName": index["name"], "OnDemandThroughput": capitalized(index["onDemandThroughput"])}}


def encryption(value: Mapping[str, Any]) -> dict[str, Any]:
    """SSESpecification."""
    if not value.get("enabled"):
        return {"Enabled": False}
    key = {"KMSMasterKeyId": value["kmsKeyArn"]} if value.get("kmsKeyArn") else {}
    return {"Enabled": True, "SSEType": "KMS", **key}


def stream(values: Props) -> dict[str, Any]:
    """StreamSpecification."""
    if not values.get("streamEnabled"):
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": values.get("streamViewType")}


def time_to_live(value: Mapping[str, Any]) -> dict[str, Any]:
    """TimeToLiveSpecification."""
    return {"Enabled": bool(value.get("enabled")), "AttributeName": value.get("attributeName") or ""}


def recovery(value: Mapping[str, Any]) -> dict[str, Any]:
    """PointInTimeRecoverySpecification."""
    days = value.get("recoveryPeriodInDays") if value.get("enabled") else None
    return {
        "PointInTimeRecoveryEnabled": bool(value.get("enabled")),
        **({} if days is None else {"RecoveryPeriodInDays": days}),
    }


def is_provisioned(values: Mapping[str, Any]) -> bool:
    """Whether capacity is given and paid ahead; what DynamoDB does when nothing is said."""
    return values.get("billingMode") != ON_DEMAND


def billing(values: Props) -> dict[str, Any]:
    """The billing mode, and the capacity that goes with it."""
    mode = {"BillingMode": values.get("billingMode") or PROVISIONED}
    return {**mode, "ProvisionedThroughput": _capacity(values)} if is_provisioned(values) else mode


def creation(inputs: Props) -> dict[str, Any]:
    """CreateTable, but for the tags."""
    request: dict[str, Any] = {
        "TableName": inputs["name"],
        "AttributeDefinitions": definitions(inputs),
        "KeySchema": _key_schema(inputs),
        **billing(inputs),
        **_throughput(inputs),
    }
    if globals_ := inputs.get("globalSecondaryIndexes"):
        request["GlobalSecondaryIndexes"] = [global_index(index, is_provisioned(inputs)) for index in globals_]
    if locals_ := inputs.get("localSecondaryIndexes"):
        hash_key = inputs.get("hashKey")
        request["LocalSecondaryIndexes"] = [_index({**index, "hashKey": hash_key}) for index in locals_]
    if inputs.get("streamEnabled"):
        request["StreamSpecification"] = stream(inputs)
    if (inputs.get("serverSideEncryption") or {}).get("enabled"):
        request["SSESpecification"] = encryption(inputs["serverSideEncryption"])
    for name in ("tableClass", "deletionProtectionEnabled"):
        if inputs.get(name) is not None:
            request.update(capitalized({name: inputs[name]}))
    return request


def requests(inputs: Props) -> Iterator[tuple[str, dict[str, Any]]]:
    """What would be sent to make such a table: boto3's methods and their arguments."""
    yield "create_table", creation(inputs)
    ttl = inputs.get("ttl") or {}
    if ttl.get("enabled") or ttl.get("attributeName"):
        yield "update_time_to_live", {"TimeToLiveSpecification": time_to_live(ttl)}
    if backups := inputs.get("pointInTimeRecovery"):
        yield "update_continuous_backups", {"PointInTimeRecoverySpecification": recovery(backups)}
