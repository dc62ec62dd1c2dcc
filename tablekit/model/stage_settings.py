"""A stage's settings: read as Pulumi keeps them, and checked alone, against the families and against the account."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from tablekit.model.addresses import EXAMPLE
from tablekit.model.backups import DEFAULT
from tablekit.model.capacity import OnDemand, Provisioned, WarmThroughput, index_problems
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import StageError, did_you_mean
from tablekit.model.events import largest_event, view_problem
from tablekit.model.explain import explain
from tablekit.model.layout import GLOBAL_STREAM
from tablekit.model.limits import MAX_BUCKET_NAME, MAX_EVENT_ARCHIVE_NAME, MAX_PIPE_NAME, MAX_ROLE_NAME
from tablekit.model.naming import PROJECT, partition
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, staged_families


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
        ("contributorInsights", list(config.contributor_insights), families | tables, "family or table"),
        ("onlyPrincipals", list(config.only_principals), families, "family"),
        ("budgetAlerts", list(config.budget_alerts), families, "family"),
        ("replicas", list(config.replicas), families, "family"),
        ("growthLimits", list(config.growth_limits), families, "family"),
        ("provisioned", list(config.provisioned), tables, "table"),
        ("onDemand", list(config.on_demand), tables, "table"),
        ("warmThroughput", list(config.warm_throughput), tables, "table"),
        ("tableClasses", list(config.table_classes), tables, "table"),
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
    indexes = {
        f"{family.key}/{table.name}": {index.name for index in table.indexes if not index.local}
        for family in catalogue
        for table in family.tables
    }
    with_indexes: dict[str, Mapping[str, Provisioned | OnDemand | WarmThroughput]] = {
        "provisioned": config.provisioned,
        "onDemand": config.on_demand,
        "warmThroughput": config.warm_throughput,
    }
    found += index_problems(with_indexes, indexes)
    if config.budgets:
        found += _budget_problems(config, catalogue)
    if config.item_counts:
        grown = ((key, catalogue.family(key).growth) for key in config.families if key not in config.growth_limits)
        found += [("itemCounts", problem) for key, growth in grown if growth and (problem := growth.problem(key))]
    if config.backups:
        found += _backup_problems(config, catalogue)
    found += _replica_problems(config, catalogue)
    if config.encryption != "aws-managed":
        found += _insight_problems(config, catalogue)
    found += _pipe_problems(config, catalogue)
    if config.data_events != "none":
        found += _trail_problems(config, catalogue)
    if config.allowed_account_ids:
        found += account_problems(config, config.allowed_account_ids)
    if config.encryption == "customer-managed":
        regions = {catalogue.family(key).region or config.region for key in config.families}
        regions.update(region for key in config.families for region in config.replicas.get(key, ()))
        if config.backups and config.backup_vault.copy_to:
            regions.add(config.backup_vault.copy_to)
        if config.cost_anomalies:
            regions.add(config.region)
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


def _replica_problems(config: StageConfig, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What AWS refuses of a global table, or would do otherwise than the stage says."""
    for key, regions in config.replicas.items():
        family = catalogue.family(key)
        home, copies = family.region or config.region, config.backup_vault.copy_to
        if key not in config.families:
            yield "replicas", f"{key}: the stage does not deploy it; put it into families, or remove the key"
        for region in regions:
            if region == home:
                yield "replicas", f"{key}: its tables are in {region} themselves; name another region"
            elif partition(region) != partition(home):
                yield (
                    "replicas",
                    f"{key}: {region} is in partition {partition(region)}, and its tables are in {partition(home)}; no "
                    "global table is in two: name another region",
                )
            elif config.backups and region == copies:
                yield (
                    "replicas",
                    f"{key}: backupVault.copyTo is {region} too, where the replicas have backups of their own, in a "
                    "vault of that name; copy to another region, or remove copyTo",
                )
        for table in family.tables:
            name = f"{key}/{table.name}"
            if (capacity := config.provisioned.get(name)) and any(
                each.up_to.write is None for each in (capacity, *capacity.indexes.values())
            ):
                yield (
                    "replicas",
                    f"{key}: provisioned fixes the writes of {name}, and a table with replicas is on demand or scaled "
                    "automatically, itself and each index; give upTo.write, or remove it there",
                )
            view = config.streams.get(name) or table.stream or GLOBAL_STREAM
            if view != GLOBAL_STREAM:
                yield (
                    "replicas",
                    f"{key}: the stream of {name} is {view}, and a table with replicas has {GLOBAL_STREAM}, from which "
                    f"they are fed; set streams: {{{name}: {GLOBAL_STREAM}}}",
                )


