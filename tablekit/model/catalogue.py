"""Several families beside each other, in one account: what no family can check alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from tablekit.model.base import repeated
from tablekit.model.errors import CatalogueError, StageError, did_you_mean
from tablekit.model.family import Family
from tablekit.model.naming import PROD, check_stage_name

_ANY_STAGE = "anystage"


class Catalogue:
    """The families that are declared, checked against each other. Raises CatalogueError."""

    def __init__(self, families: Iterable[Family]) -> None:
        self.families: dict[str, Family] = {}
        for family in families:
            if family.key in self.families:
                raise CatalogueError(f"two families are named {family.key!r}; rename one")
            self.families[family.key] = family
        for stage in (PROD, _ANY_STAGE):
            for problem in self._problems(stage):
                raise CatalogueError(problem)
        for problem in (*self._resource_problems(), *self._reach_problems()):
            raise CatalogueError(problem)

    def __iter__(self) -> Iterator[Family]:
        return iter(self.families.values())

    def __len__(self) -> int:
        return len(self.families)

    def family(self, key: str) -> Family:
        """The family of that key; CatalogueError names those there are."""
        if key not in self.families:
            raise CatalogueError(
                f"no family {key!r}{did_you_mean(key, self.families)}; the families are {', '.join(self.families)}"
            )
        return self.families[key]

    def options(self) -> frozenset[str]:
        """The names of the opt-in settings that the roles declare."""
        return frozenset(
            reach.option for family in self for role in family.roles for reach in role.reaches if reach.option
        )

    def check_stage(self, stage: str) -> str:
        """The stage's name, or StageError where it could not stand beside prod in one account.

        A stage named as a family's prefix begins would put its tables within prod's prefix-scoped roles.
        """
        check_stage_name(stage)
        for family in self:
            head = family.table_name.split("{")[0].rstrip("-_.")
            if stage in (head, family.key):
                raise StageError(
                    f"stage {stage!r} is family {family.key!r}'s prefix, so its tables would fall within the family's "
                    "roles in prod; name the stack otherwise"
                )
        if stage != PROD:
            for family in self:
                for other in self:
                    for table in other.tables:
                        problem = _prefix_problem(family, PROD, other, other.table_name_for(table.name, stage))
                        if problem:
                            raise StageError(f"stage {stage!r}: {problem}; name the stack otherwise")
        for problem in self._problems(stage):
            raise StageError(f"stage {stage!r}: {problem}")
        return stage

    def _problems(self, stage: str) -> Iterator[str]:
        names = [
            (family, table.name, family.table_name_for(table.name, stage)) for family in self for table in family.tables
        ]
        for name in repeated(physical for _, _, physical in names):
            owners = " and ".join(f"{family.key}/{table}" for family, table, physical in names if physical == name)
            yield f"{owners} would both be called {name!r}; rename one, or give its family another table_name"
        for family, table, physical in names:
            for other in self:
                for pattern in other.reserved:
                    if fnmatchcase(physical, pattern):
                        yield (
                            f"table {family.key}/{table} would be called {physical!r}, which is reserved "
                            f"({pattern!r} of family {other.key!r} exists already); rename it"
                        )
                if other is not family and (problem := _prefix_problem(other, stage, family, physical)):
                    yield problem
        for family in self:
            prefix = family.prefix(stage)
            taken = [(other, pattern) for other in self for pattern in other.reserved]
            for other, pattern in taken if prefix else ():
                if _could_match(str(prefix), pattern):
                    yield (
                        f"the prefix {prefix!r} of family {family.key!r} in {stage} matches {pattern!r}, which family "
                        f"{other.key!r} reserves: its roles could use tables that exist; give it another table_name"
                    )
        roles = [(family.key, family.role_name(role, stage)) for family in self for role in family.roles]
        for name in repeated(name for _, name in roles):
            owners = " and ".join(key for key, role in roles if role == name)
            yield f"families {owners} would both have a role {name!r}; rename one"

    def _resource_problems(self) -> Iterator[str]:
        """Pulumi's resources are named `<family>-<table>`, without the stage: two of one name would be one."""
        for kind, named in (
            ("tables", [(f"{f.key}-{t.name}", f"{f.key}/{t.name}") for f in self for t in f.tables]),
            ("roles", [(f"{f.key}-{r.name}", f"{f.key}/{r.name}") for f in self for r in f.roles]),
        ):
            for name in repeated(resource for resource, _ in named):
                owners = " and ".join(owner for resource, owner in named if resource == name)
                yield f"{kind} {owners} would both be the resource {name!r}; rename one"

    def _reach_problems(self) -> Iterator[str]:
        for family in self:
            for role in family.roles:
                for reach in role.reaches:
                    where = f"family {family.key!r}, role {role.name!r}"
                    if reach.family not in self.families or reach.family == family.key:
                        yield (
                            f"{where} reaches into family {reach.family!r}, which is not another family"
                            f"{did_you_mean(reach.family, self.families)}"
                        )
                        return
                    known = {pattern.name: pattern for pattern in self.families[reach.family].access_patterns}
                    for name in reach.patterns:
                        if name not in known:
                            yield (
                                f"{where} reaches for access pattern {name!r}, which family {reach.family!r} "
                                f"does not have{did_you_mean(name, known)}"
                            )
                        elif not known[name].reads and role.access == "read-only":
                            yield (
                                f"{where} is read-only and reaches for {name!r} of family {reach.family!r}, a "
                                f"{known[name].operation}; leave it out, or make the role read-write"
                            )
                        elif not known[name].reads and not reach.option:
                            yield (
                                f"{where} reaches for {name!r} of family {reach.family!r}, a {known[name].operation}; "
                                "a write into another family needs an option, off by default: name one"
                            )


def _could_match(prefix: str, pattern: str) -> bool:
    """Whether a name that begins with the prefix could fit the pattern, `*` standing for any text."""
    head, star, _ = pattern.partition("*")
    return head.startswith(prefix) or (bool(star) and prefix.startswith(head))


def _prefix_problem(family: Family, stage: str, other: Family, physical: str) -> str | None:
    prefix = family.prefix(stage)
    if prefix and physical.startswith(prefix):
        return (
            f"the prefix {prefix!r} of family {family.key!r} in {stage} matches {physical!r} of family "
            f"{other.key!r}, whose items its roles could then use; give one of them another table_name"
        )
    return None
