"""The scenes of a get, query or scan: items to find, and near misses of each part of its conditions."""

from __future__ import annotations

from typing import Any

from tablekit.model.expressions import Logic, Path, comparison, key_conditions
from tablekit.model.operands import value_of
from tablekit.ops.smoke.cases import Ground, Item, Scene, own_hash, range_of, sorts, whole_key
from tablekit.ops.smoke.evaluate import ABSENT, type_of
from tablekit.ops.smoke.solve import Assignment, Solver, neighbours

_MATCHES = 3
_NEAR = 3


def scenes(ground: Ground) -> list[Scene]:
    """Every scene; the first has items to find. Raises UnderivableError."""
    if ground.pattern.operation == "get":
        return [_get(ground)]
    first, left = _first(ground)
    return [first, *(_alone(ground, place) for place in left)]


def _get(ground: Ground) -> Scene:
    arguments = ground.arguments()
    key = whole_key(ground, arguments)
    others = []
    for name in key:
        # A literal in a key stays: another value there would be another kind of item.
        changed = {**key, name: ground.unique(ground.types[name].type)}
        others.append((f"another {name}", ground.item(changed, {})))
    return Scene(arguments, [ground.item(key, {}, full=True)], others, None, True)


def _first(ground: Ground) -> tuple[Scene, list[int]]:
    """The scene with items to find, and which near misses of the filter need scenes of their own."""
    pattern = ground.pattern
    arguments = ground.arguments()
    solver = _filter(ground, arguments)
    meeting = solver.meeting(_MATCHES) if solver else [{}]
    failing = solver.failing(_NEAR) if solver else []
    if not meeting or (solver and not failing):
        raise ground.underivable(f"found no item that {'meets' if not meeting else 'fails'} {pattern.filter!r}")
    inside, outside = _ranges(ground, arguments)
    keys = _hash(ground, arguments)
    crowd = _Crowd(ground)
    found: list[Item] = []
    for place in range(_MATCHES):
        ranged = _ranged(ground, inside, place)
        item = crowd.add(keys | ranged, meeting[place % len(meeting)], full=not found)
        found += [item] if item else []
    others: list[tuple[str, Item]] = []
    left = []
    for place, assignment in enumerate(failing):
        item = crowd.add(keys | _ranged(ground, inside, _MATCHES + place), assignment)
        if item:
            others.append((_what(assignment, meeting[0]), item))
        else:
            left.append(place)
    if pattern.operation == "query":
        other = keys | {ground.hash_key.name: ground.unique(ground.hash_key.type)}
        more = [(f"another {ground.hash_key.name}", other | _ranged(ground, inside, 0))]
        for value in outside:
            more.append((f"{ground.range_key.name if ground.range_key else ''} {value!r}", keys | _at(ground, value)))
        for what, ends in more:
            item = crowd.add(ends, meeting[0])
            others += [(what, item)] if item else []
    ordered = range_of(ground)
    if ordered:
        found.sort(key=lambda item: sorts(item[ordered.name]), reverse=pattern.order == "descending")
    alone = pattern.operation == "query" and own_hash(ground)
    if pattern.limit:
        if not alone:
            raise ground.underivable("it has a limit, and other items may come first in what it reads")
        if len({repr(item[ordered.name]) for item in found} if ordered else ()) < len(found):
            raise ground.underivable("it has a limit, and no order decides which items it gives")
    return Scene(arguments, found, others, ordered.name if ordered else None, alone), left


def _alone(ground: Ground, place: int) -> Scene:
    """A near miss of the filter that shares its key with the match, in a partition of its own: nothing is found."""
    arguments = ground.arguments()
    solver = _filter(ground, arguments)
    assert solver is not None
    inside, _ = _ranges(ground, arguments)
    assignment = solver.failing(_NEAR)[place]
    item = ground.item(_hash(ground, arguments) | _ranged(ground, inside, 0), assignment)
    return Scene(arguments, [], [(_what(assignment, solver.meeting(1)[0]), item)], None, own_hash(ground))


def _filter(ground: Ground, arguments: dict[str, Any]) -> Solver | None:
    tree = ground.pattern.filter_tree
    if tree is None:
        return None
    present = {key.name for key in ground.table.keys} | {ground.hash_key.name}
    return Solver(tree, arguments, ground.types, steps=ground.steps, present=present)


def _hash(ground: Ground, arguments: dict[str, Any]) -> Item:
    operand = ground.pattern.hash_value(ground.hash_key.name)
    return {} if operand is None else {ground.hash_key.name: value_of(operand, arguments)}


def _ranged(ground: Ground, inside: list[Any], place: int) -> Item:
    """The range key's value of one of the items, all different as far as there are values."""
    return _at(ground, inside[place % len(inside)]) if inside else {}


def _at(ground: Ground, value: Any) -> Item:
    return {ground.range_key.name: value} if ground.range_key else {}


def _ranges(ground: Ground, arguments: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Values of the range key that meet the key condition, in order, and the nearest that don't."""
    key, tree = ground.range_key, ground.pattern.key_tree
    if key is None or ground.pattern.operation == "scan":
        return [], []
    conditions = tuple(c for c in key_conditions(tree) if comparison(c)[0] == key.name)
    if not conditions:
        return [ground.unique(key.type) for _ in range(_MATCHES + _NEAR)], []
    solver = Solver(conditions[0] if len(conditions) == 1 else Logic("AND", conditions), arguments, ground.types)
    path = Path((key.name,))
    values = [v for v in solver.candidates[path] if v is not ABSENT and type_of(v) == key.type and v not in ("", b"")]
    for near in list(values):
        for further in range(2, _NEAR):
            values += [f"{near}{further}"] if isinstance(near, str) else neighbours(near, further)
    by_value = {repr(value): value for value in values}
    inside = [value for value in by_value.values() if solver.decides({path: value})]
    outside = sorted((value for value in by_value.values() if solver.decides({path: value}) is False), key=sorts)
    if not inside:
        raise ground.underivable(f"found no {key.name} that meets {ground.pattern.key!r}")
    inside.sort(key=sorts)
    # The outermost first: the bounds themselves are where an operator goes wrong.
    edges = [inside[0], *inside[1:][-1:], *inside[1:-1][: _MATCHES - 2]]
    rest = [value for value in inside if value not in edges]
    low, high = min(map(sorts, inside)), max(map(sorts, inside))
    below = [value for value in outside if sorts(value) < low][-1:]
    above = [value for value in outside if sorts(value) > high][:1]
    return [*edges, *rest], [*below, *above]


def _what(assignment: Assignment, meeting: Assignment) -> str:
    changed = [f"{path} {value!r}" for path, value in assignment.items() if value is not meeting.get(path, ABSENT)]
    return ", ".join(changed) or "a near miss"


class _Crowd:
    """The items of a scene: no two with one key."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.identities: set[tuple[Any, ...]] = set()

    def add(self, keys: Item, assignment: Assignment, full: bool = False) -> Item | None:
        """The item, or None where one of its key is there already."""
        named = {path.attribute: value for path, value in assignment.items() if len(path.parts) == 1}
        own = {name: value for name, value in named.items() if name in self._table_keys}
        item = self.ground.item({**keys, **own}, assignment, full)
        identity = self.ground.identity(item)
        if identity in self.identities:
            return None
        self.identities.add(identity)
        return item

    @property
    def _table_keys(self) -> set[str]:
        return {key.name for key in self.ground.table.keys}
