"""A table in Pulumi's words and in DynamoDB's: pure functions, both ways.

An index is known by its name. Two indexes are the same one when name, keys, the keys' types and the projection agree:
DynamoDB can change an index's capacity, everything else means deleting it and making it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .codecs import BAG, NESTED, Codec, capitalized, uncapitalized
from .spec import Prop
from .values import Props, order_key

ON_DEMAND: Final = "PAY_PER_REQUEST"
PROVISIONED: Final = "PROVISIONED"
PITR_DAYS_DEFAULT: Final = 35


# -- one property at a time ----------------------------------------------------------------------------------


def keys_of(index: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An index's (or a table's) keys as (attribute, HASH or RANGE), however they are written."""
    listed = index.get("keySchemas") or []
    if listed:
        return [(str(entry.get("attributeName")), str(entry.get("keyType"))) for entry in listed]
    named = [(index.get("hashKey"), "HASH"), (index.get("rangeKey"), "RANGE")]
    return [(str(attribute), kind) for attribute, kind in named if attribute]


def attribute_types(values: Mapping[str, Any]) -> dict[str, str]:
    """Attribute name → type."""
    entries = [entry for entry in values.get("attributes") or [] if isinstance(entry, Mapping)]
    return {entry["name"]: entry["type"] for entry in entries if "name" in entry and "type" in entry}


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
    return (
        keys_of(index),
        index.get("projectionType"),
        sorted(index.get("nonKeyAttributes") or [], key=order_key),
    )


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


def ttl_attribute(value: Mapping[str, Any]) -> Any:
    """Off is off, whichever attribute it was on: a removed TTL must not be a change for ever."""
    return value.get("attributeName") if value.get("enabled", bool(value.get("attributeName"))) else None


def _pitr(value: Mapping[str, Any]) -> Any:
    return (value.get("recoveryPeriodInDays") or PITR_DAYS_DEFAULT) if value.get("enabled") else None


@dataclass(frozen=True)
class Encryption(Codec):
    """Encryption at rest: off means AWS's own key; without a key of one's own the service names its managed one."""

    def equal(self, wanted: Any, actual: Any) -> bool:
        if not wanted.get("enabled"):
            return not actual.get("enabled")
        key = wanted.get("kmsKeyArn")
        return bool(actual.get("enabled")) and (not key or key == actual.get("kmsKeyArn"))


PROPS: Final = (
    Prop("name", "TableName", replace=True),
    Prop("hashKey", replace=True),
    Prop("rangeKey", replace=True),
    Prop("localSecondaryIndexes", codec=Indexes(), planned=BY_NAME, replace=True, default=[], key="name"),
    Prop("globalSecondaryIndexes", codec=Indexes(), default=[], key="name", computed=True),
    Prop("attributes", codec=BAG, planned=BY_NAME, along="globalSecondaryIndexes", key="name"),
    Prop("billingMode", default=PROVISIONED),
    Prop("readCapacity", computed=True),
    Prop("writeCapacity", computed=True),
    Prop("onDemandThroughput"),
    Prop("warmThroughput", codec=NESTED, computed=True),
    Prop("ttl", codec=Codec(canon=ttl_attribute), default={"attributeName": "", "enabled": False}, computed=True),
    Prop("pointInTimeRecovery", codec=Codec(canon=_pitr), default={"enabled": False}, computed=True),
    Prop("serverSideEncryption", codec=Encryption(), default={"enabled": False}, computed=True),
    Prop("streamEnabled", default=False),
    Prop("streamViewType", default=""),
    Prop("tableClass", default="STANDARD"),
    Prop("deletionProtectionEnabled", default=False),
    Prop("replicas", codec=Codec(canon=lambda v: sorted((r.get("regionName") for r in v), key=order_key)), default=[]),
    Prop("tags", default={}),
    Prop("arn", output=True),
    Prop("streamArn", output=True, follows=("streamEnabled", "streamViewType")),
    Prop("streamLabel", output=True, follows=("streamEnabled", "streamViewType")),
)


# -- Pulumi → DynamoDB ---------------------------------------------------------------------------------------


def definitions(values: Props) -> list[dict[str, str]]:
    """AttributeDefinitions."""
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in sorted(attribute_types(values).items())]


def key_schema(keys: list[tuple[str, str]]) -> list[dict[str, str]]:
    """KeySchema."""
    return [{"AttributeName": attribute, "KeyType": kind} for attribute, kind in keys]


def _capacity(values: Mapping[str, Any]) -> dict[str, int]:
    return {
        "ReadCapacityUnits": values.get("readCapacity") or 1,
        "WriteCapacityUnits": values.get("writeCapacity") or 1,
    }


