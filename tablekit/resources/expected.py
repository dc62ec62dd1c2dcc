"""One resource of a stage, and the types that there are."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
COMPOSITE_ALARM: Final = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
DASHBOARD: Final = "aws:cloudwatch/dashboard:Dashboard"
BUDGET: Final = "aws:budgets/budget:Budget"
VAULT: Final = "aws:backup/vault:Vault"
VAULT_LOCK: Final = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
BACKUP_PLAN: Final = "aws:backup/plan:Plan"
BACKUP_SELECTION: Final = "aws:backup/selection:Selection"
EVENT_RULE: Final = "aws:cloudwatch/eventRule:EventRule"
EVENT_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
KEY: Final = "aws:kms/key:Key"
KEY_ALIAS: Final = "aws:kms/alias:Alias"
REPLICA: Final = "aws:dynamodb/tableReplica:TableReplica"
EVENT_BUS: Final = "aws:cloudwatch/eventBus:EventBus"
EVENT_ARCHIVE: Final = "aws:cloudwatch/eventArchive:EventArchive"
QUEUE: Final = "aws:sqs/queue:Queue"
PIPE: Final = "aws:pipes/pipe:Pipe"
CATALOG_DATABASE: Final = "aws:glue/catalogDatabase:CatalogDatabase"
CATALOG_TABLE: Final = "aws:glue/catalogTable:CatalogTable"
BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKET_ACCESS: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_OWNERSHIP: Final = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BUCKET_ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
BUCKET_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
BUCKET_LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
TRAIL: Final = "aws:cloudtrail/trail:Trail"
ANALYZER: Final = "aws:accessanalyzer/analyzer:Analyzer"
INSIGHTS: Final = "aws:dynamodb/contributorInsights:ContributorInsights"
ANOMALY_MONITOR: Final = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
ANOMALY_SUBSCRIPTION: Final = "aws:costexplorer/anomalySubscription:AnomalySubscription"
SCALING_TARGET: Final = "aws:appautoscaling/target:Target"
SCALING_POLICY: Final = "aws:appautoscaling/policy:Policy"
SCHEDULED_ACTION: Final = "aws:appautoscaling/scheduledAction:ScheduledAction"
FUNCTION: Final = "aws:lambda/function:Function"
PERMISSION: Final = "aws:lambda/permission:Permission"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"


@dataclass(frozen=True)
class Kind:
    """A type of resource. word: what messages call it. within: the components that it may be in, as a URN has them."""

    word: str
    within: tuple[str, ...]


_ALARMS: Final = ("TableFamily FamilyAlarms", "AccountAlarms")
_BACKUPS: Final = ("TableFamily FamilyBackups",)
_EVENTS: Final = ("TableFamily FamilyEvents",)
_FUNCTIONS: Final = ("ItemCounts", *_EVENTS)
_COSTS: Final = ("StageCosts",)
_ROLES: Final = ("TableFamily AccessRoles", *_BACKUPS, *_FUNCTIONS)
_BUCKETS: Final = ("StageTrail", *_EVENTS)
"""Where a private bucket may be, with all its parts."""
KINDS: Final = {
    TABLE: Kind("table", ("TableFamily FamilyTable",)),
    RESOURCE_POLICY: Kind("resource policy", ("TableFamily FamilyTable",)),
    REPLICA: Kind("replica", ("TableFamily FamilyTable",)),
    KEY: Kind("key", ("TableFamily FamilyKeys",)),
    KEY_ALIAS: Kind("key alias", ("TableFamily FamilyKeys",)),
    ROLE: Kind("role", _ROLES),
    ROLE_POLICY: Kind("role policy", _ROLES),
    SCALING_TARGET: Kind("scaling target", ("TableFamily FamilyTable",)),
    SCALING_POLICY: Kind("scaling policy", ("TableFamily FamilyTable",)),
    SCHEDULED_ACTION: Kind("scheduled floor", ("TableFamily FamilyTable",)),
    TOPIC: Kind("topic", (*_ALARMS, *_COSTS)),
    SUBSCRIPTION: Kind("subscription", (*_ALARMS, *_COSTS)),
    ALARM: Kind("alarm", _ALARMS),
    COMPOSITE_ALARM: Kind("composite alarm", _ALARMS[:1]),
    DASHBOARD: Kind("dashboard", ("TableFamily FamilyDashboard", "StageDashboard")),
    BUDGET: Kind("budget", ("TableFamily FamilyBudget",)),
    VAULT: Kind("backup vault", _BACKUPS),
    VAULT_LOCK: Kind("vault lock", _BACKUPS),
    BACKUP_PLAN: Kind("backup plan", _BACKUPS),
    BACKUP_SELECTION: Kind("backup selection", _BACKUPS),
    QUEUE: Kind("queue", _EVENTS),
    EVENT_BUS: Kind("event bus", _EVENTS),
    EVENT_ARCHIVE: Kind("event archive", _EVENTS),
    PIPE: Kind("pipe", _EVENTS),
    CATALOG_DATABASE: Kind("catalog database", _EVENTS),
    CATALOG_TABLE: Kind("catalog table", _EVENTS),
    EVENT_RULE: Kind("event rule", (*_BACKUPS, *_FUNCTIONS)),
    EVENT_TARGET: Kind("event target", (*_BACKUPS, *_FUNCTIONS)),
    FUNCTION: Kind("function", _FUNCTIONS),
    PERMISSION: Kind("permission", _FUNCTIONS),
    LOG_GROUP: Kind("log group", _FUNCTIONS),
    BUCKET: Kind("bucket", _BUCKETS),
    BUCKET_ACCESS: Kind("public access block", _BUCKETS),
    BUCKET_OWNERSHIP: Kind("bucket ownership", _BUCKETS),
    BUCKET_ENCRYPTION: Kind("bucket encryption", _BUCKETS),
    BUCKET_VERSIONING: Kind("bucket versioning", _BUCKETS),
    BUCKET_LIFECYCLE: Kind("bucket lifecycle", _BUCKETS),
    BUCKET_POLICY: Kind("bucket policy", _BUCKETS),
    TRAIL: Kind("trail", ("StageTrail",)),
    ANALYZER: Kind("access analyzer", ("StageAnalyzer",)),
    INSIGHTS: Kind("contributor insights", ("TableFamily FamilyTable",)),
    ANOMALY_MONITOR: Kind("cost anomaly monitor", _COSTS),
    ANOMALY_SUBSCRIPTION: Kind("cost anomaly subscription", _COSTS),
    PARAMETER: Kind("parameter", ("TableFamily FamilyParameters",)),
}
"""Every type that a stage has: a row each. A new one begins here."""
COMPONENTS: Final = tuple(
    dict.fromkeys(
        f"{PROJECT}:index:{name}" for kind in KINDS.values() for within in kind.within for name in within.split()
    )
)
"""The types of the components that hold these resources."""

Text = Literal["policy", "contract"]
"""What stands in a text: an IAM policy document, or a part of a family's contract, whose streams AWS names."""


@dataclass(frozen=True)
class Expected:
    """A resource as a stage's families ask for it.

    type, name: Pulumi's. inputs: as the engine has them; what is not given is left out.
    texts: the inputs that are JSON documents. secret: those that a message must not show.
    archives: those that are archives of text files, here by the files' names.
    protect: whether Pulumi refuses to delete it. of_aws: paths of inputs that only AWS knows, which are outputs of the
    resource that is named with each: its type, its name, and the output; what stands in `inputs` for one, if anything,
    is the name by which others find it. ignored: what the engine always leaves as it is on AWS.
    moves: the inputs that AWS changes by itself later, each with the least and the most that it is made; None where it
        only grows. Changes of them, and of what they stand in, may be ignored; an index's are called by its name.
    anew: the inputs whose change takes the resource away and makes it anew, where the AWS plugin has no update of it.
    """

    type: str
    name: str
    inputs: dict[str, Any]
    texts: dict[str, Text] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    protect: bool = False
    of_aws: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    moves: dict[str, tuple[int, int] | None] = field(default_factory=dict)
    anew: tuple[str, ...] = ()

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
