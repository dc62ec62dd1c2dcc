"""What a change of the contract is to those who read it: each on prod's golden outputs, with its line typed out."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from tablekit.contract.diff import Change as Found
from tablekit.contract.diff import Demand, demand, diff
from tests.support.contracts import GONE, Moved, Outputs, changed, document, golden, put

PROD = document(golden())
USERS, EMAIL_INDEX = "cloudstro/tables/users", "cloudstro/tables/users/indexes/email-index"
ACCOUNTS_INDEX = "cloudstro/tables/social-accounts/indexes/platform-accountStatus-index"
PROFILE = "cloudstro/tables/users/entities/user_profile"
PATTERNS = "cloudstro/accessPatterns"
BY_EMAIL = f"{PATTERNS}/user-by-email"
RECENT = f"{PATTERNS}/recent-posts-on-platform"
FIRST = "acs/accessPatterns/first-emails-of-account"
FORM_BRIDGE = "formbridge/tables/FormBridgeData"
STREAM = "arn:aws:dynamodb:eu-west-2:123456789012:table/FormBridgeData/stream/2000-01-01T00:00:00.000"
OTHER_STREAM = STREAM.replace("2000-01-01T00", "2026-05-01T10")
USERS_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/cloudstro-users"
ROLES = "arn:aws:iam::123456789012:role"
KEY = "arn:aws:kms:us-east-1:123456789012:key/a"
FAMILY = golden()["families"]["cloudstro"]
USER_INDEX = FAMILY["tables"]["users"]["indexes"]["email-index"]
TYPE_INDEX = {**USER_INDEX, "hashKey": {"name": "recordType", "type": "S"}, "projection": "KEYS_ONLY"}
INCLUDED = FAMILY["tables"]["social-accounts"]["indexes"]["platform-accountStatus-index"]["nonKeyAttributes"]
PURPOSE = FAMILY["accessPatterns"]["user-by-email"]["purpose"]
KEYS = '"recordType": "USER_PROFILE", "userId": "{user_id}"}'
FIRST_EMAILS = "associated_account = :associated_account AND is_first_email ="


def in_family(was: str, now: str) -> Outputs:
    """Outputs in which a family has another name for something, wherever it stands."""
    outputs = golden()
    outputs["families"]["cloudstro"] = json.loads(json.dumps(FAMILY).replace(was, now))
    return outputs


def stream(value: str | None) -> dict[str, Any]:
    """What the stream has goes with it."""
    return {f"{FORM_BRIDGE}/streamArn": value, f"{FORM_BRIDGE}/streamViewType": value and "NEW_AND_OLD_IMAGES"}


BREAKING: list[tuple[str | dict[str, Any], Any, str]] = [
    ("cloudstro", GONE, f"family cloudstro removed: {len(FAMILY['tables'])} tables, 2 roles -> "),
    ("cloudstro", Moved("clouds"), "family cloudstro renamed: cloudstro -> clouds"),
    ("cloudstro/tables/social-engagement", GONE,
     "table social-engagement removed: cloudstro-social-engagement (userId:S engagementId:S) -> "),
    (f"{USERS}/hashKey", {"name": "id", "type": "S"}, "table users hashKey.name: userId -> id"),
    (f"{USERS}/rangeKey", {"name": "recordType", "type": "N"}, "table users rangeKey.type: S -> N"),
    (f"{USERS}/rangeKey", None, "table users rangeKey: recordType:S -> "),
    ("acs/tables/Users/rangeKey", {"name": "day", "type": "S"}, "table Users rangeKey:  -> day:S"),
    ("cloudstro/tables/ai-insights/ttlAttribute", "expires", "table ai-insights ttlAttribute: TTL -> expires"),
    ("cloudstro/tables/ai-insights/ttlAttribute", None, "table ai-insights ttlAttribute: TTL -> "),
    (f"{USERS}/ttlAttribute", "ttl", "table users ttlAttribute:  -> ttl"),
    (stream(None), None, f"table FormBridgeData streamArn: {STREAM} -> "),
    (f"{FORM_BRIDGE}/streamViewType", "KEYS_ONLY",
     "table FormBridgeData streamViewType: NEW_AND_OLD_IMAGES -> KEYS_ONLY"),
    (f"{USERS}/kmsKeyArn", KEY, f"table users kmsKeyArn:  -> {KEY}"),
    (EMAIL_INDEX, GONE, "index users/email-index removed: email:S userId:S, ALL -> "),
    (f"{EMAIL_INDEX}/hashKey", {"name": "email", "type": "B"}, "index users/email-index hashKey.type: S -> B"),
    (f"{ACCOUNTS_INDEX}/nonKeyAttributes", INCLUDED[1:],
     f"index social-accounts/platform-accountStatus-index nonKeyAttributes: {', '.join(INCLUDED)} -> "
     f"{', '.join(INCLUDED[1:])}"),
    (f"{USERS}/attributes/email", GONE, "attribute users/email removed: S -> "),
    (f"{USERS}/attributes/email/type", "SS", "attribute users/email type: S -> SS"),
    (f"{USERS}/attributes/email/also", ["SS"], "attribute users/email also:  -> SS"),
    (f"{USERS}/attributes/status/values", ["active"], "attribute users/status values: active, inactive -> active"),
    (PROFILE, GONE, f"entity users/user_profile removed: {{{KEYS} -> "),
    (f"{PROFILE}/keys/userId", "USER#{user_id}",
     f"entity users/user_profile keys: {{{KEYS} -> {{{KEYS.replace('{user_id}', 'USER#{user_id}')}"),
    (f"{PROFILE}/keys/email", "{address}",
     f'entity users/user_profile keys: {{{KEYS} -> {{"email": "{{address}}", {KEYS}'),
    (f"{PROFILE}/attributes", ["username"], "entity users/user_profile attributes:  -> username"),
    (f"{PROFILE}/retentionDays", 7, "entity users/user_profile retentionDays:  -> 7"),
    ("cloudstro/roles/readonly", GONE, "role readonly removed: cloudstro-readonly-role -> "),
    ("cloudstro/roles/readonly", Moved("reader"), "role readonly renamed: readonly -> reader"),
    ("cloudstro/roles/app/arn", f"{ROLES}/apps/cloudstro-app-role",
     f"role app arn: {ROLES}/cloudstro-app-role -> {ROLES}/apps/cloudstro-app-role"),
    ("cloudstro/env/DYNAMODB_USERS_TABLE", GONE, "variable DYNAMODB_USERS_TABLE removed: cloudstro-users -> "),
    ("cloudstro/env/DYNAMODB_USERS_TABLE", Moved("USERS_TABLE"),
     "variable DYNAMODB_USERS_TABLE renamed: DYNAMODB_USERS_TABLE -> USERS_TABLE"),
    ("cloudstro/env/DYNAMODB_USERS_TABLE", "cloudstro-social-posts",
     "variable DYNAMODB_USERS_TABLE changed: cloudstro-users -> cloudstro-social-posts"),
    (BY_EMAIL, GONE, "access pattern user-by-email removed: query users/email-index: email = :email -> "),
    (BY_EMAIL, Moved("user-of-email"), "access pattern user-by-email renamed: user-by-email -> user-of-email"),
    (f"{PATTERNS}/posts-of-user/table", "social-accounts",
     "access pattern posts-of-user table: social-posts -> social-accounts"),
    (f"{BY_EMAIL}/index", None, "access pattern user-by-email index: email-index -> "),
    (f"{PATTERNS}/user-profile/operation", "query", "access pattern user-profile operation: get -> query"),
    (f"{RECENT}/filter", None, "access pattern recent-posts-on-platform filter: userId = :userId -> "),
    (f"{PATTERNS}/create-user/condition", None,
     "access pattern create-user condition: attribute_not_exists(userId) -> "),
    (f"{PATTERNS}/create-user/entities", None, "access pattern create-user entities: user_profile -> "),
    (f"{PATTERNS}/mark-insight-used/update", "SET used = false",
     "access pattern mark-insight-used update: SET used = true -> SET used = false"),
    (f"{FIRST}/keyCondition", f"{FIRST_EMAILS} true",
     f"access pattern first-emails-of-account keyCondition: {FIRST_EMAILS} 1 -> {FIRST_EMAILS} true"),
    (f"{RECENT}/order", "ascending", "access pattern recent-posts-on-platform order: descending -> ascending"),
    (f"{RECENT}/limit", 5, "access pattern recent-posts-on-platform limit:  -> 5"),
    (f"{BY_EMAIL}/projection", ["email"], "access pattern user-by-email projection:  -> email"),
    (f"{PATTERNS}/record-login/parameters/lastLoginAt", GONE, "parameter record-login/lastLoginAt removed: S -> "),
    (f"{PATTERNS}/record-login/parameters/lastLoginAt", "N", "parameter record-login/lastLoginAt changed: S -> N"),
    (f"{PATTERNS}/record-login/parameters/device", "S", "parameter record-login/device added:  -> S"),
    (f"{BY_EMAIL}/parameters/email", Moved("address"), "parameter user-by-email/email renamed: email -> address"),
    ("cloudstro/alarms/topicArn", None,
     "family cloudstro alarms.topicArn: arn:aws:sns:us-east-1:123456789012:prod-cloudstro-alarms -> "),
]  # fmt: skip
"""Where in the families (or several places), what is put there, and the line of it."""

ADDITIVE: list[tuple[str | dict[str, Any], Any, str]] = [
    ("shop", {**FAMILY, "tables": {}}, "family shop added:  -> 0 tables, 2 roles"),
    ("cloudstro/tables/teams", {**FAMILY["tables"]["users"], "name": "cloudstro-teams"},
     "table teams added:  -> cloudstro-teams (userId:S recordType:S)"),
    (f"{USERS}/indexes/type-index", TYPE_INDEX, "index users/type-index added:  -> recordType:S userId:S, KEYS_ONLY"),
    ({f"{ACCOUNTS_INDEX}/projection": "ALL", f"{ACCOUNTS_INDEX}/nonKeyAttributes": None}, None,
     "index social-accounts/platform-accountStatus-index projection: INCLUDE -> ALL"),
    (f"{USERS}/attributes/nickname", {"type": "S", "note": "as shown"}, "attribute users/nickname added:  -> S"),
    (f"{USERS}/attributes/status/values", ["inactive", "active", "lost"],
     "attribute users/status values: active, inactive -> inactive, active, lost"),
    (f"{USERS}/entities/team", {"keys": {"userId": "TEAM#{team_id}"}},
     'entity users/team added:  -> {"userId": "TEAM#{team_id}"}'),
    (f"{PROFILE}/keys/email", "USER#{user_id}",
     f'entity users/user_profile keys: {{{KEYS} -> {{"email": "USER#{{user_id}}", {KEYS}'),
    ("cloudstro/roles/auditor", {"name": "cloudstro-auditor", "arn": f"{ROLES}/a"},
     "role auditor added:  -> cloudstro-auditor"),
    ("cloudstro/env/TEAMS", "cloudstro-teams", "variable TEAMS added:  -> cloudstro-teams"),
    (f"{PATTERNS}/user-of-email", FAMILY["accessPatterns"]["user-by-email"],
     "access pattern user-of-email added:  -> query users/email-index: email = :email"),
    (f"{USERS}/streamArn", f"{USERS_ARN}/stream/2026", f"table users streamArn:  -> {USERS_ARN}/stream/2026"),
]  # fmt: skip
NEUTRAL: list[tuple[str | dict[str, Any], Any, str]] = [
    (f"{BY_EMAIL}/keyCondition", "email=:email",
     "access pattern user-by-email keyCondition: email = :email -> email=:email"),
    (f"{FIRST}/keyCondition", f"{FIRST_EMAILS} 1.0",
     f"access pattern first-emails-of-account keyCondition: {FIRST_EMAILS} 1 -> {FIRST_EMAILS} 1.0"),
    (f"{USERS}/attributes/email/note", "to write to", "attribute users/email note:  -> to write to"),
    (f"{BY_EMAIL}/purpose", "Who it is", f"access pattern user-by-email purpose: {PURPOSE} -> Who it is"),
    (f"{FORM_BRIDGE}/streamArn", OTHER_STREAM, f"table FormBridgeData streamArn: {STREAM} -> {OTHER_STREAM}"),
    ("cloudstro/alarms/names", FAMILY["alarms"]["names"][1:],
     f"family cloudstro alarms.names: 1: {FAMILY['alarms']['names'][0]} -> "),
]  # fmt: skip
CASES = [(level, *case) for level, cases in (("breaking", BREAKING), ("additive", ADDITIVE), ("neutral", NEUTRAL))
         for case in cases]  # fmt: skip


def text(found: list[Found]) -> list[str]:
    """A line a change."""
    return [f"{each.level} {each.object} {each.what}: {each.was} -> {each.now}" for each in found]


def lines(old: Outputs, new: Outputs, **options: Any) -> list[str]:
    """What a comparison says."""
    return text(diff(document(old), document(new), **options))


@pytest.mark.parametrize(("level", "where", "value", "line"), CASES, ids=[line.split(": ")[0] for *_, line in CASES])
def test_a_change_is_one_line_and_a_breaking_one_asks_for_a_major_version(
    level: str, where: str | dict[str, Any], value: Any, line: str
) -> None:
    edits = where if isinstance(where, dict) else {where: value}
    new = document(changed(*(put(*each) for each in edits.items())))
    found = diff(PROD, new)
    assert text(found) == [f"{level} {line}"]
    assert found[0].family == next(iter(edits)).split("/")[0]
    for version in ((1, 2), (1, 3), (2, 0)):
        asked = Demand.MAJOR if level == "breaking" and version[0] == 1 else Demand.NOTHING
        assert demand(found, PROD, replace(new, version=version)) is asked


@pytest.mark.parametrize(
    ("was", "now", "line"),
    [
        ("cloudstro-users", "cloudstro-people", "table users name: cloudstro-users -> cloudstro-people"),
        ('"users"', '"people"', "table users renamed: users -> people"),
        ("email-index", "by-email", "index users/email-index renamed: email-index -> by-email"),
        ("us-east-1", "us-west-2", "family cloudstro region: us-east-1 -> us-west-2"),
        # A name that other names begin or end with.
        ("email-index", "cloudstro", "index users/email-index renamed: email-index -> cloudstro"),
        ("email-index", "table", "index users/email-index renamed: email-index -> table"),
        ("cloudstro-app-role", "app", "role app name: cloudstro-app-role -> app"),
    ],
)
def test_what_follows_from_a_name_or_region_is_no_line_of_its_own(was: str, now: str, line: str) -> None:
    renamed = in_family(was, now)
    renamed["families"]["cloudstro"]["alarms"]["names"] = FAMILY["alarms"]["names"]
    assert lines(golden(), renamed) == [f"breaking {line}"]


def test_several_changes_are_several_lines() -> None:
    people = "cloudstro/tables/people"
    new = changed(
        put(f"{people}/indexes/email-index/projection", "KEYS_ONLY"),
        put(f"{people}/ttlAttribute", "ttl"),
        outputs=in_family('"users"', '"people"'),
    )
    assert lines(golden(), new) == [
        "breaking table users renamed: users -> people",
        "breaking index users/email-index projection: ALL -> KEYS_ONLY",
        "breaking table users ttlAttribute:  -> ttl",
    ]


def levels(path: str, *values: Any) -> list[str]:
    """The level of each change from one value to the next."""
    sides = [changed(put(path, value)) for value in values]
    return [line.split()[0] for old, new in pairwise(sides) for line in lines(old, new)]


def test_a_projection_is_widened_or_narrowed() -> None:
    of_pattern = levels(
        f"{PATTERNS}/accounts-of-user/projection", ["userId"], ["userId", "id"], ["id", "userId"], ["id"], None, ["id"]
    )
    assert of_pattern == ["additive", "neutral", "breaking", "breaking", "breaking"], "a role may read some only"
    of_index = levels(f"{EMAIL_INDEX}/projection", "KEYS_ONLY", "INCLUDE", "ALL", "INCLUDE", "KEYS_ONLY", "ALL")
    assert of_index == ["additive", "additive", "breaking", "breaking", "additive"]


def test_a_variable_may_lead_to_a_table_that_the_contract_has_not() -> None:
    assert levels("cloudstro/env/OTHER", "one", "one", "two") == ["breaking"]


def test_another_stream_breaks_where_both_are_real() -> None:
    assert levels(f"{FORM_BRIDGE}/streamArn", OTHER_STREAM, f"{OTHER_STREAM[:-3]}999") == ["breaking"]


@pytest.mark.parametrize("stage", ["local", "dev", "prod"])
def test_a_deployment_is_what_its_golden_file_has(stage: str) -> None:
    """The last step of a deployment in CI: the account and the stream's time are AWS's, all else is as it is kept."""
    real = json.dumps(golden(stage)).replace("123456789012", "999988887777")
    old, new = document(golden(stage)), document(json.loads(real.replace("2000-01-01T00:00", "2026-05-01T10:11")))
    found = diff(old, new)
    account, of_stream = found
    assert text([account]) == ["neutral contract account: 123456789012 -> 999988887777"]
    assert (of_stream.level.value, of_stream.family, of_stream.what) == ("neutral", "formbridge", "streamArn")
    assert demand(found, old, new) is Demand.NOTHING


@pytest.mark.parametrize(
    ("was", "now", "line"),
    [
        ("FormBridgeData", "FormBridgeRows", "table FormBridgeData name: FormBridgeData -> FormBridgeRows"),
        ("eu-west-2", "eu-west-1", "family formbridge region: eu-west-2 -> eu-west-1"),
    ],
)
def test_a_stream_follows_its_table_and_region_where_its_time_is_a_placeholder(was: str, now: str, line: str) -> None:
    new = changed(put(f"{FORM_BRIDGE}/streamArn", OTHER_STREAM))
    family = new["families"]["formbridge"]
    names = family["alarms"].pop("names")
    for part in ("region", "alarms", "env"):
        family[part] = json.loads(json.dumps(family[part]).replace(was, now))
    family["alarms"]["names"] = names
    table = json.dumps(family["tables"]["FormBridgeData"]).replace(was, now)
    family["tables"]["FormBridgeData"] = json.loads(table)
    of_name, of_stream = lines(golden(), new)
    assert (of_name, of_stream.split(": ")[0]) == (f"breaking {line}", "neutral table FormBridgeData streamArn")


def in_account(outputs: Outputs, account: str) -> Outputs:
    found: Outputs = json.loads(json.dumps(outputs).replace(":123456789012:", f":{account}:"))
    return found


def test_an_account_is_one_line_and_the_golden_files_have_none() -> None:
    one, two = "0" * 11 + "1", "0" * 11 + "2"
    moved = f"breaking contract account: {one} -> {two}"
    assert lines(in_account(golden(), one), in_account(golden(), two)) == [moved]
    both = lines(in_account(golden(), one), in_account(in_family('"users"', '"people"'), two))
    assert both == [moved, "breaking table users renamed: users -> people"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (f"{USERS}/itemCount", "table users itemCount"),
        (f"{USERS}/hashKey/itemCount", "table users hashKey.itemCount"),
        (f"{EMAIL_INDEX}/rangeKey/itemCount", "index users/email-index rangeKey.itemCount"),
    ],
)
def test_a_new_field_needs_a_minor_version(path: str, line: str) -> None:
    new = document(changed(put(path, 5)))
    found = diff(PROD, new)
    assert text(found) == [f"additive {line}:  -> 5"]
    assert demand(found, PROD, new) is Demand.MINOR
    risen = document({**changed(put(path, 5)), "contractVersion": "1.4"})
    assert demand(diff(PROD, risen), PROD, risen) is Demand.NOTHING
    assert text(diff(risen, PROD)) == [
        "breaking contract contractVersion: 1.4 -> 1.3", f"breaking {line}: 5 -> ",
    ]  # fmt: skip


@pytest.mark.parametrize(("was", "now"), [(1, True), (0, False), ([1], [True]), ([{"a": 0}], [{"a": False}])])
def test_a_number_is_no_truth_value(was: Any, now: Any) -> None:
    assert levels(f"{USERS}/itemCount", was, now) == ["breaking"]


def test_another_output_of_the_stack_is_part_of_what_is_read() -> None:
    new = {**golden(), "somethingNew": "x"}
    assert lines(golden(), new) == ["additive contract somethingNew:  -> x"]
    assert lines(new, golden()) == ["breaking contract somethingNew: x -> "]


def test_two_that_are_alike_are_not_taken_for_a_rename() -> None:
    """What one of two removed tables became is nobody's guess."""
    alike, roles = {"name": "x", "arn": "y"}, "cloudstro/roles"
    old = changed(put(f"{roles}/a", alike), put(f"{roles}/b", alike))
    assert lines(old, changed(put(f"{roles}/c", alike))) == [
        "breaking role a removed: x -> ", "breaking role b removed: x -> ", "additive role c added:  -> x",
    ]  # fmt: skip


