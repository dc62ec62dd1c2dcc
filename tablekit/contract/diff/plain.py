"""What of a contract is compared, without what follows from a change that is reported elsewhere: a change is one line.

A table's ARN follows its name and region, an index's ARN its table's, a variable its table's name, an access pattern
the logical name of its table and index. And which removed object is an added one under another name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from tablekit.contract.golden import ARN

Tree = Mapping[str, Any]
_ACCOUNT: Final = re.compile(r'(?<!\\)"arn:[^:"]*:[^:"]*:[^:"]*:(\d{12}):')
"""That of an ARN in JSON."""


class Following(str):
    """A text as it is compared: without what follows from another part. written: as it stands in the outputs."""

    __slots__ = ("written",)
    written: str


def _following(text: str, compared: str) -> str:
    if text == compared:
        return text
    found = Following(compared)
    found.written = written(text)
    return found


def written(value: Any) -> Any:
    """A value as it stands in the outputs."""
    return _mapped(value, lambda text: getattr(text, "written", text))


def alike(one: Any, other: Any) -> bool:
    """Whether nothing changed that is not reported elsewhere; true is not 1, as it is in Python."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one == other or bool(written(one) == written(other))
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def accounts(content: Any) -> set[str]:
    """The accounts of all ARNs."""
    return {*_ACCOUNT.findall(json.dumps(content))}


def without_account(content: Any) -> Any:
    """The same, no ARN with its account."""
    return _mapped(content, lambda text: _following(text, ARN.sub(r"\g<1>\g<3>", text)))


def plain_families(old: Tree, new: Tree) -> tuple[Tree, Tree]:
    """A family of both sides, as it is compared."""
    was, now = _plain(old), _plain(new)
    tables = _pairs("table", was, now)
    indexes: dict[str, dict[str, str]] = {}
    for key, after in tables.items():
        one, other = was["tables"][key], now["tables"][after]
        if (one.get("streamArn") is None) != (other.get("streamArn") is None):
            _follow("streamViewType", one, other)
        indexes[key] = _pairs("index", one, other)
        for index, renamed in indexes[key].items():
            before, behind = one["indexes"][index], other["indexes"][renamed]
            if before.get("projection") != behind.get("projection"):
                _follow("nonKeyAttributes", before, behind)
    for pattern in _objects(was, "accessPatterns").values():
        table, queried = pattern.get("table"), pattern.get("index")
        if isinstance(table, str):
            pattern["table"] = _following(table, tables.get(table, table))
            if isinstance(queried, str):
                pattern["index"] = _following(queried, indexes.get(table, {}).get(queried, queried))
    for side, names in ((was, tables), (now, {})):
        keys = {str(each.get("name")): names.get(key, key) for key, each in _objects(side, "tables").items()}
        for variable, physical in side["env"].items() if isinstance(side.get("env"), dict) else ():
            if isinstance(physical, str) and physical in keys:
                side["env"][variable] = _following(physical, f"table {keys[physical]}")
    return was, now


def _plain(family: Tree) -> dict[str, Any]:
    """The family with neither names nor region in its ARNs, nor the region in its dashboard's name."""
    region = family.get("region")
    found: dict[str, Any] = _cut(family, f":{re.escape(str(region))}:")
    if isinstance(name := family.get("dashboard"), str):
        found["dashboard"] = _following(name, name.removesuffix(str(region)))
    for key, table in _objects(found, "tables").items():
        plain = found["tables"][key] = _cut(table, rf":table/{re.escape(str(table.get('name')))}(?=/|$)")
        for index, each in _objects(plain, "indexes").items():
            plain["indexes"][index] = _cut(each, rf"/index/{re.escape(index)}$")
    for key, role in _objects(found, "roles").items():
        found["roles"][key] = _cut(role, rf"/{re.escape(str(role.get('name')))}$")
    return found


def _cut(content: Any, part: str) -> Any:
    """The same, every ARN without the part that the regular expression matches."""

    def cut(text: str) -> str:
        return _following(text, re.sub(part, "", text, count=1)) if text.startswith("arn:") else text

    return _mapped(content, cut)


def _follow(field: str, old: dict[str, Any], new: Tree) -> None:
    """Let the old object have the new one's field, whose change follows from another."""
    old.pop(field, None)
    old.update({field: new[field]} if field in new else {})


def _pairs(noun: str, old: Tree, new: Tree) -> dict[str, str]:
    """Old name -> new name, of all objects that are on both sides."""
    was, now = (_objects(side, "tables" if noun == "table" else "indexes") for side in (old, new))
    return {name: name for name in was if name in now} | renames(noun, was, now)


def _objects(value: Tree, collection: str) -> dict[str, dict[str, Any]]:
    """The objects of a collection, without what is none."""
    found = value.get(collection)
    return {key: each for key, each in found.items() if isinstance(each, dict)} if isinstance(found, dict) else {}


def _mapped(content: Any, change: Callable[[str], str]) -> Any:
    if isinstance(content, Mapping):
        return {key: _mapped(inner, change) for key, inner in content.items()}
    if isinstance(content, list):
        return [_mapped(inner, change) for inner in content]
    return change(content) if isinstance(content, str) else content


def _index_shape(index: Any) -> Any:
    return [index["hashKey"], index.get("rangeKey"), index.get("projection")]


def _table_shape(table: Any) -> Any:
    keys = [table.get(name) for name in ("hashKey", "rangeKey", "ttlAttribute")]
    return [*keys, {name: _index_shape(index) for name, index in table.get("indexes", {}).items()}]


SIGNATURES: Final[Mapping[str, tuple[Callable[[Any], Any], ...]]] = {
    "family": (lambda family: sorted(family["tables"].items()) or None,),
    "table": (lambda table: table["name"], _table_shape),
    "index": (_index_shape,),
    "attribute": (),
    "replica": (),
    "entity": (lambda entity: entity["keys"],),
    "role": (lambda role: role["arn"], lambda role: role["name"]),
    "access pattern": (lambda pattern: pattern,),
    "parameter": (lambda kind: kind,),
    "variable": (lambda name: name,),
}
"""What an object is beside its name, by what it is called, the surest first."""


def renames(noun: str, old: Tree, new: Tree) -> dict[str, str]:
    """Old name -> new name, of the objects of two collections that are there under another name.

    Two are one object where they have a signature that no other removed and no other added object has.
    """
    gone = {name: thing for name, thing in old.items() if name not in new}
    come = {name: thing for name, thing in new.items() if name not in old}
    found: dict[str, str] = {}
    for signature in SIGNATURES[noun]:
        olds = _unique(signature, {name: thing for name, thing in gone.items() if name not in found})
        news = _unique(signature, {name: thing for name, thing in come.items() if name not in found.values()})
        found |= {olds[text]: news[text] for text in olds.keys() & news.keys()}
    return dict(sorted(found.items()))


def _unique(signature: Callable[[Any], Any], things: Tree) -> dict[str, str]:
    """Signature -> name, of those that no two things share; a thing of another form has none."""
    by_text: dict[str, list[str]] = {}
    for name, thing in things.items():
        try:
            found = signature(thing)
        except (AttributeError, KeyError, TypeError):
            continue
        if found is not None:
            by_text.setdefault(json.dumps(found, sort_keys=True), []).append(name)
    return {text: names[0] for text, names in by_text.items() if len(names) == 1}
