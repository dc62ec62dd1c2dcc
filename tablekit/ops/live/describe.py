"""Reads what is on AWS under the names that a family has in a stage. Every call only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from tablekit.client import AccessDeniedError, Clients, RefusedError, ResourceNotFoundError, translated
from tablekit.model import limits
from tablekit.model.addresses import is_loopback
from tablekit.model.alarms import family_alarms
from tablekit.model.naming import OWN_KEYS
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.ops.live.shape import Live, LiveTable, subscribed
from tablekit.ops.live.watches import there
from tablekit.resources.stack import family_watches

AT_ONCE = 8
"""Tables that are described at a time."""
_ALARMS_AT_ONCE = 100
"""Names that one DescribeAlarms takes."""
_MANAGED = "alias/aws/dynamodb"
_OF_THE_SYSTEM = "aws:"
"""What the names of tags begin with that AWS sets itself; nobody else can."""
_CLOUDFORMATION = "aws:cloudformation:stack-name"
_UNKNOWN = "UnknownOperationException"
"""What an emulator answers to a call that it hasn't."""
_T = TypeVar("_T")


def describe(clients: Clients, family: StagedFamily, progress: Callable[[int, int], None] = lambda *_: None) -> Live:
    """The family's tables, and which of its roles, topic and alarms are there. Raises what the calls raise.

    A call that isn't permitted ends nothing: it is in `unread`. Only DescribeTable has to be.
    """
    done = 0
    found: list[LiveTable] = []
    account = account_of(clients, family.region)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one in pool.map(lambda each: _somewhere(clients, family, *each), family.tables.items()):
            found.append(one)
            progress(done := done + 1, len(family.tables))
    unread: dict[str, str] = {}
    beside = {
        what: tuple(_allowed(unread, what, lambda ask=ask: list(ask(clients, family))) or ())  # type: ignore[misc]
        for what, ask in _BESIDE.items()
    }
    topic = account.arn("sns", family.region, family.alarm_topic)
    subscriptions: dict[str, str] | None = {}
    if beside["topics"]:
        subscriptions = _allowed(unread, "subscriptions", lambda: _subscriptions(clients, family.region, topic))
    taken = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Live(
        stage=family.stage.stage,
        family=family.key,
        account=account.id,
        partition=account.partition,
        taken=taken,
        tables=tuple(found),
        unread=unread,
        subscriptions=subscriptions or {},
        **beside,
    )


def account_of(clients: Clients, region: str) -> Account:
    """Whose credentials these are."""
    with translated("the account"):
        caller = clients.get("sts", region).get_caller_identity()
    return Account(caller["Account"], caller["Arn"].split(":")[1])


def _somewhere(clients: Clients, family: StagedFamily, logical: str, staged: StagedTable) -> LiveTable:
    """The table; where its region doesn't have it, the one of its name in another region that the stage uses."""
    found = table(clients, family.region, staged.name, logical)
    regions = {family.stage.region, *(family.other(key).region for key in family.stage.families)} - {family.region}
    for region in () if found.there else sorted(regions):
        with suppress(AccessDeniedError):
            if (other := table(clients, region, staged.name, logical)).there:
                return other
    return found


def table(
    clients: Clients, region: str, name: str, logical: str, whole: bool = True, key_names: bool = True
) -> LiveTable:
    """One table. Raises what DescribeTable raises, but that it isn't there.

    whole: with what no family declares: a policy and autoscaling. key_names: its key by its alias, where the stack
    makes it, and none where AWS manages it; else by its ARN in any case.
    """
    client = clients.get("dynamodb", region)
    try:
        with translated(f"table {name!r}"):
            found = client.describe_table(TableName=name)["Table"]
    except ResourceNotFoundError:
        return LiveTable(table=logical)
    unread: dict[str, str] = {}
    arn = found["TableArn"]

    def ask(what: str, call: Callable[[], _T]) -> _T | None:
        return _allowed(unread, what, call, f"table {name!r}")

    ttl = ask("TTL", lambda: client.describe_time_to_live(TableName=name)["TimeToLiveDescription"])
    backups = ask(
        "point-in-time recovery",
        lambda: client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"],
    )
    tags = ask(
        "tags",
        lambda: {
            tag["Key"]: tag["Value"]
            for page in clients.pages("dynamodb", region, "list_tags_of_resource", ResourceArn=arn)
            for tag in page.get("Tags", ())
        },
    )
    own = {key: value for key, value in (tags or {}).items() if not key.startswith(_OF_THE_SYSTEM)}
    policy, scaled = None, None
    if whole:
        policy = ask("resource policy", lambda: _policy(client, arn))
        indexes = [each["IndexName"] for each in found.get("GlobalSecondaryIndexes") or ()]
        scaled = ask("autoscaling", lambda: _scaled(clients, region, name, indexes))
    key = (found.get("SSEDescription") or {}).get("KMSMasterKeyArn")
    if key and key_names and (aliases := ask("KMS key", lambda: _aliases(clients, region, key))) is not None:
        alias = next((each for each in aliases if each.startswith(OWN_KEYS)), key)
        found["SSEDescription"]["KMSMasterKeyArn"] = None if _MANAGED in aliases else alias
    return LiveTable(
        table=logical,
        inputs={"name": name, "region": region, **dict(inputs(found, ttl or {}, backups or {}, own))},
        arn=arn,
        status=found["TableStatus"],
        building={
            each["IndexName"]: status
            for each in found.get("GlobalSecondaryIndexes") or ()
            if (status := each.get("IndexStatus", "ACTIVE")) != "ACTIVE"
        },
        items=found.get("ItemCount", 0),
        bytes=found.get("TableSizeBytes", 0),
        policy=policy,
        scaled=scaled or {},
        stack=(tags or {}).get(_CLOUDFORMATION),
        unread=unread,
    )


