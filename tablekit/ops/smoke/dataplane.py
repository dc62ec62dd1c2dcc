"""Runs one access pattern for real, through `tablekit.client`, and holds what it gives against what it should."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tablekit.client import (
    Capacity,
    ConditionFailedError,
    FamilyTables,
    NoCredentialsError,
    Options,
    Result,
    UnreachableError,
)
from tablekit.model.errors import TablekitError
from tablekit.model.expressions import attributes
from tablekit.model.family import Family
from tablekit.model.patterns import AccessPattern
from tablekit.ops.errors import InterruptedRunError
from tablekit.ops.samples import plain_items
from tablekit.ops.smoke import explain, reads, writes
from tablekit.ops.smoke.calls import Call, Recorder
from tablekit.ops.smoke.cases import Ground, Item, Scene, Step, sorts
from tablekit.ops.smoke.evaluate import UnsureError, holds, same
from tablekit.ops.smoke.ledger import Ledger
from tablekit.ops.smoke.outcomes import Outcome
from tablekit.ops.smoke.place import Place
from tablekit.ops.wire import Direct

PAGE = 25
"""The most items that a read-only run looks at, a pattern."""
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 1.0
_TRIES = 5
"""How often a step is made at most, while its calls are carried out twice."""


@dataclass(frozen=True)
class Runner:
    """What every pattern of a run shares.

    run: the mark of the run's items. budget: seconds to wait for a read to become consistent.
    ways: by region, how the run's own calls are sent, where not by boto3.
    """

    stage: str
    run: str
    now: int
    budget: float
    ledger: Ledger
    recorder: Recorder
    read_only: bool = False
    ways: Mapping[str, Direct] = field(default_factory=dict)

    def check(self, tables: FamilyTables, family: Family, name: str) -> Outcome:
        """Run one pattern. Raises only what ends the whole run: no answer, no credentials, an interrupt."""
        started = time.monotonic()
        pattern = family.patterns[name]
        one = _Check(self, tables, family, pattern)
        problems: list[str] = []
        note, status = one.describe(), "failed"
        try:
            if self.read_only and not pattern.reads:
                return Outcome(family.key, "data", name, "not run", (), f"{note}: a write; this run is read-only")
            problems = one.look() if self.read_only else one.scenes() if pattern.reads else one.steps()
        except (UnreachableError, NoCredentialsError, InterruptedRunError):
            raise
        except TablekitError as error:
            region = tables.exported.region
            physical = family.table_name_for(pattern.table, self.stage)
            problems = [explain.call_failed(error, family, pattern, physical, self.stage, region)]
            status = "not judged" if explain.judges_nothing(error) else "failed"
        except Exception as error:  # noqa: BLE001 - a defect in one check fails that check, and the others run
            problems = [f"could not be checked: {type(error).__name__}: {error}; this is a defect of tablekit"]
        finally:
            one.clean()
        units = one.capacity.total if one.capacity.reported else None
        status = status if problems else "passed"
        taken = time.monotonic() - started
        return Outcome(family.key, "data", name, status, tuple(problems), one.note or note, taken, units)  # type: ignore[arg-type]


class _Check:
    """One pattern in one run."""

    def __init__(self, runner: Runner, tables: FamilyTables, family: Family, pattern: AccessPattern) -> None:
        self.runner, self.tables, self.family, self.pattern = runner, tables, family, pattern
        table = family.table(pattern.table)
        self.ground = Ground(family.key, pattern, table, runner.run, runner.now, plain_items(family, table))
        exported = tables.exported.tables.get(pattern.table)
        name = exported.name if exported else family.table_name_for(pattern.table, runner.stage)
        self.place = Place(tables.client, name, runner.ways.get(tables.exported.region))
        self.written: list[Item] = []
        self.repeated = False
        self.capacity = Capacity()
        self.note = ""

    def describe(self) -> str:
        """What is run on what, as `Query Users/email-index`."""
        action = self.pattern.action.removeprefix("dynamodb:")
        return f"{action} {self.pattern.table}" + (f"/{self.pattern.index}" if self.pattern.index else "")

    def clean(self) -> None:
        """Delete what was written; what fails here is tried once more at the end of the run."""
        try:
            if self.written:
                self.runner.ledger.delete(self.place, self.written)
        except TablekitError:
            return

    def scenes(self) -> list[str]:
        """Run a read in each of its scenes."""
        problems: list[str] = []
        made = reads.scenes(self.ground)
        everything = [item for scene in made for item in scene.items]
        keys = [self.ground.key(item) for item in everything]
        self.written += keys
        self.runner.ledger.write(self.place, keys, everything)  # type: ignore[arg-type]
        for scene in made:
            problems += self._scene(scene)
        near = sum(len(scene.others) for scene in made)
        self.note = f"{self.describe()}: {sum(len(scene.found) for scene in made)} found, {near} left out"
        return problems

    def _scene(self, scene: Scene) -> list[str]:
        """Run until nothing is missing, or the budget is spent; what is wrong is wrong at once."""
        until, wait = time.monotonic() + self.runner.budget, _FIRST_WAIT
        while True:
            result, problems = self._run(scene.arguments)
            missing, wrong = compare(self.ground, scene, result)
            if problems or wrong or not missing:
                return [*problems, *wrong]
            if time.monotonic() > until or self.runner.ledger.stopping.is_set():
                return [f"{line}, for {self.runner.budget:g} s" for line in missing]
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    def look(self) -> list[str]:
        """Run a read with its example against what is there; one page of it."""
        pattern, example = self.pattern, self.ground.example
        if pattern.operation == "get":
            result, problems = self._run(example)
        else:
            call = lambda: next(self.tables.pages(pattern.name, Options(page_size=PAGE), **example))  # noqa: E731
            result, problems = self._recorded(call)
        self.note = f"{self.describe()}: {len(result.items)} there"
        for part in ("key", "filter"):
            tree = pattern.trees.get(part)
            if tree is None or not (set(attributes(tree)) <= set(pattern.projection or attributes(tree))):
                continue
            for item in result.items:
                try:
                    if not holds(tree, item, example):  # type: ignore[arg-type]
                        problems.append(f"found {_shown(self.ground, item)}, which does not meet {str(tree)!r}")
                except UnsureError:
                    continue
        return problems + order_problems(self.ground, list(result.items))

    def steps(self) -> list[str]:
        """Run a write in each of its steps, and look at what it left."""
        problems: list[str] = []
        made = writes.steps(self.ground)
        for step in made:
            self.written += step.keys
            problems += [f"{step.what}: {line}" for line in self._tried(step)]
        refused = sum(step.refused for step in made)
        self.note = f"{self.describe()}: {len(made) - refused} written" + (f", {refused} refused" if refused else "")
        return problems

    def _tried(self, step: Step) -> list[str]:
        """What is wrong with a step, also when it is made once more.

        Where an answer was lost, boto3 sends the call again: a condition then refuses what it had let through, and a
        counter counts twice. That says nothing of the table, so such a step is made until its calls went out once.
        """
        ledger, problems = self.runner.ledger, list[str]()
        for number in range(_TRIES):
            if step.before is not None:
                ledger.write(self.place, step.keys, [step.before])  # type: ignore[arg-type]
            else:
                if number:
                    ledger.delete(self.place, step.keys)
                ledger.note(self.place, step.keys)
            problems = self._step(step)
            if not problems or (number and not self.repeated):
                break
        return problems

    def _step(self, step: Step) -> list[str]:
        try:
            result, problems = self._run(step.arguments)
            if step.refused:
                problems.append(f"was written, and {self.pattern.condition!r} should have refused it")
            elif self.pattern.operation == "update" and not same(result.item, step.after[0]):
                problems.append(f"gave {result.item!r}, expected {step.after[0]!r}")
        except ConditionFailedError:
            problems = [] if step.refused else [f"refused, and the item meets {self.pattern.condition!r}"]
        there = [found for key in step.keys if (found := self.place.get(key)) is not None]
        if not problems and not (len(there) == len(step.after) and all(map(same, there, step.after))):
            problems.append(f"the table has {there!r}, expected {step.after!r}")
        return problems

    def _run(self, arguments: Mapping[str, Any]) -> tuple[Result, list[str]]:
        options = Options(limit=self.pattern.limit)
        return self._recorded(lambda: self.tables.run(self.pattern.name, options, **arguments))

    def _recorded(self, call: Callable[[], Result]) -> tuple[Result, list[str]]:
        """The call's result, and what is wrong with how it was made."""
        with self.runner.recorder.calls() as heard:
            try:
                result = call()
            finally:
                self.repeated = heard.repeated
        self.capacity += result.capacity
        return result, call_problems(self.pattern, heard.made, result)


