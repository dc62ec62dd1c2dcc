"""One resource of a stage, and the types that there are."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from tablekit.model.naming import PROJECT

TABLE: Final = "aws:dynamodb/table:Table"
RESOURCE_POLICY: Final = "aws:dynamodb/resourcePolicy:ResourcePolicy"
ROLE: Final = "aws:iam/role:Role"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC: Final = "aws:sns/topic:Topic"
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
PARAMETER: Final = "aws:ssm/parameter:Parameter"

_COMPONENTS: Final = ("TableFamily", "FamilyTable", "AccessRoles", "FamilyAlarms", "AccountAlarms", "FamilyParameters")
COMPONENTS: Final = tuple(f"{PROJECT}:index:{name}" for name in _COMPONENTS)
"""The types of the components that hold these resources."""

Text = Literal["policy", "contract"]
"""What stands in a text: an IAM policy document, or a part of a family's contract, whose streams AWS names."""


@dataclass(frozen=True)
class Expected:
    """A resource as a stage's families ask for it.

    type, name: Pulumi's. inputs: as the engine has them; what is not given is left out.
    texts: the inputs that are JSON documents. secret: those that a message must not show.
    protect: whether Pulumi refuses to delete it.
    """

    type: str
    name: str
    inputs: dict[str, Any]
    texts: dict[str, Text] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    protect: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Type and name, which are of one resource in a stack."""
        return self.type, self.name


def given(**inputs: Any) -> dict[str, Any]:
    """Inputs without those that are None."""
    return {name: value for name, value in inputs.items() if value is not None}


def document(policy: dict[str, Any]) -> str:
    """A policy document as the text that AWS takes."""
    return json.dumps(policy)
