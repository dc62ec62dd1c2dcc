"""What a change of the contract is to those who read it: each on prod's golden outputs, with its line typed out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tablekit.contract import ContractError
from tablekit.contract.diff import Change, Demand, demand, diff
from tablekit.contract.document import Document
from tests.support.contract_changes import (
    ARN,
    CHANGES,
    EMAIL_INDEX,
    OTHER_STREAM,
    ROLE,
    F,
    form_bridge,
    form_bridge_stream,
    logical_name,
)
from tests.support.contracts import Outputs, changed, cloudstro, document, golden, of, pattern, put, remove, users

PROD = document(golden())
PROJECTION = of("accessPatterns", "accounts-of-user")
DEPLOYED_AT = "2026-05-01T10:11:12.123"


def told(found: list[Change]) -> list[str]:
    """Level, family, object, what: was -> is."""
    return [
        f"{each.level} {f'{each.family} ' if each.family and not each.object.startswith('family ') else ''}"
        f"{each.object} {each.what}: {each.was or '-'} -> {each.now or '-'}"
        for each in found
    ]


def lines(old: Outputs, new: Outputs, **options: Any) -> list[str]:
    """What a comparison says."""
    return told(diff(document(old), document(new), **options))


@pytest.mark.parametrize("line", CHANGES)
def test_a_change_is_one_line_and_asks_for_a_major_version_where_it_breaks(line: str) -> None:
    before = changed(put(PROJECTION, "projection", ["userId"])) if "accounts-of-user" in line else golden()
    old, new = document(before), document(changed(CHANGES[line], before))
    found = diff(old, new)
    assert told(found) == [line]
    asked = Demand.MAJOR if line.startswith("breaking") else Demand.NOTHING
    demands = {version: demand(found, old, replace(new, version=version)) for version in ((1, 1), (1, 2), (2, 0))}
    assert demands == {(1, 1): asked, (1, 2): asked, (2, 0): Demand.NOTHING}


@pytest.mark.parametrize(
    ("part", "field", "values", "levels"),
    [
        (PROJECTION, "projection", (["userId", "id"], ["userId"]), "breaking"),
        (PROJECTION, "projection", (["userId", "id"], ["id", "userId"]), "neutral"),
        (PROJECTION, "projection", (["userId"], None), "breaking"),  # a role may read some attributes only
        (EMAIL_INDEX, "projection", ("KEYS_ONLY", "INCLUDE"), "additive"),
        (EMAIL_INDEX, "projection", ("KEYS_ONLY", "ALL"), "additive"),
        (EMAIL_INDEX, "projection", ("INCLUDE", "KEYS_ONLY"), "breaking"),
        (form_bridge, "streamArn", (OTHER_STREAM, f"{OTHER_STREAM[:-3]}999"), "breaking"),
        (users, "itemCount", (1, True), "breaking"),
        (users, "itemCount", ([{"a": 0}], [{"a": False}]), "breaking"),
    ],
)
def test_a_field_from_one_value_to_another(part: Any, field: str, values: tuple[Any, Any], levels: str) -> None:
    old, new = (changed(put(part, field, value)) for value in values)
    ((level, *_, what),) = [line.partition(":")[0].split() for line in lines(old, new)]
    assert (level, what) == (levels, field)


@pytest.mark.parametrize(
    ("stage", "table"), [("local", "local-FormBridgeData"), ("dev", "dev-FormBridgeData"), ("prod", "FormBridgeData")]
)
def test_a_deployment_is_what_its_golden_file_has(stage: str, table: str) -> None:
    """The last step of a deployment in CI: the account and the stream's time are AWS's, all else is as it is kept."""
    text = json.dumps(golden(stage)).replace("123456789012", "999988887777")
    real = text.replace("2000-01-01T00:00:00.000", DEPLOYED_AT)
    old, new = document(golden(stage)), document(json.loads(real))
    found = diff(old, new)
    was, now = (
        f"arn:aws:dynamodb:eu-west-2:{account}:table/{table}/stream/{time}"
        for account, time in (("123456789012", "2000-01-01T00:00:00.000"), ("999988887777", DEPLOYED_AT))
    )
    assert told(found) == [
        "neutral contract account: 123456789012 -> 999988887777",
        f"neutral formbridge table FormBridgeData streamArn: {was} -> {now}",
    ]
    assert demand(found, old, new) is Demand.NOTHING


@pytest.mark.parametrize(
    ("was", "now", "line"),
    [
        ("FormBridgeData", "FormBridgeRows", "breaking formbridge table FormBridgeData name"),
        ("eu-west-2", "eu-west-1", "breaking family formbridge region"),
    ],
)
def test_a_stream_follows_its_table_and_region_where_its_time_is_a_placeholder(was: str, now: str, line: str) -> None:
    """Of a golden file, to a stack where the table has another name, or the family is in another region."""
    new = golden()
    family = new["families"]["formbridge"]
    text = json.dumps(family["tables"]["FormBridgeData"]).replace("2000-01-01T00:00:00.000", DEPLOYED_AT)
    family["tables"]["FormBridgeData"] = json.loads(text.replace(was, now))
    for name in ("region", "alarms", "env"):
        family[name] = json.loads(
            json.dumps(family[name]).replace(f'"{was}"', f'"{now}"').replace(f":{was}:", f":{now}:")
        )
    assert [each.partition(":")[0] for each in lines(golden(), new)] == [
        line,
        "neutral formbridge table FormBridgeData streamArn",
    ]


@pytest.mark.parametrize("name", ["cloudstro", "user", "table"])
def test_an_index_may_be_named_as_its_table_begins(name: str) -> None:
    """The ARN of the index follows its name, and the table's part of it stays."""

    def named(outputs: Outputs, index: str) -> None:
        indexes = users(outputs)["indexes"]
        indexes[index] = {**indexes.pop("email-index"), "arn": f"{ARN}/index/{index}"}
        pattern(outputs, "user-by-email")["index"] = index

    old, new = changed(lambda outputs: named(outputs, name)), changed(lambda outputs: named(outputs, "by-email"))
    assert lines(old, new) == [f"breaking cloudstro index users/{name} renamed: {name} -> by-email"]


