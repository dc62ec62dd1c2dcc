"""Dashboards: of the published structure, on published metrics, laid out without overlap, within the limits."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from local.standin import checks
from policies.alarms import OURS, PUBLISHED
from tablekit.model import Catalogue, StageError
from tablekit.model.dashboards import WIDTH, family_dashboard, stage_dashboard
from tablekit.model.staged import Account, StagedFamily, staged_families
from tests.support import declare
from tests.support.snapshots import CATALOGUE

ACCOUNT = Account("111122223333")
ALL_ON = {"dashboards": True, "compositeAlarms": True}
STAGES: dict[str, dict[str, Any]] = {
    "with alarms": {"alarms": "all", "dashboards": True},
    "with composite alarms": {"alarms": "tables", **ALL_ON},
    "without alarms": {"dashboards": True},
    "with item counts": {"dashboards": True, "itemCounts": True, "growthLimits": {"acs": {"gigabytes": 10}}},
    "with fixed capacity and streams": {
        "dashboards": True,
        "provisioned": {"acs/Users": {"read": 5, "write": 5}, "formbridge/FormBridgeData": {"read": 1, "write": 1}},
        "streams": {"acs/Users": "KEYS_ONLY", "pse/content-mapping": "NEW_IMAGE"},
    },
}
OF_A_STREAM = {"ReturnedRecordsCount", "IteratorAge"}
"""What is searched for, since the dimensions are not ours to know."""


def bodies(settings: dict[str, Any]) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Each dashboard of a stage: what it is of, its region where that is one, its body."""
    stage = declare.stage("dev", CATALOGUE, **settings)
    families = staged_families(stage, CATALOGUE)
    yield from ((key, family.region, family_dashboard(family)) for key, family in families.items())
    yield "stage", None, stage_dashboard(stage, families.values(), ACCOUNT)


CASES = [pytest.param(*case, id=f"{case[0]} {name}") for name, given in STAGES.items() for case in bodies(given)]


@pytest.mark.parametrize(("of", "region", "body"), CASES)
def test_it_is_of_the_published_structure(of: str, region: str | None, body: dict[str, Any]) -> None:
    assert list(checks.dashboard({"dashboardName": f"dev-{of}", "dashboardBody": json.dumps(body)})) == []


