"""What an access pattern is run with: items to find and near misses, writes and what refuses them.

All of it is derived from the pattern and its table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tablekit.client.results import Item
from tablekit.model.expressions import Call, Clause, Logic, Path, comparison, key_conditions, walk
from tablekit.ops.smoke.context import PatternContext, sorts
from tablekit.ops.smoke.evaluate import ABSENT, find, matches, put_at, type_of, updated
from tablekit.ops.smoke.solve import Assignment, Solver, filled, neighbours

_MATCHES = 3
_NEAR = 3
_REFUSED = 2
_BATCH = 3


@dataclass(frozen=True)
class ReadCase:
    """A read: with these items in the table, these arguments find exactly `found`, in this order.

    others: near misses, each with what it differs in. ordered: the range key, where there is an order.
    alone: whether no other item can be in what is read, the smoke test's hash key being its own.
    """

    arguments: dict[str, Any]
    found: list[Item]
    others: list[tuple[str, Item]]
    ordered: str | None
    alone: bool

    @property
    def items(self) -> list[Item]:
        """All that is written for it."""
        return [*self.found, *(item for _, item in self.others)]


@dataclass(frozen=True)
class WriteCase:
    """A write: the item before it, and after it. refused: the condition says no, and all stays as it was."""

    what: str
    arguments: dict[str, Any]
    keys: list[Item]
    before: Item | None
    after: list[Item]
    refused: bool = False


def read_cases(context: PatternContext) -> list[ReadCase]:
    """Every case; the first has items to find. Raises UnderivableError."""
    if context.pattern.operation == "get":
        return [_get(context)]
    first, left = _first(context)
    return [first, *(_alone(context, place) for place in left)]


def _get(context: PatternContext) -> ReadCase:
    arguments = context.arguments()
    key = context.whole_key(arguments)
    others = []
    for name in key:
        # A literal in a key stays: another value there would be another kind of item.
        changed = {**key, name: context.unique(context.types[name].type)}
        others.append((f"another {name}", context.item(changed, {})))
    return ReadCase(arguments, [context.item(key, {}, full=True)], others, None, True)


def _first(context: PatternContext) -> tuple[ReadCase, list[int]]:
    """The case with items to find, and which near misses of the filter need cases of their own."""
    pattern = context.pattern
    arguments = context.arguments()
    solver = _filter(context, arguments)
    satisfying = solver.satisfying(_MATCHES) if solver else [{}]
    violating = solver.violating(_NEAR) if solver else []
    if not satisfying or (solver and not violating):
        raise context.underivable(f"found no item that {'meets' if not satisfying else 'fails'} {pattern.filter!r}")
    inside, outside = _ranges(context, arguments)
    if pattern.limit and pattern.order == "descending":
        inside = inside[::-1]  # the matches are to be read first
    keys = context.hash(arguments)
    table_keys = {key.name for key in context.table.keys}
    taken: list[Item] = []

    def add(keys: Item, assignment: Assignment, full: bool = False) -> list[Item]:
        """The item; none where one of its key is there already."""
        own = {path.attribute: value for path, value in assignment.items() if len(path.parts) == 1}
        item = context.item({**keys, **{name: own[name] for name in table_keys & own.keys()}}, assignment, full)
        if (key := context.key(item)) in taken:
            return []
        taken.append(key)
        return [item]

    found: list[Item] = []
    for place in range(_MATCHES):
        ranged = _ranged(context, inside, place)
        found += add(keys | ranged, satisfying[place % len(satisfying)], full=not found)
    others: list[tuple[str, Item]] = []
    left = []
    for place, assignment in enumerate(violating):
        near = add(keys | _ranged(context, inside, _MATCHES + place), assignment)
        others += [(_what(assignment, satisfying[0]), item) for item in near]
        left += [] if near else [place]
    read = [*found, *(item for _, item in others)]
    if pattern.operation == "query":
        other = keys | {context.hash_key.name: context.unique(context.hash_key.type)}
        more = [(f"another {context.hash_key.name}", other | _ranged(context, inside, 0))]
        name = context.range_key.name if context.range_key else ""
        more += [(f"{name} {value!r}", keys | {name: value}) for value in outside]
        for what, ends in more:
            others += [(what, item) for item in add(ends, satisfying[0])]
    ordered = context.order_key
    if ordered:
        for items in (found, read):
            items.sort(key=lambda item: sorts(item[ordered.name]), reverse=pattern.order == "descending")
    alone = pattern.operation == "query" and context.owns_hash
    if pattern.limit:
        if not alone:
            raise context.underivable("it has a limit, and other items may come first in what it reads")
        if len({repr(item[ordered.name]) for item in found} if ordered else ()) < len(found):
            raise context.underivable("it has a limit, and no order decides which items it gives")
        # So many are read, before the filter.
        first = read[: pattern.limit]
        others += [(f"beyond the limit of {pattern.limit}", item) for item in found if item not in first]
        found = [item for item in found if item in first]
    return ReadCase(arguments, found, others, ordered.name if ordered else None, alone), left


def _alone(context: PatternContext, place: int) -> ReadCase:
    """A near miss of the filter that shares its key with the match, in a partition of its own: nothing is found."""
    arguments = context.arguments()
    solver = _filter(context, arguments)
    assert solver is not None
    inside, _ = _ranges(context, arguments)
    assignment = solver.violating(_NEAR)[place]
    item = context.item(context.hash(arguments) | _ranged(context, inside, 0), assignment)
    return ReadCase(arguments, [], [(_what(assignment, solver.satisfying(1)[0]), item)], None, context.owns_hash)


def _filter(context: PatternContext, arguments: dict[str, Any]) -> Solver | None:
    tree = context.pattern.filter_tree
    if tree is None:
        return None
    present = {key.name for key in context.table.keys} | {context.hash_key.name}
    return Solver(tree, arguments, context.types, steps=context.steps, present=present)


def _ranged(context: PatternContext, inside: list[Any], place: int) -> Item:
    """The range key's value of one of the items, all different as far as there are values."""
    return {context.range_key.name: inside[place % len(inside)]} if inside and context.range_key else {}


