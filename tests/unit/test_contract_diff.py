"""What a change of the contract is to those who read it: each on prod's golden outputs, with its line typed out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tablekit.contract import ContractError
from tablekit.contract.diff import Change as Found
from tablekit.contract.diff import Demand, demand, diff
from tablekit.contract.document import Document
from tests.support.contract_changes import (
    ADDITIVE,
    ARN,
    BREAKING,
    EMAIL_INDEX,
    NEUTRAL,
    OTHER_STREAM,
    F,
    Line,
    form_bridge_stream,
    logical_name,
)
from tests.support.contracts import Outputs, changed, cloudstro, document, golden, of, pattern, put, remove, users

PROD = document(golden())


def told(found: list[Found]) -> list[Line]:
    """Level, family, object, what, was, is."""
    return [(each.level.value, each.family, each.object, each.what, each.was, each.now) for each in found]


def lines(old: Outputs, new: Outputs, **options: Any) -> list[Line]:
    """What a comparison says."""
    return told(diff(document(old), document(new), **options))


@pytest.mark.parametrize("case", BREAKING)
def test_a_breaking_change_is_one_line_and_asks_for_a_major_version(case: str) -> None:
    change, line = BREAKING[case]
    new = document(changed(change))
    found = diff(PROD, new)
    assert told(found) == [line]
    demands = {version: demand(found, PROD, replace(new, version=version)) for version in ((1, 1), (1, 2), (2, 0))}
    assert demands == {(1, 1): Demand.MAJOR, (1, 2): Demand.MAJOR, (2, 0): Demand.NOTHING}


def narrow(outputs: Outputs) -> None:
    """Where the widened projection begins."""
    pattern(outputs, "accounts-of-user").update(projection=["userId"])


@pytest.mark.parametrize("case", [*ADDITIVE, *NEUTRAL])
def test_what_breaks_nobody_is_one_line_and_needs_no_version(case: str) -> None:
    change, line = (ADDITIVE | NEUTRAL)[case]
    before = changed(narrow) if "projection widened" in case else golden()
    old, new = document(before), document(changed(change, before))
    found = diff(old, new)
    assert told(found) == [line]
    assert demand(found, old, new) is Demand.NOTHING


def test_a_narrowed_projection_breaks() -> None:
    old = golden()
    fields = pattern(old, "accounts-of-user")["projection"]
    new = changed(lambda outputs: pattern(outputs, "accounts-of-user").update(projection=fields[1:]))
    ((level, _, _, what, _, _),) = lines(old, new)
    assert (level, what) == ("breaking", "projection")
    other_order = changed(lambda outputs: pattern(outputs, "accounts-of-user")["projection"].reverse())
    assert [line[0] for line in lines(old, other_order)] == ["neutral"]
    everything = changed(lambda outputs: pattern(outputs, "accounts-of-user").update(projection=None))
    assert [line[0] for line in lines(old, everything)] == ["breaking"], "a role may read some attributes only"


def test_an_indexs_own_projections_have_an_order() -> None:
    found = {}
    for was in ("KEYS_ONLY", "INCLUDE", "ALL"):
        for now in ("KEYS_ONLY", "INCLUDE", "ALL"):
            old, new = changed(put(EMAIL_INDEX, "projection", was)), changed(put(EMAIL_INDEX, "projection", now))
            found[was, now] = [line[0] for line in lines(old, new)]
    assert found == {
        ("KEYS_ONLY", "KEYS_ONLY"): [],
        ("KEYS_ONLY", "INCLUDE"): ["additive"],
        ("KEYS_ONLY", "ALL"): ["additive"],
        ("INCLUDE", "KEYS_ONLY"): ["breaking"],
        ("INCLUDE", "INCLUDE"): [],
        ("INCLUDE", "ALL"): ["additive"],
        ("ALL", "KEYS_ONLY"): ["breaking"],
        ("ALL", "INCLUDE"): ["breaking"],
        ("ALL", "ALL"): [],
    }


def test_another_stream_is_told_where_both_are_real() -> None:
    old, new = changed(form_bridge_stream(OTHER_STREAM)), changed(form_bridge_stream(f"{OTHER_STREAM[:-3]}999"))
    assert [line[:4] for line in lines(old, new)] == [("breaking", "formbridge", "table FormBridgeData", "streamArn")]


DEPLOYED_AT = "2026-05-01T10:11:12.123"


@pytest.mark.parametrize(
    ("stage", "table"), [("local", "local-FormBridgeData"), ("dev", "dev-FormBridgeData"), ("prod", "FormBridgeData")]
)
def test_a_deployment_is_what_its_golden_file_has(stage: str, table: str) -> None:
    """The last step of a deployment in CI: the account and the stream's time are AWS's, all else is as it is kept."""
    text = json.dumps(golden(stage)).replace("123456789012", "999988887777")
    real = text.replace("2000-01-01T00:00:00.000", DEPLOYED_AT)
    arn = "arn:aws:dynamodb:eu-west-2:{}:table/" + table + "/stream/{}"
    old, new = document(golden(stage)), document(json.loads(real))
    found = diff(old, new)
    assert told(found) == [
        ("neutral", None, "contract", "account", "123456789012", "999988887777"),
        (
            "neutral", "formbridge", "table FormBridgeData", "streamArn",
            arn.format("123456789012", "2000-01-01T00:00:00.000"), arn.format("999988887777", DEPLOYED_AT),
        ),
    ]  # fmt: skip
    assert demand(found, old, new) is Demand.NOTHING


def test_a_stream_follows_its_table_and_region_where_its_time_is_a_placeholder() -> None:
    """Of a golden file, to a stack where the table has another name, or the family is in another region."""

    def moved(was: str, now: str) -> list[tuple[str, str, str]]:
        new = golden()
        family = new["families"]["formbridge"]
        text = json.dumps(family["tables"]["FormBridgeData"]).replace("2000-01-01T00:00:00.000", DEPLOYED_AT)
        family["tables"]["FormBridgeData"] = json.loads(text.replace(was, now))
        family["region"] = family["region"].replace(was, now)
        family["alarms"]["topicArn"] = family["alarms"]["topicArn"].replace(was, now)
        family["env"] = {name: value.replace(was, now) for name, value in family["env"].items()}
        return [(level, thing, what) for level, _, thing, what, _, _ in lines(golden(), new)]

    table = "table FormBridgeData"
    assert moved("FormBridgeData", "FormBridgeRows") == [
        ("breaking", table, "name"), ("neutral", table, "streamArn"),
    ]  # fmt: skip
    assert moved("eu-west-2", "eu-west-1") == [
        ("breaking", "family formbridge", "region"), ("neutral", table, "streamArn"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["cloudstro", "user", "table"])
def test_an_index_may_be_named_as_its_table_begins(name: str) -> None:
    """The ARN of the index follows its name, and the table's part of it stays."""

    def named(outputs: Outputs, index: str) -> None:
        indexes = users(outputs)["indexes"]
        indexes[index] = {**indexes.pop("email-index"), "arn": f"{ARN}/index/{index}"}
        pattern(outputs, "user-by-email")["index"] = index

    old, new = changed(lambda outputs: named(outputs, name)), changed(lambda outputs: named(outputs, "by-email"))
    assert lines(old, new) == [("breaking", F, f"index users/{name}", "renamed", name, "by-email")]