@pytest.mark.parametrize(("of", "region", "body"), CASES)
def test_its_widgets_lie_beside_each_other(of: str, region: str | None, body: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in body["widgets"]:
        across = range(widget["x"], widget["x"] + widget["width"])
        cells = {(x, y) for x in across for y in range(widget["y"], widget["y"] + widget["height"])}
        assert across.stop <= WIDTH
        assert not cells & taken
        taken |= cells
    lowest = max(y for _, y in taken)
    assert {y for _, y in taken} == set(range(lowest + 1)), "no row is empty"


@pytest.mark.parametrize(("of", "region", "body"), CASES)
def test_it_shows_what_is_published(of: str, region: str | None, body: dict[str, Any]) -> None:
    for graph in (widget["properties"] for widget in body["widgets"] if widget["type"] == "metric"):
        assert region in (None, graph["region"])
        ids = [options["id"] for *_, options in graph["metrics"] if isinstance(options, dict) and "id" in options]
        assert len(ids) == len(set(ids))
        for series in graph["metrics"]:
            options = series[-1] if isinstance(series[-1], dict) else {}
            names = [part for part in series if isinstance(part, str)]
            if not names:
                _is_known(options["expression"], ids)
            elif known := {"AWS/DynamoDB": PUBLISHED, "dynamodb-tables": OURS}.get(names[0]):
                sets, statistics = known[names[1]]
                assert frozenset(names[2::2]) in sets, names
                assert options.get("stat", graph["stat"]) in statistics | {"p99"}, names
            else:
                assert names[0] == "PSE"
                assert of == "pse"


def _is_known(expression: str, ids: list[str]) -> None:
    if searched := re.findall(r'MetricName="(\w+)"', expression):
        assert set(searched) <= OF_A_STREAM
    elif summed := re.fullmatch(r'SUM\(METRICS\("(\w+)"\)\)', expression):
        assert any(summed[1] in name for name in ids)
        assert not any(summed[1] in name for name in ids if name.startswith("sum"))
    else:
        assert set(re.findall(r"\b[a-z]\w*", expression)) <= set(ids), expression


def test_what_each_has() -> None:
    """Counted by hand, of prod's families: a title and four graphs a table, and what is below them."""
    found = {of: len(body["widgets"]) for of, _, body in bodies(STAGES["with alarms"])}
    assert found == {
        "acs": 13 * 5 + 1,
        "cloudstro": 5 * 5 + 1,
        "content-ai": 6 * 5 + 1,
        "formbridge": 1 * 5 + 3,
        "marketbrewer": 5 * 5,
        "pse": 7 * 5 + 1 + 1 + 4,
        "stage": 6 * 5 + 1 + 2,
    }


def titles(body: dict[str, Any]) -> Counter[str]:
    return Counter(widget["properties"].get("title", "") for widget in body["widgets"])


def test_capacity_is_shown_against_its_limit() -> None:
    fixed = {"provisioned": {"shop/orders": {"read": 5, "write": 5}}}
    for given, limit in (({}, "AccountMaxTableLevelReads"), (fixed, "ProvisionedReadCapacityUnits")):
        body = family_dashboard(declare.staged(dashboards=True, **given))
        graph = next(each["properties"] for each in body["widgets"] if each["type"] == "metric")
        assert limit in {series[1] for series in graph["metrics"] if len(series) > 1}
        shown = [series[0] for series in graph["metrics"] if len(series) == 1]
        assert [each["label"] for each in shown] == [
            *("table: reads", "customer-day-index: reads", "table: writes", "customer-day-index: writes"),
        ]
        assert shown[0]["expression"] == f"100 * mread0 / PERIOD(mread0) / lread{'0' if given else ''}"


def test_the_stage_shows_the_composite_alarm_instead_of_the_critical_ones() -> None:
    for given, names in (
        ({"alarms": "tables", "dashboards": True}, ["shop-dev-orders-system-errors"]),
        ({"alarms": "tables", **ALL_ON}, ["dev-shop-hurt"]),
        ({"dashboards": True}, None),
    ):
        family = declare.staged(declare.family(table_name="shop-{stage}-{table}"), **given)
        body = stage_dashboard(family.stage, [family], ACCOUNT)
        found = [each["properties"]["alarms"] for each in body["widgets"] if each["type"] == "alarm"]
        arns = [[f"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}" for name in names]] if names else []
        assert found == arns


def many(tables: int, indexes: int = 0) -> StagedFamily:
    """A family of so many tables."""
    some = tuple(declare.index(name=f"index-{place}") for place in range(indexes))
    made = tuple(declare.table(name=f"table-{number}", indexes=some) for number in range(tables))
    found = declare.family(tables=made, patterns=())
    return declare.staged(found, "dev", Catalogue([found]), dashboards=True)


@pytest.mark.parametrize(
    ("tables", "indexes", "says"),
    [(101, 0, "506 widgets, and CloudWatch takes 500"), (40, 10, "metrics, and CloudWatch takes 2500")],
)
def test_one_that_is_too_large_is_refused(tables: int, indexes: int, says: str) -> None:
    with pytest.raises(StageError) as refusal:
        family_dashboard(many(tables, indexes))
    assert str(refusal.value).startswith("stage 'dev': dashboards: that of shop has ")
    assert says in str(refusal.value)
    assert str(refusal.value).endswith("; turn dashboards off")


def test_an_account_has_one_of_a_name() -> None:
    """Whatever its region: so stage, family and region are in it, and nothing that CloudWatch refuses."""
    assert declare.staged(dashboards=True).dashboard == "dynamodb-tables-dev-shop-eu-west-1"
    assert declare.staged().dashboard is None
    names = [
        family.dashboard
        for stage in ("dev", "prod")
        for family in staged_families(declare.stage(stage, CATALOGUE, dashboards=True), CATALOGUE).values()
    ]
    assert len(set(names)) == len(names) == 12
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,255}", str(name)) for name in names)
