"""Compares the outputs of two contracts, field by field, and says what the changes ask of the contract's version."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from tablekit.contract.diff.changes import Change, Level, Verdict, additive, breaking, neutral
from tablekit.contract.diff.plain import accounts, alike, plain_families, renames, without_account, written
from tablekit.contract.diff.rules import RULES, UNKNOWN, Rule
from tablekit.contract.document import Document
from tablekit.contract.golden import ACCOUNT
from tablekit.contract.reader import ContractError
from tablekit.model.errors import did_you_mean

_FIRST: Final = ("stage", "region", "tables", "roles", "alarms", "accessPatterns", "env")
"""The order in which a person reads fields."""
_TABLE: Final = "families.*.tables.*"
_OF_A_STAGE: Final[Mapping[str, str | None]] = {
    **dict.fromkeys(("stage", "dashboard", f"{_TABLE}.indexes.*.arn")),
    **{f"families.*.{name}": None for name in ("region", "alarms", "dashboard", "budget", "backupVault")},
    **{
        f"families.*.events.{name}": None
        for name in ("bus", "busArn", "archiveArn", "undeliveredQueueArn", "largestBytes")
    },
    **{f"{_TABLE}.{name}": None for name in ("name", "arn", "kmsKeyArn", "replicas")},
    **{f"families.*.roles.*.{name}": None for name in ("name", "arn")},
    f"{_TABLE}.streamArn": "a stream",
    "families.*.env.*": "",
}
"""What is another in every stage, with what is compared in its place: whether a table has a stream."""


class Demand(IntEnum):
    """What the changes ask for; its number is the command's exit code."""

    NOTHING = 0
    MINOR = 2
    MAJOR = 3

    @property
    def text(self) -> str:
        """For a person."""
        return {0: "compatible", 2: "needs a minor version", 3: "breaking without a major version"}[self]


def demand(changes: Iterable[Change], old: Document, new: Document) -> Demand:
    """What these changes ask of the version that the new contract has not done."""
    if new.version[0] > old.version[0]:
        return Demand.NOTHING
    changes = list(changes)
    if any(change.level is Level.BREAKING for change in changes):
        return Demand.MAJOR
    return Demand.MINOR if any(change.shape for change in changes) and new.version <= old.version else Demand.NOTHING


def diff(old: Document, new: Document, families: Collection[str] = (), across_stages: bool = False) -> list[Change]:
    """The changes from the old contract to the new one, of the whole first, then family by family.

    families: only these; all where none is given.
    across_stages: compare two stages, without the names, ARNs, regions and alarms that are each stage's own. That a
    table has a stream in one of them only is a change.
    Raises ContractError where the two can't be compared.
    """
    if old.kind != new.kind:
        called = {"schema": "a JSON Schema", "outputs": "a stack's outputs"}
        raise ContractError(
            f"{old.source} is {called[old.kind]}, {new.source} is {called[new.kind]}; compare outputs with outputs"
        )
    if old.kind == "schema":
        if families or across_stages:
            raise ContractError(f"{new.source} is a JSON Schema, which has neither families nor stages: leave that out")
        return list(_schema_changes(old, new))
    if not across_stages and old.stage != new.stage:
        raise ContractError(
            f"{old.source} is of stage {old.stage!r}, {new.source} of stage {new.stage!r}: every name differs. "
            "Compare two of one stage, or give --across-stages to compare all but names"
        )
    known = {*old.content["families"], *new.content["families"]}
    for family in families:
        if family not in known:
            there = ", ".join(sorted(known)) or "none"
            raise ContractError(f"no family {family!r} on either side{did_you_mean(family, known)}; they have {there}")
    # What a later version brought is not compared where a side is older: the version is the line of that.
    older = min(old.version, new.version)
    gone: dict[str, str | None] = {
        "contractVersion": None,
        **{path: None for path, rule in RULES.items() if rule.since > older},
    }
    gone |= _OF_A_STAGE if across_stages else {}
    was, now = (_without(side.content, gone) for side in (old, new))
    if families:
        was, now = (
            {"families": {key: each for key, each in side["families"].items() if key in families}}
            for side in (was, now)
        )
    return list(_changes(old, new, was, now))


def _schema_changes(old: Document, new: Document) -> Iterator[Change]:
    """A schema that changed asks for another version; what the change does is seen of the outputs."""
    was, now = (f"version {side.version_text}" for side in (old, new))
    place = Location(object="schema")
    if old.version != new.version:
        verdict = additive("another version, with a schema of its own")
        yield place.change(_older(old, new) or verdict, "changed", was, now)
    elif old.content != new.content:
        verdict = additive("a version has one schema, whose readers know what it says")
        yield place.change(verdict, "changed", was, f"{now}, another", shape=True)


def _changes(old: Document, new: Document, was: Any, now: Any) -> Iterator[Change]:
    whole = Location()
    if old.version != new.version:
        verdict = additive("a new minor version: readers pass over the fields that they do not know")
        if new.version[0] > old.version[0]:
            verdict = breaking("a new major version: readers of the old one refuse it and say so")
        place = whole.inside("contractVersion")
        yield place.change(_older(old, new) or verdict, "changed", old.version_text, new.version_text)
    before, after = accounts(was), accounts(now)
    if before != after and len(before) == len(after) == 1:
        was, now = without_account(was), without_account(now)
        verdict = breaking("every ARN is of the other account, and its tables are empty")
        if ACCOUNT in before | after:
            verdict = neutral("the golden files are of no account, so ARNs are compared without it")
        yield whole.inside("account").change(verdict, "changed", before.pop(), after.pop())
    yield from _walk(whole, was, now)


