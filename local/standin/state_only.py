"""A type that the emulator lacks, or fails over: the stack's state alone holds it, after the request was checked."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from . import outputs
from .clients import call
from .context import DROPPED, Context
from .errors import ServiceError
from .generic import Generic
from .spec import fill
from .values import Props


class StateOnly(Generic):
    """Nothing is sent. `checking` has held the request against the service's published model by then."""

    def create(self, ctx: Context, inputs: Props) -> tuple[str, Props]:
        """The state as AWS would give it, as far as that can be known here; says once that it is all there is."""
        ctx.warn(
            f"{ctx.token} {ctx.name!r}: the emulator does not hold it. The stack's state keeps what you asked for, so "
            "that no change is shown; on AWS it is made."
        )
        scope = {**inputs, "region": ctx.region, "account": ctx.account}
        made = {name: inputs.get(name) or fill(template, scope) for name, template in (self.spec.held or {}).items()}
        made = self.spec.tidy({**scope, **made}) if self.spec.tidy else made
        return str(fill(self.spec.id, {**scope, **made})), self._held(ctx, inputs, made)

    def read(self, ctx: Context, resource_id: str, known: Props) -> tuple[str, Props] | None:
        """What the state has; nothing can be imported."""
        return (resource_id, known) if DROPPED in known else None

    def update(self, ctx: Context, resource_id: str, old: Props, inputs: Props) -> Props:
        """The state as it is wanted now."""
        return self._held(ctx, inputs, old)

    def delete(self, ctx: Context, resource_id: str, old: Props) -> None:
        """The state lets go of it by itself."""

    def _held(self, ctx: Context, inputs: Props, made: Any) -> Props:
        names = frozenset(prop.name for prop in self.spec.settable) - (self.spec.held or {}).keys()
        return outputs.of(self.spec, ctx, inputs, made, names)


class Replica(StateOnly):
    """A replica of a table. An empty table of that form stands in its place, where policies and the like are put."""

    def create(self, ctx: Context, inputs: Props) -> tuple[str, Props]:
        """As any that the state alone holds, and the empty table."""
        home, name = str(inputs["globalTableArn"]).split(":")[3], str(inputs["globalTableArn"]).rpartition("/")[2]
        with suppress(ServiceError):  # the table is not there, or one stands in the replica's place already
            found = call(ctx.clients.get(ctx.service, home), "describe_table", TableName=name)["Table"]
            indexes = {
                kind: [{key: each[key] for key in ("IndexName", "KeySchema", "Projection")} for each in found[kind]]
                for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
                if found.get(kind)
            }
            form = {"KeySchema": found["KeySchema"], "AttributeDefinitions": found["AttributeDefinitions"], **indexes}
            ctx.call("create_table", TableName=name, BillingMode="PAY_PER_REQUEST", **form)
        return super().create(ctx, inputs)

    def delete(self, ctx: Context, resource_id: str, old: Props) -> None:
        """The empty table goes, where it is still there."""
        with suppress(ServiceError):
            ctx.call("delete_table", TableName=resource_id.partition(":")[0])
