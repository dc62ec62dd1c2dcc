"""Several families beside each other, in one account: what no family can check alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

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
        for problem in (*self._problems(PROD), *self._problems(_ANY_STAGE), *self._reach_problems()):
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
        for problem in (*self._prefix_problems(PROD, stage), *self._problems(stage)):
            raise StageError(f"stage {stage!r}: {problem}; name the stack otherwise")
        return stage

    def _names(self, stage: str) -> list[tuple[Family, str, str]]:
        """Every table: its family, its place as `family/table`, its name in the stage."""
        return [(f, f"{f.key}/{table.name}", f.table_name_for(table.name, stage)) for f in self for table in f.tables]

    def _prefix_problems(self, one: str, other: str) -> Iterator[str]:
        """Families whose prefix in one stage matches another's tables in another, or within one stage."""
        for family in self:
            prefix = family.prefix(one)
            for owner, _, name in self._names(other) if prefix else ():
                if name.startswith(str(prefix)) and (owner is not family or one != other):
                    yield (
                        f"the prefix {prefix!r} of family {family.key!r} in {one} matches {name!r} of family "
                        f"{owner.key!r}, whose items its roles could then use; give one of them another table_name"
                    )

    def _problems(self, stage: str) -> Iterator[str]:
        names = self._names(stage)
        taken = [(family, pattern) for family in self for pattern in family.reserved]
        for name, owners in _shared((place, name) for _, place, name in names):
            yield f"{owners} would both be called {name!r}; rename one, or give its family another table_name"
        for _, place, name in names:
            for owner, pattern in taken:
                if fnmatchcase(name, pattern):
                    yield (
                        f"table {place} would be called {name!r}, which is reserved "
                        f"({pattern!r} of family {owner.key!r} exists already); rename it, or where it is that "
                        "table, take it from reserved"
                    )
        yield from self._prefix_problems(stage, stage)
        for family in self:
            prefix = family.prefix(stage)
            for owner, pattern in taken if prefix else ():
                if _could_match(str(prefix), pattern):
                    yield (
                        f"the prefix {prefix!r} of family {family.key!r} in {stage} matches {pattern!r}, which family "
                        f"{owner.key!r} reserves: its roles could use tables that exist; give it another table_name"
                    )
        roles = [(family, role) for family in self for role in family.roles]
        for name, owners in _shared((family.key, family.role_name(role, stage)) for family, role in roles):
            yield f"families {owners} would both have a role {name!r}; rename one"
        # Pulumi's resources are named `<family>-<table>`, without the stage: two of one name would be one.
        for kind, places in (
            ("tables", [place for _, place, _ in names]),
            ("roles", [f"{f.key}/{r.name}" for f, r in roles]),
        ):
            for name, owners in _shared((place, place.replace("/", "-")) for place in places):
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
                        elif role.access == "read-only" and not self.families[reach.family].is_open(known[name]):
                            yield (
                                f"{where} is read-only and reaches into family {reach.family!r}, whose "
                                f"{self.families[reach.family].secret_read(known[name])}; leave it out, or make the "
                                "role read-write"
                            )
                        elif not known[name].reads and not reach.option:
                            yield (
                                f"{where} reaches for {name!r} of family {reach.family!r}, a {known[name].operation}; "
                                "a write into another family needs an option, off by default: name one"
                            )


def _shared(named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The names that several owners have, with the owners. named: pairs of owner and name."""
    owners: dict[str, list[str]] = {}
    for owner, name in named:
        owners.setdefault(name, []).append(owner)
    yield from ((name, " and ".join(several)) for name, several in owners.items() if len(several) > 1)


def _could_match(prefix: str, pattern: str) -> bool:
    """Whether a name that begins with the prefix could fit the pattern, `*` standing for any text."""
    head, star, _ = pattern.partition("*")
    return head.startswith(prefix) or (bool(star) and prefix.startswith(head))
