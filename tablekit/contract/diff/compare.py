"""Compares the outputs of two contracts, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tablekit.contract.diff.changes import Change, Verdict, additive, breaking, neutral
from tablekit.contract.diff.expected import accounts, family_expected, in_account
from tablekit.contract.diff.renames import renames
from tablekit.contract.diff.rules import COLLECTIONS, RULES, UNKNOWN, Collection
from tablekit.contract.diff.showing import shown
from tablekit.contract.document import Document
from tablekit.contract.golden import ACCOUNT

WHOLE: Final = "contract"
"""What the object of a change is called that is of no family."""
_FIRST: Final = ("stage", "region", "tables", "roles", "alarms", "accessPatterns", "env")


@dataclass(frozen=True)
class Place:
    """Where in the contract: its path with * for names, and what a person calls the nearest object."""

    path: str = ""
    family: str | None = None
    names: tuple[str, ...] = ()
    object: str = WHOLE
    field: str = ""

    def inside(self, name: str) -> Place:
        """A field of it."""
        dotted = f"{self.field}.{name}" if self.field else name
        return Place(f"{self.path}.{name}".lstrip("."), self.family, self.names, self.object, dotted)

    def entry(self, noun: str, name: str) -> Place:
        """An object of the collection that it is."""
        if self.path == "families":
            return Place("families.*", name, (), f"family {name}")
        names = (*self.names, name)
        return Place(f"{self.path}.*", self.family, names, f"{noun} {'/'.join(names)}")

    def change(self, verdict: Verdict, change: str, was: str, now: str, shape: bool = False) -> Change:
        """A change here."""
        level, why = verdict.level, verdict.why
        return Change(level, change, self.family, self.object, self.field, was, now, why, shape)


@dataclass(frozen=True)
class Sides:
    """A part on both sides. expected: the old one as it would be after what is reported elsewhere."""

    was: Any
    now: Any
    expected: Any = field(kw_only=True)

    def part(self, name: str, now: str | None = None) -> Sides:
        """A field or an object of both; now: its name on the new side, where that is another."""
        return Sides(self.was.get(name), self.now.get(name if now is None else now), expected=self.expected.get(name))


def compare(old: Document, new: Document) -> list[Change]:
    """The changes from one to the other, of the whole first, then family by family."""
    found = list(_version(old, new))
    was, now = dict(old.content), dict(new.content)
    expected, moved = _account(was, now)
    found += moved
    for content in (was, now, expected):
        content.pop("contractVersion", None)
    found += _walk(Place(), Sides(was, now, expected=expected))
    return found


def _version(old: Document, new: Document) -> Iterator[Change]:
    if old.version == new.version:
        return
    if new.version < old.version:
        verdict = breaking("an older version: fields that came since are gone")
    elif new.version[0] > old.version[0]:
        verdict = breaking("a new major version: readers of the old one refuse it and say so")
    else:
        verdict = additive("a new minor version: readers pass over the fields that they do not know")
    yield Place().inside("contractVersion").change(verdict, "changed", old.version_text, new.version_text)


def _account(was: dict[str, Any], now: dict[str, Any]) -> tuple[dict[str, Any], list[Change]]:
    """The old contract in the new one's account, and the change of the account, where each has one."""
    old, new = accounts(was), accounts(now)
    if old == new or len(old) != 1 or len(new) != 1:
        return dict(was), []
    (before,), (after,) = old, new
    if ACCOUNT in (before, after):
        verdict = neutral("the golden files are of no account, so ARNs are compared without it")
    else:
        verdict = breaking("every ARN is of the other account, and its tables are empty")
    return in_account(was, after), [Place().inside("account").change(verdict, "changed", before, after)]


def _walk(place: Place, sides: Sides) -> Iterator[Change]:
    if _alike(sides.now, sides.expected) or _alike(sides.now, sides.was):
        return
    rule, collection = RULES.get(place.path), COLLECTIONS.get(place.path)
    if collection and _maps(*(side for side in (sides.was, sides.now) if side is not None)):
        yield from _entries(place, collection, Sides(sides.was or {}, sides.now or {}, expected=sides.expected or {}))
    elif (rule is None or rule.parts) and _maps(sides.was, sides.now):
        if place.path == "families.*":
            sides = Sides(sides.was, sides.now, expected=family_expected(sides.expected, sides.now))
        for name in sorted({*sides.was, *sides.now}, key=_order):
            yield from _walk(place.inside(name), sides.part(name))
    else:
        verdict = (rule or UNKNOWN).judge(sides.expected, sides.now)
        shape = rule is None and sides.was is None
        change = "added" if sides.was is None else "removed" if sides.now is None else "changed"
        was, now = shown(sides.was), shown(sides.now)
        if place.path.endswith(".names") and isinstance(sides.was, list) and isinstance(sides.now, list):
            was, now = _apart(sides.was, sides.now), _apart(sides.now, sides.was)
        yield place.change(verdict, change, was, now, shape)


def _entries(place: Place, collection: Collection, sides: Sides) -> Iterator[Change]:
    """The objects of a collection: those gone, come, renamed, and what changed of those that stay."""
    moved = renames(collection.noun, sides.expected, sides.now)
    for name in sorted({*sides.was, *sides.now} - {*moved.values()}):
        here = place.entry(collection.noun, name)
        if name in moved:
            yield here.change(collection.renamed, "renamed", name, moved[name])
            yield from _walk(here, sides.part(name, moved[name]))
        elif name not in sides.now:
            yield here.change(collection.goes, "removed", shown(sides.was[name], collection.noun), "")
        elif name not in sides.was:
            yield here.change(collection.comes, "added", "", shown(sides.now[name], collection.noun))
        else:
            yield from _walk(here, sides.part(name))


def _order(name: str) -> tuple[int, str]:
    """Fields in the order in which a person reads them."""
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _apart(names: list[Any], others: list[Any]) -> str:
    """The names that are not among the others."""
    found = [name for name in names if name not in others]
    return f"{len(found)}: {shown(found)}" if found else ""


def _alike(one: Any, other: Any) -> bool:
    """Whether the two are the same JSON: Python takes true for 1."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _maps(*values: Any) -> bool:
    return all(isinstance(value, Mapping) for value in values)
