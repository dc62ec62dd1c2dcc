"""A stage's configuration, which `Pulumi.<stage>.yaml` sets."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    field_validator,
    model_validator,
)

from tablekit.model import limits
from tablekit.model.addresses import EXAMPLE, is_loopback
from tablekit.model.audit import DataEvents, Insights, Trail
from tablekit.model.backups import BackupVault
from tablekit.model.base import Region, Settings, repeated
from tablekit.model.capacity import OnDemand, Provisioned, TableClass, WarmThroughput
from tablekit.model.events import ArchiveStorage, EventDelivery
from tablekit.model.layout import StreamViewType
from tablekit.model.naming import PROJECT
from tablekit.model.operations import Amounts, Currency, Subscription, TableLimits
from tablekit.model.tags import Tags
from tablekit.model.trust import RoleArn, Trust

LOCAL = "local"
SERVICES = ("dynamodb", "iam", "sts", "cloudwatch", "sns")
"""The services that a deployment calls: on the emulator each needs an endpoint, or the call would go to AWS."""
_SWITCHED = {
    "publish_parameters": ("ssm",),
    "budgets": ("budgets",),
    "backups": ("backup", "events"),
    "own_keys": ("kms",),
    "events": ("events", "pipes", "sqs"),
    "archive": ("pipes", "sqs", "s3", "lambda", "logs", "glue"),
    "data_events": ("cloudtrail", "s3"),
    "access_analyzer": ("accessanalyzer",),
    "cost_anomalies": ("costexplorer",),
    "autoscaled": ("applicationautoscaling",),
    "item_counts": ("lambda", "logs", "events"),
}
"""More of them, by the setting that needs them."""
_OFF = (False, "none")
EVERY_SERVICE = tuple(dict.fromkeys((*SERVICES, *(service for services in _SWITCHED.values() for service in services))))


def _check_key_arn(arn: str, region: str) -> str:
    """The ARN of a KMS key in the region; ValueError where it is not one."""
    if not re.fullmatch(rf"arn:aws[a-z-]*:kms:{re.escape(region)}:\d{{12}}:key/[\w-]+", arn):
        raise ValueError(f"{arn!r} is not a key's ARN in {region}; write it as arn:aws:kms:{region}:<account>:key/<id>")
    return arn


def _boundary_arn(arn: str) -> str:
    if arn and not re.fullmatch(r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+", arn):
        raise ValueError(f"{arn!r} is not a managed policy's ARN; write it as arn:aws:iam::<account>:policy/<name>")
    return arn


class StageConfig(Settings):
    """What one stage sets.

    families: those it deploys. existing_families: those whose tables were there before this project; they are
    imported, never created; a rehearsal that is to create them leaves the setting out.
    tables are named `<family>/<logical name>`, roles `<family>/<role>`.
    encryption: with family-keys the stack makes a key a family, in each region that it is in.
    kms_key_arns: region -> the key of its tables and alarm topics. The key's policy must let cloudwatch.amazonaws.com
        (and budgets.amazonaws.com, with budgets, events.amazonaws.com, with backups or events, and
        costalerts.amazonaws.com, with cost_anomalies) use kms:Decrypt and kms:GenerateDataKey*, or they reach nobody;
        and cloudtrail.amazonaws.com, with data_events, kms:GenerateDataKey* and kms:DescribeKey.
    other_kms_key_arns: region -> keys that roles may use besides, while tables leave one key for another.
    permissions_boundary: the ARN of the managed policy that no role may exceed, or empty; it has to allow what the
        roles are to do.
    dashboards: each family's, and one of the whole stage. composite_alarms: one a family, of its critical alarms.
    budgets: those that families declare, in the account's billing_currency. budget_alerts: family -> amounts of a
        month in that currency, in place of the declared ones; with them a family that declares none has a budget too.
    item_counts: a function a region that publishes items and bytes of each table and index. growth_limits: family ->
        what each of its tables may hold, in place of what it declares.
    backups: a vault and a plan of AWS Backup a family; backup_vault: how the vaults are locked, and copied to.
    replicas: family -> the regions besides its own that have its tables too, as replicas of global tables.
    events: a bus a family for the changes that its tables declare, with pipes to it; event_delivery: how they go there.
    archive: what TTL deletes of tables that declare it, in a bucket a family; archive_storage: what it is kept in.
    data_events: which requests on items CloudTrail records, in a trail and a bucket a region; data_events_trail: how.
    access_analyzer: one a region, which finds what outsiders may do. contributor_insights: family, or family/table ->
        which keys of its tables and indexes CloudWatch shows. cost_anomalies: from which amount an unusual cost is
        told; 0: of none.
    tls_only: tables refuse plain HTTP, whoever asks. only_principals: family -> ARNs of the roles and users beside its
        own roles that may touch its items; all others are denied, whatever their policies allow.
    provisioned, on_demand, warm_throughput, table_classes: of tables, named `<family>/<logical name>`, and of their
        indexes. A table that provisioned has not is on demand.
    publish_parameters: each family's contract and variables stand in SSM besides, for its own roles to read.
    """

    stage: str
    region: Region
    families: tuple[str, ...] = Field(min_length=1)
    existing_families: tuple[str, ...] = ()
    rehearsal: StrictBool = False
    deletion_protection: StrictBool = False
    protect: StrictBool = False
    retain_on_delete: StrictBool = True
    point_in_time_recovery_days: StrictInt = Field(default=35, ge=limits.PITR_DAYS[0], le=limits.PITR_DAYS[-1])
    encryption: Literal["aws-managed", "customer-managed", "family-keys"] = "aws-managed"
    kms_key_arns: dict[str, str] = {}
    other_kms_key_arns: dict[str, tuple[str, ...]] = {}
    alarms: Literal["none", "tables", "all"] = "none"
    alarm_subscriptions: tuple[Subscription, ...] = ()
    dashboards: StrictBool = False
    composite_alarms: StrictBool = False
    budgets: StrictBool = False
    billing_currency: Currency = "USD"
    budget_alerts: dict[str, Amounts] = {}
    item_counts: StrictBool = False
    growth_limits: dict[str, TableLimits] = {}
    backups: StrictBool = False
    backup_vault: BackupVault = BackupVault()
    replicas: dict[str, tuple[Region, ...]] = {}
    events: StrictBool = False
    event_delivery: EventDelivery = EventDelivery()
    archive: StrictBool = False
    archive_storage: ArchiveStorage = ArchiveStorage()
    data_events: DataEvents = "none"
    data_events_trail: Trail = Trail()
    access_analyzer: StrictBool = False
    contributor_insights: dict[str, Insights] = {}
    cost_anomalies: StrictInt = Field(default=0, ge=0)
    tags: Tags = {}
    trust: dict[str, Trust] = {}
    permissions_boundary: Annotated[str, AfterValidator(_boundary_arn)] = ""
    options: tuple[str, ...] = ()
    publish_parameters: StrictBool = False
    deny_writes: dict[str, tuple[RoleArn, ...]] = {}
    tls_only: StrictBool = False
    only_principals: dict[str, tuple[RoleArn, ...]] = {}
    provisioned: dict[str, Provisioned] = {}
    on_demand: dict[str, OnDemand] = {}
    warm_throughput: dict[str, WarmThroughput] = {}
    table_classes: dict[str, TableClass] = {}
    streams: dict[str, StreamViewType] = {}
    endpoints: dict[str, str] = {}
    allowed_account_ids: tuple[str, ...] = ()

    @property
    def services(self) -> tuple[str, ...]:
        """The services that this stage's deployment calls."""
        on = (services for setting, services in _SWITCHED.items() if getattr(self, setting) not in _OFF)
        more = (service for services in on for service in services)
        return tuple(dict.fromkeys((*SERVICES, *more)))

    @property
    def own_keys(self) -> bool:
        """Whether the stack makes each family's keys."""
        return self.encryption == "family-keys"

    def key_of(self, region: str) -> str | None:
        """The customer-managed key that a region was given, or None."""
        return self.kms_key_arns[region] if self.encryption == "customer-managed" else None

    @property
    def autoscaled(self) -> bool:
        """Whether capacity of any table follows its use."""
        return any(capacity.autoscaled for capacity in self.provisioned.values())

    @property
    def own_tags(self) -> dict[str, str]:
        """The tags of what belongs to the whole stage, and to no family."""
        return {"project": PROJECT, "stage": self.stage, **self.tags}

    @property
    def emulated(self) -> bool:
        """True where everything goes to an emulator."""
        return self.stage == LOCAL or self.rehearsal

    @field_validator("families", "existing_families", "options", "alarm_subscriptions")
    @classmethod
    def _distinct(cls, names: tuple[Any, ...]) -> tuple[Any, ...]:
        if twice := repeated(names):
            raise ValueError(f"{str(twice[0])!r} is listed twice; list each once")
        return names

    @field_validator("allowed_account_ids", mode="before")
    @classmethod
    def _accounts(cls, ids: Any) -> Any:
        for account in ids if isinstance(ids, list | tuple) else [ids]:
            if not isinstance(account, str) or not re.fullmatch(r"\d{12}", account):
                raise ValueError(
                    f"account {account!r} is not an account id: 12 digits in quotes, or YAML takes it for a number"
                )
        return ids

    @field_validator("deny_writes")
    @classmethod
    def _denied(cls, denied: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for family, arns in denied.items():
            if not arns:
                raise ValueError(f"{family}: denies nobody; name roles' ARNs, or remove the key")
        return denied

    @field_validator("replicas")
    @classmethod
    def _copied(cls, replicas: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for family, regions in replicas.items():
            if not regions:
                raise ValueError(f"{family}: names no region; write it as [eu-west-1], or remove the key")
            if twice := repeated(regions):
                raise ValueError(f"{family}: {twice[0]} is listed twice; list each once")
        return replicas

    @field_validator("only_principals")
    @classmethod
    def _somebody(cls, allowed: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for family, arns in allowed.items():
            if not arns:
                raise ValueError(
                    f"{family}: names nobody, so that whoever seeds, tests and repairs its items is locked out; name "
                    "the role that you do that with, or remove the key"
                )
            if twice := repeated(arns):
                raise ValueError(f"{family}: {twice[0]!r} is listed twice; list each once")
        return allowed

    @field_validator("kms_key_arns", "other_kms_key_arns")
    @classmethod
    def _keys(cls, keys: dict[str, Any]) -> dict[str, Any]:
        for region, arns in keys.items():
            for arn in [arns] if isinstance(arns, str) else arns:
                _check_key_arn(arn, region)
        return keys

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.retain_on_delete and self.stage != LOCAL:
            raise ValueError(
                f"retainOnDelete: false is not allowed in stage {self.stage!r}: a deployed stage retains its tables "
                f"(only {LOCAL} may drop them); remove the key"
            )
        if self.kms_key_arns and self.encryption != "customer-managed":
            raise ValueError(
                f"kmsKeyArns are given, and encryption is {self.encryption}; make it customer-managed, or remove them"
            )
        if self.composite_alarms and self.alarms == "none":
            raise ValueError(
                "compositeAlarms: true, and alarms is none, so that there are none to compose; set alarms to tables or "
                "all, or remove the key"
            )
        if self.budget_alerts and not self.budgets:
            raise ValueError("budgetAlerts are given, and budgets is false; set it to true, or remove them")
        if self.growth_limits and not self.item_counts:
            raise ValueError("growthLimits are given, and itemCounts is false; set it to true, or remove them")
        if self.backup_vault.model_fields_set and not self.backups:
            raise ValueError("backupVault is given, and backups is false; set it to true, or remove it")
        if self.event_delivery.model_fields_set and not (self.events or self.archive):
            raise ValueError("eventDelivery is given, and events is false; set it to true, or remove it")
        if self.archive_storage.model_fields_set and not self.archive:
            raise ValueError("archiveStorage is given, and archive is false; set it to true, or remove it")
        if self.data_events_trail.model_fields_set and self.data_events == "none":
            raise ValueError("dataEventsTrail is given, and dataEvents is none; set it to writes or all, or remove it")
        for family, arns in self.only_principals.items():
            if set(arns) <= set(self.deny_writes.get(family, ())):
                raise ValueError(
                    f"onlyPrincipals.{family}: each of them is in denyWrites too, so that nobody could repair an item; "
                    "name another role, or take one out of denyWrites"
                )
        if self.backup_vault.lock == "compliance" and (self.stage == LOCAL or not self.retain_on_delete):
            raise ValueError(
                f"backupVault.lock is compliance, and stage {self.stage!r} is thrown away: its vaults would stay for "
                "ever, with what is in them; make it governance"
            )
        for table in sorted(self.provisioned.keys() & self.on_demand.keys()):
            raise ValueError(
                f"onDemand has {table!r}, and provisioned has it too: a table has one mode, and a maximum is of tables "
                "on demand; remove one of the two"
            )
        if self.rehearsal and self.stage == LOCAL:
            raise ValueError("rehearsal: true is for stages on AWS; local is on the emulator anyway: remove the key")
        if self.endpoints and not self.emulated:
            raise ValueError(
                f"aws:endpoints is not allowed in stage {self.stage!r}: it is deployed to AWS; remove the key, "
                f"or rehearse the stage: make rehearse STAGE={self.stage}"
            )
        if self.emulated:
            self._check_endpoints()
        return self

    def _check_endpoints(self) -> None:
        for service in self.services:
            if service not in self.endpoints:
                raise ValueError(
                    f"aws:endpoints has no {service!r}: on the emulator each of {', '.join(self.services)} needs one, "
                    f"or the call would go to AWS; add it, as {EXAMPLE}"
                )
        for service, url in self.endpoints.items():
            if not is_loopback(url):
                raise ValueError(
                    f"aws:endpoints: {service} is {url!r}, which is not on this machine; stage {self.stage!r} takes "
                    f"loopback addresses only, as {EXAMPLE}"
                )
