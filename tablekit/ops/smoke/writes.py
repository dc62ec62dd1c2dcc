"""The steps of a put, update, delete or batch write: each with the item before it and after it."""

from __future__ import annotations

from typing import Any

from tablekit.model.expressions import Call, Clause, Path, walk
from tablekit.ops.smoke.cases import Ground, Item, Step, whole_key
from tablekit.ops.smoke.evaluate import ABSENT, find, holds, place, updated
from tablekit.ops.smoke.solve import Assignment, Solver, filled

_REFUSED = 2
_BATCH = 3


def steps(ground: Ground) -> list[Step]:
    """Every step: those that go through, then those that the condition refuses. Raises UnderivableError."""
    if ground.pattern.operation == "batch-write":
        items = [ground.item({}, {}) for _ in range(_BATCH)]
        return [Step("a batch", {"items": items}, [ground.key(item) for item in items], None, items)]
    accepted = [_accepted(ground, there, full=place == 0) for place, there in enumerate(_befores(ground))]
    refused = _refused(ground)
    if not accepted:
        raise ground.underivable(f"found no item that meets {ground.pattern.condition!r}")
    if ground.pattern.condition and not refused:
        raise ground.underivable(f"found no item that fails {ground.pattern.condition!r}")
    return [*accepted, *refused]


def _befores(ground: Ground) -> list[bool]:
    """Whether the step is to be tried on no item (False), on one that is there (True), or both."""
    condition, operation = ground.pattern.condition_tree, ground.pattern.operation
    absent = condition is None or holds(condition, {}, ground.arguments())
    tried = [False] if absent and operation != "delete" else []
    arguments, key = _fresh(ground)
    if condition is None or _solver(ground, arguments, key).meeting(1):
        tried.append(True)
    return tried


def _accepted(ground: Ground, there: bool, full: bool) -> Step:
    arguments, key = _fresh(ground, full)
    assignment: Assignment = {}
    if there and ground.pattern.condition_tree is not None:
        assignment = _solver(ground, arguments, key).meeting(1)[0]
    before = _item(ground, key, assignment, full) if there else None
    what = "an item that is there" if there else "no item there"
    return Step(what, arguments, [key], before, _after(ground, arguments, key, before))


def _refused(ground: Ground) -> list[Step]:
    condition = ground.pattern.condition_tree
    if condition is None:
        return []
    found = []
    arguments, key = _fresh(ground)
    if not holds(condition, {}, arguments):
        found.append(Step("refused: no item there", arguments, [key], None, [], True))
    arguments, key = _fresh(ground)
    for chosen in range(len(_solver(ground, arguments, key).failing(_REFUSED))):
        arguments, key = _fresh(ground)
        assignment = _solver(ground, arguments, key).failing(_REFUSED)[chosen]
        before = _item(ground, key, assignment)
        values = ", ".join(f"{path} {value!r}" for path, value in assignment.items()) or "an item that is there"
        found.append(Step(f"refused: {values}", arguments, [key], before, [before], True))
    return found


def _fresh(ground: Ground, full: bool = False) -> tuple[dict[str, Any], Item]:
    """Arguments, and the key they are about."""
    arguments = ground.arguments()
    if ground.pattern.operation == "put":
        arguments["item"] = ground.item({}, {}, full)
        return arguments, ground.key(arguments["item"])
    return arguments, whole_key(ground, arguments)


def _solver(ground: Ground, arguments: dict[str, Any], key: Item) -> Solver:
    tree = ground.pattern.condition_tree
    assert tree is not None
    return Solver(tree, arguments, ground.types, fixed=key, steps=ground.steps)


def _item(ground: Ground, key: Item, assignment: Assignment, full: bool = False) -> Item:
    """The item before the write: with all that an update reads or removes."""
    tree = ground.pattern.update_tree
    item = ground.item(key, assignment, full)
    decided = set(assignment)
    for path in (node for node in walk(tree) if isinstance(node, Path)) if tree else ():
        known = ground.types.get(path.attribute)
        if path in decided or path.attribute in key or find(path, item) is not ABSENT:
            continue
        if path.attribute in ground.all_keys:
            if path in _removed(ground):
                item[path.attribute] = ground.unique(ground.all_keys[path.attribute].type)
        elif len(path.parts) > 1:
            place(path, item, filled("N") if path in _counted(ground) else filled("S"))
        elif known:
            item[path.attribute] = filled(known.type)
    return item


def _removed(ground: Ground) -> set[Path]:
    clauses = [node for node in walk(ground.pattern.update_tree or Path(("",))) if isinstance(node, Clause)]
    return {path for clause in clauses if clause.verb == "REMOVE" for path, _ in clause.actions}


def _counted(ground: Ground) -> set[Path]:
    """The paths that an update does arithmetic with."""
    nodes = list(walk(ground.pattern.update_tree or Path(("",))))
    sums = {part for node in nodes if isinstance(node, Call) and node.name in ("+", "-") for part in node.arguments}
    adds = {path for node in nodes if isinstance(node, Clause) and node.verb == "ADD" for path, _ in node.actions}
    return {part for part in sums | adds if isinstance(part, Path)}


def _after(ground: Ground, arguments: dict[str, Any], key: Item, before: Item | None) -> list[Item]:
    if ground.pattern.operation == "put":
        return [arguments["item"]]
    if ground.pattern.operation == "delete":
        return []
    assert ground.pattern.update_tree is not None
    return [updated(ground.pattern.update_tree, before or key, arguments)]