def test_families_can_be_chosen() -> None:
    new = in_family('"users"', '"people"')
    assert lines(golden(), new, families=["acs"]) == []
    assert lines(golden(), new, families=["cloudstro"]) == ["breaking table users renamed: users -> people"]


def test_stages_are_compared_without_what_is_each_ones_own() -> None:
    assert lines(golden("dev"), golden("prod"), across_stages=True) == []
    without = changed(put(EMAIL_INDEX, GONE), *(put(*each) for each in stream(None).items()))
    assert lines(golden("dev"), without, across_stages=True) == [
        "breaking index users/email-index removed: email:S userId:S, ALL -> ",
        "breaking table FormBridgeData streamArn: a stream -> ",
    ]
    assert "additive table FormBridgeData streamArn:  -> a stream" in lines(without, golden("dev"), across_stages=True)


def of_version_2(**families: Any) -> Outputs:
    return {"contractVersion": "2.0", "stage": "prod", "families": families}


@pytest.mark.parametrize("tables", [5, "x", ["a", {}], {"a": [{}]}, {"a": {"indexes": [1]}}, True])
def test_a_family_of_another_major_version_is_shown_whatever_it_has(tables: Any) -> None:
    count = 1 if isinstance(tables, dict) else 0
    added = lines(of_version_2(), of_version_2(new={"tables": tables}))
    assert added == [f"additive family new added:  -> {count} tables, 0 roles"]


def test_another_major_version_is_compared_as_far_as_it_is_alike() -> None:
    def projected(*attributes: Any) -> Outputs:
        return of_version_2(shop={"accessPatterns": {"orders": {"projection": list(attributes)}}})

    one, two = projected({"name": "id"}), projected({"name": "id"}, {"name": "total"})
    assert [line.split()[0] for line in lines(one, two) + lines(two, one)] == ["additive", "breaking"]
    new = {**changed(put("cloudstro/tables", ["users"])), "contractVersion": "2.0"}
    assert [line.split(": ")[0] for line in lines(golden(), new)] == [
        "breaking contract contractVersion", "breaking family cloudstro tables",
    ]  # fmt: skip
