"""DynamoDB's Table: the one type whose update is a sequence and not a call.

DynamoDB takes one index creation or deletion per UpdateTable and nothing else meanwhile, so an update compares what is
there with what is wanted and walks from one to the other, waiting in between. What is there is read anew each time:
an update that was cut off is completed by the next one, whatever the state says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from . import settle
from . import table_shape as shape
from .clients import call
from .context import DROPPED, MARK, Context
from .errors import ConfigError, PartlyMade, ServiceError, StandInError
from .generic import exists_already
from .spec import ResourceType
from .table_shape import There
from .unplanned import own_keys, retyped
from .values import Props

GONE: Final = ("ResourceNotFoundException", "ResourceNotFound", "TableNotFoundException")
INDEX_LIMITS: Final = "globalSecondaryIndexes.onDemandThroughput"
"""Entry of the state's list of what the emulator did not hold: of an index only this, not the index."""


class Table:
    """Create, read, update and delete of `aws:dynamodb/table:Table`."""

    def __init__(self, spec: ResourceType) -> None:
        self.spec = spec

    def create(self, ctx: Context, inputs: Props) -> tuple[str, Props]:
        """Makes the table, then switches on what CreateTable doesn't take."""
        name = inputs["name"]
        tags = {**ctx.all_tags(inputs), MARK: ctx.mark}
        try:
            table = ctx.call("create_table", **shape.creation(inputs, tags))["TableDescription"]
        except ServiceError as error:
            if error.code != "ResourceInUseException":
                raise
            self._take_over(ctx, inputs, error)
            return name, self.update(ctx, name, {}, inputs)

        def finish() -> There:
            # A new table's answers are at hand: asking again would be five calls more a table.
            active = self._wait(ctx, name, table)
            ttl, recovery = self._ttl(ctx, name, {}, inputs), self._recovery(ctx, name, {}, inputs)
            chosen = (inputs.get("serverSideEncryption") or {}).get("kmsKeyArn")
            return There(active, ttl, recovery, tags, "" if chosen else shape.key_of(active))

        return name, self._guarded(ctx, name, inputs, finish, new=True)

    def read(self, ctx: Context, resource_id: str, known: Props) -> tuple[str, Props] | None:
        """What is there; None if it is gone."""
        there = self._there(ctx, resource_id)
        if there is None:
            return None
        actual = shape.read_back(there)
        if INDEX_LIMITS in (known.get(DROPPED) or ()):
            _keep_limits(known, actual)
        return resource_id, actual

    def update(self, ctx: Context, resource_id: str, old: Props, inputs: Props) -> Props:
        """Walks from what is there to what is wanted."""

        def finish() -> There:
            there = self._needed(ctx, resource_id)
            actual = shape.read_back(there)
            self._settings(ctx, resource_id, actual, inputs)
            self._streams(ctx, resource_id, actual, inputs)
            self._capacity(ctx, resource_id, actual, inputs)
            if self._wants("globalSecondaryIndexes", actual, inputs):
                self._indexes(ctx, resource_id, actual, inputs)
            self._ttl(ctx, resource_id, actual, inputs)
            self._recovery(ctx, resource_id, actual, inputs)
            self._tags(ctx, actual, inputs)
            return self._needed(ctx, resource_id)

        return self._guarded(ctx, resource_id, inputs, finish)

    def delete(self, ctx: Context, resource_id: str, old: Props) -> None:
        """Removes the table, unless it is protected: then the service's refusal stands."""
        try:
            ctx.call("delete_table", TableName=resource_id)
        except ServiceError as error:
            if error.code in GONE:
                return
            if error.code == "ValidationException" and "rotect" in error.message:
                raise ServiceError(
                    error.operation,
                    error.code,
                    error.message,
                    f"Deletion protection is on for {resource_id!r}. Set deletionProtectionEnabled to false, run `up`, "
                    f"then delete it; or leave it and drop it from the stack: `pulumi state delete '{ctx.urn}'`.",
                ) from error
            raise
        ctx.wait(f"the deletion of table {resource_id}", lambda: self._describe(ctx, resource_id) is None)

    # -- reading ---------------------------------------------------------------------------------------------

    def _describe(self, ctx: Context, name: str) -> dict[str, Any] | None:
        try:
            return dict(ctx.call("describe_table", TableName=name)["Table"])
        except ServiceError as error:
            if error.code in GONE:
                return None
            raise

    def _there(self, ctx: Context, name: str) -> There | None:
        table = self._describe(ctx, name)
        if table is None:
            return None
        ttl = ctx.call("describe_time_to_live", TableName=name)["TimeToLiveDescription"]
        backups = ctx.call("describe_continuous_backups", TableName=name)["ContinuousBackupsDescription"]
        key = self._managed_key(ctx) if shape.key_of(table) else ""
        return There(table, ttl, backups, self._tags_of(ctx, table["TableArn"]), key)

    def _managed_key(self, ctx: Context) -> str:
        """The key that AWS manages for DynamoDB; like the plugin, none where KMS does not say."""
        try:
            kms = ctx.clients.get("kms", ctx.region)
            return str(call(kms, "describe_key", KeyId="alias/aws/dynamodb")["KeyMetadata"]["Arn"])
        except (ConfigError, ServiceError):
            return ""

    def _tags_of(self, ctx: Context, arn: str) -> dict[str, str]:
        found: dict[str, str] = {}
        more: dict[str, str] = {}
        while True:
            answer = ctx.call("list_tags_of_resource", ResourceArn=arn, **more)
            found.update({tag["Key"]: tag["Value"] for tag in answer.get("Tags") or []})
            if not answer.get("NextToken"):
                return found
            more = {"NextToken": answer["NextToken"]}

    def _needed(self, ctx: Context, name: str) -> There:
        there = self._there(ctx, name)
        if there is None:
            fix = "Run `pulumi refresh`, then `up`: it is made anew."
            raise ServiceError("DescribeTable", GONE[0], f"table {name!r} is not there any more", fix)
        return there

    def _guarded(self, ctx: Context, name: str, inputs: Props, finish: Callable[[], There], new: bool = False) -> Props:
        """Runs the rest; a failure carries what is there by then."""
        try:
            actual = shape.read_back(finish())
        except StandInError as failure:
            found = settle.after_failure(failure, lambda: self.read(ctx, name, {}), new)
            made = settle.state(self.spec, ctx, inputs, found, frozenset())
            raise PartlyMade(name, made, inputs, failure) from failure
        limits = _keep_limits(inputs, actual)
        names = settle.lost(self.spec, ctx, inputs, actual)
        settle.tell(ctx, names, inputs, actual)
        if limits:
            ctx.warn(
                f"{ctx.token} {ctx.name!r}: the emulator does not hold onDemandThroughput of the indexes "
                f"{', '.join(limits)}. The stack's state keeps what you asked for; on AWS it takes effect."
            )
        return settle.state(self.spec, ctx, inputs, actual, names | ({INDEX_LIMITS} if limits else set()))

    # -- writing ---------------------------------------------------------------------------------------------

    def _update(self, ctx: Context, name: str, **changes: Any) -> None:
        self._wait(ctx, name, ctx.call("update_table", TableName=name, **changes)["TableDescription"])

    def _wait(self, ctx: Context, name: str, table: Mapping[str, Any]) -> Mapping[str, Any]:
        """The table once it and its indexes are ACTIVE; `table` is what the last call answered."""
        latest = table

        def ready() -> bool:
            nonlocal latest
            if not _is_active(latest):
                latest = self._describe(ctx, name) or {}
            return _is_active(latest)

        ctx.wait(f"table {name} to be ACTIVE", ready)
        return latest

    def _wants(self, name: str, actual: Props, inputs: Props) -> bool:
        prop = self.spec.prop(name)
        assert prop is not None
        return not prop.same(inputs.get(name), actual.get(name))

    def _settings(self, ctx: Context, name: str, actual: Props, inputs: Props) -> None:
        if self._wants("deletionProtectionEnabled", actual, inputs):
            self._update(ctx, name, DeletionProtectionEnabled=bool(inputs.get("deletionProtectionEnabled")))
        if self._wants("tableClass", actual, inputs):
            self._update(ctx, name, TableClass=inputs.get("tableClass") or "STANDARD")
        if self._wants("serverSideEncryption", actual, inputs):
            self._update(ctx, name, SSESpecification=shape.encryption(inputs.get("serverSideEncryption") or {}))
        for prop in ("onDemandThroughput", "warmThroughput"):
            if self._wants(prop, actual, inputs) and inputs.get(prop):
                limits = {f"{key[0].upper()}{key[1:]}": value for key, value in inputs[prop].items()}
                self._update(ctx, name, **{f"{prop[0].upper()}{prop[1:]}": limits})

    def _streams(self, ctx: Context, name: str, actual: Props, inputs: Props) -> None:
        if not (self._wants("streamEnabled", actual, inputs) or self._wants("streamViewType", actual, inputs)):
            return
        if actual.get("streamEnabled"):  # another view is another stream: off first
            self._update(ctx, name, StreamSpecification={"StreamEnabled": False})
        if inputs.get("streamEnabled"):
            try:
                self._update(ctx, name, StreamSpecification=shape.stream(inputs))
            except ServiceError as error:
                if error.code != "ResourceInUseException":
                    raise
                # moto switches a table's stream on only once in its life: reported as not held, like other such inputs

    def _capacity(self, ctx: Context, name: str, actual: Props, inputs: Props) -> None:
        provisioned = shape.is_provisioned(inputs)
        switched = provisioned != shape.is_provisioned(actual)
        given = any(self._wants(unit, actual, inputs) for unit in ("readCapacity", "writeCapacity"))
        wanted = {index["name"]: index for index in inputs.get("globalSecondaryIndexes") or []}
        # A switch to provisioned names the capacity of every index there is, even of one that goes next.
        updates = [
            _capacity_update(wanted.get(index["name"], index))
            for index in actual["globalSecondaryIndexes"]
            if provisioned and (switched or _other_capacity(wanted.get(index["name"], index), index))
        ]
        changes: dict[str, Any] = {}
        if switched or (provisioned and given):
            filled = {**{unit: actual.get(unit) for unit in ("readCapacity", "writeCapacity")}, **inputs}
            changes = shape.billing(filled)
        if updates:
            changes["GlobalSecondaryIndexUpdates"] = updates
        if changes:
            self._update(ctx, name, **changes)

    def _indexes(self, ctx: Context, name: str, actual: Props, inputs: Props) -> None:
        """One at a time: first those that go (or come back changed), then those that come."""
        there = {index["name"]: index for index in actual["globalSecondaryIndexes"]}
        wanted = {index["name"]: index for index in inputs.get("globalSecondaryIndexes") or []}
        stay = {n for n in there if n in wanted and shape.index_identity(there[n]) == shape.index_identity(wanted[n])}
        for index in sorted(set(there) - stay):
            self._update(ctx, name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": index}}])
        present = [there[n] for n in sorted(stay)]
        provisioned = shape.is_provisioned(inputs)
        owner = inputs if self._wants("attributes", actual, inputs) else {**inputs, "attributes": actual["attributes"]}
        if set(wanted) - stay and (types := _refused_types(actual, owner, present)):
            raise ServiceError(
                "UpdateTable",
                "ValidationException",
                "invalid attribute, SchemaElement redefined should be of same type as previously defined",
                f"Declare {', '.join(types)} with the type that the table's keys have: it can't be changed.",
            )
        for index in sorted(set(wanted) - stay):
            present.append(wanted[index])
            self._update(
                ctx,
                name,
                AttributeDefinitions=_used_definitions(owner, present),
                GlobalSecondaryIndexUpdates=[{"Create": shape.global_index(wanted[index], provisioned)}],
            )
        if set(there) - stay and not set(wanted) - stay:
            # DynamoDB forgets attributes that no key uses any more; not every emulator does unless it is told.
            self._update(ctx, name, AttributeDefinitions=_used_definitions(owner, present))

    def _ttl(self, ctx: Context, name: str, actual: Props, inputs: Props) -> Mapping[str, Any]:
        """Switches TTL; gives the description that this makes."""
        if not self._wants("ttl", actual, inputs):
            return {}
        before = actual.get("ttl") or {}
        wanted = inputs["ttl"]
        attribute = wanted.get("attributeName") or ""
        if before.get("enabled") and attribute != before["attributeName"]:
            raise ServiceError(
                "UpdateTimeToLive",
                "ValidationException",
                f"TimeToLive is active on a different AttributeName: current AttributeName is "
                f"{before['attributeName']}",
                f'Switch it off first, by ttl {{"attributeName": "{before["attributeName"]}", "enabled": false}}, and '
                f"deploy; then on with {attribute!r}: DynamoDB takes one change of TTL an hour."
                if wanted.get("enabled")
                else f"Give ttl the attributeName {before['attributeName']!r}: DynamoDB wants it to switch TTL off.",
            )
        change = {"Enabled": bool(wanted.get("enabled")), "AttributeName": attribute}
        answer = ctx.call("update_time_to_live", TableName=name, TimeToLiveSpecification=change)
        status = "ENABLED" if change["Enabled"] else "DISABLED"
        return {"TimeToLiveStatus": status, **answer["TimeToLiveSpecification"]}

    def _recovery(self, ctx: Context, name: str, actual: Props, inputs: Props) -> Mapping[str, Any]:
        """Switches point-in-time recovery; gives the description that this makes."""
        if not self._wants("pointInTimeRecovery", actual, inputs):
            return {}
        wanted = inputs.get("pointInTimeRecovery") or {}
        specification: dict[str, Any] = {"PointInTimeRecoveryEnabled": bool(wanted.get("enabled"))}
        if wanted.get("enabled") and wanted.get("recoveryPeriodInDays"):
            specification["RecoveryPeriodInDays"] = wanted["recoveryPeriodInDays"]
        given = {"TableName": name, "PointInTimeRecoverySpecification": specification}
        answer: Mapping[str, Any] = ctx.call("update_continuous_backups", **given)["ContinuousBackupsDescription"]
        return answer

    def _tags(self, ctx: Context, actual: Props, inputs: Props) -> None:
        before = ctx.visible(actual.get("tags") or {})
        wanted = ctx.visible(ctx.all_tags(inputs))
        gone = sorted(set(before) - set(wanted))
        if gone:
            ctx.call("untag_resource", ResourceArn=actual["arn"], TagKeys=gone)
        new = [{"Key": key, "Value": value} for key, value in sorted(wanted.items()) if before.get(key) != value]
        if new:
            ctx.call("tag_resource", ResourceArn=actual["arn"], Tags=new)

    def _take_over(self, ctx: Context, inputs: Props, error: ServiceError) -> None:
        """Allows a table that this very resource of this stack made, with the same keys; else the refusal stands."""
        there = self._there(ctx, inputs["name"]) if ctx.take_over else None
        if there is None or there.tags.get(MARK) != ctx.mark:
            raise exists_already(error, ctx)
        actual = shape.read_back(there)
        if shape.keys_of(actual) != shape.keys_of(inputs) or own_keys(inputs) & set(retyped(actual, inputs)):
            raise exists_already(error, ctx)
        local = self.spec.prop("localSecondaryIndexes")
        if local is None or not local.equal(inputs.get(local.name), actual.get(local.name)):
            raise exists_already(error, ctx)
        ctx.warn(f"{ctx.token} {ctx.name!r}: took over table {inputs['name']!r}, which this stack made earlier.")


def _is_active(table: Mapping[str, Any]) -> bool:
    indexes = table.get("GlobalSecondaryIndexes") or []
    return table.get("TableStatus") == "ACTIVE" and all(index.get("IndexStatus") == "ACTIVE" for index in indexes)


def _capacity_update(index: Props) -> dict[str, Any]:
    throughput = shape.global_index(index, True)["ProvisionedThroughput"]
    return {"Update": {"IndexName": index["name"], "ProvisionedThroughput": throughput}}


def _other_capacity(wanted: Props, actual: Props) -> bool:
    return any(wanted.get(unit) and wanted[unit] != actual.get(unit) for unit in ("readCapacity", "writeCapacity"))


def _refused_types(actual: Props, owner: Props, present: list[Props]) -> list[str]:
    """The retyped attributes that keys use which are there: DynamoDB refuses to define them anew."""
    used = own_keys(actual) | {attribute for index in present for attribute, _ in shape.keys_of(index)}
    return sorted(used & set(retyped(actual, owner)))


def _used_definitions(inputs: Props, indexes: list[Props]) -> list[dict[str, str]]:
    """The definitions that the table, its local indexes and these global ones use: what DynamoDB wants at that step."""
    used = {attribute for owner in (inputs, *indexes) for attribute, _ in shape.keys_of(owner)}
    used |= {index["rangeKey"] for index in inputs.get("localSecondaryIndexes") or []}
    return [entry for entry in shape.definitions(inputs) if entry["AttributeName"] in used]


def _keep_limits(asked: Props, actual: Props) -> list[str]:
    """Gives the indexes back the on-demand limits that were asked for and that the emulator lost; says which."""
    given = {i["name"]: i.get("onDemandThroughput") for i in asked.get("globalSecondaryIndexes") or []}
    lost = [i for i in actual["globalSecondaryIndexes"] if given.get(i["name"]) and not i.get("onDemandThroughput")]
    for index in lost:
        index["onDemandThroughput"] = given[index["name"]]
    return [index["name"] for index in lost]