def call_problems(pattern: AccessPattern, made: list[Call], result: Result) -> list[str]:
    """What is wrong with how a pattern was run: its operation, its index, its capacity.

    A read that finds nothing may cost nothing, on an emulator.
    """
    consumed = result.capacity
    costs = consumed.reported and (bool(result.items) or not pattern.reads)
    expected = (pattern.action.removeprefix("dynamodb:"), pattern.index)
    problems = [
        f"called {name} through {index or 'no index'}, expected {expected[0]} through {expected[1] or 'no index'}"
        for name, index in dict.fromkeys(made)
        if (name, index) != expected
    ]
    if costs and consumed.total <= 0:
        problems.append("consumed 0 capacity units, expected some: nothing was read or written")
    if costs and pattern.index and consumed.indexes and not consumed.indexes.get(pattern.index):
        problems.append(f"consumed no capacity of index {pattern.index!r}, found {', '.join(consumed.indexes)}")
    return problems


def compare(ground: Ground, scene: Scene, result: Result) -> tuple[list[str], list[str]]:
    """What is missing of a read's result, and what is wrong with it."""
    limit = ground.pattern.limit
    expected = scene.found[:limit]
    left, found, wrong = [(item, ground.visible(item)) for item in expected], [], []
    seen = [(why, ground.visible(item)) for why, item in scene.others]
    seen += [(f"beyond the limit of {limit}", ground.visible(item)) for item in scene.found[len(expected) :]]
    for item in result.items:
        match = next((each for each in left if same(each[1], item)), None)
        if match:
            left.remove(match)
            found.append(match[0])
        elif near := next((why for why, other in seen if same(other, item)), None):
            wrong.append(f"found {_shown(ground, item)}, which should be left out ({near})")
        elif changed := [visible for _, visible in left if _one_key(ground, visible, item)]:
            wrong.append(f"found {_difference(changed[0], item)} in {_shown(ground, item)}")
            left = [each for each in left if each[1] is not changed[0]]
        elif scene.alone:
            wrong.append(f"found {_shown(ground, item)}, which the run did not write there")
    if not left and not wrong:
        wrong += order_problems(ground, found)
    return [f"{_shown(ground, item)} is not found" for item, _ in left], wrong


