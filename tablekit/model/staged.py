"""A family in a stage: what is called how there, where it lies, and what the stage sets of it. Worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

from tablekit.model.audit import Insights
from tablekit.model.backups import DEFAULT, BackupRule
from tablekit.model.capacity import OnDemand, Provisioned, TableClass, WarmThroughput
from tablekit.model.catalogue import Catalogue
from tablekit.model.events import Archive, Events, Use, needed_view
from tablekit.model.family import Family
from tablekit.model.layout import GLOBAL_STREAM, StreamViewType
from tablekit.model.naming import OWN_KEYS, PROJECT, parameter_path, staged
from tablekit.model.operations import TableLimits
from tablekit.model.roles import Role
from tablekit.model.stage import StageConfig
from tablekit.model.table import Table
from tablekit.model.trust import Trust


@dataclass(frozen=True)
class Account:
    """Where the tables live. id: 12 digits. partition: `aws`, `aws-cn`, …"""

    id: str
    partition: str = "aws"

    def arn(self, service: str, region: str, resource: str) -> str:
        """The ARN of a resource, or of all whose name fits a pattern. region: empty for IAM's."""
        return f"arn:{self.partition}:{service}:{region}:{self.id}:{resource}"


@dataclass(frozen=True)
class StagedTable:
    """A table in a stage. name: on AWS. stream: the stage's, else the declared one.

    capacity: None means on demand, and on_demand is its maximum then. warm, table_class: None means as AWS has them.
    """

    declared: Table
    name: str
    tags: dict[str, str]
    stream: StreamViewType | None
    capacity: Provisioned | None
    on_demand: OnDemand | None
    warm: WarmThroughput | None
    table_class: TableClass | None

    @property
    def owners(self) -> tuple[str | None, ...]:
        """What has capacity and insights of its own: the table itself, which is None, and its global indexes."""
        return (None, *sorted(index.name for index in self.declared.indexes if not index.local))

    def ceiling(self, index: str | None, side: str) -> int | None:
        """What autoscaling raises reads or writes to, of the table or of an index; None where it doesn't move them."""
        units: int | None = getattr(self.capacity.of(index).up_to, side) if self.capacity else None
        return units

    def maximum(self, index: str | None, side: str) -> int | None:
        """The most that the table, or an index, serves on demand; None where AWS's own limits alone hold."""
        units: int | None = getattr(self.on_demand.of(index), f"max_{side}") if self.on_demand else None
        return None if units == -1 else units


@dataclass(frozen=True)
class StagedRole:
    """A role in a stage. name: on AWS. trust: who may assume it, as the stage says; None where it says nothing."""

    declared: Role
    name: str
    trust: Trust | None


@dataclass(frozen=True)
class StagedBudget:
    """A family's budget in a stage. name: unique in an account. alerts: amounts of a month, the last is the limit."""

    name: str
    alerts: tuple[int, ...]
    currency: str


@dataclass(frozen=True)
class StagedBackups:
    """A family's backups in a stage. name: of its vault, plan and selection, in the region of copies too.

    regions: the family's, and the one that copies go to. maker, restorer: the names of the roles of AWS Backup.
    """

    name: str
    rules: tuple[BackupRule, ...]
    regions: tuple[str, ...]
    maker: str
    restorer: str


@dataclass(frozen=True)
class StagedPipe:
    """What reads a table's stream in a stage. table: its logical name. name: the pipe's. role: its role's name."""

    table: str
    use: Use
    name: str
    role: str


@dataclass(frozen=True)
class StagedArchive:
    """What keeps a family's expired items in a stage. function, role: of what writes them. database: Athena's."""

    function: str
    role: str
    database: str
    region: str

    def bucket(self, account: Account) -> str:
        """The name of its bucket, which all of AWS has once."""
        return f"{self.function}-{account.id}-{self.region}"