def _allowed(unread: dict[str, str], what: str, call: Callable[[], _T], where: str = "") -> _T | None:
    """What the call gives; None where it is not permitted, or not known to an emulator, which is noted."""
    try:
        with translated(where or what):
            return call()
    except (AccessDeniedError, RefusedError) as error:
        if isinstance(error, RefusedError) and error.code != _UNKNOWN:
            raise
        unread[what] = str(error)
        return None


def _policy(client: Any, arn: str) -> str | None:
    try:
        return str(client.get_resource_policy(ResourceArn=arn)["Policy"])
    except client.exceptions.PolicyNotFoundException:
        return None


def _aliases(clients: Clients, region: str, key: str) -> list[str]:
    """DescribeTable names the AWS-managed key by an ARN as any other; its alias says what it is."""
    try:
        pages = clients.pages("kms", region, "list_aliases", KeyId=key)
        return sorted(each["AliasName"] for page in pages for each in page["Aliases"])
    except clients.get("kms", region).exceptions.NotFoundException:
        return []  # of another account, or deleted


def _scaled(clients: Clients, region: str, name: str, indexes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Of each scaling target its floor and ceiling; called by its resource and its dimension."""
    pages = clients.pages(
        "application-autoscaling",
        region,
        "describe_scalable_targets",
        ServiceNamespace="dynamodb",
        ResourceIds=[f"table/{name}", *(f"table/{name}/index/{index}" for index in indexes)],
    )
    return {
        f"{each['ResourceId']} {each['ScalableDimension']}": (each["MinCapacity"], each["MaxCapacity"])
        for page in pages
        for each in sorted(page["ScalableTargets"], key=lambda each: (each["ResourceId"], each["ScalableDimension"]))
    }


def inputs(
    found: Mapping[str, Any], ttl: Mapping[str, Any], backups: Mapping[str, Any], tags: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    """A described table with the names and in the order of `tablekit.resources`; what is off or empty is left out.

    found: its KMS key is a customer's, or none.
    """
    keys = {each["KeyType"]: each["AttributeName"] for each in found["KeySchema"]}
    yield "hashKey", keys["HASH"]
    if "RANGE" in keys:
        yield "rangeKey", keys["RANGE"]
    attributes = sorted(found["AttributeDefinitions"], key=lambda each: str(each["AttributeName"]))
    yield "attributes", [{"name": each["AttributeName"], "type": each["AttributeType"]} for each in attributes]
    provisioned = (found.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED") == "PROVISIONED"
    for kind, make in (("global", _global), ("local", _local)):
        indexes = sorted(found.get(f"{kind.title()}SecondaryIndexes") or (), key=lambda each: str(each["IndexName"]))
        if indexes:
            yield f"{kind}SecondaryIndexes", [make(each, provisioned) for each in indexes]
    yield "billingMode", "PROVISIONED" if provisioned else "PAY_PER_REQUEST"
    if provisioned:
        yield from _capacity(found).items()
    if ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"):
        yield "ttl", {"attributeName": ttl["AttributeName"], "enabled": True}
    stream = found.get("StreamSpecification") or {}
    if stream.get("StreamEnabled"):
        yield "streamEnabled", True
        yield "streamViewType", stream["StreamViewType"]
    recovery = backups.get("PointInTimeRecoveryDescription") or {}
    if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
        yield "pointInTimeRecovery", {"enabled": True, "recoveryPeriodInDays": recovery.get("RecoveryPeriodInDays", 35)}
    encryption = found.get("SSEDescription") or {}
    if encryption.get("Status") in ("ENABLED", "ENABLING", "UPDATING"):
        key = encryption.get("KMSMasterKeyArn")
        yield "serverSideEncryption", {"enabled": True, **({"kmsKeyArn": key} if key else {})}
    yield "deletionProtectionEnabled", found.get("DeletionProtectionEnabled", False)
    if tags:
        yield "tags", dict(tags)
    if (kind := (found.get("TableClassSummary") or {}).get("TableClass", "STANDARD")) != "STANDARD":
        yield "tableClass", kind
    yield from _throughput(found).items()
    if replicas := [each["RegionName"] for each in found.get("Replicas") or ()]:
        yield "replicas", [{"regionName": each} for each in sorted(replicas)]


def _capacity(found: Mapping[str, Any]) -> dict[str, int]:
    units = found["ProvisionedThroughput"]
    return {"readCapacity": units["ReadCapacityUnits"], "writeCapacity": units["WriteCapacityUnits"]}


def _throughput(found: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Its maximum on demand, and what it serves at once where that is more than every table does."""
    caps = {name: units for name, units in (found.get("OnDemandThroughput") or {}).items() if units > 0}
    warm = found.get("WarmThroughput") or {}
    units = {name: warm.get(name, 0) for name in ("ReadUnitsPerSecond", "WriteUnitsPerSecond")}
    more = any(had > least for had, least in zip(units.values(), limits.MIN_WARM_THROUGHPUT, strict=True))
    given = {"onDemandThroughput": caps, "warmThroughput": units if more else {}}
    return {
        key: {f"{name[:1].lower()}{name[1:]}": each for name, each in of.items()} for key, of in given.items() if of
    }


def _projection(found: Mapping[str, Any]) -> dict[str, Any]:
    projection = found["Projection"]
    names = sorted(projection.get("NonKeyAttributes") or ())
    return {"projectionType": projection["ProjectionType"], **({"nonKeyAttributes": names} if names else {})}


def _global(found: Mapping[str, Any], provisioned: bool) -> dict[str, Any]:
    ordered = sorted(found["KeySchema"], key=lambda each: each["KeyType"] != "HASH")
    keys = [{"attributeName": each["AttributeName"], "keyType": each["KeyType"]} for each in ordered]
    capacity = _capacity(found) if provisioned else {}
    return {"name": found["IndexName"], "keySchemas": keys, **_projection(found), **capacity, **_throughput(found)}


def _local(found: Mapping[str, Any], _: bool) -> dict[str, Any]:
    (key,) = (each["AttributeName"] for each in found["KeySchema"] if each["KeyType"] == "RANGE")
    return {"name": found["IndexName"], "rangeKey": key, **_projection(found)}


def _roles(clients: Clients, family: StagedFamily) -> Iterator[str]:
    client = clients.get("iam", family.region)
    backups = family.backups
    own = (role.name for role in family.roles.values())
    others = (
        *((backups.maker, backups.restorer) if backups else ()),
        *(pipe.role for pipe in family.pipes),
        *([family.archive.role] if family.archive else ()),
    )
    for name in (*own, *others):
        try:
            with translated(f"role {name!r}"):
                client.get_role(RoleName=name)
                pages = clients.pages("iam", family.region, "list_role_policies", RoleName=name)
                inline = [each for page in pages for each in page["PolicyNames"]]
        except ResourceNotFoundError:
            continue
        yield name
        yield from (f"{name}:{each}" for each in inline)


def _topics(clients: Clients, family: StagedFamily) -> Iterator[str]:
    for page in clients.pages("sns", family.region, "list_topics"):
        for topic in page["Topics"]:
            if topic["TopicArn"].rpartition(":")[2] == family.alarm_topic:
                yield family.alarm_topic


def _watches(clients: Clients, family: StagedFamily) -> Iterator[str]:
    account = account_of(clients, family.region)
    emulated = bool(clients.endpoint and is_loopback(clients.endpoint))
    yield from there(clients, family_watches(family.key, family, account), account, emulated)


def _subscriptions(clients: Clients, region: str, topic: str) -> dict[str, str]:
    return {
        subscribed({"protocol": each["Protocol"], "endpoint": each["Endpoint"]}): each["SubscriptionArn"]
        for page in clients.pages("sns", region, "list_subscriptions_by_topic", TopicArn=topic)
        for each in page["Subscriptions"]
        if each["SubscriptionArn"].startswith("arn:")
    }


def _parameters(clients: Clients, family: StagedFamily) -> Iterator[str]:
    if family.stage.publish_parameters:
        yield from parameters(clients, family)


def parameters(clients: Clients, family: StagedFamily) -> dict[str, tuple[str, str]]:
    """The type and the value of each parameter under the family's path. Raises what the calls raise."""
    given = {"Path": family.parameter_path, "Recursive": True}
    with translated(f"{family.parameter_path} in {family.region}"):
        pages = clients.pages("ssm", family.region, "get_parameters_by_path", **given)
        return {each["Name"]: (each["Type"], each["Value"]) for page in pages for each in page["Parameters"]}


def _alarms(clients: Clients, family: StagedFamily) -> Iterator[str]:
    yield from alarms(clients, family.region, [alarm.name for alarm in family_alarms(family)])


def alarms(clients: Clients, region: str, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Those of these alarms that are there. Raises what the calls raise."""
    found: dict[str, dict[str, Any]] = {}
    with translated(f"alarms in {region}"):
        for start in range(0, len(names), _ALARMS_AT_ONCE):
            asked = names[start : start + _ALARMS_AT_ONCE]
            pages = clients.pages("cloudwatch", region, "describe_alarms", AlarmNames=asked)
            found |= {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
    return found


_BESIDE: Final[Mapping[str, Callable[[Clients, StagedFamily], Iterator[str]]]] = {
    "roles": _roles,
    "topics": _topics,
    "alarms": _alarms,
    "parameters": _parameters,
    "watches": _watches,
}
"""What is looked for beside the tables, as `Live` calls it."""