def order_problems(ground: Ground, items: list[Item]) -> list[str]:
    """Whether a query's items come in the order of its range key."""
    key = ground.range_key if ground.pattern.operation == "query" else None
    if key is None or any(key.name not in item for item in items):
        return []
    given = [item[key.name] for item in items]
    if given == sorted(given, key=sorts, reverse=ground.pattern.order == "descending"):
        return []
    return [f"found {key.name} in the order {', '.join(map(str, given))}, expected {ground.pattern.order}"]


def _one_key(ground: Ground, one: Item, other: Item) -> bool:
    names = [key.name for key in ground.table.keys]
    return all(name in one and same(one[name], other.get(name)) for name in names)


def _difference(expected: Item, found: Item) -> str:
    parts = [f"no {name!r}" for name in expected if name not in found]
    parts += [f"{name!r}, expected none" for name in found if name not in expected]
    parts += [
        f"{name}={found[name]!r}, expected {value!r}"
        for name, value in expected.items()
        if name in found and not same(found[name], value)
    ]
    return ", ".join(parts)


def _shown(ground: Ground, item: Mapping[str, Any]) -> str:
    keys = {key.name: item[key.name] for key in ground.table.keys if key.name in item}
    return "item " + ", ".join(f"{name}={value!r}" for name, value in keys.items())
