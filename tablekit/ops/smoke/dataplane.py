"""Runs one access pattern for real, through `tablekit.client`, and holds what it gives against what it should."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
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
from tablekit.client.results import Item
from tablekit.model.errors import TablekitError
from tablekit.model.expressions import attributes
from tablekit.model.family import Family
from tablekit.model.patterns import AccessPattern
from tablekit.ops.drift import judges_nothing
from tablekit.ops.errors import InterruptedRunError
from tablekit.ops.samples import plain_items
from tablekit.ops.signed_http import SignedHttpClient
from tablekit.ops.smoke import outcomes
from tablekit.ops.smoke.cases import ReadCase, WriteCase, read_cases, write_cases
from tablekit.ops.smoke.cleanup import CleanupRegistry, TableWriter
from tablekit.ops.smoke.context import PatternContext, sorts
from tablekit.ops.smoke.evaluate import UnsureError, matches, same
from tablekit.ops.smoke.outcomes import Outcome, Status

PAGE = 25
"""The most items that a read-only run looks at, a pattern."""
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 1.0
_TRIES = 5
"""How often a case is made at most, while its calls are carried out twice."""


Call = tuple[str, str | None]
"""An API operation, and the index that it names."""

_ID = "tablekit-smoke"


@dataclass
class Heard:
    """Calls that were made. sent: how often they went out: more than once where an answer was lost."""

    made: list[Call] = field(default_factory=list)
    sent: int = 0

    @property
    def repeated(self) -> bool:
        """Whether a call may have been carried out twice."""
        return self.sent > len(self.made)


_heard: ContextVar[Heard | None] = ContextVar("heard", default=None)


def listen(client: Any) -> None:
    """Have a boto3 client's calls heard; a second time changes nothing."""
    client.meta.events.register("provide-client-params.dynamodb", _hear_made, unique_id=f"{_ID}-made")
    client.meta.events.register("before-send.dynamodb", _hear_sent, unique_id=f"{_ID}-sent")


@contextmanager
def _calls() -> Iterator[Heard]:
    """The calls that this thread makes within."""
    token = _heard.set(heard := Heard())
    try:
        yield heard
    finally:
        _heard.reset(token)


def _hear_made(params: dict[str, Any], model: Any, **_: Any) -> None:
    if heard := _heard.get():
        heard.made.append((model.name, params.get("IndexName")))


def _hear_sent(**_: Any) -> None:
    if heard := _heard.get():
        heard.sent += 1


@dataclass(frozen=True)
class Runner:
    """What every pattern of a run shares.

    run: the mark of the run's items. budget: seconds to wait for a read to become consistent.
    clients: by region, what sends the run's own calls.
    """

    stage: str
    run: str
    now: int
    budget: float
    registry: CleanupRegistry
    clients: Mapping[str, SignedHttpClient]
    read_only: bool = False

    def check(self, tables: FamilyTables, family: Family, name: str) -> Outcome:
        """Run one pattern. Raises only what ends the whole run: no answer, no credentials, an interrupt."""
        started = time.monotonic()
        pattern = family.patterns[name]
        one = _Check(self, tables, family, pattern)
        problems: list[str] = []
        note = one.describe()
        status: Status = "failed"
        try:
            if self.read_only and not pattern.reads:
                return Outcome(family.key, "data", name, "not run", (), f"{note}: a write; this run is read-only")
            problems = one.look() if self.read_only else one.run_reads() if pattern.reads else one.run_writes()
        except (UnreachableError, NoCredentialsError, InterruptedRunError):
            raise
        except TablekitError as error:
            region = tables.exported.region
            physical = family.table_name_for(pattern.table, self.stage)
            problems = [outcomes.call_failed(error, family, pattern, physical, self.stage, region)]
            status = "not judged" if judges_nothing(error) else "failed"
        except Exception as error:  # noqa: BLE001 - a defect in one check fails that check, and the others run
            problems = [f"could not be checked: {type(error).__name__}: {error}; this is a defect of tablekit"]
        finally:
            one.clean()
        units = one.capacity.total if one.capacity.reported else None
        status = status if problems else "passed"
        taken = time.monotonic() - started
        return Outcome(family.key, "data", name, status, tuple(problems), one.note or note, taken, units)