def test_a_role_may_be_named_as_its_path() -> None:
    old, new = (
        changed(put(of("roles"), "app", {"name": role, "arn": f"{ROLE}/app/{role}"})) for role in ("app", "web")
    )
    assert lines(old, new) == ["breaking cloudstro role app name: app -> web"]


def in_account(outputs: Outputs, account: str) -> Outputs:
    found: Outputs = json.loads(json.dumps(outputs).replace(":123456789012:", f":{account}:"))
    return found


def test_an_account_is_one_line_and_the_golden_files_have_none() -> None:
    real, other = in_account(golden(), "0" * 11 + "1"), in_account(changed(logical_name), "0" * 11 + "2")
    assert lines(golden(), real) == ["neutral contract account: 123456789012 -> 000000000001"]
    assert lines(real, other) == [
        "breaking contract account: 000000000001 -> 000000000002",
        "breaking cloudstro table users renamed: users -> people",
    ]


def described(outputs: Outputs) -> None:
    users(outputs)["itemCount"] = 5
    users(outputs)["hashKey"]["description"] = "who it is"
    users(outputs)["indexes"]["email-index"]["rangeKey"]["description"] = "who it is"


def test_a_new_field_needs_a_minor_version() -> None:
    new = document(changed(described))
    found = diff(PROD, new)
    assert told(found) == [
        "additive cloudstro table users hashKey.description: - -> who it is",
        "additive cloudstro index users/email-index rangeKey.description: - -> who it is",
        "additive cloudstro table users itemCount: - -> 5",
    ]
    assert demand(found, PROD, new) is Demand.MINOR
    risen = document({**new.outputs, "contractVersion": "1.2"})
    assert demand(diff(PROD, risen), PROD, risen) is Demand.NOTHING
    assert [line.split()[0] for line in told(diff(risen, PROD))] == ["breaking"] * 4


