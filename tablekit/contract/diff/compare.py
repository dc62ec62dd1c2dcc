"""Compares the outputs of two contracts, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

from tablekit.contract.diff.changes import Change, Verdict, additive, breaking, neutral, summarize
from tablekit.contract.diff.plain import accounts, plain_families, without_account
from tablekit.contract.diff.renames import renames
from tablekit.contract.diff.rules import COLLECTIONS, RULES, SINCE_1_1, UNKNOWN, Collection
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
    """A part on both sides, as it is written and, plain, as it is compared: without what follows from another part."""

    was: Any
    now: Any
    plain_was: Any
    plain_now: Any

    def part(self, name: str, now: str | None = None) -> Sides:
        """A field or an object of both; now: its name on the new side, where that is another."""
        new = name if now is None else now
        return Sides(self.was.get(name), self.now.get(new), self.plain_was.get(name), self.plain_now.get(new))

    @property
    def alike(self) -> bool:
        """Whether nothing changed that is not reported elsewhere."""
        return _alike(self.was, self.now) or _alike(self.plain_was, self.plain_now)


def compare(old: Document, new: Document) -> Iterator[Change]:
    """The changes from one to the other, of the whole first, then family by family."""
    if old.version != new.version:
        yield _whole("contractVersion", _version(old, new), old.version_text, new.version_text)
    unseen = {"contractVersion", *(SINCE_1_1 if min(old.version, new.version) < (1, 1) else ())}
    was, now = old.content, new.content
    plain_was, plain_now = was, now
    before, after = accounts(was), accounts(now)
    if before != after and len(before) == len(after) == 1:
        plain_was, plain_now = without_account(was), without_account(now)
        yield _whole("account", _account(before | after), *before, *after)
    yield from _walk(Place(), Sides(was, now, plain_was, plain_now), unseen)


def _walk(place: Place, sides: Sides, unseen: Set[str]) -> Iterator[Change]:
    if place.path in unseen or sides.alike:
        return
    was, now = sides.was, sides.now
    rule, collection = RULES.get(place.path), COLLECTIONS.get(place.path)
    if collection and _maps(*(side for side in (was, now) if side is not None)):
        both = Sides(was or {}, now or {}, sides.plain_was or {}, sides.plain_now or {})
        yield from _entries(place, collection, both, unseen)
    elif (rule is None or rule.parts) and _maps(was, now):
        if place.path == "families.*":
            sides = Sides(was, now, *plain_families(sides.plain_was, sides.plain_now))
        for name in sorted({*was, *now}, key=_order):
            yield from _walk(place.inside(name), sides.part(name), unseen)
    else:
        verdict = (rule or UNKNOWN).judge(sides.plain_was, sides.plain_now)
        change = "added" if was is None else "removed" if now is None else "changed"
        shown = summarize(was), summarize(now)
        if place.path.endswith(".names") and isinstance(was, list) and isinstance(now, list):
            shown = _apart(was, now), _apart(now, was)
        yield place.change(verdict, change, *shown, shape=rule is None and was is None)


def _entries(place: Place, collection: Collection, sides: Sides, unseen: Set[str]) -> Iterator[Change]:
    """The objects of a collection: those gone, come, renamed, and what changed of those that stay."""
    noun = collection.noun
    moved = renames(noun, sides.plain_was, sides.plain_now)
    for name in sorted({*sides.was, *sides.now} - {*moved.values()}):
        here = place.entry(noun, name)
        if name in moved:
            yield here.change(collection.renamed, "renamed", name, moved[name])
        if name not in sides.now and name not in moved:
            yield here.change(collection.goes, "removed", summarize(sides.was[name], noun), "")
        elif name not in sides.was:
            yield here.change(collection.comes, "added", "", summarize(sides.now[name], noun))
        else:
            yield from _walk(here, sides.part(name, moved.get(name)), unseen)


def _whole(field: str, verdict: Verdict, was: str, now: str) -> Change:
    return Place().inside(field).change(verdict, "changed", was, now)


def _version(old: Document, new: Document) -> Verdict:
    if new.version < old.version:
        return breaking("an older version: fields that came since are gone")
    if new.version[0] > old.version[0]:
        return breaking("a new major version: readers of the old one refuse it and say so")
    return additive("a new minor version: readers pass over the fields that they do not know")


def _account(both: Set[str]) -> Verdict:
    if ACCOUNT in both:
        return neutral("the golden files are of no account, so ARNs are compared without it")
    return breaking("every ARN is of the other account, and its tables are empty")


def _order(name: str) -> tuple[int, str]:
    """Fields in the order in which a person reads them."""
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _apart(names: list[Any], others: list[Any]) -> str:
    """The names that are not among the others."""
    found = [name for name in names if name not in others]
    return f"{len(found)}: {summarize(found)}" if found else ""


def _alike(one: Any, other: Any) -> bool:
    """Whether the two are the same JSON: Python takes true for 1."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _maps(*values: Any) -> bool:
    return all(isinstance(value, Mapping) for value in values)
