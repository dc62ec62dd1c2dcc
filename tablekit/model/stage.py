"""A stage's configuration: `Pulumi.<stage>.yaml`, validated against the families it deploys."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    field_validator,
    model_validator,
)

from tablekit.model import limits
from tablekit.model.addresses import EXAMPLE, is_loopback
from tablekit.model.backups import DEFAULT, BackupVault
from tablekit.model.base import Region, Settings, repeated
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import StageError, did_you_mean
from tablekit.model.explain import explain
from tablekit.model.layout import StreamViewType
from tablekit.model.naming import PROJECT
from tablekit.model.operations import Amounts, Currency, Subscription
from tablekit.model.tags import Tags
from tablekit.model.trust import RoleArn, Trust

LOCAL = "local"
SERVICES = ("dynamodb", "iam", "sts", "cloudwatch", "sns")
"""The services that a deployment calls: on the emulator each needs an endpoint, or the call would go to AWS."""
PARAMETERS, BUDGETS, BACKUPS = "ssm", "budgets", ("backup", "events")
"""More of them, where the stage publishes parameters, and where it has budgets or backups."""
EVERY_SERVICE = (*SERVICES, PARAMETERS, BUDGETS, *BACKUPS)


class Capacity(Settings):
    """Provisioned capacity of a table and each of its indexes, units a second."""

    read: StrictInt = Field(ge=1)
    write: StrictInt = Field(ge=1)


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
    kms_key_arns: region -> the key of its tables and alarm topics. The key's policy must let cloudwatch.amazonaws.com
        (and budgets.amazonaws.com, with budgets, and events.amazonaws.com, with backups) use kms:Decrypt and
        kms:GenerateDataKey*, or they reach nobody.
    other_kms_key_arns: region -> keys that roles may use besides, while tables leave one key for another.
    permissions_boundary: the ARN of the managed policy that no role may exceed, or empty; it has to allow what the
        roles are to do.
    dashboards: each family's, and one of the whole stage. composite_alarms: one a family, of its critical alarms.
    budgets: those that families declare, in the account's billing_currency. budget_alerts: family -> amounts of a
        month in that currency, in place of the declared ones; with them a family that declares none has a budget too.
    backups: a vault and a plan of AWS Backup a family; backup_vault: how the vaults are locked, and copied to.
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
    encryption: Literal["aws-managed", "customer-managed"] = "aws-managed"
    kms_key_arns: dict[str, str] = {}
    other_kms_key_arns: dict[str, tuple[str, ...]] = {}
    alarms: Literal["none", "tables", "all"] = "none"
    alarm_subscriptions: tuple[Subscription, ...] = ()
    dashboards: StrictBool = False
    composite_alarms: StrictBool = False
    budgets: StrictBool = False
    billing_currency: Currency = "USD"
    budget_alerts: dict[str, Amounts] = {}
    backups: StrictBool = False
    backup_vault: BackupVault = BackupVault()
    tags: Tags = {}
    trust: dict[str, Trust] = {}
    permissions_boundary: Annotated[str, AfterValidator(_boundary_arn)] = ""
    options: tuple[str, ...] = ()
    publish_parameters: StrictBool = False
    deny_writes: dict[str, tuple[RoleArn, ...]] = {}
    provisioned: dict[str, Capacity] = {}
    streams: dict[str, StreamViewType] = {}
    endpoints: dict[str, str] = {}
    allowed_account_ids: tuple[str, ...] = ()

    @property
    def services(self) -> tuple[str, ...]:
        """The services that this stage's deployment calls."""
        more = ((PARAMETERS, self.publish_parameters), (BUDGETS, self.budgets))
        return (*SERVICES, *(service for service, needed in more if needed), *(BACKUPS if self.backups else ()))

    def key_of(self, region: str) -> str | None:
        """The customer-managed key of a region, or None with the AWS-managed one."""
        return self.kms_key_arns[region] if self.encryption == "customer-managed" else None

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
                "kmsKeyArns are given, and encryption is aws-managed; make it customer-managed, or remove them"
            )
        if self.composite_alarms and self.alarms == "none":
            raise ValueError(
                "compositeAlarms: true, and alarms is none, so that there are none to compose; set alarms to tables or "
                "all, or remove the key"
            )
        if self.budget_alerts and not self.budgets:
            raise ValueError("budgetAlerts are given, and budgets is false; set it to true, or remove them")
        if self.backup_vault.model_fields_set and not self.backups:
            raise ValueError("backupVault is given, and backups is false; set it to true, or remove it")
        if self.backup_vault.lock == "compliance" and (self.stage == LOCAL or not self.retain_on_delete):
            raise ValueError(
                f"backupVault.lock is compliance, and stage {self.stage!r} is thrown away: its vaults would stay for "
                "ever, with what is in them; make it governance"
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


def setting(given: Any) -> Any:
    """A setting's value: Pulumi keeps truth values, numbers, lists and objects as JSON text."""
    if isinstance(given, str) and (given in ("true", "false") or given[:1] in ("[", "{") or given.isdigit()):
        try:
            return json.loads(given)
        except json.JSONDecodeError:
            return given
    return given


def stage_settings(
    stage: Mapping[str, Any], project: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """The project's own settings and those of namespace `aws`, by name, and the names of those that are encrypted.

    stage, project: what the stage's file and Pulumi.yaml say. An encrypted setting is left out, as if it were not set.
    """
    given = {
        key if ":" in key else f"{PROJECT}:{key}": value["default"]
        for key, value in (project.get("config") or {}).items()
        if isinstance(value, Mapping) and "default" in value
    }
    given |= {key: setting(value) for key, value in (stage.get("config") or {}).items() if value is not None}
    hidden = sorted(key for key, value in given.items() if _encrypted(value))
    for key in hidden:
        del given[key]
    ours, aws = (
        {key.removeprefix(prefix): value for key, value in given.items() if key.startswith(prefix)}
        for prefix in (f"{PROJECT}:", "aws:")
    )
    return ours, aws, hidden


def _encrypted(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"secure"} or any(map(_encrypted, value.values()))
    return isinstance(value, list) and any(map(_encrypted, value))


def load_stage(stage: str, settings: Mapping[str, Any], aws: Mapping[str, Any], catalogue: Catalogue) -> StageConfig:
    """The stage's configuration, checked alone and against the families. Raises StageError.

    settings: the project's own keys. aws: the keys of namespace `aws` (region, endpoints, allowedAccountIds).
    """
    catalogue.check_stage(stage)
    file = f"Pulumi.{stage}.yaml"
    if not aws.get("region"):
        raise StageError(
            f"{file}: aws:region is not set; set it, as in: pulumi config set aws:region eu-west-2 -s {stage}"
        )
    known = {field.alias or name for name, field in StageConfig.model_fields.items()} - _GIVEN
    for key in settings:
        if key not in known:
            raise StageError(
                f"{file}: {PROJECT}:{key}: no such setting{did_you_mean(key, known)}; the settings are "
                f"{', '.join(sorted(known))}"
            )
    try:
        endpoints = read_endpoints(aws.get("endpoints"))
    except ValueError as error:
        raise StageError(f"{file}: aws:endpoints: {error}") from None
    given = {"stage": stage, "region": aws["region"], "endpoints": endpoints}
    try:
        config = StageConfig.model_validate(
            {**settings, **given, "allowedAccountIds": aws.get("allowedAccountIds") or ()}
        )
    except ValidationError as error:
        text = explain(f"{file}: {PROJECT}", error, StageConfig).replace(f"{PROJECT}: ", f"{PROJECT}:")
        for key in ("aws:", "allowedAccountIds", "region:"):
            text = text.replace(f"{PROJECT}:{key}", f"aws:{key.removeprefix('aws:')}")
        raise StageError(text) from None
    for key, problem in setting_problems(config, catalogue):
        raise StageError(f"{file}: {PROJECT}:{key}: {problem}")
    return config


_GIVEN = {"stage", "region", "endpoints", "allowedAccountIds"}


def read_endpoints(value: Any) -> dict[str, Any]:
    """pulumi-aws takes a list of objects of service -> URL. ValueError where it is something else."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            raise ValueError(f"{value!r} is not JSON; write a list with one object of service: URL") from None
    groups = value if isinstance(value, list) else [value or {}]
    for group in groups:
        if not isinstance(group, dict) or not all(isinstance(url, str) for url in group.values()):
            raise ValueError(f"{group!r} is not an object of service: URL; write it as [{{dynamodb: {EXAMPLE}}}]")
    return {service: url for group in groups for service, url in group.items()}


def setting_problems(config: StageConfig, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Pairs of a setting and its problem, in view of the declared families."""
    families = set(catalogue.families)
    tables = {f"{family.key}/{table.name}" for family in catalogue for table in family.tables}
    roles = {f"{family.key}/{role.name}" for family in catalogue for role in family.roles}
    named: list[tuple[str, list[str], set[str], str]] = [
        ("families", list(config.families), families, "family"),
        ("existingFamilies", list(config.existing_families), families, "family"),
        ("options", list(config.options), set(catalogue.options()), "option"),
        ("denyWrites", list(config.deny_writes), families, "family"),
        ("budgetAlerts", list(config.budget_alerts), families, "family"),
        ("provisioned", list(config.provisioned), tables, "table"),
        ("streams", list(config.streams), tables, "table"),
        ("trust", list(config.trust), families | roles, "family or role"),
    ]
    found = [
        (key, f"no {kind} {name!r}{did_you_mean(name, allowed)}; allowed are {', '.join(sorted(allowed)) or 'none'}")
        for key, names, allowed, kind in named
        for name in names
        if name not in allowed
    ]
    if found:
        return found
    tenants = {f"{family.key}/{role.name}" for family in catalogue for role in family.roles if role.tenant}
    found += [
        (
            "trust",
            f"{name}: services {', '.join(trust.services)} can't assume a tenant's role: no service gives its session "
            "the tenant's tag; name the role that does in principals",
        )
        for name, trust in config.trust.items()
        if name in tenants and trust.services
    ]
    if config.budgets:
        found += _budget_problems(config, catalogue)
    if config.backups:
        found += _backup_problems(config, catalogue)
    if config.allowed_account_ids:
        found += account_problems(config, config.allowed_account_ids)
    if config.encryption == "customer-managed":
        regions = {catalogue.family(key).region or config.region for key in config.families}
        if config.backups and config.backup_vault.copy_to:
            regions.add(config.backup_vault.copy_to)
        found += [
            (
                "kmsKeyArns",
                f"encryption is customer-managed, and region {region} has no key; add {region}: <the key's ARN>",
            )
            for region in sorted(regions - set(config.kms_key_arns))
        ]
    return found


def _budget_problems(config: StageConfig, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for key, amounts in config.budget_alerts.items():
        if not amounts:
            yield "budgetAlerts", f"{key}: no amounts; give some, as [25, 50], or remove the key"
    for key in config.families:
        budget = catalogue.family(key).budget
        if budget and key not in config.budget_alerts and (problem := budget.problem(key, config.billing_currency)):
            yield "budgets", problem


def _backup_problems(config: StageConfig, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for family in map(catalogue.family, config.families):
        rules, name = family.backups.rules if family.backups else DEFAULT, f"{config.stage}-{family.key}"
        for problem in config.backup_vault.problems(family.key, family.region or config.region, name, rules):
            yield "backupVault", problem


def account_problems(config: StageConfig, accounts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pairs of a setting and its problem, in view of the accounts that the stage may be deployed to."""
    for name, trust in config.trust.items():
        yield from (("trust", f"{name}: {problem}") for problem in trust.account_problems(accounts))
    boundary = config.permissions_boundary
    if boundary and (account := boundary.split(":")[4]) not in (*accounts, "aws"):
        yield (
            "permissionsBoundary",
            f"{boundary!r} is of account {account}, and the stage's own is {' or '.join(accounts)}; give a policy of "
            "that account, since IAM takes no other",
        )


def check_account(config: StageConfig, account: str) -> None:
    """Hold the settings against the account that the stage is deployed to. Raises StageError."""
    for key, problem in account_problems(config, [account]):
        raise StageError(f"stage {config.stage!r}: {PROJECT}:{key}: {problem}")