@dataclass(frozen=True)
class StagedFamily:
    """A declared family in a stage. catalogue: the families that its roles may reach into, itself among them.

    place: the region that it is looked at in, where that is not its own: what a replica has there is derived as at
    home, from the same names. What a family has once (roles, parameters, a budget, dashboards) is derived at home.
    """

    declared: Family
    stage: StageConfig
    catalogue: Catalogue
    place: str | None = None

    @property
    def key(self) -> str:
        """The family's key."""
        return self.declared.key

    @cached_property
    def region(self) -> str:
        """The region that it is looked at in: its own is its document's, else the stage's."""
        return self.place or self.declared.region or self.stage.region

    @cached_property
    def replicas(self) -> tuple[str, ...]:
        """The regions that have its tables besides its own."""
        return self.stage.replicas.get(self.key, ())

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """All regions that have its tables, its own first."""
        return (self.at(None).region, *self.replicas)

    @cached_property
    def elsewhere(self) -> tuple[StagedFamily, ...]:
        """It in each region of a replica."""
        return tuple(map(self.at, self.replicas))

    def at(self, region: str | None) -> StagedFamily:
        """It in a region of a replica; None: in its own."""
        return replace(self, place=region)

    @cached_property
    def prefix(self) -> str | None:
        """What every table's name begins with, and no other's; None for a family without a prefix."""
        return self.declared.prefix(self.stage.stage)

    @cached_property
    def tags(self) -> dict[str, str]:
        """The tags of all that the family owns: its own and the stage's last."""
        return {
            "project": PROJECT,
            "family": self.key,
            "stage": self.stage.stage,
            "owner": self.declared.owner,
            "cost-centre": self.declared.cost_centre,
            **self.declared.tags,
            **self.stage.tags,
        }

    @cached_property
    def tables(self) -> dict[str, StagedTable]:
        """The tables by logical name, in declared order."""
        return {table.name: self._table(table) for table in self.declared.tables}

    def _table(self, table: Table) -> StagedTable:
        key, stage = f"{self.key}/{table.name}", self.stage
        return StagedTable(
            declared=table,
            name=self.declared.table_name_for(table.name, stage.stage),
            tags=self._table_tags(table),
            stream=stage.streams.get(key) or table.stream or self._view(table),
            capacity=stage.provisioned.get(key),
            on_demand=stage.on_demand.get(key),
            warm=stage.warm_throughput.get(key),
            table_class=stage.table_classes.get(key),
        )

    def _view(self, table: Table) -> StreamViewType | None:
        """What the stream has to show to its readers, and to replicas."""
        return GLOBAL_STREAM if self.replicas else needed_view(*self.streamed(table))

    def _table_tags(self, table: Table) -> dict[str, str]:
        """The family's, the table's name and the class of its data, and its owner where it has one."""
        tags = {**self.tags, "table": table.name, "data-classification": table.classification}
        return tags | ({"owner": table.owner} if table.owner else {})

    @cached_property
    def roles(self) -> dict[str, StagedRole]:
        """The roles by name, in declared order. Trust is set for a role, or else for its family.

        A family's is not for its tenant's role: whoever assumes that one has to give the session its tenant tag.
        """
        trust = self.stage.trust
        return {
            role.name: StagedRole(
                role,
                self.declared.role_name(role, self.stage.stage),
                trust.get(f"{self.key}/{role.name}") or (None if role.tenant else trust.get(self.key)),
            )
            for role in self.declared.roles
        }

    @cached_property
    def alarm_topic(self) -> str:
        """The name of the SNS topic that the family's alarms go to."""
        return f"{self.stage.stage}-{self.key}-alarms"

    @cached_property
    def budget(self) -> StagedBudget | None:
        """What the family may cost a month; None where the stage has no budgets, or neither it nor the family asks."""
        stage, declared = self.stage, self.declared.budget
        alerts = stage.budget_alerts.get(self.key) or (declared.alerts if declared else ())
        if not stage.budgets or not alerts or self.place:
            return None
        return StagedBudget(f"{stage.stage}-{self.key}", alerts, stage.billing_currency)

    @cached_property
    def backups(self) -> StagedBackups | None:
        """How the family's tables are backed up; None where the stage has no backups."""
        stage, copy = self.stage, self.stage.backup_vault.copy_to
        if not stage.backups:
            return None
        maker, restorer = (staged(f"{self.key}-aws-{does}-role", stage.stage) for does in ("backup", "restore"))
        rules = self.declared.backups.rules if self.declared.backups else DEFAULT
        # A replica's are kept where it is: its copies would be those of the table that it is fed from.
        regions = (self.region, *((copy,) if copy and not self.place else ()))
        return StagedBackups(f"{stage.stage}-{self.key}", rules, regions, maker, restorer)

    @cached_property
    def limits(self) -> TableLimits | None:
        """What each of the family's tables may hold; None where nobody counts, or nobody says."""
        stage, declared = self.stage, self.declared.growth
        if not stage.item_counts:
            return None
        return stage.growth_limits.get(self.key) or (declared.limits if declared else None)

    def streamed(self, table: Table) -> tuple[Events | None, Archive | None]:
        """What of the table's stream is read in the stage."""
        return table.events if self.stage.events else None, table.archive if self.stage.archive else None

    @cached_property
    def pipes(self) -> tuple[StagedPipe, ...]:
        """The pipes that read the streams of the family's tables, in declared order."""
        return tuple(
            StagedPipe(
                table.name,
                use,
                f"{self.stage.stage}-{self.key}-{table.name}-{use}",
                staged(f"{self.key}-{table.name}-{use}-role", self.stage.stage),
            )
            for table in self.declared.tables
            for use, asked in zip(get_args(Use), self.streamed(table), strict=True)
            if asked and not self.place
        )

    @property
    def bus(self) -> str | None:
        """The name of the bus that the family's events are on, and of its archive; None where it has none."""
        return f"{self.stage.stage}-{self.key}" if any(pipe.use == "events" for pipe in self.pipes) else None

    @cached_property
    def archive(self) -> StagedArchive | None:
        """What keeps the expired items of the family's tables; None where none are kept."""
        if not any(pipe.use == "archive" for pipe in self.pipes):
            return None
        name = f"{self.stage.stage}-{self.key}-archive"
        role = staged(f"{self.key}-archive-function", self.stage.stage)
        return StagedArchive(name, role, name.replace("-", "_"), self.region)

    @property
    def undelivered(self) -> str | None:
        """The name of the queue of what the family's pipes gave up; None where it has no pipe."""
        return f"{self.stage.stage}-{self.key}-undelivered" if self.pipes else None

    @property
    def has_topic(self) -> bool:
        """Whether anything of the family is told to anybody."""
        told = (self.budget, self.backups, self.undelivered)
        return self.stage.alarms != "none" or any(each is not None for each in told)

    @property
    def tellers(self) -> tuple[str, ...]:
        """The services beside CloudWatch that tell the family's topic something."""
        return (*(("budgets",) if self.budget else ()), *(("events",) if self.backups else ()))

    @cached_property
    def dashboard(self) -> str | None:
        """The name of the family's dashboard; None where the stage has none."""
        return dashboard_name(self.stage, self.region, self.key)

    def insights(self, table: str) -> Insights:
        """Which keys of a table and its indexes are shown: as the stage says of it, or of the whole family."""
        given = self.stage.contributor_insights
        return given.get(f"{self.key}/{table}") or given.get(self.key, "none")

    @cached_property
    def parameter_path(self) -> str:
        """Where the family's parameters are in SSM."""
        return parameter_path(self.stage.stage, self.key)

    @cached_property
    def key_alias(self) -> str | None:
        """The name that the family's own keys have, in each of their regions; None where the stack makes none."""
        return f"{OWN_KEYS}{self.stage.stage}/{self.key}" if self.stage.own_keys else None

    @cached_property
    def key_regions(self) -> tuple[str, ...]:
        """The regions in which the family needs a key: its tables', and its backups'."""
        backups = self.at(None).backups
        return tuple(dict.fromkeys((*self.regions, *(backups.regions if backups else ()))))

    @cached_property
    def kms_key(self) -> str | None:
        """The customer-managed key of its region, by its ARN, or by its alias where the stack makes it and AWS the
        ARN; None with the AWS-managed one."""
        return self.key_in(self.region)

    def key_in(self, region: str) -> str | None:
        """The same, of a region."""
        return self.key_alias or self.stage.key_of(region)

    def role_keys(self, regions: Iterable[str]) -> list[str]:
        """The keys by ARN that may be used beside the family's own ones: those that the stage gives in these regions,
        and those that tables leave or come to."""
        given = {key for region in regions if (key := self.stage.key_of(region))}
        return sorted(given.union(*(self.stage.other_kms_key_arns.get(region, ()) for region in regions)))

    @cached_property
    def exists_already(self) -> bool:
        """Whether the family's tables were there before, so that none may be created."""
        return self.key in self.stage.existing_families

    def other(self, key: str) -> StagedFamily:
        """Another family of the catalogue in the same stage."""
        return replace(self, declared=self.catalogue.family(key), place=None)

    def table_arn(self, account: Account, name: str) -> str:
        """The ARN of a table in the family's region, by its name on AWS, or of all whose name fits a pattern."""
        return account.arn("dynamodb", self.region, f"table/{name}")


def dashboard_name(stage: StageConfig, region: str, family: str = "") -> str | None:
    """A dashboard's name, of a family or of the whole stage: an account has one of a name, whatever the region.

    None where the stage has none.
    """
    if not stage.dashboards:
        return None
    return "-".join(each for each in (PROJECT, stage.stage, family, region) if each)


def staged_families(stage: StageConfig, catalogue: Catalogue) -> dict[str, StagedFamily]:
    """The families that the stage deploys, by key, in the order of its settings."""
    return {key: StagedFamily(catalogue.family(key), stage, catalogue) for key in stage.families}
