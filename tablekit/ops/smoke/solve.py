"""Values that meet a condition, and values that just don't: what an item needs to be found, or not.

A condition names few attributes, and each is compared with few values. So the values worth trying are those, their
neighbours, and none; every combination is held against the condition.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import chain, islice, product, zip_longest
from typing import Any

from tablekit.model.attributes import Attribute
from tablekit.model.expressions import Call, Compare, Condition, Logic, Parameter, Path, walk
from tablekit.model.expressions import Literal as Constant
from tablekit.model.operands import operands, value_of
from tablekit.ops.smoke.evaluate import ABSENT, UnsureError, matches, put_at, type_of

Assignment = dict[Path, Any]
"""Values, or ABSENT, by their place in an item."""

_COMBINATIONS = 5_000
_FILLED: dict[str, Any] = {
    "S": "smoke",
    "N": 5,
    "B": b"smoke",
    "BOOL": True,
    "NULL": None,
    "M": {"smoke": True},
    "L": ["smoke"],
    "SS": {"smoke"},
    "NS": {5},
    "BS": {b"smoke"},
}


def filled(type_: str) -> Any:
    """Some value of a type."""
    found = _FILLED[type_]
    return found.copy() if isinstance(found, dict | list | set) else found


class Solver:
    """One condition, with the arguments it is run with.

    fixed: attributes whose value is not to choose. present: attributes that an item can't be without.
    steps: how far a number's neighbour lies, by attribute; 1 where nothing is said.
    """

    def __init__(
        self,
        tree: Condition,
        arguments: Mapping[str, Any],
        types: Mapping[str, Attribute],
        fixed: Mapping[str, Any] | None = None,
        steps: Mapping[str, int] | None = None,
        present: Collection[str] = (),
    ) -> None:
        self.tree, self.arguments, self.types = tree, arguments, types
        self.fixed, self.steps, self.present = dict(fixed or {}), steps or {}, present
        named = dict.fromkeys(node for node in walk(tree) if isinstance(node, Path))
        self.paths = tuple(path for path in named if path.attribute not in self.fixed)
        self.candidates = {path: self._candidates(path) for path in self.paths}

    def decides(self, assignment: Assignment) -> bool | None:
        """What the condition says of an item with these values; None where that is not documented."""
        item: dict[str, Any] = dict(self.fixed)
        try:
            for path, given in assignment.items():
                if given is not ABSENT:
                    put_at(path, item, given)
            return matches(self.tree, item, self.arguments)
        except UnsureError:
            return None

    def satisfying(self, most: int) -> list[Assignment]:
        """Assignments that meet the condition: the first, and its single changes that meet it as well."""
        return self._chosen(True, most)

    def violating(self, most: int) -> list[Assignment]:
        """Assignments that just fail it: single changes of one that meets it, at least one a place where there are."""
        return self._chosen(False, most)

    def _chosen(self, wanted: bool, most: int) -> list[Assignment]:
        combinations = islice(product(*self.candidates.values()), _COMBINATIONS)
        everything = [dict(zip(self.paths, values, strict=True)) for values in combinations]
        meets = next((each for each in everything if self.decides(each) is True), None)
        near = [self._changes(meets, path) for path in self.paths] if meets is not None else []
        found = [meets] if wanted and meets is not None else []
        # In turns, so that each place is changed before one is changed twice.
        turns = chain.from_iterable(zip_longest(*near))
        found += [each for each in turns if each is not None and self.decides(each) is wanted]
        if not found:
            found = [each for each in everything if self.decides(each) is wanted]
        return found[:most]

    def _changes(self, meets: Assignment, path: Path) -> list[Assignment]:
        return [{**meets, path: other} for other in self.candidates[path] if other is not meets[path]]

    def _candidates(self, path: Path) -> list[Any]:
        found: list[Any] = []
        known = self.types.get(path.attribute) if len(path.parts) == 1 else None
        for node in walk(self.tree):
            given = operands(node)
            for operand in given:
                if operand == path or operand == Call("size", (path,)):
                    anchors = [value_of(other, self.arguments) for other in given if other is not operand]
                    anchors = [anchor for anchor in anchors if anchor is not None]
                    sized = operand != path
                    found += self._around(node, path, anchors, sized, known)
        if known and known.type == "BOOL":
            found += [True, False]
        elif not found:
            found += [1, 5, 9] if known and known.type == "N" else [filled(known.type if known else "S")]
        distinct: list[Any] = []
        for each in found:
            if not any(type_of(each) == type_of(other) and each == other for other in distinct):
                distinct.append(each)
        return distinct if path.attribute in self.present else [*distinct, ABSENT]

    def _around(self, node: Any, path: Path, anchors: list[Any], sized: bool, known: Attribute | None) -> list[Any]:
        if sized:
            letters = known.type if known else "S"
            return [
                _of_size(letters, int(anchor) + more) for anchor in anchors for more in (0, 1, -1) if anchor + more > 0
            ]
        if isinstance(node, Call) and node.name == "contains":
            letters = known.type if known else "S"
            return [f"a{anchor}z" if letters == "S" else [anchor] if letters == "L" else {anchor} for anchor in anchors]
        if isinstance(node, Call) and node.name == "attribute_type":
            return [filled(anchor) for anchor in anchors if anchor in _FILLED]
        step = self.steps.get(path.attribute, 1)
        return [each for anchor in anchors for each in (anchor, *neighbours(anchor, step))]


def neighbours(anchor: Any, step: int = 1) -> tuple[Any, ...]:
    """A value above and one below, of the same type; for a text, also one that it begins."""
    if isinstance(anchor, bool) or anchor is None:
        return ()
    if isinstance(anchor, int | Decimal):
        return (anchor + step, anchor - step)
    if isinstance(anchor, str) and anchor:
        return (f"{anchor}a", _lower(anchor), f"{anchor}z")
    if isinstance(anchor, bytes) and anchor:
        return (anchor + b"\1", anchor[:-1] + bytes([max(anchor[-1] - 1, 0)]))
    return ()


def _lower(text: str) -> str:
    """A text that sorts before it and does not begin with it."""
    return text[:-1] + (chr(ord(text[-1]) - 1) if ord(text[-1]) > 33 else "!")


def _of_size(letters: str, size: int) -> Any:
    match letters:
        case "L":
            return ["smoke"] * size
        case "M":
            return {f"smoke{place_}": True for place_ in range(size)}
        case "SS":
            return {f"smoke{place_}" for place_ in range(size)}
        case "NS":
            return set(range(size))
        case "B":
            return b"s" * size
    return "s" * size


def compared(tree: Condition | None) -> dict[str, set[str]]:
    """How each parameter of a condition is used: `equal` or `order`, and `beside <attribute>`."""
    uses: dict[str, set[str]] = {}
    for node in walk(tree) if tree is not None else ():
        if isinstance(node, Logic):
            continue
        given = operands(node)
        ordered = not (isinstance(node, Compare) and node.op in ("=", "<>")) and type(node).__name__ in (
            "Compare",
            "Between",
        )
        for operand in given:
            names = operand.template.fields if isinstance(operand, Constant) and operand.template else ()
            for name in (operand.name,) if isinstance(operand, Parameter) else names:
                uses.setdefault(name, set()).add("order" if ordered else "equal")
                uses[name] |= {f"beside {other}" for other in given if isinstance(other, Path)}
    return uses