def global_index(index: Mapping[str, Any], provisioned: bool) -> dict[str, Any]:
    """One global secondary index of CreateTable or UpdateTable."""
    projection: dict[str, Any] = {"ProjectionType": index["projectionType"]}
    if index.get("nonKeyAttributes"):
        projection["NonKeyAttributes"] = sorted(index["nonKeyAttributes"])
    found: dict[str, Any] = {
        "IndexName": index["name"],
        "KeySchema": key_schema(keys_of(index)),
        "Projection": projection,
    }
    if provisioned:
        found["ProvisionedThroughput"] = _capacity(index)
    return {**found, **_throughput(index)}


def _throughput(values: Mapping[str, Any]) -> dict[str, Any]:
    """OnDemandThroughput and WarmThroughput, where they are given."""
    given = {name: values[name] for name in ("onDemandThroughput", "warmThroughput") if values.get(name)}
    found: dict[str, Any] = capitalized(given)
    return found


def capacity_update(index: Mapping[str, Any], provisioned: bool) -> dict[str, Any]:
    """One entry of GlobalSecondaryIndexUpdates that changes nothing but capacity, or limits on demand."""
    if provisioned:
        return {"Update": {"IndexName": index["name"], "ProvisionedThroughput": _capacity(index)}}
    return {"Update": {"IndexName": index["name"], "OnDemandThroughput": capitalized(index["onDemandThroughput"])}}


def _local_index(index: Mapping[str, Any], hash_key: str) -> dict[str, Any]:
    found = global_index({**index, "hashKey": hash_key}, provisioned=False)
    return {key: found[key] for key in ("IndexName", "KeySchema", "Projection")}


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


def is_provisioned(values: Mapping[str, Any]) -> bool:
    """Whether capacity is given and paid ahead; what DynamoDB does when nothing is said."""
    return values.get("billingMode") != ON_DEMAND


def billing(values: Props) -> dict[str, Any]:
    """The billing mode, and the capacity that goes with it."""
    if is_provisioned(values):
        return {"BillingMode": PROVISIONED, "ProvisionedThroughput": _capacity(values)}
    return {"BillingMode": ON_DEMAND}


def creation(inputs: Props, tags: Mapping[str, str]) -> dict[str, Any]:
    """CreateTable."""
    provisioned = is_provisioned(inputs)
    hash_key = inputs["hashKey"]
    request: dict[str, Any] = {
        "TableName": inputs["name"],
        "AttributeDefinitions": definitions(inputs),
        "KeySchema": key_schema(keys_of(inputs)),
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())],
        **billing(inputs),
    }
    if globals_ := inputs.get("globalSecondaryIndexes"):
        request["GlobalSecondaryIndexes"] = [global_index(index, provisioned) for index in globals_]
    if locals_ := inputs.get("localSecondaryIndexes"):
        request["LocalSecondaryIndexes"] = [_local_index(index, hash_key) for index in locals_]
    if inputs.get("streamEnabled"):
        request["StreamSpecification"] = stream(inputs)
    if (inputs.get("serverSideEncryption") or {}).get("enabled"):
        request["SSESpecification"] = encryption(inputs["serverSideEncryption"])
    if inputs.get("tableClass"):
        request["TableClass"] = inputs["tableClass"]
    if inputs.get("deletionProtectionEnabled") is not None:
        request["DeletionProtectionEnabled"] = inputs["deletionProtectionEnabled"]
    return {**request, **_throughput(inputs)}


# -- DynamoDB → Pulumi ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TableSnapshot:
    """What DynamoDB says about one table, in its four answers, and the key that AWS manages for DynamoDB."""

    table: Mapping[str, Any]
    ttl: Mapping[str, Any]
    backups: Mapping[str, Any]
    tags: Mapping[str, str]
    managed_key: str = ""


def _keys_back(schema: list[Mapping[str, str]]) -> Props:
    """The one hash key and the one range key; not where there are several."""
    hashes = [entry["AttributeName"] for entry in schema if entry["KeyType"] == "HASH"]
    ranges = [entry["AttributeName"] for entry in schema if entry["KeyType"] == "RANGE"]
    found = {"hashKey": hashes, "rangeKey": ranges}
    return {name: keys[0] for name, keys in found.items() if len(keys) == 1}


def _units_back(given: Mapping[str, Any] | None, names: tuple[str, str]) -> Props:
    found: Props = uncapitalized({n: int(given[n]) for n in names if given and given.get(n) is not None})
    return found


WARM_AT_LEAST: Final = {"readUnitsPerSecond": 12_000, "writeUnitsPerSecond": 4_000}
"""What DynamoDB gives every table: the plugin shows only more."""