def test_a_role_may_be_named_as_its_path() -> None:
    def named(role: str) -> Outputs:
        return changed(put(of("roles"), "app", {"name": role, "arn": f"arn:aws:iam::123456789012:role/app/{role}"}))

    assert lines(named("app"), named("web")) == [("breaking", F, "role app", "name", "app", "web")]


def in_account(outputs: Outputs, account: str) -> Outputs:
    found: Outputs = json.loads(json.dumps(outputs).replace(":123456789012:", f":{account}:"))
    return found


def test_an_account_is_one_line_and_the_golden_files_have_none() -> None:
    real, other = in_account(golden(), "0" * 11 + "1"), in_account(golden(), "0" * 11 + "2")
    expected = ("neutral", None, "contract", "account", "123456789012", "000000000001")
    assert lines(golden(), real) == [expected]
    assert lines(real, other) == [("breaking", None, "contract", "account", "000000000001", "000000000002")]
    assert lines(real, in_account(changed(logical_name), "0" * 11 + "2"))[1:] == [BREAKING["table renamed"][1]]


def test_a_new_field_needs_a_minor_version() -> None:
    new = changed(put(users, "itemCount", 5))
    found = diff(PROD, document(new))
    assert told(found) == [("additive", F, "table users", "itemCount", "", "5")]
    assert demand(found, PROD, document(new)) is Demand.MINOR
    new["contractVersion"] = "1.2"
    risen = document(new)
    assert demand(diff(PROD, risen), PROD, risen) is Demand.NOTHING
    assert [(each.level.value, each.object, each.what) for each in diff(risen, PROD)] == [
        ("breaking", "contract", "contractVersion"),
        ("breaking", "table users", "itemCount"),
    ]


def test_a_new_field_of_a_key_needs_a_minor_version() -> None:
    def described(outputs: Outputs) -> None:
        users(outputs)["hashKey"]["description"] = "who it is"
        users(outputs)["indexes"]["email-index"]["rangeKey"]["description"] = "who it is"

    new = document(changed(described))
    found = diff(PROD, new)
    assert told(found) == [
        ("additive", F, "table users", "hashKey.description", "", "who it is"),
        ("additive", F, "index users/email-index", "rangeKey.description", "", "who it is"),
    ]
    assert demand(found, PROD, new) is Demand.MINOR
    assert demand(found, PROD, replace(new, version=(1, 2))) is Demand.NOTHING
    assert {line[0] for line in told(diff(new, PROD))} == {"breaking"}


