"""Who holds which rights in a stage, found by the types of what is registered, whatever its names are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.components.mocked import ACCOUNT
from tests.support.iam.evaluate import Kind, Policy

ROLE: Final = "aws:iam/role:Role"
MANAGED: Final = "aws:iam/policy:Policy"
_ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
_ROLE_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_ATTACHMENT: Final = "aws:iam/policyAttachment:PolicyAttachment"
_TOPIC: Final = "aws:sns/topic:Topic"
_KEY: Final = "aws:kms/key:Key"
TOPIC_USES: Final = ("kms:Decrypt", "kms:GenerateDataKey*")
_QUEUE: Final = "aws:sqs/queue:Queue"
_PERMISSION: Final = "aws:lambda/permission:Permission"
_TABLE_POLICY: Final = "aws:dynamodb/resourcePolicy:ResourcePolicy"
_BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
_PUBLIC_ACCESS: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_GIVE_NONE: Final = (
    "aws:dynamodb/table:Table",
    "aws:appautoscaling/target:Target",
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:budgets/budget:Budget",
    "aws:backup/vault:Vault",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "aws:backup/plan:Plan",
    "aws:backup/selection:Selection",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:dynamodb/tableReplica:TableReplica",
    "aws:kms/alias:Alias",
    "aws:cloudwatch/eventBus:EventBus",
    "aws:cloudwatch/eventArchive:EventArchive",
    "aws:pipes/pipe:Pipe",
    "aws:glue/catalogDatabase:CatalogDatabase",
    "aws:glue/catalogTable:CatalogTable",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:cloudtrail/trail:Trail",
    "aws:accessanalyzer/analyzer:Analyzer",
    "aws:dynamodb/contributorInsights:ContributorInsights",
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
    "aws:costexplorer/anomalySubscription:AnomalySubscription",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:lambda/function:Function",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:ssm/parameter:Parameter",
)
"""Types that give nobody a right, as long as their inputs hold no policy. What is not here and not read is a leak."""
_OF_SCALING: Final = {"policyType", "targetTrackingScalingPolicyConfiguration"}
"""What is called a policy and gives no right: how capacity follows use."""
_BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_OF_A_ROLE: Final = frozenset(
    (
        *("name", "path", "description", "tags", "assumeRolePolicy", "inlinePolicies", "managedPolicyArns"),
        *("permissionsBoundary", "maxSessionDuration", "forceDetachPolicies"),
    )
)
"""A boundary only takes away: what a role may do at most is computed without it."""


@dataclass
class Holder:
    """A role as it is registered, or one that a policy is given to and that is not of the stage.

    key: the role's Pulumi name; None where it is not of the stage.
    """

    name: str
    arn: str
    key: str | None = None
    policies: list[Policy] = field(default_factory=list)
    trust: Policy | None = None


@dataclass
class Rights:
    """holders: by the role's name. on_tables, on_topics, on_buckets: their own policies, by their ARNs.

    documents: every policy's text.
    unjudged: what gives somebody a right, or may, and is of a kind that is not read here.
    """

    holders: dict[str, Holder] = field(default_factory=dict)
    on_tables: dict[str, Policy] = field(default_factory=dict)
    on_topics: dict[str, Policy] = field(default_factory=dict)
    on_buckets: dict[str, Policy] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    unjudged: list[str] = field(default_factory=list)


def rights(registered: Mapping[tuple[str, str], Mapping[str, Any]]) -> Rights:
    """From the inputs of everything that is registered, by type and Pulumi name."""
    return _Reader(registered).found


class _Reader:
    def __init__(self, registered: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        self.found = Rights()
        managed = {_arn("policy", each, key): (key, each) for key, each in _of(registered, MANAGED)}
        self.managed = {arn: self.read(f"{key} managed policy", each["policy"]) for arn, (key, each) in managed.items()}
        for key, role in _of(registered, ROLE):
            self.role(key, role)
        for (kind, key), given in registered.items():
            if kind == _ROLE_POLICY:
                self.give(given["role"], self.read(f"{key} policy", given["policy"]))
            elif kind == _ROLE_ATTACHMENT:
                self.attach([given["role"]], given["policyArn"])
            elif kind == _ATTACHMENT and not (given.get("users") or given.get("groups")):
                self.attach(given.get("roles", ()), given["policyArn"])
            elif kind == _TABLE_POLICY:
                self.table_policy(key, given["resourceArn"], given["policy"])
            elif kind == _TOPIC:
                self.topic(key, given)
            elif kind == _KEY:
                self.key(key, given)
            elif kind == _QUEUE:
                self.only_denies(f"{key} queue policy", given.get("policy", "{}"))
            elif kind == _BUCKET_POLICY:
                if policy := self.read(f"{key} bucket policy", given["policy"], "attached"):
                    self.found.on_buckets[f"arn:aws:s3:::{given['bucket']}"] = policy
            elif kind == _PUBLIC_ACCESS:
                if not all(given.get(name) for name in _BLOCKS):
                    self.found.unjudged.append(f"bucket {given['bucket']}: not all public access is blocked")
            elif kind == _PERMISSION:
                self.permission(key, given)
            elif kind not in (ROLE, MANAGED) and not _gives_none(kind, given):
                self.found.unjudged.append(f"{kind} {key}: may give rights, and is not read by this matrix")

    def role(self, key: str, given: Mapping[str, Any]) -> None:
        holder = Holder(given.get("name", key), _arn("role", given, key), key)
        self.found.holders[holder.name] = holder
        holder.trust = self.read(f"{key} trust", given["assumeRolePolicy"], "trust")
        for inline in given.get("inlinePolicies") or ():
            self.give(holder.name, self.read(f"{key} inline policy {inline.get('name')}", inline["policy"]))
        for arn in given.get("managedPolicyArns") or ():
            self.attach([holder.name], arn)
        if unknown := sorted(set(given) - _OF_A_ROLE):
            self.found.unjudged.append(f"{ROLE} {key}: inputs {unknown} are not read by this matrix")

    def read(self, name: str, text: str, kind: Kind = "own") -> Policy | None:
        self.found.documents[name] = text
        try:
            return Policy.read(text, kind)
        except ValueError as error:
            self.found.unjudged.append(f"{name}: {error}")
            return None

    def give(self, role: str, policy: Policy | None) -> None:
        """To the role of that name, or of that ARN."""
        name = role.split("/")[-1]
        holder = self.found.holders.setdefault(name, Holder(name, _arn("role", {}, name)))
        holder.policies += [policy] if policy else []

    def attach(self, roles: Iterable[str], arn: str) -> None:
        for role in roles:
            if arn in self.managed:
                self.give(role, self.managed[arn])
            else:
                self.found.unjudged.append(f"{role}: has {arn}, whose document is not registered")

    def table_policy(self, key: str, arn: str, text: str) -> None:
        policy = self.read(f"{key} resource policy", text, "attached")
        if arn in self.found.on_tables:
            self.found.unjudged.append(f"{arn}: has two policies, and AWS keeps the last")
        elif policy:
            self.found.on_tables[arn] = policy

    def only_denies(self, name: str, text: str) -> None:
        policy = self.read(name, text, "attached")
        for statement in policy.statement if policy else ():
            if statement.effect != "Deny":
                self.found.unjudged.append(f"{name}: allows {statement.principal} {statement.action}")

    def topic(self, key: str, given: Mapping[str, Any]) -> None:
        if "policy" not in given:
            self.found.unjudged.append(f"topic {key}: has no policy of its own, and AWS's is for the whole account")
        elif policy := self.read(f"{key} topic policy", given["policy"], "attached"):
            self.found.on_topics[f"arn:aws:sns:{given['region']}:{ACCOUNT}:{given['name']}"] = policy

    def key(self, key: str, given: Mapping[str, Any]) -> None:
        """Of the account's own, it leaves all to IAM, and lets services in; what it is called only AWS knows."""
        policy = self.read(f"{key} key policy", given["policy"], "attached")
        for statement in policy.statement if policy else ():
            owner = statement.principal == {"AWS": (f"arn:aws:iam::{ACCOUNT}:root",)}
            services = set(statement.principal or ()) == {"Service"} and statement.action == TOPIC_USES
            if statement.effect == "Allow" and not (owner or services):
                self.found.unjudged.append(f"{_KEY} {key}: may give rights to {statement.principal}")

    def permission(self, key: str, given: Mapping[str, Any]) -> None:
        """A service of AWS starts a function for one thing of the own account, and does no more with it."""
        service, source = str(given["principal"]), str(given.get("sourceArn"))
        own = service.endswith(".amazonaws.com") and source.split(":")[4:5] == [ACCOUNT] and "*" not in source
        if not own or given["action"] != "lambda:InvokeFunction":
            self.found.unjudged.append(f"{_PERMISSION} {key}: may give rights, to {service} of {source}")


def _of(registered: Mapping[tuple[str, str], Mapping[str, Any]], kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(key, given) for (typ, key), given in registered.items() if typ == kind]


def _arn(kind: str, given: Mapping[str, Any], key: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}{given.get('path', '/')}{given.get('name', key)}"


def _gives_none(kind: str, given: Mapping[str, Any]) -> bool:
    own = kind.startswith("dynamodb-tables:index:") or kind in _GIVE_NONE
    return own and not any("policy" in name.lower() for name in set(given) - _OF_SCALING)