class _Check:
    """One pattern in one run."""

    def __init__(self, runner: Runner, tables: FamilyTables, family: Family, pattern: AccessPattern) -> None:
        self.runner, self.tables, self.family, self.pattern = runner, tables, family, pattern
        table = family.table(pattern.table)
        self.context = PatternContext(family.key, pattern, table, runner.run, runner.now, plain_items(family, table))
        exported = tables.exported.tables.get(pattern.table)
        name = exported.name if exported else family.table_name_for(pattern.table, runner.stage)
        self.table = TableWriter(runner.clients[tables.exported.region], name)
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
                self.runner.registry.delete(self.table, self.written)
        except TablekitError:
            return

    def run_reads(self) -> list[str]:
        """Run a read in each of its cases."""
        problems: list[str] = []
        made = read_cases(self.context)
        everything = [item for case in made for item in case.items]
        keys = [self.context.key(item) for item in everything]
        self.written += keys
        self.runner.registry.write(self.table, keys, everything)
        for case in made:
            problems += self._read(case)
        near = sum(len(case.others) for case in made)
        self.note = f"{self.describe()}: {sum(len(case.found) for case in made)} found, {near} left out"
        return problems

    def _read(self, case: ReadCase) -> list[str]:
        """Run until nothing is missing, or the budget is spent; what is wrong is wrong at once."""
        until, wait = time.monotonic() + self.runner.budget, _FIRST_WAIT
        while True:
            result, problems = self._run(case.arguments)
            missing, wrong = compare(self.context, case, result)
            if problems or wrong or not missing:
                return [*problems, *wrong]
            if time.monotonic() > until or self.runner.registry.stopping.is_set():
                return [f"{line}, for {self.runner.budget:g} s" for line in missing]
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    def look(self) -> list[str]:
        """Run a read with its example against what is there; one page of it."""
        pattern, example = self.pattern, self.context.example
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
                    if not matches(tree, item, example):  # type: ignore[arg-type]
                        problems.append(f"found {_summarize(self.context, item)}, which does not meet {str(tree)!r}")
                except UnsureError:
                    continue
        return problems + order_problems(self.context, list(result.items))

    def run_writes(self) -> list[str]:
        """Run a write in each of its cases, and look at what it left."""
        problems: list[str] = []
        made = write_cases(self.context)
        for case in made:
            self.written += case.keys
            problems += [f"{case.what}: {line}" for line in self._tried(case)]
        refused = sum(case.refused for case in made)
        self.note = f"{self.describe()}: {len(made) - refused} written" + (f", {refused} refused" if refused else "")
        return problems

    def _tried(self, case: WriteCase) -> list[str]:
        """What is wrong with a case, also when it is made once more.

        Where an answer was lost, boto3 sends the call again: a condition then refuses what it had let through, and a
        counter counts twice. That says nothing of the table, so such a case is made until its calls went out once.
        """
        registry, problems = self.runner.registry, list[str]()
        for number in range(_TRIES):
            if case.before is not None:
                registry.write(self.table, case.keys, [case.before])
            else:
                if number:
                    registry.delete(self.table, case.keys)
                registry.register(self.table, case.keys)
            problems = self._write(case)
            if not problems or (number and not self.repeated):
                break
        return problems

    def _write(self, case: WriteCase) -> list[str]:
        try:
            result, problems = self._run(case.arguments)
            if case.refused:
                problems.append(f"was written, and {self.pattern.condition!r} should have refused it")
            elif self.pattern.operation == "update" and not same(result.item, case.after[0]):
                problems.append(f"gave {result.item!r}, expected {case.after[0]!r}")
        except ConditionFailedError:
            problems = [] if case.refused else [f"refused, and the item meets {self.pattern.condition!r}"]
        there = [found for key in case.keys if (found := self.table.get(key)) is not None]
        if not problems and not (len(there) == len(case.after) and all(map(same, there, case.after))):
            problems.append(f"the table has {there!r}, expected {case.after!r}")
        return problems

    def _run(self, arguments: Mapping[str, Any]) -> tuple[Result, list[str]]:
        return self._recorded(lambda: self.tables.run(self.pattern.name, **arguments))

    def _recorded(self, call: Callable[[], Result]) -> tuple[Result, list[str]]:
        """The call's result, and what is wrong with how it was made."""
        with _calls() as heard:
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


def compare(context: PatternContext, case: ReadCase, result: Result) -> tuple[list[str], list[str]]:
    """What is missing of a read's result, and what is wrong with it."""
    left, found, wrong = [(item, context.visible(item)) for item in case.found], [], []
    seen = [(why, context.visible(item)) for why, item in case.others]
    for item in result.items:
        match = next((each for each in left if same(each[1], item)), None)
        if match:
            left.remove(match)
            found.append(match[0])
        elif near := next((why for why, other in seen if same(other, item)), None):
            wrong.append(f"found {_summarize(context, item)}, which should be left out ({near})")
        elif changed := [visible for _, visible in left if _one_key(context, visible, item)]:
            wrong.append(f"found {_difference(changed[0], item)} in {_summarize(context, item)}")
            left = [each for each in left if each[1] is not changed[0]]
        elif case.alone:
            wrong.append(f"found {_summarize(context, item)}, which the run did not write there")
    if not left and not wrong:
        wrong += order_problems(context, found)
    return [f"{_summarize(context, item)} is not found" for item, _ in left], wrong


def order_problems(context: PatternContext, items: list[Item]) -> list[str]:
    """Whether a query's items come in the order of its range key."""
    key = context.order_key
    if key is None or any(key.name not in item for item in items):
        return []
    given = [item[key.name] for item in items]
    if given == sorted(given, key=sorts, reverse=context.pattern.order == "descending"):
        return []
    return [f"found {key.name} in the order {', '.join(map(str, given))}, expected {context.pattern.order}"]


def _one_key(context: PatternContext, one: Item, other: Item) -> bool:
    names = [key.name for key in context.table.keys]
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


def _summarize(context: PatternContext, item: Mapping[str, Any]) -> str:
    keys = {key.name: item[key.name] for key in context.table.keys if key.name in item}
    return "item " + ", ".join(f"{name}={value!r}" for name, value in keys.items())