@pytest.mark.parametrize(("was", "now"), [(1, True), (0, False), ([1], [True]), ([{"a": 0}], [{"a": False}])])
def test_a_number_is_no_truth_value(was: Any, now: Any) -> None:
    old, new = (changed(put(users, "itemCount", value)) for value in (was, now))
    assert [line[:4] for line in lines(old, new)] == [("breaking", F, "table users", "itemCount")]


def test_another_output_of_the_stack_is_part_of_what_is_read() -> None:
    new = changed(lambda outputs: outputs.update(dashboard={"url": "https://example.com"}))
    assert [line[:4] for line in lines(golden(), new)] == [("additive", None, "contract", "dashboard")]
    assert [line[:4] for line in lines(new, golden())] == [("breaking", None, "contract", "dashboard")]


def test_several_changes_are_several_lines() -> None:
    def change(outputs: Outputs) -> None:
        logical_name(outputs)
        tables = cloudstro(outputs)["tables"]
        tables["people"]["indexes"]["email-index"]["projection"] = "KEYS_ONLY"
        tables["people"]["ttlAttribute"] = "ttl"

    assert lines(golden(), changed(change)) == [
        ("breaking", F, "table users", "renamed", "users", "people"),
        ("breaking", F, "index users/email-index", "projection", "ALL", "KEYS_ONLY"),
        ("breaking", F, "table users", "ttlAttribute", "", "ttl"),
    ]


def test_two_that_are_alike_are_not_taken_for_a_rename() -> None:
    """What one of two removed tables became is nobody's guess."""

    def alike(outputs: Outputs) -> None:
        of("roles")(outputs).update(a={"name": "x", "arn": "y"}, b={"name": "x", "arn": "y"})

    def renamed(outputs: Outputs) -> None:
        of("roles")(outputs).update(c=of("roles")(outputs).pop("a"))
        of("roles")(outputs).pop("b")

    old = changed(alike)
    assert [line[2:4] for line in lines(old, changed(renamed, old))] == [
        ("role a", "removed"),
        ("role b", "removed"),
        ("role c", "added"),
    ]


def test_families_can_be_chosen() -> None:
    new = changed(logical_name)
    assert lines(golden(), new, families=["acs"]) == []
    assert lines(golden(), new, families=["cloudstro"]) == [BREAKING["table renamed"][1]]
    with pytest.raises(ContractError, match="no family 'cloudstr' on either side; did you mean 'cloudstro'"):
        lines(golden(), new, families=["cloudstr"])


def test_stages_are_compared_only_where_that_is_meant() -> None:
    with pytest.raises(ContractError, match=r"is of stage 'dev', .* of stage 'prod': every name differs"):
        lines(golden("dev"), golden("prod"))
    assert lines(golden("dev"), golden("prod"), across_stages=True) == []
    new = changed(remove(of("tables", "users", "indexes"), "email-index"))
    assert lines(golden("dev"), new, across_stages=True) == [BREAKING["index removed"][1]]


def test_a_stream_that_one_stage_lacks_is_told() -> None:
    without = changed(form_bridge_stream(None))
    there = ("formbridge", "table FormBridgeData", "streamArn")
    assert lines(golden("dev"), without, across_stages=True) == [("breaking", *there, "a stream", "")]
    assert lines(without, golden("dev"), across_stages=True) == [("additive", *there, "", "a stream")]


@pytest.mark.parametrize("tables", [5, "x", ["a", {}], {"a": [{}]}, {"a": {"indexes": [1]}}, True])
def test_a_family_of_another_major_version_is_shown_whatever_it_has(tables: Any) -> None:
    def of_version_2(**families: Any) -> Document:
        return document({"contractVersion": "2.0", "stage": "prod", "families": families})

    found = diff(of_version_2(), of_version_2(new={"tables": tables}))
    count = 1 if isinstance(tables, dict) else 0
    assert told(found) == [("additive", "new", "family new", "added", "", f"{count} tables, 0 roles")]
    (change,) = diff(of_version_2(new={}), of_version_2(new={"tables": tables}))
    assert (change.family, change.change) == ("new", "added")


def test_a_projection_of_another_major_version_may_have_objects() -> None:
    """Which is no reason to fail: an attribute less breaks, one more adds."""

    def projected(*attributes: Any) -> Document:
        families = {"shop": {"accessPatterns": {"orders": {"projection": list(attributes)}}}}
        return document({"contractVersion": "2.0", "stage": "prod", "families": families})

    one, two = projected({"name": "id"}), projected({"name": "id"}, {"name": "total"})
    assert [each.level.value for each in diff(one, two)] == ["additive"]
    assert [each.level.value for each in diff(two, one)] == ["breaking"]


def test_another_major_version_is_compared_as_far_as_it_is_alike() -> None:
    new = changed(lambda outputs: outputs.update(contractVersion="2.0"))
    new["families"]["cloudstro"]["tables"] = list(new["families"]["cloudstro"]["tables"])
    assert [line[:4] for line in lines(golden(), new)] == [
        ("breaking", None, "contract", "contractVersion"),
        ("breaking", F, "family cloudstro", "tables"),
    ]
