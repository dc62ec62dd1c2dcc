"""DynamoDB's Table: the one type whose update is a sequence and not a call.

DynamoDB takes one index creation or deletion per UpdateTable and nothing else meanwhile, so an update compares what is
there with what is wanted and walks from one to the other, waiting in between. What is there is read anew each time:
an update that was cut off is completed by the next one, whatever the state says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from . import outputs
from . import table_shape as shape
from .clients import call
from .context import DROPPED, MARK, Context, dropped
from .errors import ConfigError, PartlyMadeError, ServiceError, StandInError
from .generic import exists_already
from .spec import ResourceType
from .table_shape import TableSnapshot
from .table_update import GONE, Update, describe, until_active
from .values import Props

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

        def finish() -> TableSnapshot:
            # A new table's answers are at hand: asking again would be five calls more a table.
            active, rest = until_active(ctx, name, table), Update(ctx, self.spec, name, {}, inputs)
            chosen = (inputs.get("serverSideEncryption") or {}).get("kmsKeyArn")
            key = "" if chosen else shape.key_of(active)
            return TableSnapshot(active, rest.time_to_live(), rest.recovery(), tags, key)

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
        # What the emulator did not hold of an earlier update would be there on AWS, and stay if it is given no more.
        unheld = {
            prop.name: old[prop.name] for prop in self.spec.settable if prop.computed and prop.name in dropped(old)
        }

        def finish() -> TableSnapshot:
            actual = {**shape.read_back(self._needed(ctx, resource_id)), **unheld}
            Update(ctx, self.spec, resource_id, actual, inputs).run()
            return self._needed(ctx, resource_id)

        return self._guarded(ctx, resource_id, inputs, finish, unheld)

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
        ctx.wait(f"the deletion of table {resource_id}", lambda: describe(ctx, resource_id) is None)

    # -- reading ---------------------------------------------------------------------------------------------

    def _there(self, ctx: Context, name: str) -> TableSnapshot | None:
        table = describe(ctx, name)
        if table is None:
            return None
        ttl = ctx.call("describe_time_to_live", TableName=name)["TimeToLiveDescription"]
        backups = ctx.call("describe_continuous_backups", TableName=name)["ContinuousBackupsDescription"]
        key = self._managed_key(ctx) if shape.key_of(table) else ""
        return TableSnapshot(table, ttl, backups, self._tags_of(ctx, table["TableArn"]), key)

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

    def _needed(self, ctx: Context, name: str) -> TableSnapshot:
        there = self._there(ctx, name)
        if there is None:
            fix = "Run `pulumi refresh`, then `up`: it is made anew."
            raise ServiceError("DescribeTable", GONE[0], f"table {name!r} is not there any more", fix)
        return there

    def _guarded(
        self,
        ctx: Context,
        name: str,
        inputs: Props,
        finish: Callable[[], TableSnapshot],
        unheld: Props | None = None,
        new: bool = False,
    ) -> Props:
        """Runs the rest; a failure carries what is there by then."""
        try:
            actual = shape.read_back(finish())
        except StandInError as failure:
            found = outputs.after_failure(failure, lambda: self.read(ctx, name, {}), new)
            made = outputs.of(self.spec, ctx, inputs, found)
            raise PartlyMadeError(name, made, inputs, failure) from failure
        limits = _keep_limits(inputs, actual)
        kept = {
            prop.name: unheld[prop.name]
            for prop in self.spec.settable
            if unheld and prop.name in unheld and prop.same(inputs.get(prop.name), unheld[prop.name])
        }
        names = outputs.unsupported_inputs(self.spec, ctx, inputs, {**actual, **kept})
        outputs.warn_unsupported(ctx, names, inputs, actual)
        if limits:
            ctx.warn(
                f"{ctx.token} {ctx.name!r}: the emulator does not hold onDemandThroughput of the indexes "
                f"{', '.join(limits)}. The stack's state keeps what you asked for; on AWS it takes effect."
            )
        names |= kept.keys() | ({INDEX_LIMITS} if limits else set())
        return outputs.of(self.spec, ctx, outputs.asked(self.spec, inputs, kept), actual, names)

    # -- taking over -----------------------------------------------------------------------------------------

    def _take_over(self, ctx: Context, inputs: Props, error: ServiceError) -> None:
        """Allows a table that this very resource of this stack made, with the same keys; else the refusal stands."""
        there = self._there(ctx, inputs["name"]) if ctx.take_over else None
        if there is None or there.tags.get(MARK) != ctx.mark:
            raise exists_already(error, ctx)
        actual = shape.read_back(there)
        if shape.keys_of(actual) != shape.keys_of(inputs) or shape.own_keys(inputs) & shape.retyped(actual, inputs):
            raise exists_already(error, ctx)
        local = self.spec.prop("localSecondaryIndexes")
        if local is None or not local.equal(inputs.get(local.name), actual.get(local.name)):
            raise exists_already(error, ctx)
        ctx.warn(f"{ctx.token} {ctx.name!r}: took over table {inputs['name']!r}, which this stack made earlier.")


def _keep_limits(asked: Props, actual: Props) -> list[str]:
    """Gives the indexes back the on-demand limits that were asked for and that the emulator lost; says which."""
    given = {i["name"]: i.get("onDemandThroughput") for i in asked.get("globalSecondaryIndexes") or []}
    lost = [i for i in actual["globalSecondaryIndexes"] if given.get(i["name"]) and not i.get("onDemandThroughput")]
    for index in lost:
        index["onDemandThroughput"] = given[index["name"]]
    return [index["name"] for index in lost]
