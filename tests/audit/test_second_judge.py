"""A judge of policies that nobody here wrote, asked beside our own on what decides: no two answers differ."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest

from tests.policies.program import EVERYTHING, STAGES
from tests.support.iam.actions import NEWER
from tests.support.iam.callers import CALLERS, Asked, on_tenants
from tests.support.iam.deployed import Deployment, deployment
from tests.support.iam.matrix import cells
from tests.support.iam.second import Comparison, Second

EVERY = 97
"""Of what is asked in the whole by `python -m tests.support.iam --both`: one in so many."""


def agreed(found: Comparison, least: int) -> Comparison:
    print(f"second judge: {found}")
    assert found.differences == []
    assert found.unanswered <= set(NEWER)
    assert found.asked > least
    return found


def test_every_cell_that_a_statement_of_prod_speaks_of(second: Second) -> None:
    """With every option on."""
    assert agreed(second.compare(cells(deployment("prod", **EVERYTHING), spoken_of=True)), 80_000).allowed > 700


@pytest.mark.parametrize("stage", STAGES)
def test_some_of_every_stages_cells(second: Second, stage: str) -> None:
    for each in (deployment(stage), deployment(stage, **EVERYTHING)):
        agreed(second.compare(islice(cells(each), 0, None, EVERY)), 5_000)


@pytest.mark.parametrize("asked", CALLERS, ids=lambda each: each.__name__)
def test_all_that_may_and_some_that_may_not(second: Second, asked: Callable[[Deployment], Asked]) -> None:
    """One in seven of what a tenant's sessions may not: these are many, and their conditions take long."""
    all_asked, every = enumerate(asked(deployment("prod", **EVERYTHING))), 7 if asked is on_tenants else 1
    agreed(second.compare(question for place, (question, may) in all_asked if may or place % every == 0), 1_000)
