"""What holds of any two contracts, whatever was changed: on golden outputs, and on outputs that nobody would write."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any, Literal, get_args, get_origin

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tablekit.contract import Contract, ContractError
from tablekit.contract.diff import Change, Demand, Level, demand, diff
from tablekit.contract.diff.rules import RULES
from tests.support.contracts import GOLDEN, Outputs, document, golden, holder, places

COLLECTIONS = {path for path, rule in RULES.items() if rule.noun}
LEAVES = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4) | st.sampled_from(["S", "N", "ALL", "get"])
)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


def small() -> Outputs:
    """Prod's golden outputs of three tables, for speed."""
    found = golden()
    found["families"] = {key: found["families"][key] for key in ("cloudstro", "formbridge")}
    found["families"]["formbridge"]["accessPatterns"] = {}
    family = found["families"]["cloudstro"]
    family["tables"] = {key: family["tables"][key] for key in ("users", "social-accounts")}
    patterns = family["accessPatterns"]
    family["accessPatterns"] = {key: each for key, each in patterns.items() if each["table"] in family["tables"]}
    return found


BASE = small()
OLD = document(BASE)
PLACES = sorted(places(BASE), key=str)


def in_collection(path: tuple[str | int, ...]) -> bool:
    """Whether it is the path of a named object."""
    return ".".join("*" if place % 2 else str(step) for place, step in enumerate(path[:-1])) in COLLECTIONS


IN_COLLECTIONS = [path for path in PLACES if in_collection(path)]
IN_FAMILIES = [path for path in IN_COLLECTIONS if len(path) > 2]


def compared(old: Outputs, new: Outputs) -> list[Change] | None:
    """The changes; None where a side is no contract."""
    try:
        return diff(OLD if old is BASE else document(old), document(new))
    except ContractError:
        return None


def test_order_is_unseen() -> None:
    def backwards(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: backwards(value[key]) for key in reversed(value)}
        return value

    assert compared(BASE, backwards(BASE)) == []


def test_no_removal_anywhere_is_additive() -> None:
    """Everything of two families is removed, one at a time: a name, a field, an element of a list."""
    judged = refused = 0
    for path in PLACES:
        new = copy.deepcopy(BASE)
        inside = holder(new, path)
        gone = inside.pop(path[-1])
        found = compared(BASE, new)
        if found is None:
            refused += 1  # a field that every contract has: no contract any more
            continue
        if gone in (None, {}):  # a missing field is null
            assert found == [], path
            continue
        judged += 1
        assert len(found) == (len(gone) if isinstance(gone, dict) and path[-1] in ("attributes", "entities") else 1)
        change = found[0]
        assert change.level is Level.NEUTRAL if "alarms" in path and "names" in path else Level.BREAKING, path
        assert change.level is not Level.ADDITIVE, path
    assert judged > 100
    assert refused > 100


@given(removed=st.lists(st.sampled_from(IN_COLLECTIONS), min_size=1, max_size=5, unique=True))
def test_what_is_removed_one_way_is_added_the_other_way(removed: list[tuple[str | int, ...]]) -> None:
    new = copy.deepcopy(BASE)
    for path in sorted(removed, key=len, reverse=True):
        holder(new, path).pop(path[-1], None)
    there, back = compared(BASE, new), compared(new, BASE)
    assert there is not None
    assert back is not None

    def told(changes: list[Change], kind: str) -> set[tuple[str | None, str, str]]:
        return {(each.family, each.object, each.was + each.now) for each in changes if each.change == kind}

    assert told(there, "removed") == told(back, "added")
    assert told(there, "added") == told(back, "removed") == set()
    assert {each.level for each in there} == {Level.BREAKING}
    parameters = [each for each in back if each.object.startswith("parameter ")]
    assert all(each.level is Level.BREAKING for each in parameters), "one more argument to give"
    assert all(each.level is Level.ADDITIVE for each in back if each not in parameters)