def _warm_back(given: Mapping[str, Any] | None) -> Props | None:
    found = _units_back(given, ("ReadUnitsPerSecond", "WriteUnitsPerSecond"))
    return found if any(value > WARM_AT_LEAST[name] for name, value in found.items()) else None


def _index_back(index: Mapping[str, Any], of_table: bool) -> Props:
    projection = index.get("Projection", {})
    found: Props = {
        "name": index["IndexName"],
        **_keys_back(index["KeySchema"]),
        "projectionType": projection.get("ProjectionType"),
    }
    if projection.get("NonKeyAttributes"):
        found["nonKeyAttributes"] = sorted(projection["NonKeyAttributes"])
    if not of_table:
        del found["hashKey"]
        return found
    found["keySchemas"] = uncapitalized(index["KeySchema"])
    capacity = index.get("ProvisionedThroughput") or {}
    found["readCapacity"] = int(capacity.get("ReadCapacityUnits") or 0)
    found["writeCapacity"] = int(capacity.get("WriteCapacityUnits") or 0)
    on_demand = _units_back(index.get("OnDemandThroughput"), ("MaxReadRequestUnits", "MaxWriteRequestUnits"))
    warm = _warm_back(index.get("WarmThroughput"))
    return {
        **found,
        **({"onDemandThroughput": on_demand} if on_demand else {}),
        **({"warmThroughput": warm} if warm else {}),
    }


def key_of(table: Mapping[str, Any]) -> str:
    """The ARN of the key that encrypts a table; empty for DynamoDB's own."""
    description = table.get("SSEDescription") or {}
    on = description.get("Status") in ("ENABLED", "ENABLING", "UPDATING")
    return str(description.get("KMSMasterKeyArn", "")) if on else ""


def _encryption_back(there: TableSnapshot) -> Props:
    """The plugin shows only a key of the customer's: the one that AWS manages is no key that anybody chose."""
    key = key_of(there.table)
    return {"enabled": True, "kmsKeyArn": "" if key == there.managed_key else key} if key else {"enabled": False}


def read_back(there: TableSnapshot) -> Props:
    """The table as Pulumi's properties."""
    table = there.table
    capacity = table.get("ProvisionedThroughput") or {}
    streams = table.get("StreamSpecification") or {}
    on = bool(streams.get("StreamEnabled"))
    recovery = there.backups.get("PointInTimeRecoveryDescription") or {}
    recovering = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    ttl_on = there.ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return {
        "name": table["TableName"],
        **_keys_back(table["KeySchema"]),
        "attributes": [
            {"name": entry["AttributeName"], "type": entry["AttributeType"]} for entry in table["AttributeDefinitions"]
        ],
        "globalSecondaryIndexes": sorted(
            (_index_back(i, True) for i in table.get("GlobalSecondaryIndexes") or []), key=lambda i: str(i["name"])
        ),
        "localSecondaryIndexes": sorted(
            (_index_back(i, False) for i in table.get("LocalSecondaryIndexes") or []), key=lambda i: str(i["name"])
        ),
        "billingMode": (table.get("BillingModeSummary") or {}).get("BillingMode") or PROVISIONED,
        "readCapacity": int(capacity.get("ReadCapacityUnits") or 0),
        "writeCapacity": int(capacity.get("WriteCapacityUnits") or 0),
        "onDemandThroughput": _units_back(
            table.get("OnDemandThroughput"), ("MaxReadRequestUnits", "MaxWriteRequestUnits")
        )
        or None,
        "warmThroughput": _warm_back(table.get("WarmThroughput")),
        "ttl": {"attributeName": there.ttl.get("AttributeName", "") if ttl_on else "", "enabled": ttl_on},
        "pointInTimeRecovery": {
            "enabled": recovering,
            **(
                {"recoveryPeriodInDays": int(recovery.get("RecoveryPeriodInDays") or PITR_DAYS_DEFAULT)}
                if recovering
                else {}
            ),
        },
        "serverSideEncryption": _encryption_back(there),
        "streamEnabled": on,
        "streamViewType": streams.get("StreamViewType", "") if on else "",
        "streamArn": table.get("LatestStreamArn", "") if on else "",
        "streamLabel": table.get("LatestStreamLabel", "") if on else "",
        "tableClass": (table.get("TableClassSummary") or {}).get("TableClass") or "STANDARD",
        "deletionProtectionEnabled": bool(table.get("DeletionProtectionEnabled")),
        "replicas": [{"regionName": replica["RegionName"]} for replica in table.get("Replicas") or []],
        "arn": table["TableArn"],
        "tags": dict(there.tags),
    }
