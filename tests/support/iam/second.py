"""The second judge: `@cloud-copilot/iam-simulate`, which nobody here wrote, on the same documents and requests."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final

from tests.support.iam.evaluate import Decision, Policy, context_of, decide
from tests.support.iam.matrix import Question

SCRIPT: Final = Path(__file__).with_name("simulate.cjs")
AT_ONCE: Final = 5_000
_LETTERS: Final = {"A": Decision.ALLOWED, "D": Decision.DENIED, "N": Decision.NOT_GRANTED, "E": None}


@dataclass
class Comparison:
    """What both were asked. unanswered: actions that the other doesn't know, or by documents that it calls invalid."""

    asked: int = 0
    allowed: int = 0
    denied: int = 0
    differences: list[str] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Comparison) -> Comparison:
        return Comparison(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def __str__(self) -> str:
        return (
            f"{self.asked} requests, {self.allowed} allowed, {self.denied} denied by a statement, "
            f"{len(self.differences)} differences, {self.unanswered.total()} unanswered{self._by_action()}"
        )

    def _by_action(self) -> str:
        return f" ({', '.join(sorted(self.unanswered))})" if self.unanswered else ""


class Second:
    """A process of the second judge."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def decisions(self, questions: Sequence[Question]) -> list[Decision | None]:
        """One a question, in order; None where it takes a document for invalid, or can't answer."""
        self._ask(questions)
        return self._answers()

    def compare(self, questions: Iterable[Question]) -> Comparison:
        """Ours beside its, which decides while ours does."""
        found, left = Comparison(), iter(questions)
        while batch := list(islice(left, AT_ONCE)):
            self._ask(batch)
            ours = [decide(*question) for question in batch]
            for question, one, other in zip(batch, ours, self._answers(), strict=True):
                found.asked += 1
                found.allowed += one is Decision.ALLOWED
                found.denied += one is Decision.DENIED
                if other is None:
                    found.unanswered[question.request.action] += 1
                elif one is not other:
                    found.differences.append(f"{question.request}: {one} here, {other} there")
        return found

    def _ask(self, questions: Iterable[Question]) -> None:
        policies: dict[int, tuple[int, Policy]] = {}

        def place(policy: Policy) -> int:
            return policies.setdefault(id(policy), (len(policies), policy))[0]

        asked: list[list[Any]] = []
        for (own, attached, who, action, _), same in groupby(questions, _common):
            some = list(same)
            resources = [each.request.resource for each in some]
            context = context_of(some[0].request)
            (trust,) = attached or (None,)
            places = [[place(each) for each in own], place(trust) if trust else None]
            asked.append([*places, who.name if who else "", action, dict(context), resources])
        batch = {"policies": [policy.document for _, policy in policies.values()], "asked": asked}
        assert self._process.stdin
        print(json.dumps(batch), file=self._process.stdin, flush=True)

    def _answers(self) -> list[Decision | None]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the second judge ended; what it wrote to standard error says why"
        answered = json.loads(line)
        return [_LETTERS[letter] for letters in answered["answers"] for letter in letters]


def _common(question: Question) -> tuple[Any, ...]:
    request, own, attached = question
    return own, attached, request.principal, request.action, request.context


@contextmanager
def second_judge(node: str, packages: Path) -> Iterator[Second]:
    """Runs until the block ends. node, packages: what `tools.iam_simulate` gives."""
    environment = {"PATH": os.environ["PATH"], "NODE_OPTIONS": "", "NODE_PATH": str(packages / "node_modules")}
    with subprocess.Popen(
        [node, str(SCRIPT)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Second(process)
