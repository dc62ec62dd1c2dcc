"""The guard on changes that the AWS plugin plans nothing for: its step says `same`, and the table stays as it is.

The plans are as the plugin makes them (terraform-provider-aws 6, pulumi-aws 7.51): what is asked for is in the inputs,
what is there in the outputs, and once such a plan was deployed the state's inputs have what was asked for as well.
"""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tablekit.ops.guard.classify import index_steps
from tablekit.ops.guard.rendering import markdown, show
from tablekit.ops.guard.report import Allowance, JudgedChange, PlanReport, judge
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
)

TODAY = date(2026, 6, 1)
ON = {"attributeName": "ttl", "enabled": True}
OFF = {"attributeName": "ttl", "enabled": False}
READ_OFF = {"attributeName": "", "enabled": False}
RETYPED = [{"name": "order_id", "type": "N"}, {"name": "customer", "type": "S"}]


def encrypted(key: str | None) -> Document:
    return {"enabled": True, **({"kmsKeyArn": key} if key else {})}


def judged(folder: Path, a_step: Document, *others: Document, allow: tuple[Allowance, ...] = ()) -> PlanReport:
    steps = [a_step, *others]
    there = [one["oldState"] for one in steps if "oldState" in one]
    return judge(paired(folder, plan(*steps), state(*there)), allow, TODAY)


def found(report: PlanReport) -> list[JudgedChange]:
    return report.tables[0].changes


@pytest.mark.parametrize("asked", [None, []])
@pytest.mark.parametrize("already", [False, True], ids=["new", "deployed once"])
def test_a_last_index_that_leaves_is_refused_and_dropped_in_steps(tmp_path: Path, asked: Any, already: bool) -> None:
    without = inputs(globalSecondaryIndexes=asked)
    a_step = unplanned(without if already else inputs(), without, read_back())
    report = judged(tmp_path, a_step)
    (change,) = found(report)
    assert (change.change, change.detail) == ("last-index", "customer-index: stays as it is")
    assert report.exit_code == 3
    assert report.tables[0].index_steps == ["drop customer-index"]
    assert "`tablekit index-steps --run`, then `pulumi refresh`" in change.fix


def test_a_last_index_that_was_dropped_in_steps_is_gone(tmp_path: Path) -> None:
    without = inputs(globalSecondaryIndexes=None)
    a_step = unplanned(without, without, read_back(globalSecondaryIndexes=[]))
    assert judged(tmp_path, a_step).exit_code == 0
    (pair,) = paired(tmp_path, plan(a_step), state(a_step["oldState"])).pairs
    assert index_steps(pair) == ()


@pytest.mark.parametrize(
    ("new", "there", "expected", "detail"),
    [
        (None, ON, "ttl-left-out", "it stays on, with ttl"),
        (OFF, ON, "ttl-switch", "off; it was on with ttl"),
        (
            {"attributeName": "ends", "enabled": True},
            ON,
            "ttl-attribute",
            "ttl → ends",
        ),
        (
            {"attributeName": "ends", "enabled": False},
            ON,
            "ttl-attribute",
            "ttl → ends; off is given with ends, and TTL is on with ttl",
        ),
        (OFF, READ_OFF, "none", ""),
        (None, READ_OFF, "none", ""),
    ],
)
def test_ttl_goes_off_by_its_old_name_only(
    tmp_path: Path, new: Document | None, there: Document, expected: str, detail: str
) -> None:
    # The state's inputs say nothing: an earlier plan that left TTL out was deployed.
    report = judged(tmp_path, unplanned(inputs(ttl=None), inputs(ttl=new), read_back(ttl=there)))
    assert [(change.change, change.detail) for change in found(report)] == [(expected, detail)]


def test_ttl_that_is_left_out_says_what_to_declare(tmp_path: Path) -> None:
    report = judged(tmp_path, unplanned(inputs(), inputs(ttl=None), read_back()))
    out = io.StringIO()
    show(report, Console(file=out, width=120))
    assert (
        "Declare `ttl_was` with the attribute's name: TTL is then switched off. No allowance helps." in out.getvalue()
    )
    assert "--allow" not in markdown(report)


@pytest.mark.parametrize("already", [False, True], ids=["new", "deployed once"])
def test_a_retyped_key_is_refused_also_after_it_was_deployed_once(tmp_path: Path, already: bool) -> None:
    retyped = inputs(attributes=RETYPED)
    allowance = Allowance(table="shop-orders", change="key-type", by="Ada", reason="wanted")
    report = judged(tmp_path, unplanned(retyped if already else inputs(), retyped, read_back()), allow=(allowance,))
    (change,) = found(report)
    assert (change.change, change.detail) == ("key-type", "order_id: S → N")
    assert "the AWS plugin then plans nothing" in markdown(report)
    assert "declare a new table, copy the items converted" in change.fix
    assert report.exit_code == 3
    assert report.unused == [
        "shop-orders:key-type (--allow) does not help: neither AWS nor its plugin makes this change; remove it"
    ]


