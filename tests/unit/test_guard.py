"""What the guard makes of a plan: changes, verdict, what is allowed, and how it is shown."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tablekit.model.errors import TablekitError
from tablekit.ops.errors import GuardError
from tablekit.ops.guard.changes import CHANGES, Level, reference
from tablekit.ops.guard.rendering import markdown, show
from tablekit.ops.guard.report import Allowance, PlanReport, judge
from tests.support.guarded import Document, gsi, inputs, paired, plan, resource, state, step, urn

TODAY = date(2026, 6, 1)
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}


def report(folder: Path, a_plan: Document, a_state: Document, *allowances: Allowance) -> PlanReport:
    return judge(paired(folder, a_plan, a_state), allowances, TODAY)


def changes(found: PlanReport, name: str = "shop-orders") -> list[str]:
    return [change.change for table in found.tables if table.name == name for change in table.changes]


def updated(folder: Path, *allowances: Allowance, op: str = "update", **new: Any) -> PlanReport:
    """The report on a plan that changes these properties or options of the one table."""
    options = {key: new.pop(key) for key in ("protect", "retainOnDelete") if key in new}
    before, after = resource(), resource(inputs(**new), **options)
    return report(folder, plan(step(op, before, after, diffReasons=sorted(new))), state(before), *allowances)


@pytest.mark.parametrize(
    ("op", "new", "expected", "code"),
    [
        ("same", {}, ["none"], 0),
        ("update", {"tags": {"a": "b"}}, ["in-place"], 0),
        ("update", {"globalSecondaryIndexes": [gsi("customer-index"), gsi("b-index")]}, ["index-build"], 0),
        (
            "update",
            {"globalSecondaryIndexes": [gsi("b-index")]},
            ["index-drop", "several-index-changes", "index-build"],
            2,
        ),
        (
            "update",
            {"globalSecondaryIndexes": [gsi("customer-index", "customer", "KEYS_ONLY")]},
            ["index-drop", "several-index-changes", "index-build"],
            2,
        ),
        ("update", {"deletionProtectionEnabled": None}, ["protection-lost"], 2),
        ("same", {"protect": False}, ["protection-lost"], 2),
        ("same", {"retainOnDelete": False}, ["retention-lost"], 2),
        ("update", {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 34}}, ["recovery-window"], 2),
        ("update", {"pointInTimeRecovery": {"enabled": True}}, ["in-place"], 0),
        ("update", {"pointInTimeRecovery": None}, ["recovery-lost"], 3),
        ("update", {"ttl": {"attributeName": "ends", "enabled": True}}, ["ttl-attribute"], 3),
        ("update", {"ttl": {"attributeName": "ttl", "enabled": False}}, ["ttl-switch"], 2),
        ("update", {"streamViewType": "KEYS_ONLY"}, ["stream"], 2),
        ("update", {"streamEnabled": False, "streamViewType": None}, ["stream"], 2),
        ("update", {"hashKey": "customer"}, ["replacement"], 3),
        ("replace", {"tableClass": "other"}, ["replacement"], 3),
        ("update", {"region": "us-east-1"}, ["replacement", "region"], 3),
        (
            "update",
            {"attributes": [{"name": "order_id", "type": "N"}, {"name": "customer", "type": "S"}]},
            ["key-type"],
            3,
        ),
        (
            "update",
            {"localSecondaryIndexes": [{"name": "l-index", "rangeKey": "customer", "projectionType": "ALL"}]},
            ["replacement", "local-index"],
            3,
        ),
        ("update", {"deletionProtectionEnabled": UNKNOWN}, ["unknown"], 2),
        ("update", {"ttl": {"attributeName": "[secret]", "enabled": True}}, ["unknown"], 2),
        ("update", {"tags": {"a": UNKNOWN}}, ["in-place"], 0),
    ],
)
def test_a_change_has_its_kind_and_code(
    tmp_path: Path, op: str, new: dict[str, Any], expected: list[str], code: int
) -> None:
    found = updated(tmp_path, op=op, **new)
    assert (changes(found), found.exit_code) == (expected, code)


def test_a_table_that_leaves_is_deleted_unless_it_is_retained(tmp_path: Path) -> None:
    for retained, expected, code in ((True, ["removal"], 2), (False, ["deletion"], 3)):
        gone = resource(retainOnDelete=retained)
        found = report(tmp_path, plan(step("delete", gone, None)), state(gone))
        assert (changes(found), found.exit_code) == (expected, code)


def test_what_a_replacement_left_behind_is_told(tmp_path: Path) -> None:
    here, old = resource(), resource(inputs(name="dev-old"), delete=True, retainOnDelete=False)
    found = report(tmp_path, plan(step("same", here, here), step("delete-replaced", old, None)), state(here, old))
    assert sorted(changes(found)) == ["deletion", "none"]
    assert (
        "'dev-old' in eu-west-2, left over by an earlier replacement, is not retained"
        in found.tables[1].changes[0].detail
    )


def test_names_that_two_resources_have(tmp_path: Path) -> None:
    here, other = resource(), resource(name="shop-other", provider="")
    found = report(tmp_path, plan(step("same", here, here), step("create", None, other)), state(here))
    assert changes(found) == ["none"], "who was first is not told of a newcomer"
    assert changes(found, "shop-other") == ["name-taken", "create"]
    elsewhere = resource(inputs(region="us-east-1"), name="shop-other")
    found = report(tmp_path, plan(step("same", here, here), step("create", None, elsewhere)), state(here))
    assert changes(found, "shop-other") == ["create"]
    found = report(tmp_path, plan(step("same", here, here), step("same", other, other)), state(here, other))
    assert changes(found) == changes(found, "shop-other") == ["name-taken"], "both own it already"
    third = resource(name="shop-third")
    found = report(tmp_path, plan(step("create", None, other), step("create", None, third)), state())
    assert changes(found, "shop-third") == changes(found, "shop-other") == ["name-taken", "create"]


def test_an_alias_is_the_same_table(tmp_path: Path) -> None:
    here = resource()
    found = report(tmp_path, plan(step("same", here, resource(name="shop-new"))), state(here))
    assert changes(found, "shop-new") == ["none"]


def test_a_region_may_be_the_providers(tmp_path: Path) -> None:
    here = resource(inputs(region=None))
    moved = {"urn": f"{urn('x', 'pulumi:providers:aws')[:-3]}::default", "type": "pulumi:providers:aws"}
    provider = step("update", None, {**moved, "inputs": {"region": "us-east-1"}})
    found = report(tmp_path, plan(provider, step("same", here, here)), state(here))
    assert changes(found) == ["replacement", "region"]


def test_a_replacement_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    gone = resource(pendingReplacement=True)
    steps = step("remove-pending-replace", gone, None), step("create", None, resource())
    assert changes(report(tmp_path, plan(*steps), state(gone))) == ["create"]


def test_an_import_is_judged_by_the_update_that_follows_it(tmp_path: Path) -> None:
    here, wanted = resource(protect=False), resource(inputs(ttl={"attributeName": "ends", "enabled": True}))
    steps = step("import", None, wanted), step("update", here, wanted, diffReasons=["ttl"])
    assert changes(report(tmp_path, plan(*steps), state())) == ["ttl-attribute", "adoption"]


def test_an_update_that_was_cut_off_is_told(tmp_path: Path) -> None:
    here, coming = resource(), resource(name="shop-coming")
    pending = [{"type": "updating", "resource": here}, {"type": "creating", "resource": coming}]
    found = report(tmp_path, plan(step("same", here, here)), state(here, pending_operations=pending))
    assert changes(found) == changes(found, "shop-coming") == ["pending-operation"]
    assert found.exit_code == 2


def test_a_plan_that_protection_ended_is_refused_whatever_is_allowed(tmp_path: Path) -> None:
    here, other = resource(), resource(inputs(name="dev-other"), name="shop-other")
    said = {"urn": here["urn"], "severity": "error", "message": "error: Preview failed: it is protected\nmore"}
    stopped = plan(
        step("delete", here, None), diagnostics=[said, {"severity": "error", "message": "error: preview failed\n"}]
    )
    allowed = Allowance(table="shop-orders", change="removal", by="Ada", reason="gone")
    found = report(tmp_path, stopped, state(here, other), allowed)
    assert found.exit_code == 3
    assert "Pulumi refuses to delete it" in found.blocked[0]
    assert found.blocked[1] == f"{other['urn']}: not judged, as the plan ended before it"


@pytest.mark.parametrize(
    ("a_plan", "a_state", "says"),
    [
        (
            plan(),
            state(resource()),
            "no step for table urn:pulumi:dev::dynamodb-tables::aws:dynamodb/table:Table::shop-orders",
        ),
        (plan(), {"deployment": {}}, "a plan without steps, on a state without resources"),
        (plan(step("dance", None, resource())), state(), "the operation 'dance' is unknown to this guard"),
        (
            plan(step("same", resource(), resource())),
            {"deployment": {"resources": [{**resource(), "urn": urn().replace(":dev:", ":prod:")}]}},
            "plan.json is of stack 'dev' of project 'dynamodb-tables', and ",
        ),
        (plan(step("update", resource(), resource())), state(), "it is in the plan's old state and not in the state"),
        (plan(step("create", None, resource())), state(resource()), "the plan makes it as if it was not there"),
        (
            plan(step("same", resource(protect=False), resource())),
            state(resource()),
            "protect is True in the state, False in the plan; write both again",
        ),
        (
            plan(diagnostics=[{"severity": "error", "message": "error: boom\nmore"}]),
            state(),
            "the preview failed: boom; fix that",
        ),
        (
            plan(diagnostics=[{"severity": "info#err", "message": "error: families/shop.py:9: ttl twice\n\n"}]),
            state(resource()),
            "the preview failed: families/shop.py:9: ttl twice; fix that",
        ),
        (plan(step("create", None, resource({"name": ["x"]}))), state(), "name: input should be a valid string"),
    ],
)
def test_what_can_not_be_judged_is_one_message(tmp_path: Path, a_plan: Document, a_state: Document, says: str) -> None:
    with pytest.raises(GuardError) as raised:
        report(tmp_path, a_plan, a_state)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_secret_in_the_state_is_no_difference(tmp_path: Path) -> None:
    stored, shown = resource(inputs(name=SECRET)), resource(inputs(name="[secret]"))
    found = report(tmp_path, plan(step("same", shown, shown)), state(stored))
    assert changes(found) == ["none"]


def test_what_is_allowed_is_told_with_who_and_why(tmp_path: Path) -> None:
    here = Allowance(table="shop-orders", change="index-drop", by="Ada", reason="nobody queries it", until=TODAY)
    late = Allowance(table=urn(), change="stream", by="Ada", reason="moved", until=date(2026, 5, 31))
    other = Allowance(table="shop-other", change="index-drop", by="Ada", reason="another table's")
    found = updated(tmp_path, here, late, other, globalSecondaryIndexes=[gsi("b-index")], streamViewType="KEYS_ONLY")
    by_change = {change.change: change.allowed for change in found.tables[0].changes}
    assert by_change["index-drop"] is not None
    assert by_change["index-drop"].reason == "nobody queries it"
    assert by_change["stream"] is None, "it ran out the day before"
    assert found.exit_code == 2
    assert found.unused == [
        f"{urn()}:stream (--allow) ran out on 2026-05-31; remove it",
        "shop-other:index-drop (--allow) fits no change of this plan; remove it",
    ]


def test_the_forms_of_the_report(tmp_path: Path) -> None:
    wanted = [gsi("a|b<script>`\x1b"), gsi("customer-index"), gsi("c-index")]
    found = updated(tmp_path, globalSecondaryIndexes=wanted, streamViewType="KEYS_ONLY")
    content = json.loads(json.dumps(found.as_json()))
    assert (content["version"], content["exitCode"], content["verdict"]) == (1, 2, "needs approval")
    assert content["tables"][0]["indexSteps"][0] == "build a|b<script>`\x1b (customer:S, ALL)"

    text = markdown(found)
    assert "### ⚠️ Guard: needs approval" in text
    assert "a\\|b&lt;script&gt;\\` (customer" in text
    assert "<script>" not in text
    assert "\x1b" not in text
    assert "\n1. build a" in text
    assert "- --allow shop-orders:stream" in text

    out = io.StringIO()
    show(found, Console(file=out, width=120))
    assert "\x1b" not in out.getvalue(), "colours are for a terminal"
    assert "Verdict: needs approval (exit code 2)." in out.getvalue()
    assert "1. build a|b<script>` (customer" in out.getvalue()


def test_every_kind_of_change_says_what_to_do_unless_it_is_safe() -> None:
    for change in CHANGES.values():
        assert bool(change.fix) == (change.level is not Level.SAFE), change.key
    assert issubclass(GuardError, TablekitError)


def test_the_page_has_every_kind_of_change() -> None:
    page = (Path(__file__).parents[2] / "docs" / "guard.md").read_text()
    assert reference() in page, "paste what tablekit.ops.guard.changes.reference() gives"
