"""What the guard makes of a plan: changes, verdict, what is allowed, and how it is shown."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tablekit.ops.errors import GuardError
from tablekit.ops.guard.rendering import shown
from tablekit.ops.guard.report import Allowance, PlanReport, judge
from tests.support.guarded import (
    KEY,
    MANAGED,
    NEXT,
    Document,
    gsi,
    inputs,
    paired,
    plan,
    read_back,
    resource,
    role_policy,
    state,
    step,
    unplanned,
    urn,
)

TODAY = date(2026, 6, 1)
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}


def report(
    folder: Path,
    *steps: Document,
    there: Sequence[Document] | None = None,
    pending: Sequence[Document] = (),
    allow: Sequence[Allowance] = (),
    **more: Any,
) -> PlanReport:
    """On a plan of these steps, and the state of what they had before, or of `there`."""
    before = [each["oldState"] for each in steps if "oldState" in each] if there is None else there
    return judge(paired(folder, plan(*steps, **more), state(*before, pending_operations=list(pending))), allow, TODAY)


OPTIONS = ("protect", "retainOnDelete", "ignoreChanges", "replaceOnChanges", "deletedWith")


def changed(op: str = "update", **new: Any) -> Document:
    """A step that changes these properties or options of the one table."""
    options = {key: new.pop(key) for key in OPTIONS if key in new}
    return step(op, resource(), resource(inputs(**new), **options), diffReasons=sorted(new))


def changes(found: PlanReport, name: str = "shop-orders") -> str:
    return " ".join(change.change for table in found.tables if table.name == name for change in table.changes)


def details(found: PlanReport) -> list[str]:
    return [f"{change.change}: {change.detail}" for change in found.tables[0].changes]


SEVERAL = "index-drop several-index-changes index-build"
LOCAL = {"name": "l-index", "rangeKey": "customer", "projectionType": "ALL"}
RETYPED = [{"name": "order_id", "type": "N"}, {"name": "customer", "type": "S"}]


@pytest.mark.parametrize(
    ("op", "new", "expected", "code"),
    [
        ("same", {}, "none", 0),
        ("update", {"tags": {"a": "b"}}, "in-place", 0),
        ("update", {"globalSecondaryIndexes": [gsi("customer-index"), gsi("b-index")]}, "index-build", 0),
        ("update", {"globalSecondaryIndexes": [gsi("b-index")]}, SEVERAL, 2),
        ("update", {"globalSecondaryIndexes": [gsi("customer-index", "customer", "KEYS_ONLY")]}, SEVERAL, 2),
        ("update", {"deletionProtectionEnabled": None}, "protection-lost", 2),
        ("same", {"protect": False}, "protection-lost", 2),
        ("same", {"retainOnDelete": False}, "retention-lost", 2),
        ("same", {"ignoreChanges": ["deletionProtectionEnabled"]}, "options-set", 2),
        ("same", {"replaceOnChanges": ["tags"]}, "options-set", 2),
        ("same", {"deletedWith": urn("shop-other")}, "options-set", 2),
        ("update", {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 34}}, "recovery-window", 2),
        ("update", {"pointInTimeRecovery": {"enabled": True}}, "in-place", 0),
        ("update", {"pointInTimeRecovery": None}, "recovery-lost", 3),
        ("update", {"streamViewType": "KEYS_ONLY"}, "stream", 2),
        ("update", {"streamEnabled": False, "streamViewType": None}, "stream", 2),
        ("update", {"hashKey": "customer"}, "replacement", 3),
        ("replace", {"tableClass": "other"}, "replacement table-class", 3),
        ("update", {"region": "us-east-1"}, "replacement region", 3),
        ("update", {"localSecondaryIndexes": [LOCAL]}, "replacement local-index", 3),
        ("update", {"deletionProtectionEnabled": UNKNOWN}, "unknown", 2),
        ("update", {"ttl": {"attributeName": "[secret]", "enabled": True}}, "unknown", 2),
        ("update", {"tags": {"a": UNKNOWN}}, "in-place", 0),
    ],
)
def test_a_change_has_its_kind_and_code(tmp_path: Path, op: str, new: Document, expected: str, code: int) -> None:
    found = report(tmp_path, changed(op, **new))
    assert (changes(found), found.exit_code) == (expected, code)


ON, OFF, READ_OFF = (
    {"attributeName": name, "enabled": enabled} for name, enabled in (("ttl", True), ("ttl", False), ("", False))
)


@pytest.mark.parametrize("already", [False, True], ids=["new", "deployed once"])
@pytest.mark.parametrize(
    ("new", "there", "expected"),
    [
        ({"globalSecondaryIndexes": None}, {}, "last-index: customer-index: stays as it is"),
        ({"globalSecondaryIndexes": []}, {}, "last-index: customer-index: stays as it is"),
        ({"globalSecondaryIndexes": None}, {"globalSecondaryIndexes": []}, "none: "),
        ({"ttl": None}, {"ttl": ON}, "ttl-left-out: it stays on, with ttl"),
        ({"ttl": OFF}, {"ttl": ON}, "ttl-switch: off; it was on with ttl"),
        ({"ttl": {**ON, "attributeName": "ends"}}, {"ttl": ON}, "ttl-attribute: ttl → ends"),
        (
            {"ttl": {**OFF, "attributeName": "ends"}},
            {"ttl": ON},
            "ttl-attribute: ttl → ends; off is given with ends, and TTL is on with ttl",
        ),
        ({"ttl": OFF}, {"ttl": READ_OFF}, "none: "),
        ({"ttl": None}, {"ttl": READ_OFF}, "none: "),
        ({"attributes": RETYPED}, {}, "key-type: order_id: S → N"),
        (
            {"localSecondaryIndexes": [{**LOCAL, "rangeKey": "hour"}]},
            {"localSecondaryIndexes": [LOCAL]},
            "local-index: l-index",
        ),
    ],
)
def test_what_the_plugin_plans_nothing_for_is_found_also_after_it_was_deployed_once(
    tmp_path: Path, new: Document, there: Document, expected: str, already: bool
) -> None:
    wanted = inputs(**new)
    assert details(report(tmp_path, unplanned(wanted if already else inputs(), wanted, read_back(**there)))) == [
        expected
    ]


def test_a_last_index_is_dropped_in_steps(tmp_path: Path) -> None:
    without = inputs(globalSecondaryIndexes=None)
    found = report(tmp_path, unplanned(inputs(), without, read_back()))
    assert (found.exit_code, found.tables[0].index_steps) == (3, ["drop customer-index"])
    found = report(tmp_path, unplanned(without, without, read_back(globalSecondaryIndexes=[])))
    assert (found.exit_code, found.tables[0].index_steps) == (0, [])


def test_an_index_by_another_name_may_have_its_key_in_another_type(tmp_path: Path) -> None:
    types = [{"name": "order_id", "type": "S"}, {"name": "customer", "type": "N"}]
    new = inputs(globalSecondaryIndexes=[gsi("customer-number-index")], attributes=types)
    assert changes(report(tmp_path, unplanned(inputs(), new, read_back(), "update"))) == SEVERAL


def encrypted(key: str | None) -> Document:
    return {"serverSideEncryption": {"enabled": True, **({"kmsKeyArn": key} if key else {})}}


def test_encryption_by_a_key_that_goes_off_is_a_protection_lost(tmp_path: Path) -> None:
    for key in (MANAGED, KEY):
        off = unplanned(
            inputs(), inputs(serverSideEncryption={"enabled": False}), read_back(**encrypted(key)), "update"
        )
        assert details(report(tmp_path, off)) == ["protection-lost: encryption by a KMS key"]


def test_a_table_under_another_parent_is_another_table(tmp_path: Path) -> None:
    moved = {**resource(), "urn": urn(kind="my:own:Component$aws:dynamodb/table:Table")}
    found = report(tmp_path, step("create", None, moved), step("delete", resource(), None))
    assert [table.changes[0].change for table in found.tables] == ["removal", "name-taken"]


def test_a_table_that_is_to_leave_its_key_is_moved_by_hand_first(tmp_path: Path) -> None:
    was, managed = inputs(**encrypted(KEY)), inputs(**encrypted(None))
    leaving = unplanned(was, managed, read_back(**encrypted(KEY)))
    policies = step("update", role_policy(KEY), role_policy())
    found = report(tmp_path, leaving, policies)
    assert found.exit_code == 3
    assert details(found) == [
        f"managed-key: it stays on {KEY}; the way: aws dynamodb update-table --table-name dev-shop-orders "
        "--region eu-west-2 --sse-specification Enabled=true,SSEType=KMS",
        f"key-permission: shop-app: loses {KEY}",
    ]
    without_roles = report(tmp_path, leaving)
    assert details(without_roles) == [f"unknown: serverSideEncryption: whether {KEY} is the AWS-managed key"]
    assert report(tmp_path, unplanned(managed, managed, read_back())).exit_code == 0, "it always was AWS's own"
    # Refreshed: inputs and outputs have the AWS-managed key's ARN, which no role names.
    refreshed = unplanned(inputs(**encrypted(MANAGED)), managed, read_back(**encrypted(MANAGED)))
    assert report(tmp_path, refreshed, policies).exit_code == 0


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (role_policy(NEXT), "key-permission"),
        (role_policy(KEY, NEXT), "in-place"),
        ({**role_policy(), "inputs": {"policy": "[secret]"}}, "key-permission"),
    ],
)
def test_roles_keep_a_key_until_the_state_shows_the_next(tmp_path: Path, policy: Document, expected: str) -> None:
    was, after = inputs(**encrypted(KEY)), inputs(**encrypted(NEXT))
    moving = unplanned(was, after, read_back(**encrypted(KEY)), "update")
    assert changes(report(tmp_path, moving, step("update", role_policy(KEY), policy))) == expected
    moved = unplanned(after, after, read_back(**encrypted(NEXT)))
    assert report(tmp_path, moved, step("update", role_policy(KEY, NEXT), role_policy(NEXT))).exit_code == 0


@pytest.mark.parametrize(("retained", "expected", "code"), [(True, "removal", 2), (False, "deletion", 3)])
def test_a_table_that_leaves_is_deleted_unless_it_is_retained(
    tmp_path: Path, retained: bool, expected: str, code: int
) -> None:
    found = report(tmp_path, step("delete", resource(retainOnDelete=retained), None))
    assert (changes(found), found.exit_code) == (expected, code)


def test_what_a_replacement_left_behind_is_reported(tmp_path: Path) -> None:
    here, old = resource(), resource(inputs(name="dev-old"), delete=True, retainOnDelete=False)
    found = report(tmp_path, step("same", here, here), step("delete-replaced", old, None))
    assert sorted(changes(found).split()) == ["deletion", "none"]
    said = "'dev-old' in eu-west-2, left over by an earlier replacement, is not retained"
    assert said in found.tables[1].changes[0].detail


def test_names_that_two_resources_have(tmp_path: Path) -> None:
    here, other, third = resource(), resource(name="shop-other", provider=""), resource(name="shop-third")
    stays, comes = step("same", here, here), step("create", None, other)
    found = report(tmp_path, stays, comes)
    assert changes(found) == "none", "who was first is not told of a newcomer"
    assert changes(found, "shop-other") == "name-taken create"
    elsewhere = step("create", None, resource(inputs(region="us-east-1"), name="shop-other"))
    assert changes(report(tmp_path, stays, elsewhere), "shop-other") == "create"
    found = report(tmp_path, stays, step("same", other, other))
    assert changes(found) == changes(found, "shop-other") == "name-taken", "both own it already"
    found = report(tmp_path, comes, step("create", None, third))
    assert changes(found, "shop-third") == changes(found, "shop-other") == "name-taken create"


def test_one_table_under_another_name_or_provider(tmp_path: Path) -> None:
    here = resource()
    aliased = report(tmp_path, step("same", here, resource(name="shop-new")))
    assert changes(aliased, "shop-new") == "none"
    here = resource(inputs(region=None))
    moved = {"urn": f"{urn('x', 'pulumi:providers:aws')[:-3]}::default", "type": "pulumi:providers:aws"}
    provider = step("update", None, {**moved, "inputs": {"region": "us-east-1"}})
    assert changes(report(tmp_path, provider, step("same", here, here))) == "replacement region"


def test_a_replacement_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    steps = step("remove-pending-replace", resource(pendingReplacement=True), None), step("create", None, resource())
    assert changes(report(tmp_path, *steps)) == "create"


def test_an_import_is_judged_by_the_update_that_follows_it(tmp_path: Path) -> None:
    here, wanted = resource(protect=False), resource(inputs(ttl={"attributeName": "ends", "enabled": True}))
    steps = step("import", None, wanted), step("update", here, wanted, diffReasons=["ttl"])
    assert changes(report(tmp_path, *steps, there=())) == "ttl-attribute adoption"


def test_after_an_import_the_declaration_is_wrong(tmp_path: Path) -> None:
    """An imported table has no dependencies of properties in the state: no program registered it."""
    imported = unplanned(inputs(), inputs(attributes=RETYPED, ttl=OFF), read_back())
    del imported["oldState"]["propertyDependencies"]
    found = report(tmp_path, imported)
    assert changes(found) == "key-type ttl-switch"
    text = shown(found).markdown()
    assert text.count("no deployment has touched it: the declaration is wrong, fix it") == 2
    assert "declare a new table" not in text
    assert "- --allow shop-orders:ttl-switch" in text
    assert "--allow shop-orders:key-type" not in text


def test_an_update_that_was_cut_off_is_reported(tmp_path: Path) -> None:
    here = resource()
    pending = [
        {"type": "updating", "resource": here},
        {"type": "creating", "resource": resource(name="shop-coming")},
    ]
    found = report(tmp_path, step("same", here, here), pending=pending)
    assert changes(found) == changes(found, "shop-coming") == "pending-operation"
    assert found.exit_code == 2


def test_a_plan_that_protection_ended_is_refused_whatever_is_allowed(tmp_path: Path) -> None:
    here, other = resource(), resource(inputs(name="dev-other"), name="shop-other")
    said = {"urn": here["urn"], "severity": "error", "message": "error: Preview failed: it is protected\nmore"}
    diagnostics = [said, {"severity": "error", "message": "error: preview failed\n"}]
    allowed = Allowance(table="shop-orders", change="removal", by="Ada", reason="gone")
    stopped = step("delete", here, None)
    found = report(tmp_path, stopped, there=(here, other), diagnostics=diagnostics, allow=[allowed])
    assert found.exit_code == 3
    assert "Pulumi refuses to delete it" in found.blocked[0]
    assert found.blocked[1] == f"{other['urn']}: not judged, as the plan ended before it"
    assert "--allow" not in shown(report(tmp_path, stopped, diagnostics=diagnostics)).markdown()


@pytest.mark.parametrize(
    ("a_plan", "a_state", "says"),
    [
        (plan(), state(resource()), f"no step for table {urn()}"),
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
        judge(paired(tmp_path, a_plan, a_state), (), TODAY)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_secret_in_the_state_is_no_difference(tmp_path: Path) -> None:
    stored, shown = resource(inputs(name=SECRET)), resource(inputs(name="[secret]"))
    assert changes(report(tmp_path, step("same", shown, shown), there=[stored])) == "none"


def test_what_is_allowed_is_reported_with_who_and_why(tmp_path: Path) -> None:
    def allow(table: str, change: str, reason: str = "", until: date | None = None) -> Allowance:
        return Allowance(table=table, change=change, by="Ada", reason=reason or "wanted", until=until)

    allowances = (
        allow("shop-orders", "index-drop", "nobody queries it", TODAY),
        allow(urn(), "stream", until=date(2026, 5, 31)),
        allow("shop-other", "index-drop"),
        allow("shop-orders", "ttl-left-out"),
    )
    a_step = changed(globalSecondaryIndexes=[gsi("b-index")], streamViewType="KEYS_ONLY", ttl=None)
    found = report(tmp_path, a_step, allow=allowances)
    by_change = {change.change: change.allowed for change in found.tables[0].changes}
    assert by_change["index-drop"] is not None
    assert by_change["index-drop"].reason == "nobody queries it"
    assert by_change["stream"] is None, "it ran out the day before"
    assert found.exit_code == 3
    assert "**Allowances without use:**" in shown(found).markdown()
    assert found.unused == [
        f"{urn()}:stream (--allow) ran out on 2026-05-31; remove it",
        "shop-other:index-drop (--allow) fits no change of this plan; remove it",
        "shop-orders:ttl-left-out (--allow) does not help: neither AWS nor its plugin makes this change; remove it",
    ]


def test_no_allowance_is_offered_where_none_helps(tmp_path: Path) -> None:
    """A replacement beside a table of the same name fails."""
    found = report(tmp_path, step("replace", resource(), resource(inputs(hashKey="customer"))))
    assert "--allow" not in shown(found).markdown()
    assert "No allowance helps." in shown(found).markdown()
    renamed = report(tmp_path, step("replace", resource(), resource(inputs(name="dev-shop-orders-2"))))
    assert "--allow shop-orders:replacement" in shown(renamed).markdown()


def test_the_forms_of_the_report(tmp_path: Path) -> None:
    wanted = [gsi("a|b<script>`\x1b"), gsi("customer-index"), gsi("c-index")]
    found = report(tmp_path, changed(globalSecondaryIndexes=wanted, streamViewType="KEYS_ONLY"))
    content = json.loads(json.dumps(found.as_json()))
    assert (content["version"], content["exitCode"], content["verdict"]) == (1, 2, "needs approval")
    assert content["tables"][0]["indexSteps"][0] == "build a|b<script>`\x1b (customer:S, ALL)"

    text = shown(found).markdown()
    assert "### ⚠️ Guard: needs approval" in text
    assert "a\\|b&lt;script&gt;\\` (customer" in text
    assert "<script>" not in text
    assert "\x1b" not in text
    assert "\n1. build a" in text
    assert "- --allow shop-orders:stream" in text

    out = io.StringIO()
    shown(found).print("table", Console(file=out, width=120, soft_wrap=True))
    assert "\x1b" not in out.getvalue(), "colours are for a terminal"
    assert "Verdict: needs approval (exit code 2)." in out.getvalue()
    assert "1. build a|b<script>` (customer" in out.getvalue()
