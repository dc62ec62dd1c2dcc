"""A judge of policies that nobody here wrote, asked beside our own on what decides: no two answers differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain

import pytest
from hypothesis import given, reject, settings

from tests.policies.program import COPIED, EVERYTHING, STAGES
from tests.support.iam import Decision, Policy, Request, decide
from tests.support.iam.actions import NEWER
from tests.support.iam.callers import CALLERS, Asked, on_denials, on_other_services, on_tenants, on_trust
from tests.support.iam.deployed import Deployment, deployment
from tests.support.iam.drawn import Documents, drawn
from tests.support.iam.evaluate import Kind
from tests.support.iam.matrix import Question, cells
from tests.support.iam.second import Comparison, Second

pytestmark = pytest.mark.long

EVERY, EVERY_SPOKEN_OF = 389, 5
"""Of the cells, all of which `python -m tests.support.iam --both` asks: one in so many."""


def agreed(found: Comparison, least: int) -> Comparison:
    print(f"second judge: {found}")
    assert found.differences == []
    assert set(found.unanswered) <= set(NEWER)
    assert found.asked > least
    return found


def test_cells_that_a_statement_of_prod_speaks_of(second: Second) -> None:
    """With every option on."""
    asked = cells(deployment("prod", **EVERYTHING), spoken_of=True, every=EVERY_SPOKEN_OF)
    assert agreed(second.compare(asked), 16_000).allowed > 100


@pytest.mark.parametrize("stage", STAGES)
def test_some_of_every_stages_cells(second: Second, stage: str) -> None:
    for each in (deployment(stage), deployment(stage, **EVERYTHING)):
        agreed(second.compare(cells(each, every=EVERY)), 1_000)


@pytest.mark.parametrize("asked", CALLERS, ids=lambda each: each.__name__)
def test_all_that_may_and_some_that_may_not(second: Second, asked: Callable[[Deployment], Asked]) -> None:
    """One in seven of what strangers and a tenant's sessions may not: these are many."""
    copied = asked(deployment("prod", **COPIED)) if asked is on_other_services else ()
    all_asked = enumerate(chain(asked(deployment("prod", **EVERYTHING)), copied))
    every = 7 if asked in (on_tenants, on_trust) else 1
    agreed(second.compare(question for place, (question, may) in all_asked if may or place % every == 0), 1_000)


def test_a_judge_that_errs_shows(second: Second, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_deny(request: Request, own: Iterable[Policy], attached: Iterable[Policy]) -> Decision:
        found = decide(request, own, attached)
        return Decision.ALLOWED if found is Decision.DENIED else found

    monkeypatch.setattr("tests.support.iam.second.decide", without_deny)
    questions = (question for question, _ in on_denials(deployment("prod", **EVERYTHING)))
    found = second.compare(questions).differences
    assert len(found) > 100
    assert "Decision.ALLOWED here, Decision.DENIED there" in found[0]


def test_whatever_ours_decides_the_other_decides_alike(second: Second) -> None:
    """Over generated documents and requests, but for what ours refuses by an error."""
    decided: Counter[str] = Counter()

    @settings(max_examples=400, derandomize=True)
    @given(drawn())
    def compared(asked: tuple[Request, Documents, Documents]) -> None:
        request, own, attached = asked
        kind: Kind = "trust" if request.action.startswith("sts:") else "attached"
        try:
            policies = tuple(map(Policy.read, own)), tuple(Policy.read(each, kind) for each in attached)
            ours = decide(request, *policies)
        except ValueError:
            reject()
        decided[ours.name] += 1
        (other,) = second.decisions([Question(request, *policies)])
        assert ours is other

    compared()
    print(f"second judge, generated: {dict(decided)}")
    assert min(decided.values()) > 10
