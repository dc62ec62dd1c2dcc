"""Every access pattern of every family, on every engine: one run, and a test a pattern for what it found."""

from __future__ import annotations

import pytest

from families import catalogue
from tablekit.ops.smoke.outcomes import SmokeReport
from tests.dataplane.stages import Stage, items, smoke

CATALOGUE = catalogue()
PATTERNS = [(family.key, name) for family in CATALOGUE for name in family.patterns]
IDS = [f"{family}/{name}" for family, name in PATTERNS]


@pytest.fixture(scope="module")
def report(stage: Stage) -> SmokeReport:
    return smoke(stage)


@pytest.mark.parametrize(("family", "name"), PATTERNS, ids=IDS)
def test_a_pattern_does_what_it_is_declared_to(report: SmokeReport, family: str, name: str) -> None:
    found = [outcome for outcome in report.outcomes if (outcome.family, outcome.name) == (family, name)]
    assert [outcome.problems for outcome in found] == [()]
    assert found[0].status == "passed"
    assert found[0].units is None or found[0].units > 0


def test_the_run_leaves_nothing(stage: Stage, report: SmokeReport) -> None:
    assert report.left_behind == ()
    assert not report.failed
    if stage.endpoint:
        assert items(stage) == 0


def test_a_read_only_run_writes_nothing(stage: Stage) -> None:
    found = smoke(stage, read_only=True)
    assert not found.failed
    writes = [
        family.patterns[name] for family in CATALOGUE for name in family.patterns if not family.patterns[name].reads
    ]
    assert found.count("not run") == len(writes)
    assert found.count("passed") == len(PATTERNS) - len(writes)


def test_one_at_a_time_finds_the_same(stage: Stage) -> None:
    found = smoke(stage, concurrency=1, families=("formbridge",), patterns=("formbridge/active-tenants",))
    assert [(outcome.name, outcome.status) for outcome in found.outcomes] == [("active-tenants", "passed")]
