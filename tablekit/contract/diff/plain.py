"""What of a contract is compared, without what follows from a change that is reported elsewhere: a change is one line.

A table's ARN follows its name and region, an index's ARN its table's, a variable its table's name, an access pattern
the logical name of its table and index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from tablekit.contract.diff.renames import renames
from tablekit.contract.golden import ARN

Tree = Mapping[str, Any]
_FOLLOWS: Final[dict[str, tuple[str, Callable[[Tree], Any]]]] = {
    "table": ("streamViewType", lambda table: table.get("streamArn") is None),
    "index": ("nonKeyAttributes", lambda index: index.get("projection")),
}
"""A field of each whose change follows from that of another."""


def accounts(content: Any) -> set[str]:
    """The accounts of all ARNs."""
    found: set[str] = set()

    def note(text: str) -> str:
        if matched := ARN.match(text):
            found.add(matched[2])
        return text

    _mapped(content, note)
    return found


def without_account(content: Any) -> Any:
    """The same, no ARN with its account."""
    return _mapped(content, lambda text: ARN.sub(r"\g<1>\g<3>", text))


def plain_families(old: Tree, new: Tree) -> tuple[Tree, Tree]:
    """A family of both sides, as it is compared."""
    was, now = _plain(old), _plain(new)
    tables = _pairs("table", was, now, "tables")
    indexes: dict[str, dict[str, str]] = {}
    for key, after in tables.items():
        one, other = was["tables"][key], now["tables"][after]
        _follow("table", one, other)
        indexes[key] = _pairs("index", one, other, "indexes")
        for index, renamed in indexes[key].items():
            _follow("index", one["indexes"][index], other["indexes"][renamed])
    for pattern in _trees(was, "accessPatterns").values():
        table, of_table = pattern.get("table"), pattern.get("index")
        if isinstance(table, str):
            pattern["table"] = tables.get(table, table)
            if isinstance(of_table, str):
                pattern["index"] = indexes.get(table, {}).get(of_table, of_table)
    for variable in _trees(was, "env").values():
        variable["table"] = tables.get(str(variable.get("table")), variable.get("table"))
    return was, now


def _plain(family: Tree) -> dict[str, Any]:
    """The family with neither names nor region in its ARNs, and tables by logical name in its variables."""
    region = family.get("region")
    found: dict[str, Any] = _cut(family, rf":{re.escape(region)}:") if isinstance(region, str) else _mapped(family, str)
    keys: dict[str, str] = {}
    for key, table in _trees(found, "tables").items():
        name = table.get("name")
        if isinstance(name, str):
            keys[name] = key
            found["tables"][key] = _cut(table, rf":table/{re.escape(name)}(?=/|$)")
        for index, each in _trees(found["tables"][key], "indexes").items():
            found["tables"][key]["indexes"][index] = _cut(each, rf"/index/{re.escape(index)}$")
    for key, role in _trees(found, "roles").items():
        found["roles"][key] = _cut(role, rf"/{re.escape(str(role.get('name')))}$")
    if isinstance(found.get("env"), dict):
        found["env"] = {key: _of_table(value, keys) for key, value in found["env"].items()}
    return found


def _of_table(value: Any, keys: Mapping[str, str]) -> Any:
    return {"table": keys[value]} if isinstance(value, str) and value in keys else value


def _cut(content: Any, part: str) -> Any:
    """The same, every ARN without the part that the regular expression matches."""
    return _mapped(content, lambda text: re.sub(part, "", text, count=1) if text.startswith("arn:") else text)


def _follow(noun: str, old: dict[str, Any], new: Tree) -> None:
    field, cause = _FOLLOWS[noun]
    if cause(old) != cause(new):
        old.pop(field, None)
        old.update({field: new[field]} if field in new else {})


def _pairs(noun: str, old: Tree, new: Tree, collection: str) -> dict[str, str]:
    """Old name -> new name, of all objects that are on both sides."""
    was, now = _trees(old, collection), _trees(new, collection)
    return {name: name for name in was if name in now} | renames(noun, was, now)


def _trees(value: Tree, collection: str) -> dict[str, dict[str, Any]]:
    """The objects of a collection, without what is none."""
    found = value.get(collection)
    return {key: each for key, each in found.items() if isinstance(each, dict)} if isinstance(found, dict) else {}


def _mapped(content: Any, change: Callable[[str], str]) -> Any:
    if isinstance(content, Mapping):
        return {key: _mapped(inner, change) for key, inner in content.items()}
    if isinstance(content, list):
        return [_mapped(inner, change) for inner in content]
    return change(content) if isinstance(content, str) else content
