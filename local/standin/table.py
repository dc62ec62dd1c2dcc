"""DynamoDB's Table: the one type whose update is a sequence and not a call.

DynamoDB takes one index creation or deletion per UpdateTable and nothing else meanwhile, so an update compares what is
there with what is wanted and walks from one to the other, waiting in between. What is there is read anew each time:
an update that was cut off is completed by the next one, whatever the state says.
"""

from __future__ import annotations

from typing import Final

from . import outputs
from . import table_shape as shape
from .clients import call
from .context import MARK, Context, dropped
from .errors import ConfigError, ServiceError
from .generic import Generic, exists_already
from .table_shape import TableSnapshot
from .table_update import GONE, Update, describe, until_active
from .values import Props

INDEX_LIMITS: Final = "globalSecondaryIndexes.onDemandThroughput"
"""Entry of the state's list of what the emulator did not hold: of an index only this, not the index."""


class Table(Generic):
    """Create, read, update and delete of `aws:dynamodb/table:Table`."""

    def create(self, ctx: Context, inputs: Props) -> tuple[str, Props]:
        """Makes the table, then switches on what CreateTable doesn't take."""
        name = inputs["name"]
        tags = {**ctx.all_tags(inputs), MARK: ctx.mark}
        try:
            table = ctx.call("create_table", **shape.creation(inputs, tags))["TableDescription"]
        except ServiceError as error:
            if error.code != "ResourceInUseException":
                raise
            self._require_own(ctx, inputs, error)
            return name, self.update(ctx, name, {}, inputs)

        def finish() -> None:
            until_active(ctx, name, table)
            rest = Update(ctx, self.spec, name, {}, inputs)
            rest.time_to_live()
            rest.recovery()

        return name, self._guarded(ctx, name, {}, inputs, finish, new=True)

    def read(self, ctx: Context, resource_id: str, known: Props) -> tuple[str, Props] | None:
        """What is there; None if it is gone."""
        there = self._there(ctx, resource_id)
        if there is None:
            return None
        actual = shape.read_back(there)
        if INDEX_LIMITS in dropped(known):
            _keep_limits(known, actual)
        return resource_id, actual

    def update(self, ctx: Context, resource_id: str, old: Props, inputs: Props) -> Props:
        """Walks from what is there to what is wanted."""

        def finish() -> None:
            there = self._there(ctx, resource_id)
            if there is None:
                fix = "Run `pulumi refresh`, then `up`: it is made anew."
                raise ServiceError("DescribeTable", GONE[0], f"table {resource_id!r} is not there any more", fix)
            Update(ctx, self.spec, resource_id, {**shape.read_back(there), **self._unheld(old)}, inputs).run()

        return self._guarded(ctx, resource_id, old, inputs, finish)

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

    # -- what the emulator does not hold ---------------------------------------------------------------------

    def _unheld(self, old: Props) -> Props:
        """What the emulator did not hold of an earlier update: on AWS it would be there, and stay if given no more."""
        names = dropped(old)
        return {prop.name: old[prop.name] for prop in self.spec.settable if prop.computed and prop.name in names}

    def _state(self, ctx: Context, inputs: Props, actual: Props, old: Props) -> Props:
        limits = _keep_limits(inputs, actual)
        unheld = self._unheld(old)
        kept = {
            prop.name: unheld[prop.name]
            for prop in self.spec.settable
            if prop.name in unheld and prop.same(inputs.get(prop.name), unheld[prop.name])
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

    def _require_own(self, ctx: Context, inputs: Props, error: ServiceError) -> None:
        """Allows a table that this very resource of this stack made, with the same keys; else the refusal stands."""
        there = self._there(ctx, inputs["name"]) if ctx.take_over else None
        if there is None or there.tags.get(MARK) != ctx.mark:
            raise exists_already(error, ctx)
        actual = shape.read_back(there)
        local = self.spec.prop("localSecondaryIndexes")
        if (
            shape.keys_of(actual) != shape.keys_of(inputs)
            or shape.own_keys(inputs) & shape.retyped(actual, inputs)
            or (local and not local.equal(inputs.get(local.name), actual.get(local.name)))
        ):
            raise exists_already(error, ctx)
        ctx.warn(f"{ctx.token} {ctx.name!r}: took over table {inputs['name']!r}, which this stack made earlier.")


def _keep_limits(asked: Props, actual: Props) -> list[str]:
    """Gives the indexes back the on-demand limits that were asked for and that the emulator lost; says which."""
    given = {i["name"]: i.get("onDemandThroughput") for i in asked.get("globalSecondaryIndexes") or []}
    lost = [i for i in actual["globalSecondaryIndexes"] if given.get(i["name"]) and not i.get("onDemandThroughput")]
    for index in lost:
        index["onDemandThroughput"] = given[index["name"]]
    return [index["name"] for index in lost]
