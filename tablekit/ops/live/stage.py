"""A deployed stage against its declaration: what there is to check, one check an object, and what each finds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from tablekit.client import AccessDeniedError, Clients, NoCredentialsError, UnreachableError
from tablekit.contract import ExportedFamily
from tablekit.model.alarms import account_alarms, account_topic, family_alarms
from tablekit.model.errors import TablekitError
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.ops.drift import RUNBOOK, Problem, denied, deployment, judges_nothing, missing_table
from tablekit.ops.live import describe
from tablekit.ops.live.beside import alarm_problems, deployed_family, parameter_problems, role_problems
from tablekit.ops.live.diff import MISSING, OWNER, Difference, table_differences
from tablekit.ops.live.watches import watches
from tablekit.ops.stages import StageSettings
from tablekit.resources.alarms import costs_of_stage
from tablekit.resources.stack import family_watches, replica_policies, stage_watches

DELETED: Final = "docs/runbooks/deleted-table.md"
_OF_THE_STAGE = {
    "encryption key",
    "deletion protection",
    "billing mode",
    "capacity",
    "caps of throughput",
    "warm throughput",
    "table class",
    "window of point-in-time recovery",
}
"""What a stage's file sets, and nobody knows without it; of an index it stands behind the index's name."""


@dataclass(frozen=True)
class Check:
    """One object. action: what a role needs for it. call: what differs, or what the calls raise."""

    family: str
    name: str
    action: str
    call: Callable[[], list[Problem]]

    def run(self, denial_fails: bool = True) -> list[Problem]:
        """Its problems. denial_fails: whether a call that is not permitted counts as one, or as not judged.

        Raises UnreachableError and NoCredentialsError, with which nothing can be checked.
        """
        try:
            return self.call()
        except (UnreachableError, NoCredentialsError):
            raise
        except AccessDeniedError as error:
            advice = "run this as a role that may read the stage's set-up"
            return [Problem(denied(error, self.action, self.name, advice), (), denial_fails)]
        except TablekitError as error:
            return [Problem(str(error), (), not judges_nothing(error))]
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            # JSON without what it must have, which boto3 gives as it came
            said = f"{type(error).__name__}: {error}"
            what = self.action or self.name
            text = f"an answer to {what} that can't be read ({said}); does a proxy answer in AWS's place?"
            return [Problem(text, (), False)]


def family_checks(
    clients: Clients,
    family: StagedFamily,
    settings: StageSettings,
    account: Account,
    exported: ExportedFamily | None = None,
) -> Iterator[Check]:
    """Those of one family. exported: it in the stack's outputs; None: the outputs are what they should be, and tables
    are looked at as a whole, with what is on AWS and no family declares.
    """
    key, region, stage = family.key, family.region, family.stage.stage
    for name, table in family.tables.items():
        action = f"dynamodb:DescribeTable and its like on {name}"
        call = partial(table_problems, clients, family, table, settings, account, exported is None)
        yield Check(key, f"table {name}", action, call)
    for name, role in family.roles.items():
        call = partial(role_problems, clients, family, role, settings, account)
        yield Check(key, f"role {name}", "iam:GetRole and its like", call)
    alarms = family_alarms(family)
    topic = account.arn("sns", region, family.alarm_topic) if family.has_topic else None
    topic = exported.alarms.topic_arn if exported else topic
    tellers = family.tellers
    if exported:
        told = (("budgets", exported.budget), ("events", exported.backup_vault))
        tellers = tuple(service for service, what in told if what)
    permission = "cloudwatch:DescribeAlarms and sns:GetTopicAttributes"
    call = partial(alarm_problems, clients, region, alarms, topic, settings, account, tellers, family.kms_key)
    yield Check(key, f"{len(alarms)} alarms", permission, call)
    for there in family.elsewhere if family.has_topic else ():
        alarms, topic = family_alarms(there), account.arn("sns", there.region, there.alarm_topic)
        beside = (settings, account, there.tellers, there.kms_key)
        call = partial(alarm_problems, clients, there.region, alarms, topic, *beside)
        yield Check(key, f"{len(alarms)} alarms in {there.region}", permission, call)
    derived = (*family_watches(key, family, account), *replica_policies(key, family, account))
    for name, action, look in watches(clients, derived, account, stage, settings.emulated):
        yield Check(key, name, action, look)
    if settings.config.publish_parameters:

        def published() -> list[Problem]:
            return parameter_problems(clients, family, exported or deployed_family(clients, family, account), settings)

        yield Check(key, "parameters", "ssm:GetParametersByPath", published)


def account_checks(
    clients: Clients, settings: StageSettings, accounts: Mapping[str, Account], families: Collection[StagedFamily]
) -> Iterator[Check]:
    """Those of the whole stage: of the account in each region, and what watches all families."""
    stage = settings.config
    owner = next(iter(accounts.values()))
    whole = stage_watches(stage, families, owner)
    for name, action, call in watches(clients, whole, owner, stage.stage, settings.emulated):
        yield Check("stage", name, action, call)
    if stage.cost_anomalies:
        topic = costs_of_stage(stage, owner).arn
        beside = (settings, owner, ["costalerts"], stage.key_of(stage.region))
        call = partial(alarm_problems, clients, stage.region, (), topic, *beside)
        yield Check("stage", "topic of unusual costs", "sns:GetTopicAttributes", call)
    for region, account in sorted(accounts.items()):
        if alarms := account_alarms(settings.config, region):
            topic = account.arn("sns", region, account_topic(settings.config))
            own = settings.config.key_of(region)
            call = partial(alarm_problems, clients, region, alarms, topic, settings, account, (), own)
            yield Check("stage", f"account alarms in {region}", "cloudwatch:DescribeAlarms", call)


def table_problems(
    clients: Clients,
    family: StagedFamily,
    table: StagedTable,
    settings: StageSettings,
    account: Account,
    whole: bool = True,
) -> list[Problem]:
    """Every difference of one table. whole: with what is on AWS and no family declares. Raises what the calls raise."""
    own_key = family.key_alias is not None and settings.from_file
    shape = describe.table(clients, family.region, table.name, table.declared.name, whole, whole or own_key)
    if not shape.there:
        declared = f"{family.key}/{table.declared.name}"
        if family.exists_already:
            why = f"no deployment makes it anew while existingFamilies has {family.key!r}"
            text = f"table {table.name!r} ({declared}) is missing in {family.region}; {why}: restore it, {DELETED}"
            return [Problem(text, ())]
        return [Problem(missing_table(table.name, declared, family.stage.stage, family.region))]
    found = table_differences(shape, family, table, account, whole, settings.endpoint)
    return [
        Problem(_line(each, family), each.repairs, each.kind != "unknown" or not whole)
        for each in found
        if each.what != OWNER and (settings.from_file or not _set_by_the_stage(each, table))
    ]


def _set_by_the_stage(difference: Difference, table: StagedTable) -> bool:
    undeclared = difference.what == "stream" and not table.declared.stream
    what = difference.what.rpartition(": ")[2]
    return undeclared or what in _OF_THE_STAGE or what.startswith("autoscaling")


def _line(difference: Difference, family: StagedFamily) -> str:
    if difference.kind == "unknown":
        return f"{difference.what}: {difference.found}; run this as a role that may read the stage's set-up"
    if difference.repairs and difference.found == MISSING:
        declared = f"family {family.key!r} declares it on table {difference.table!r}"
        return f"{difference.text}; {declared}; deploy it: {deployment(family.stage.stage)}"
    return difference.text if difference.repairs else f"{difference.text}; no deployment changes that, see {RUNBOOK}"