def _ranges(context: PatternContext, arguments: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Values of the range key that meet the key condition, in order, and the nearest that don't."""
    key, tree = context.range_key, context.pattern.key_tree
    if key is None or context.pattern.operation == "scan":
        return [], []
    conditions = tuple(c for c in key_conditions(tree) if comparison(c)[0] == key.name)
    if not conditions:
        return [context.unique(key.type) for _ in range(_MATCHES + _NEAR)], []
    solver = Solver(conditions[0] if len(conditions) == 1 else Logic("AND", conditions), arguments, context.types)
    path = Path((key.name,))
    values = [v for v in solver.candidates[path] if v is not ABSENT and type_of(v) == key.type and v not in ("", b"")]
    for near in list(values):
        for further in range(2, _NEAR):
            values += [f"{near}{further}"] if isinstance(near, str) else neighbours(near, further)
    by_value = {repr(value): value for value in values}
    inside = [value for value in by_value.values() if solver.decides({path: value})]
    outside = sorted((value for value in by_value.values() if solver.decides({path: value}) is False), key=sorts)
    if not inside:
        raise context.underivable(f"found no {key.name} that meets {context.pattern.key!r}")
    inside.sort(key=sorts)
    # The outermost first: the bounds themselves are where an operator goes wrong.
    edges = [inside[0], *inside[1:][-1:], *inside[1:-1][: _MATCHES - 2]]
    rest = [value for value in inside if value not in edges]
    low, high = min(map(sorts, inside)), max(map(sorts, inside))
    below = [value for value in outside if sorts(value) < low][-1:]
    above = [value for value in outside if sorts(value) > high][:1]
    return [*edges, *rest], [*below, *above]


def _what(assignment: Assignment, satisfying: Assignment) -> str:
    changed = [f"{path} {value!r}" for path, value in assignment.items() if value is not satisfying.get(path, ABSENT)]
    return ", ".join(changed) or "a near miss"


def write_cases(context: PatternContext) -> list[WriteCase]:
    """Every case: those that go through, then those that the condition refuses. Raises UnderivableError."""
    if context.pattern.operation == "batch-write":
        items = [context.item({}, {}) for _ in range(_BATCH)]
        return [WriteCase("a batch", {"items": items}, [context.key(item) for item in items], None, items)]
    accepted = [_accepted(context, there, full=place == 0) for place, there in enumerate(_befores(context))]
    refused = _refused(context)
    if not accepted:
        raise context.underivable(f"found no item that meets {context.pattern.condition!r}")
    if context.pattern.condition and not refused:
        raise context.underivable(f"found no item that fails {context.pattern.condition!r}")
    return [*accepted, *refused]


def _befores(context: PatternContext) -> list[bool]:
    """Whether the case is to be tried on no item (False), on one that is there (True), or both."""
    condition, operation = context.pattern.condition_tree, context.pattern.operation
    absent = condition is None or matches(condition, {}, context.arguments())
    tried = [False] if absent and operation != "delete" else []
    arguments, key = _fresh(context)
    if condition is None or _solver(context, arguments, key).satisfying(1):
        tried.append(True)
    return tried


def _accepted(context: PatternContext, there: bool, full: bool) -> WriteCase:
    arguments, key = _fresh(context, full)
    assignment: Assignment = {}
    if there and context.pattern.condition_tree is not None:
        assignment = _solver(context, arguments, key).satisfying(1)[0]
    before = _before(context, key, assignment, full) if there else None
    what = "an item that is there" if there else "no item there"
    return WriteCase(what, arguments, [key], before, _after(context, arguments, key, before))


def _refused(context: PatternContext) -> list[WriteCase]:
    condition = context.pattern.condition_tree
    if condition is None:
        return []
    found = []
    arguments, key = _fresh(context)
    if not matches(condition, {}, arguments):
        found.append(WriteCase("refused: no item there", arguments, [key], None, [], True))
    for chosen in range(_REFUSED):
        arguments, key = _fresh(context)
        violating = _solver(context, arguments, key).violating(_REFUSED)
        if chosen >= len(violating):
            break
        assignment = violating[chosen]
        before = _before(context, key, assignment)
        values = ", ".join(f"{path} {value!r}" for path, value in assignment.items()) or "an item that is there"
        found.append(WriteCase(f"refused: {values}", arguments, [key], before, [before], True))
    return found


def _fresh(context: PatternContext, full: bool = False) -> tuple[dict[str, Any], Item]:
    """Arguments, and the key they are about."""
    arguments = context.arguments()
    if context.pattern.operation == "put":
        arguments["item"] = context.item({}, {}, full)
        return arguments, context.key(arguments["item"])
    return arguments, context.whole_key(arguments)


def _solver(context: PatternContext, arguments: dict[str, Any], key: Item) -> Solver:
    tree = context.pattern.condition_tree
    assert tree is not None
    return Solver(tree, arguments, context.types, fixed=key, steps=context.steps)


def _before(context: PatternContext, key: Item, assignment: Assignment, full: bool = False) -> Item:
    """The item before the write: with all that an update reads or removes."""
    tree = context.pattern.update_tree
    item = context.item(key, assignment, full)
    decided = set(assignment)
    for path in (node for node in walk(tree) if isinstance(node, Path)) if tree else ():
        known = context.types.get(path.attribute)
        if path in decided or path.attribute in key or find(path, item) is not ABSENT:
            continue
        if path.attribute in context.all_keys:
            if path in _removed(context):
                item[path.attribute] = context.unique(context.all_keys[path.attribute].type)
        elif len(path.parts) > 1:
            put_at(path, item, filled("N") if path in _counted(context) else filled("S"))
        elif known:
            item[path.attribute] = filled(known.type)
    return item


def _removed(context: PatternContext) -> set[Path]:
    clauses = [node for node in walk(context.pattern.update_tree or Path(("",))) if isinstance(node, Clause)]
    return {path for clause in clauses if clause.verb == "REMOVE" for path, _ in clause.actions}


def _counted(context: PatternContext) -> set[Path]:
    """The paths that an update does arithmetic with."""
    nodes = list(walk(context.pattern.update_tree or Path(("",))))
    sums = {part for node in nodes if isinstance(node, Call) and node.name in ("+", "-") for part in node.arguments}
    adds = {path for node in nodes if isinstance(node, Clause) and node.verb == "ADD" for path, _ in node.actions}
    return {part for part in sums | adds if isinstance(part, Path)}


def _after(context: PatternContext, arguments: dict[str, Any], key: Item, before: Item | None) -> list[Item]:
    if context.pattern.operation == "put":
        return [arguments["item"]]
    if context.pattern.operation == "delete":
        return []
    assert context.pattern.update_tree is not None
    return [updated(context.pattern.update_tree, before or key, arguments)]
