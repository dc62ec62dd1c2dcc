"""What of the old contract follows from a change that is reported elsewhere, so that each change is one line.

A table's ARN follows its name, an index's ARN its table's, a variable its table's name, an access pattern the logical
name of its table. Each function gives the old part as it would be after the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tablekit.contract.diff.renames import renames
from tablekit.contract.golden import ARN

Tree = Mapping[str, Any]


def accounts(content: Any) -> set[str]:
    """The accounts of all ARNs."""
    if isinstance(content, Mapping):
        return set().union(*map(accounts, content.values()))
    if isinstance(content, list):
        return set().union(*map(accounts, content))
    matched = ARN.match(content) if isinstance(content, str) else None
    return {matched[2]} if matched else set()


def in_account(content: Any, account: str) -> Any:
    """The same, every ARN in this account."""
    return _mapped(content, lambda text: ARN.sub(rf"\g<1>{account}\g<3>", text))


def family_expected(family: Tree, new: Tree) -> Tree:
    """A family of the old contract, as it is where only its region and the names of its tables and roles changed."""
    expected: dict[str, Any] = dict(family)
    was, now = family.get("region"), new.get("region")
    if isinstance(was, str) and isinstance(now, str) and was != now:
        expected = _mapped(expected, lambda text: _replaced(text, f":{was}:", f":{now}:"))
        expected["region"] = was
    tables, new_tables = _trees(expected.get("tables")), _trees(new.get("tables"))
    pairs = _pairs("table", tables, new_tables)
    physical = dict(_changed_names((tables[old], new_tables[now]) for old, now in pairs.items()))
    logical = {old: now for old, now in pairs.items() if old != now}
    indexes = {old: _index_renames(tables[old], new_tables[now]) for old, now in pairs.items()}
    if isinstance(expected.get("tables"), Mapping):
        expected["tables"] = {
            key: _table(table, physical, indexes.get(key, {})) for key, table in expected["tables"].items()
        }
    if isinstance(expected.get("env"), Mapping):
        expected["env"] = {
            key: physical.get(value, value) if isinstance(value, str) else value
            for key, value in expected["env"].items()
        }
    if isinstance(expected.get("accessPatterns"), Mapping):
        expected["accessPatterns"] = {
            key: _pattern(pattern, logical, indexes) for key, pattern in expected["accessPatterns"].items()
        }
    roles, new_roles = _trees(expected.get("roles")), _trees(new.get("roles"))
    for old, now in _pairs("role", roles, new_roles).items():
        for was_name, now_name in _changed_names([(roles[old], new_roles[now])]):
            followed = _arns(roles[old], rf"(/){re.escape(was_name)}()$", now_name)
            expected["roles"] = {**expected["roles"], old: followed}
    return expected


def _table(table: Any, physical: Mapping[str, str], indexes: Mapping[str, str]) -> Any:
    if not isinstance(table, Mapping):
        return table
    followed = table
    if isinstance(name := table.get("name"), str) and name in physical:
        followed = _arns(table, rf"(:table/){re.escape(name)}(/|$)", physical[name])
    found = _trees(followed.get("indexes"))
    if indexes and found:
        followed = {
            **followed,
            "indexes": {
                **found,
                **{
                    old: _arns(found[old], rf"(/index/){re.escape(old)}()$", indexes[old])
                    for old in indexes
                    if old in found
                },
            },
        }
    return followed


def _pattern(pattern: Any, logical: Mapping[str, str], indexes: Mapping[str, Mapping[str, str]]) -> Any:
    if not isinstance(pattern, Mapping):
        return pattern
    table, index, followed = pattern.get("table"), pattern.get("index"), dict(pattern)
    if isinstance(table, str) and isinstance(index, str) and index in indexes.get(table, {}):
        followed["index"] = indexes[table][index]
    if isinstance(table, str) and table in logical:
        followed["table"] = logical[table]
    return followed


def _arns(thing: Tree, was: str, now: str) -> dict[str, Any]:
    """The thing, its ARNs with another name in them; its name stays, as that is what changed.

    was: matches the old name with what stands before and after it in the ARN, each a group.
    """
    pattern = re.compile(was)

    def renamed(text: str) -> str:
        return pattern.sub(lambda found: f"{found[1]}{now}{found[2]}", text, 1) if text.startswith("arn:") else text

    found: dict[str, Any] = _mapped(thing, renamed)
    return {**found, **({"name": thing["name"]} if "name" in thing else {})}


def _replaced(text: str, was: str, now: str) -> str:
    return text.replace(was, now, 1) if text.startswith("arn:") else text


def _changed_names(pairs: Iterable[tuple[Tree, Tree]]) -> list[tuple[str, str]]:
    found = [(old.get("name"), new.get("name")) for old, new in pairs]
    return [(was, now) for was, now in found if isinstance(was, str) and isinstance(now, str) and was != now]


def _index_renames(table: Tree, new: Tree) -> dict[str, str]:
    return renames("index", _trees(table.get("indexes")), _trees(new.get("indexes")))


def _pairs(noun: str, old: Mapping[str, Tree], new: Mapping[str, Tree]) -> dict[str, str]:
    """Old name -> new name, of all objects that are on both sides."""
    return {name: name for name in old if name in new} | renames(noun, old, new)


def _trees(value: Any) -> dict[str, Tree]:
    """The objects of a collection, without what is none."""
    if not isinstance(value, Mapping):
        return {}
    return {key: thing for key, thing in value.items() if isinstance(thing, Mapping)}


def _mapped(content: Any, change: Any) -> Any:
    if isinstance(content, Mapping):
        return {key: _mapped(inner, change) for key, inner in content.items()}
    if isinstance(content, list):
        return [_mapped(inner, change) for inner in content]
    return change(content) if isinstance(content, str) else content
