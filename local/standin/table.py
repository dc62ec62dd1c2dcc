"""DynamoDB's Table: the one type whose update is a sequence of calls and not one (`table_update`).

What is there is read anew each time: an update that was cut off is completed by the next one, whatever the state says.
"""

from __future__ import annotations

from typing import Any, Final

from . import outputs
from . import table_shape as shape
from .clients import call
from .context import Context, dropped
from .errors import ConfigError, ServiceError
from .generic import Generic
from .spec import Op
from .table_update import Update
from .values import Props

INDEX_LIMITS: Final = "globalSecondaryIndexes.onDemandThroughput"
"""Entry of the state's list of what the emulator did not hold: of an index only this, not the index."""


class Table(Generic):
    """Create, read, update and delete of `aws:dynamodb/table:Table`."""

    def _make(self, ctx: Context, create: Op, scope: Props, tags: Props) -> Any:
        return ctx.call(create.method, **shape.creation(scope), **tags)

    def _complete(self, ctx: Context, scope: Props, inputs: Props) -> None:
        """What CreateTable doesn't take."""
        rest = Update(ctx, self.spec, inputs["name"], {}, inputs)
        rest.time_to_live()
        rest.recovery()

    def _change(self, ctx: Context, scope: Props, old: Props, inputs: Props) -> None:
        """Walks from what is there to what is wanted."""
        found = self.read(ctx, scope["id"], old)
        if found is None:
            fix = "Run `pulumi refresh`, then `up`: it is made anew."
            raise ServiceError("DescribeTable", "NotFound", f"table {scope['id']!r} is not there any more", fix)
        there = {**found[1], **self._unheld(old)}
        self._retag(ctx, {**scope, "arn": there["arn"]}, ctx.visible(there["tags"]), ctx.all_tags(inputs))
        Update(ctx, self.spec, scope["id"], there, inputs).run()

    def read(self, ctx: Context, resource_id: str, known: Props) -> tuple[str, Props] | None:
        """What is there; None if it is gone."""
        found = super().read(ctx, resource_id, known)
        if found is None:
            return None
        actual = {"globalSecondaryIndexes": [], **found[1]}
        key = actual.get("serverSideEncryption", {}).get("kmsKeyArn")
        if key and key == self._managed_key(ctx):
            # The plugin shows only a key of the customer's: this one is no key that anybody chose.
            actual["serverSideEncryption"]["kmsKeyArn"] = ""
        if INDEX_LIMITS in dropped(known):
            _keep_limits(known, actual)
        return found[0], actual

    def _managed_key(self, ctx: Context) -> str:
        """The key that AWS manages for DynamoDB; like the plugin, none where KMS does not say."""
        try:
            kms = ctx.clients.get("kms", ctx.region)
            return str(call(kms, "describe_key", KeyId="alias/aws/dynamodb")["KeyMetadata"]["Arn"])
        except (ConfigError, ServiceError):
            return ""

    def delete(self, ctx: Context, resource_id: str, old: Props) -> None:
        """Removes the table, unless it is protected: then the service's refusal stands."""
        try:
            super().delete(ctx, resource_id, old)
        except ServiceError as error:
            if error.code != "ValidationException" or "rotect" not in error.message:
                raise
            raise error.with_fix(
                f"Deletion protection is on for {resource_id!r}. Set deletionProtectionEnabled to false, run `up`, "
                f"then delete it; or leave it and drop it from the stack: `pulumi state delete '{ctx.urn}'`."
            ) from error

    # -- what the emulator does not hold ---------------------------------------------------------------------

    def _unheld(self, old: Props) -> Props:
        """What the emulator did not hold of an earlier update: on AWS it would be there, and stay if given no more."""
        names = dropped(old)
        return {prop.name: old[prop.name] for prop in self.spec.settable if prop.computed and prop.name in names}

    def _state(self, ctx: Context, inputs: Props, actual: Props, old: Props) -> Props:
        limits = _keep_limits(inputs, actual)
        kept = {
            name: value
            for name, value in self._unheld(old).items()
            if self.spec.by_name[name].same(inputs.get(name), value)
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

    def _is_takeable(self, ctx: Context, actual: Props, inputs: Props) -> bool:
        """A table of the same keys and local indexes; the user is told that it is taken over."""
        local = self.spec.by_name["localSecondaryIndexes"]
        if (
            shape.keys_of(actual) != shape.keys_of(inputs)
            or shape.own_keys(inputs) & shape.retyped(actual, inputs)
            or not local.equal(inputs.get(local.name), actual.get(local.name))
        ):
            return False
        ctx.warn(f"{ctx.token} {ctx.name!r}: took over table {inputs['name']!r}, which this stack made earlier.")
        return True


def _keep_limits(asked: Props, actual: Props) -> list[str]:
    """Gives the indexes back the on-demand limits that were asked for and that the emulator lost; says which."""
    given = {i["name"]: i.get("onDemandThroughput") for i in asked.get("globalSecondaryIndexes") or []}
    lost = [i for i in actual["globalSecondaryIndexes"] if given.get(i["name"]) and not i.get("onDemandThroughput")]
    for index in lost:
        index["onDemandThroughput"] = given[index["name"]]
    return [index["name"] for index in lost]
