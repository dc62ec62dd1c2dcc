"""Events of a family's changes, and the archive of what expires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from components.buckets import kept
from components.resource import Made, register_in_turn, token
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import EVENT_ARCHIVE, EVENT_BUS, PIPE, Expected, events


class FamilyEvents(pulumi.ComponentResource):
    """A family's bus, the archive of its expired items, the pipes from its tables' streams, and their queue.

    name: what its resources' names begin with; its own is that with `-events`. streams: by table, the stream's ARN as
    AWS gives it. keys: by region, the ARN of the family's own key.
    """

    def __init__(
        self,
        name: str,
        family: StagedFamily,
        account: Account,
        streams: Mapping[str, pulumi.Output[str | None]],
        opts: pulumi.ResourceOptions | None = None,
        keys: Mapping[str, pulumi.Input[str]] | None = None,
    ) -> None:
        super().__init__(token("FamilyEvents"), f"{name}-events", None, opts)
        sources = {f"{name}-{pipe.table}-{pipe.use}": streams[pipe.table] for pipe in family.pipes}

        def adapt(expected: Expected, made: Made) -> tuple[Expected, dict[str, Any]]:
            if expected.type == PIPE:
                return expected, {"of_aws": sources[expected.name]}
            if expected.type in (EVENT_BUS, EVENT_ARCHIVE):
                return expected, {"of_aws": (keys or {}).get(family.region)}
            return kept(family.stage)(expected, made)

        register_in_turn(events.of_family(name, family, account), self, adapt)
        self.register_outputs({})