def test_another_output_of_the_stack_is_part_of_what_is_read() -> None:
    new = changed(lambda outputs: outputs.update(dashboard="x"))
    assert lines(golden(), new) == ["additive contract dashboard: - -> x"]
    assert lines(new, golden()) == ["breaking contract dashboard: x -> -"]


def test_several_changes_are_several_lines() -> None:
    def change(outputs: Outputs) -> None:
        logical_name(outputs)
        tables = cloudstro(outputs)["tables"]
        tables["people"]["indexes"]["email-index"]["projection"] = "KEYS_ONLY"
        tables["people"]["ttlAttribute"] = "ttl"

    assert lines(golden(), changed(change)) == [
        "breaking cloudstro table users renamed: users -> people",
        "breaking cloudstro index users/email-index projection: ALL -> KEYS_ONLY",
        "breaking cloudstro table users ttlAttribute: - -> ttl",
    ]


def test_two_that_are_alike_are_not_taken_for_a_rename() -> None:
    """What one of two removed tables became is nobody's guess."""
    role = {"name": "x", "arn": "y"}
    old, new = (
        changed(lambda outputs, more=roles: of("roles")(outputs).update(more))  # type: ignore[misc]
        for roles in ({"a": role, "b": role}, {"c": role})
    )
    assert lines(old, new) == [
        "breaking cloudstro role a removed: x -> -",
        "breaking cloudstro role b removed: x -> -",
        "additive cloudstro role c added: - -> x",
    ]


def test_families_can_be_chosen() -> None:
    new = changed(logical_name)
    assert lines(golden(), new, families=["acs"]) == []
    assert len(lines(golden(), new, families=["cloudstro"])) == 1
    with pytest.raises(ContractError, match="no family 'cloudstr' on either side; did you mean 'cloudstro'"):
        lines(golden(), new, families=["cloudstr"])


def test_stages_are_compared_only_where_that_is_meant() -> None:
    with pytest.raises(ContractError, match=r"is of stage 'dev', .* of stage 'prod': every name differs"):
        lines(golden("dev"), golden("prod"))
    assert lines(golden("dev"), golden("prod"), across_stages=True) == []
    new = changed(remove(of("tables", "users", "indexes"), "email-index"))
    assert len(lines(golden("dev"), new, across_stages=True)) == 1
    without, there = changed(form_bridge_stream(None)), "formbridge table FormBridgeData streamArn"
    assert lines(golden("dev"), without, across_stages=True) == [f"breaking {there}: a stream -> -"]
    assert lines(without, golden("dev"), across_stages=True) == [f"additive {there}: - -> a stream"]


def of_version_2(**families: Any) -> Document:
    return document({"contractVersion": "2.0", "stage": "prod", "families": families})


@pytest.mark.parametrize("tables", [5, ["a", {}], {"a": [{}]}, {"a": {"indexes": [1]}}])
def test_a_family_of_another_major_version_is_shown_whatever_it_has(tables: Any) -> None:
    found = diff(of_version_2(), of_version_2(new={"tables": tables}))
    assert told(found) == [f"additive family new added: - -> {int(isinstance(tables, dict))} tables, 0 roles"]


def test_a_projection_of_another_major_version_may_have_objects() -> None:
    """Which is no reason to fail: an attribute less breaks, one more adds."""
    one, two = (
        of_version_2(shop={"accessPatterns": {"orders": {"projection": projected}}})
        for projected in ([{"name": "id"}], [{"name": "id"}, {"name": "total"}])
    )
    assert [each.level.value for each in [*diff(one, two), *diff(two, one)]] == ["additive", "breaking"]


def test_another_major_version_is_compared_as_far_as_it_is_alike() -> None:
    new = changed(lambda outputs: outputs.update(contractVersion="2.0"))
    cloudstro(new)["tables"] = list(cloudstro(new)["tables"])
    assert [line.partition(":")[0] for line in lines(golden(), new)] == [
        "breaking contract contractVersion",
        f"breaking family {F} tables",
    ]
