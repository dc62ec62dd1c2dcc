"""Events of a family's changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pulumi
import pulumi_aws as aws

from components.resource import register, token
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import EVENT_ARCHIVE, EVENT_BUS, PIPE, QUEUE, ROLE, ROLE_POLICY, events

_MADE: Final[Mapping[str, Callable[..., pulumi.CustomResource]]] = {
    ROLE: aws.iam.Role,
    ROLE_POLICY: aws.iam.RolePolicy,
    QUEUE: aws.sqs.Queue,
    EVENT_BUS: aws.cloudwatch.EventBus,
    EVENT_ARCHIVE: aws.cloudwatch.EventArchive,
    PIPE: aws.pipes.Pipe,
}


class FamilyEvents(pulumi.ComponentResource):
    """A family's bus with its archive, the pipes from its tables' streams, their roles and their dead-letter queue.

    name: what its resources' names begin with; its own is that with `-events`. streams: by table, the stream's ARN as
    AWS gives it.
    """

    def __init__(
        self,
        name: str,
        family: StagedFamily,
        account: Account,
        streams: Mapping[str, pulumi.Output[str | None]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("FamilyEvents"), f"{name}-events", None, opts)
        sources = {f"{name}-{pipe.table}-{pipe.use}": streams[pipe.table] for pipe in family.pipes}
        before: list[pulumi.Resource] = []
        for expected in events.of_family(name, family, account):
            if expected.type == PIPE:
                expected = replace(expected, inputs={**expected.inputs, "source": sources[expected.name]})
            # Each after the one before it: few, and nearly all need that one.
            before = [register(_MADE[expected.type], expected, self, depends_on=before)]
        self.register_outputs({})