@given(data=st.data())
def test_nothing_goes_unseen_whatever_else_changes(data: st.DataObject) -> None:
    """Names are removed on both sides, and some are changed: what the one has and the other has not is told."""
    old, new = copy.deepcopy(BASE), copy.deepcopy(BASE)
    for side in (old, new):
        for path in data.draw(st.lists(st.sampled_from(IN_FAMILIES), max_size=4, unique=True)):
            with suppress(KeyError):
                inside = holder(side, path)
                kept = inside.pop(path[-1])
                if data.draw(st.booleans()):
                    inside[f"{path[-1]}-2"] = kept
    found = compared(old, new)
    assert found is not None
    gone = {(each.family, each.object.split(" ")[-1]) for each in found if each.change in ("removed", "renamed")}
    come = {(each.family, each.object.split(" ")[-1]) for each in found if each.change == "added"}
    renamed = {(each.family, each.now) for each in found if each.change == "renamed"}
    for path in {*places(old), *places(new)}:
        parent = path[:-2]
        if in_collection(path) and len(path) > 2 and has(old, parent) and has(new, parent):
            name = (path[1], "/".join(map(str, path[3::2])))
            assert not has(old, path) or has(new, path) or name in gone, path
            assert not has(new, path) or has(old, path) or name in come or (path[1], path[-1]) in renamed, path


def has(outputs: Any, path: tuple[str | int, ...]) -> bool:
    try:
        return path[-1] in holder(outputs, path)
    except KeyError:
        return False


@given(path=st.sampled_from(PLACES), value=JSON)
def test_a_change_anywhere_is_found_or_refused(path: tuple[str | int, ...], value: Any) -> None:
    new = copy.deepcopy(BASE)
    inside = holder(new, path)
    was, inside[path[-1]] = inside[path[-1]], value
    found = compared(BASE, new)
    if found is not None and was != value and not (was in (None, {}) and value in (None, {})):
        assert found or _null_only(was, value), path
    demands = None if found is None else demand(found, document(BASE), document(new))
    assert demands is None or (demands is Demand.MAJOR) == any(each.level is Level.BREAKING for each in found or ())


def _null_only(was: Any, value: Any) -> bool:
    """Whether the value is what was there, apart from fields that are null."""
    return (
        document({"contractVersion": "2.0", "families": {"x": was}}).content
        == document({"contractVersion": "2.0", "families": {"x": value}}).content
    )


NAMES = sorted({str(step) for path in PLACES for step in path[2:] if len(str(step)) < 14})
SHAPED = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=20,
)
"""Under the contract's own names, so that its rules meet what they are not made for."""


@given(old=SHAPED | JSON, new=SHAPED | JSON, across_stages=st.booleans())
def test_contracts_of_another_major_version_may_hold_anything(old: Any, new: Any, across_stages: bool) -> None:
    before, after = (
        document({"contractVersion": "2.0", "stage": "dev", "families": {"a": side}}) for side in (old, new)
    )
    assert diff(before, before, across_stages=across_stages) == []
    found = diff(before, after, across_stages=across_stages)
    assert not found or json.dumps(before.content, sort_keys=True) != json.dumps(after.content, sort_keys=True)
    assert (demand(found, before, after) is Demand.MAJOR) is any(each.level is Level.BREAKING for each in found)


@given(content=JSON)
def test_json_that_is_no_contract_is_refused_with_one_message(content: Any) -> None:
    said = ""
    try:
        document(content, "x.json")
    except ContractError as error:
        said = str(error)
    assert said.startswith("x.json: ")
    assert len(said) < 500


def fields(model: type[BaseModel], path: str = "") -> set[str]:
    """The path of every field of the contract, * for a name."""
    found: set[str] = set()
    for field in model.model_fields.values():
        assert field.serialization_alias or field.alias
        inner = f"{path}.{field.serialization_alias or field.alias}".lstrip(".")
        found |= _held(field.annotation, inner)
    return found


def _held(kind: Any, path: str) -> set[str]:
    if get_origin(kind) is dict:
        return {path} | _held(get_args(kind)[1], f"{path}.*")
    if path.endswith(".entities.*.keys.*"):  # judged together
        return set()
    parts = get_args(kind) if get_origin(kind) not in (None, list, Literal) else ()
    for part in (kind, *parts):
        if isinstance(part, type) and issubclass(part, BaseModel):
            comes_and_goes = part.__name__ in ("ExportedKey", "ExportedEvents")
            return fields(part, path) | ({path} if comes_and_goes else set())
    return {path}


def test_every_field_of_the_contract_has_its_rule() -> None:
    """And no rule is of a field that is not there."""
    assert {*RULES} == fields(Contract) - {"contractVersion"}


def test_the_page_says_how_each_field_is_judged() -> None:
    page = (GOLDEN.parent / "contract.md").read_text()
    for path in RULES:
        name = path.removesuffix(".*").rpartition(".")[2]
        assert f"`{name}`" in page, path