def test_a_local_index_that_keeps_its_name_is_not_replaced(tmp_path: Path) -> None:
    def local(key: str) -> Document:
        return {"localSecondaryIndexes": [{"name": "by-day", "rangeKey": key, "projectionType": "ALL"}]}

    a_step = unplanned(inputs(**local("day")), inputs(**local("hour")), read_back(**local("day")))
    assert [change.change for change in found(judged(tmp_path, a_step))] == ["local-index"]


def test_an_index_by_another_name_may_have_its_key_in_another_type(tmp_path: Path) -> None:
    types = [{"name": "order_id", "type": "S"}, {"name": "customer", "type": "N"}]
    new = inputs(globalSecondaryIndexes=[gsi("customer-number-index")], attributes=types)
    report = judged(tmp_path, unplanned(inputs(), new, read_back(), "update"))
    assert [change.change for change in found(report)] == ["index-drop", "several-index-changes", "index-build"]


def test_a_table_that_is_to_leave_its_key_is_moved_by_hand_first(tmp_path: Path) -> None:
    was, managed = inputs(serverSideEncryption=encrypted(KEY)), inputs(serverSideEncryption=encrypted(None))
    policies = step("update", role_policy(KEY), role_policy())
    report = judged(tmp_path, unplanned(was, managed, read_back(serverSideEncryption=encrypted(KEY))), policies)
    assert [(change.change, change.detail) for change in found(report)] == [
        (
            "managed-key",
            f"it stays on {KEY}; the way: aws dynamodb update-table --table-name dev-shop-orders --region eu-west-2 "
            "--sse-specification Enabled=true,SSEType=KMS",
        ),
        ("key-permission", f"shop-app: loses {KEY}"),
    ]
    assert report.exit_code == 3
    # Refreshed: inputs and outputs have the AWS-managed key's ARN, which no role names.
    was, there = inputs(serverSideEncryption=encrypted(MANAGED)), read_back(serverSideEncryption=encrypted(MANAGED))
    assert judged(tmp_path, unplanned(was, managed, there), policies).exit_code == 0


def test_without_roles_nobody_can_tell_whose_key_it_is(tmp_path: Path) -> None:
    was, managed = inputs(serverSideEncryption=encrypted(KEY)), inputs(serverSideEncryption=encrypted(None))
    (change,) = found(judged(tmp_path, unplanned(was, managed, read_back(serverSideEncryption=encrypted(KEY)))))
    assert (change.change, change.detail) == (
        "unknown", f"serverSideEncryption: whether {KEY} is the AWS-managed key",
    )  # fmt: skip
    assert judged(tmp_path, unplanned(managed, managed, read_back())).exit_code == 0, "it always was AWS's own"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (role_policy(NEXT), ["key-permission"]),
        (role_policy(KEY, NEXT), ["in-place"]),
        ({**role_policy(), "inputs": {"policy": "[secret]"}}, ["key-permission"]),
    ],
)
def test_roles_keep_a_key_until_the_state_shows_the_next(tmp_path: Path, policy: Document, expected: list[str]) -> None:
    was, after = inputs(serverSideEncryption=encrypted(KEY)), inputs(serverSideEncryption=encrypted(NEXT))
    a_step = unplanned(was, after, read_back(serverSideEncryption=encrypted(KEY)), "update")
    report = judged(tmp_path, a_step, step("update", role_policy(KEY), policy))
    assert [change.change for change in found(report)] == expected
    moved = unplanned(after, after, read_back(serverSideEncryption=encrypted(NEXT)))
    assert judged(tmp_path, moved, step("update", role_policy(KEY, NEXT), role_policy(NEXT))).exit_code == 0


def test_after_an_import_the_declaration_is_wrong(tmp_path: Path) -> None:
    """An imported table has no dependencies of properties in the state: no program registered it."""
    a_step = unplanned(inputs(), inputs(attributes=RETYPED, ttl=OFF), read_back())
    del a_step["oldState"]["propertyDependencies"]
    report = judged(tmp_path, a_step)
    assert [change.change for change in found(report)] == ["key-type", "ttl-switch"]
    text = markdown(report)
    assert text.count("no deployment has touched it: the declaration is wrong, fix it") == 2
    assert "declare a new table" not in text
    assert "- --allow shop-orders:ttl-switch" in text
    assert "--allow shop-orders:key-type" not in text


def test_no_allowance_is_offered_where_none_helps(tmp_path: Path) -> None:
    """A replacement beside a table of the same name fails; a plan that protection ended is refused anyway."""
    here, other_keys = resource(), resource(inputs(hashKey="customer"))
    report = judged(tmp_path, step("replace", here, other_keys))
    assert [(change.change, change.allowable) for change in found(report)] == [("replacement", False)]
    assert "--allow" not in markdown(report)
    said = {"urn": here["urn"], "severity": "error", "message": "error: it is protected"}
    stopped = plan(step("delete", here, None), diagnostics=[said])
    report = judge(paired(tmp_path, stopped, state(here)), (), TODAY)
    assert "--allow" not in markdown(report)
    renamed = judged(tmp_path, step("replace", here, resource(inputs(name="dev-shop-orders-2"))))
    assert "--allow shop-orders:replacement" in markdown(renamed)
