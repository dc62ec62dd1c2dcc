"""What a stage is on AWS: every resource with its inputs, derived of the families and the stage's settings alone.

`components` registers these resources and no others, and `policies` holds what is registered against them. Nothing here
knows Pulumi: inputs are named as the engine has them (`pointInTimeRecovery`), and name other resources by the names and
ARNs that AWS will give them.
"""

from __future__ import annotations

from tablekit.resources.expected import (
    ALARM,
    BUDGET,
    COMPONENTS,
    COMPOSITE_ALARM,
    DASHBOARD,
    KINDS,
    PARAMETER,
    RESOURCE_POLICY,
    ROLE,
    ROLE_POLICY,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
    Expected,
)
from tablekit.resources.stack import family_resources, stack_resources

__all__ = [
    "ALARM",
    "BUDGET",
    "COMPONENTS",
    "COMPOSITE_ALARM",
    "DASHBOARD",
    "KINDS",
    "PARAMETER",
    "RESOURCE_POLICY",
    "ROLE",
    "ROLE_POLICY",
    "SUBSCRIPTION",
    "TABLE",
    "TOPIC",
    "Expected",
    "family_resources",
    "stack_resources",
]