def _insight_problems(config: StageConfig, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """CloudWatch shows keys in plain text, which a key of the customer's is there to prevent."""
    for family in staged_families(config, catalogue).values():
        for table in family.declared.tables:
            if family.insights(table.name) != "none" and table.classification == "pii":
                name = f"{family.key}/{table.name}"
                yield (
                    "contributorInsights",
                    f"{name}: holds personal data, encryption is {config.encryption}, and insights show keys in plain "
                    f"text; add {name}: none",
                )


def _pipe_problems(config: StageConfig, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for family in staged_families(config, catalogue).values():
        for name, table in family.tables.items():
            events, archive = family.streamed(table.declared)
            label = f"table {family.key}/{name}"
            if table.stream and (lacking := view_problem(table.stream, events, archive)):
                yield "streams", f"{label}: {table.stream}, and {lacking}"
            most = config.event_delivery.largest_kilobytes * 1024
            if events and (largest := largest_event(events, table.declared)) > most:
                yield (
                    "eventDelivery.largestKilobytes",
                    f"{label}: an event may have {largest} bytes, and {most} are allowed; raise it, or let the table's "
                    "events have fewer attributes",
                )
        for pipe in family.pipes:
            for what, called, most in (("pipe", pipe.name, MAX_PIPE_NAME), ("role", pipe.role, MAX_ROLE_NAME)):
                if len(called) > most:
                    yield (
                        pipe.use,
                        f"its {what} would be called {called!r}; AWS takes {most} characters: shorten the table's name",
                    )
        if family.archive and len(bucket := family.archive.bucket(Account("0" * 12))) > MAX_BUCKET_NAME:
            yield (
                "archive",
                f"{family.key}: its bucket would be called {bucket!r}; S3 takes {MAX_BUCKET_NAME} characters",
            )
        if family.bus and len(family.bus) > MAX_EVENT_ARCHIVE_NAME:
            yield (
                "events",
                f"{family.key}: its bus would be called {family.bus!r}; AWS takes {MAX_EVENT_ARCHIVE_NAME} characters",
            )


def _trail_problems(config: StageConfig, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    places: dict[str, list[str]] = {}
    for family in map(catalogue.family, config.families):
        prefix = family.prefix(config.stage)
        names = [prefix] if prefix else [family.table_name_for(each.name, config.stage) for each in family.tables]
        for region in (family.region or config.region, *config.replicas.get(family.key, ())):
            places.setdefault(region, []).extend(names)
    for region, names in places.items():
        if problem := config.data_events_trail.problem(config.data_events, region, names):
            yield "dataEvents", problem


def account_problems(config: StageConfig, accounts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pairs of a setting and its problem, in view of the accounts that the stage may be deployed to."""
    for name, trust in config.trust.items():
        yield from (("trust", f"{name}: {problem}") for problem in trust.account_problems(accounts))
    own = " or ".join(accounts)
    for key, arns in config.only_principals.items():
        for arn in arns:
            if (account := arn.split(":")[4]) not in accounts:
                yield (
                    "onlyPrincipals",
                    f"{key}: {arn!r} is of account {account}, and the stage's own is {own}; a table lets no other "
                    "account in: remove it",
                )
    boundary = config.permissions_boundary
    if boundary and (account := boundary.split(":")[4]) not in (*accounts, "aws"):
        yield (
            "permissionsBoundary",
            f"{boundary!r} is of account {account}, and the stage's own is {own}; give a policy of "
            "that account, since IAM takes no other",
        )


def check_account(config: StageConfig, account: str) -> None:
    """Hold the settings against the account that the stage is deployed to. Raises StageError."""
    for key, problem in account_problems(config, [account]):
        raise StageError(f"stage {config.stage!r}: {PROJECT}:{key}: {problem}")
