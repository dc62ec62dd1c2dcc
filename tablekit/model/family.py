"""A family: one system's tables and roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator, field_validator, model_validator

from tablekit.model import limits, naming, servable
from tablekit.model.backups import Backups
from tablekit.model.base import KEBAB, Declared, Region, repeated
from tablekit.model.errors import MisdeclaredError, did_you_mean
from tablekit.model.layout import Index
from tablekit.model.operations import Budget, Figures, Growth
from tablekit.model.patterns import AccessPattern
from tablekit.model.roles import Role
from tablekit.model.table import Table
from tablekit.model.tags import Tags

_Problem = tuple[object, str]
"""What is wrong, and with which object of the family's; None where it is the family itself."""


def _as_made(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """A table that is one already: it was checked as it was made, with every pattern of its."""
    return value if isinstance(value, Table) else check(value)


class Family(Declared):
    """One system's tables.

    key: its name in configuration and outputs.
    table_name: how a table is called in prod: `pse-{table}`, `acsd2p-{stage}-{table}`, or `{table}` alone where the
        system has no prefix, whose roles then name exact ARNs.
    region: where its document gives one; None: the stage's `aws:region`.
    reserved: names, or patterns with `*`, that exist beside the family and that no table of ours may take.
    env: the document's own variable, by logical table name; others are DYNAMODB_<NAME>_TABLE.
    budget: what the system may cost a month. figures: the metrics that its own code publishes.
    growth: how large its tables may become before somebody hears of it.
    backups: what is kept how long, where a stage has backups; else daily for 35 days and monthly for a year.
    """

    key: str = Field(pattern=KEBAB)
    title: str = Field(min_length=1)
    document: str = Field(min_length=1)
    table_name: str
    region: Region | None = None
    owner: str = Field(min_length=1)
    cost_centre: str = Field(min_length=1)
    tags: Tags = {}
    tables: tuple[Annotated[Table, WrapValidator(_as_made)], ...] = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)
    reserved: tuple[str, ...] = ()
    env: dict[str, str] = {}
    budget: Budget | None = None
    figures: Figures | None = None
    growth: Growth | None = None
    backups: Backups | None = None

    @cached_property
    def access_patterns(self) -> tuple[AccessPattern, ...]:
        """Every access pattern of the family, table by table."""
        return tuple(pattern for table in self.tables for pattern in table.patterns)

    @cached_property
    def patterns(self) -> dict[str, AccessPattern]:
        """The access patterns by name, every parameter with its type."""
        return {
            pattern.name: pattern.model_copy(
                update={"parameters": servable.resolved_parameters(pattern, self.table(pattern.table))}
            )
            for pattern in self.access_patterns
        }

    def table(self, name: str) -> Table:
        """The table of that logical name; KeyError where there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def role(self, name: str) -> Role:
        """The role of that name; KeyError where there is none."""
        for role in self.roles:
            if role.name == name:
                return role
        raise KeyError(name)

    def table_name_for(self, table: str, stage: str) -> str:
        """A table's name in a stage."""
        return naming.staged(self.table_name, stage).replace("{table}", table)

    def prefix(self, stage: str) -> str | None:
        """What every table's name in the stage begins with, and no other's; None for a family without a prefix."""
        if self.table_name.startswith("{table}"):
            return None
        return naming.staged(self.table_name, stage).split("{table}")[0]

    def role_name(self, role: Role, stage: str) -> str:
        """A role's name in a stage."""
        return naming.staged(role.physical or f"{self.key}-{role.name}-role", stage)

    def variable(self, table: str) -> str:
        """The environment variable that holds a table's name."""
        return self.env.get(table) or naming.variable(table)

    def patterns_of(self, role: Role) -> tuple[AccessPattern, ...]:
        """The patterns a role may run, in declared order."""
        named = set(role.patterns)
        return tuple(
            pattern
            for pattern in self.patterns.values()
            if (pattern.name in named if named else (role.access == "read-write" or self.is_open(pattern)))
        )

    def is_open(self, pattern: AccessPattern) -> bool:
        """Whether a read-only role may run it."""
        return pattern.reads and not self.table(pattern.table).gives_secrets(pattern)

    def secret_read(self, pattern: AccessPattern) -> str:
        """How a message says that the pattern reads secrets."""
        secrets = ", ".join(repr(name) for name in self.table(pattern.table).secrets)
        return (
            f"access pattern {pattern.name!r} reads the secrets of table {pattern.table!r}; a projection without "
            f"{secrets} would make it one for readers"
        )

    def unused_indexes(self) -> tuple[tuple[Table, Index], ...]:
        """The indexes that no access pattern uses: each costs its writes and its storage for nothing declared."""
        used = {(pattern.table, pattern.index) for pattern in self.access_patterns}
        return tuple((t, index) for t in self.tables for index in t.indexes if (t.name, index.name) not in used)

    @field_validator("table_name")
    @classmethod
    def _template(cls, template: str) -> str:
        if template.count("{table}") != 1 or not re.fullmatch(
            r"[a-zA-Z0-9_.-]*", template.replace("{table}", "").replace("{stage}", "")
        ):
            raise ValueError(
                f"table_name {template!r} must hold {{table}} once, may hold {{stage}}, and is else made of "
                "a-z A-Z 0-9 _ . -; write it as 'pse-{table}'"
            )
        if "{stage}" in template.split("{table}")[1]:
            raise ValueError(
                f"table_name {template!r}: the stage must stand before the table, or no prefix is the stage's"
            )
        prefix = template.split("{table}")[0]
        if prefix and not re.search(r"[-_.]$", prefix):
            raise ValueError(
                f"table_name {template!r}: the prefix {prefix!r} must end in -, _ or ., or it would match "
                "the tables of a family whose name merely begins the same"
            )
        return template

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for about, problem in (*self._name_problems(), *self._role_problems()):
            raise MisdeclaredError(problem, about)
        return self

    def _name_problems(self) -> Iterator[_Problem]:
        tables = [table.name for table in self.tables]
        for kind, names in (
            ("tables", tables),
            ("roles", [role.name for role in self.roles]),
            ("variables", [self.variable(name) for name in tables]),
        ):
            for name in repeated(names):
                yield None, f"two {kind} are named {name!r}; rename one"
        for name in repeated(pattern.name for pattern in self.access_patterns):
            same = [pattern for pattern in self.access_patterns if pattern.name == name]
            places = " and ".join(dict.fromkeys(f"table {pattern.table!r}" for pattern in same))
            yield None, f"two access patterns are named {name!r}, of {places}; rename one"
        for table in self.tables:
            name = self.table_name_for(table.name, "s" * 10)
            if not limits.TABLE_NAME.fullmatch(name):
                text = f"table {table.name!r} would be called {name!r}; a name is 3 to 255 of a-z A-Z 0-9 _ . -, "
                yield table, f"{text}the stage's included: shorten it"
            for index in table.indexes:
                if len(f"{name}/{index.name}-write-throttles") > limits.MAX_ALARM_NAME:
                    text = f"table {table.name!r}, index {index.name!r}: an alarm named after both would have more "
                    yield index, f"{text}than {limits.MAX_ALARM_NAME} characters; shorten one"
        for name, variable in self.env.items():
            if name not in tables:
                yield None, f"env names table {name!r}, which the family does not have{did_you_mean(name, tables)}"
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
                yield None, f"env names the variable {variable!r}; a variable is letters, digits and _, no digit first"
        if self.figures and self.figures.namespace not in [role.metrics_namespace for role in self.roles]:
            text = f"figures are in namespace {self.figures.namespace!r}, into which no role may put metrics; "
            yield None, f"{text}give a role that metrics_namespace, or name another"
        owners = [(table, f"table {table.name!r}: owner", table.owner) for table in self.tables if table.owner]
        for about, name, value in (None, "owner", self.owner), (None, "cost_centre", self.cost_centre), *owners:
            if not limits.TAG_VALUE.fullmatch(value):
                text = f"{name} {value!r} becomes a tag: up to 256 letters, digits, spaces or _ . : / = + - @; "
                yield about, f"{text}rename it"

    def _role_problems(self) -> Iterator[_Problem]:
        for role in self.roles:
            for problem in self._problems_of(role):
                yield role, f"role {role.name!r}{problem}"

    def _problems_of(self, role: Role) -> Iterator[str]:
        patterns = {pattern.name: pattern for pattern in self.access_patterns}
        roles = [role.name for role in self.roles]
        if role.assumed_by and (role.assumed_by == role.name or role.assumed_by not in roles):
            yield (
                f" is assumed by {role.assumed_by!r}, which is not another role of the family"
                f"{did_you_mean(role.assumed_by, roles)}; there are {', '.join(roles)}"
            )
        if not limits.ROLE_NAME.fullmatch(self.role_name(role, "s" * 10)):
            yield (
                f" would be called {self.role_name(role, 's' * 10)!r}; "
                "a name is 1 to 64 of letters, digits and + = , . @ _ -, the stage's included: shorten it"
            )
        for name in role.patterns:
            if name not in patterns:
                yield f": no access pattern {name!r}{did_you_mean(name, patterns)}; name one of the family's"
            elif role.access == "read-only" and not patterns[name].reads:
                yield (
                    f" is read-only, and access pattern {name!r} writes ({patterns[name].operation}); "
                    "leave it out, or make the role read-write"
                )
            elif role.access == "read-only" and not self.is_open(patterns[name]):
                yield (
                    f" is read-only, and {self.secret_read(patterns[name])}; leave it out, or make the role read-write"
                )
            elif role.tenant:
                yield from self._tenant_problems(role, patterns[name])

    def _tenant_problems(self, role: Role, pattern: AccessPattern) -> Iterator[str]:
        assert role.tenant is not None
        where = f": access pattern {pattern.name!r}"
        hash_key = servable.served_key(pattern, self.table(pattern.table))
        value = pattern.hash_value(hash_key.name)
        text = getattr(value, "value", None)
        if pattern.operation == "scan":
            yield f"{where} scans; a scan names no leading key, so it can't be bound to a tenant: leave it out"
        elif not isinstance(text, str) or not role.tenant.matches(text, f"{role.tenant.tag}_id"):
            yield (
                f"{where} goes by {hash_key.name} = {value}, which is not within the tenant's leading keys "
                f"{', '.join(role.tenant.leading_keys)}; leave it out"
            )
