"""What a stage is on AWS: every resource with its inputs, derived of the families and the stage's settings alone.

`components` registers these resources and no others, and `policies` holds what is registered against them. Nothing here
knows Pulumi: inputs are named as the engine has them (`pointInTimeRecovery`), and name other resources by the names and
ARNs that AWS will give them.
"""

from __future__ import annotations

from tablekit.resources.expected import (
    ALARM,
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BUDGET,
    COMPONENTS,
    COMPOSITE_ALARM,
    DASHBOARD,
    EVENT_ARCHIVE,
    EVENT_BUS,
    EVENT_RULE,
    EVENT_TARGET,
    FUNCTION,
    KINDS,
    LOG_GROUP,
    PARAMETER,
    PERMISSION,
    PIPE,
    QUEUE,
    RESOURCE_POLICY,
    ROLE,
    ROLE_POLICY,
    SCALING_POLICY,
    SCALING_TARGET,
    SCHEDULED_ACTION,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
    VAULT,
    VAULT_LOCK,
    Expected,
)
from tablekit.resources.stack import family_resources, stack_resources

__all__ = [
    "ALARM",
    "BACKUP_PLAN",
    "BACKUP_SELECTION",
    "BUDGET",
    "COMPONENTS",
    "COMPOSITE_ALARM",
    "DASHBOARD",
    "EVENT_ARCHIVE",
    "EVENT_BUS",
    "EVENT_RULE",
    "EVENT_TARGET",
    "FUNCTION",
    "KINDS",
    "LOG_GROUP",
    "PARAMETER",
    "PERMISSION",
    "PIPE",
    "QUEUE",
    "RESOURCE_POLICY",
    "ROLE",
    "ROLE_POLICY",
    "SCALING_POLICY",
    "SCALING_TARGET",
    "SCHEDULED_ACTION",
    "SUBSCRIPTION",
    "TABLE",
    "TOPIC",
    "VAULT",
    "VAULT_LOCK",
    "Expected",
    "family_resources",
    "stack_resources",
]
