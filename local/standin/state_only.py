"""A type that the emulator lacks, or fails over: the stack's state alone holds it, after the request was checked."""

from __future__ import annotations

from typing import Any

from . import outputs
from .context import DROPPED, Context
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