def _older(old: Document, new: Document) -> Verdict | None:
    return breaking("an older version: fields that came since are gone") if new.version < old.version else None


@dataclass(frozen=True)
class Location:
    """Where in the contract: its path with * for names, and what a person calls the nearest object."""

    path: str = ""
    family: str | None = None
    names: tuple[str, ...] = ()
    object: str = "contract"
    field: str = ""

    def inside(self, name: str) -> Location:
        """A field of it."""
        dotted = f"{self.field}.{name}" if self.field else name
        return Location(f"{self.path}.{name}".lstrip("."), self.family, self.names, self.object, dotted)

    def entry(self, noun: str, name: str) -> Location:
        """An object of the collection that it is."""
        if self.path == "families":
            return Location("families.*", name, (), f"family {name}")
        names = (*self.names, name)
        return Location(f"{self.path}.*", self.family, names, f"{noun} {'/'.join(names)}")

    def change(self, verdict: Verdict, change: str, was: str, now: str, shape: bool = False) -> Change:
        """A change here."""
        level, why = verdict.level, verdict.why
        return Change(level, change, self.family, self.object, self.field, was, now, why, shape)


def _walk(place: Location, was: Any, now: Any) -> Iterator[Change]:
    if alike(was, now):
        return
    rule = RULES.get(place.path)
    if rule and rule.noun and all(isinstance(side, Mapping | None) for side in (was, now)):
        yield from _entries(place, rule, was or {}, now or {})
    elif (rule is None or rule.compared == "key") and isinstance(was, Mapping) and isinstance(now, Mapping):
        if place.path == "families.*":
            was, now = plain_families(was, now)
        for name in sorted({*was, *now}, key=_order):
            yield from _walk(place.inside(name), was.get(name), now.get(name))
    else:
        verdict = (UNKNOWN if rule is None or rule.noun else rule).judge(was, now)
        change = "added" if was is None else "removed" if now is None else "changed"
        shown = summarize(was), summarize(now)
        if place.path.endswith(".names") and isinstance(was, list) and isinstance(now, list):
            shown = _apart(was, now), _apart(now, was)
        yield place.change(verdict, change, *shown, shape=rule is None and was is None)


def _order(name: str) -> tuple[int, str]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _entries(place: Location, rule: Rule, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """The objects of a collection: those gone, come, renamed, and what changed of those that stay."""
    moved = renames(rule.noun, was, now)
    for name in sorted({*was, *now} - {*moved.values()}):
        here = place.entry(rule.noun, name)
        if name in moved:
            yield here.change(rule.another, "renamed", name, moved[name])
            yield from _walk(here, was[name], now[moved[name]])
        elif name not in now:
            yield here.change(rule.goes, "removed", summarize(was[name], rule.noun), "")
        elif name not in was:
            yield here.change(rule.comes, "added", "", summarize(now[name], rule.noun))
        else:
            yield from _walk(here, was[name], now[name])


def _without(value: Any, gone: Mapping[str, str | None], path: str = "") -> Any:
    """A part of a contract without what stands at these paths, or with that in its place."""
    if not isinstance(value, Mapping):
        return value
    names = {name: "*" if path in RULES and RULES[path].noun else name for name in value}
    paths = {name: f"{path}.{step}".lstrip(".") for name, step in names.items()}
    return {
        name: _without(value[name], gone, here) if here not in gone else gone[here]
        for name, here in paths.items()
        if gone.get(here, "") is not None
    }


def _apart(names: list[Any], others: list[Any]) -> str:
    """The names that are not among the others."""
    found = [name for name in names if name not in others]
    return f"{len(found)}: {summarize(found)}" if found else ""


def summarize(value: Any, noun: str = "") -> str:
    """A value, or an object of a kind, in a few words; empty where there is none."""
    value = written(value)
    if value is None:
        return ""
    if isinstance(value, Mapping) and value.keys() == {"name", "type"}:
        return f"{value['name']}:{value['type']}"
    if isinstance(value, Mapping) and noun in _OBJECTS:
        return _OBJECTS[noun](value)
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _field(name: str, before: str = "") -> Callable[[Mapping[str, Any]], str]:
    """Summarizes a field of an object. before: what stands before it where it is there."""
    return lambda thing: f"{before}{summarize(thing[name])}" if thing.get(name) is not None else ""


def _joined(form: str, *parts: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda thing: form.format(*(part(thing) for part in parts))


def _count(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda family: str(len(family[name]) if isinstance(family.get(name), Mapping) else 0)


_KEYS: Final = (_field("hashKey"), _field("rangeKey", " "))
_OBJECTS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "family": _joined("{} tables, {} roles", _count("tables"), _count("roles")),
    "table": _joined("{} ({}{})", _field("name"), *_KEYS),
    "index": _joined("{}{}, {}", *_KEYS, _field("projection")),
    "role": _field("name"),
    "access pattern": _joined(
        "{} {}{}{}", *map(_field, ("operation", "table")), _field("index", "/"), _field("keyCondition", ": ")
    ),
    "attribute": _field("type"),
    "entity": _field("keys"),
}
