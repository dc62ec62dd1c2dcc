"""Changes of prod's golden outputs, each with the line that a comparison has for it."""

from __future__ import annotations

from typing import Any

from tests.support.contracts import Change, Outputs, cloudstro, golden, move, of, pattern, put, remove, users

Line = tuple[str, str | None, str, str, str, str]
ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/cloudstro-users"
EMAIL_INDEX = of("tables", "users", "indexes", "email-index")
BY_EMAIL = of("accessPatterns", "user-by-email")
RECENT = of("accessPatterns", "recent-posts-on-platform")
OTHER_STREAM = "arn:aws:dynamodb:eu-west-2:123456789012:table/FormBridgeData/stream/2026-05-01T10:00:00.000"


def physical_name(outputs: Outputs) -> None:
    """The table's, and what follows from it."""
    table = users(outputs)
    table["name"] = "cloudstro-people"
    table["arn"] = table["arn"].replace("cloudstro-users", "cloudstro-people")
    for index in table["indexes"].values():
        index["arn"] = index["arn"].replace("cloudstro-users", "cloudstro-people")
    cloudstro(outputs)["env"]["DYNAMODB_USERS_TABLE"] = "cloudstro-people"


def logical_name(outputs: Outputs) -> None:
    """The table's, and the access patterns that name it."""
    tables = cloudstro(outputs)["tables"]
    tables["people"] = tables.pop("users")
    for each in cloudstro(outputs)["accessPatterns"].values():
        if each["table"] == "users":
            each["table"] = "people"


def index_name(outputs: Outputs) -> None:
    indexes = users(outputs)["indexes"]
    indexes["by-email"] = indexes.pop("email-index")
    indexes["by-email"]["arn"] = f"{ARN}/index/by-email"
    pattern(outputs, "user-by-email")["index"] = "by-email"


def region(outputs: Outputs) -> None:
    family = cloudstro(outputs)
    family["region"] = "us-west-2"
    family["alarms"]["topicArn"] = family["alarms"]["topicArn"].replace("us-east-1", "us-west-2")
    for table in family["tables"].values():
        for thing in (table, *table["indexes"].values()):
            thing["arn"] = thing["arn"].replace("us-east-1", "us-west-2")


def form_bridge(outputs: Outputs) -> dict[str, Any]:
    found: dict[str, Any] = outputs["families"]["formbridge"]["tables"]["FormBridgeData"]
    return found


def form_bridge_stream(value: str | None) -> Change:
    """What the stream has goes with it."""
    return lambda outputs: form_bridge(outputs).update(
        streamArn=value, streamViewType=value and form_bridge(outputs)["streamViewType"]
    )


KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/a"
EMAIL = of("tables", "users", "attributes", "email")
PROFILE_KEYS = '{"recordType": "USER_PROFILE", "userId": "{user_id}"}'
ACCOUNT_INDEX = of("tables", "social-accounts", "indexes", "platform-accountStatus-index")
INCLUDED = ACCOUNT_INDEX(golden())["nonKeyAttributes"]
STREAM = "arn:aws:dynamodb:eu-west-2:123456789012:table/FormBridgeData/stream/2000-01-01T00:00:00.000"
F = "cloudstro"
BREAKING: dict[str, tuple[Change, Line]] = {
    "family removed": (
        lambda outputs: outputs["families"].pop(F),
        ("breaking", F, "family cloudstro", "removed", f"{len(golden()['families'][F]['tables'])} tables, 2 roles", ""),
    ),
    "family renamed": (
        lambda outputs: outputs["families"].update(clouds=outputs["families"].pop(F)),
        ("breaking", F, "family cloudstro", "renamed", "cloudstro", "clouds"),
    ),
    "table removed": (
        remove(of("tables"), "social-engagement"),
        (
            "breaking", F, "table social-engagement", "removed",
            "cloudstro-social-engagement (userId:S engagementId:S)", "",
        ),
    ),
    "table renamed": (logical_name, ("breaking", F, "table users", "renamed", "users", "people")),
    "physical name changed": (
        physical_name,
        ("breaking", F, "table users", "name", "cloudstro-users", "cloudstro-people"),
    ),
    "hash key renamed": (
        put(users, "hashKey", {"name": "id", "type": "S"}),
        ("breaking", F, "table users", "hashKey.name", "userId", "id"),
    ),
    "range key retyped": (
        put(users, "rangeKey", {"name": "recordType", "type": "N"}),
        ("breaking", F, "table users", "rangeKey.type", "S", "N"),
    ),
    "range key removed": (put(users, "rangeKey", None), ("breaking", F, "table users", "rangeKey", "recordType:S", "")),
    "range key added": (
        lambda outputs: outputs["families"]["acs"]["tables"]["Users"].update(rangeKey={"name": "day", "type": "S"}),
        ("breaking", "acs", "table Users", "rangeKey", "", "day:S"),
    ),
    "TTL moved": (
        put(of("tables", "ai-insights"), "ttlAttribute", "expires"),
        ("breaking", F, "table ai-insights", "ttlAttribute", "TTL", "expires"),
    ),
    "TTL off": (
        put(of("tables", "ai-insights"), "ttlAttribute", None),
        ("breaking", F, "table ai-insights", "ttlAttribute", "TTL", ""),
    ),
    "TTL on": (put(users, "ttlAttribute", "ttl"), ("breaking", F, "table users", "ttlAttribute", "", "ttl")),
    "stream removed": (
        form_bridge_stream(None),
        ("breaking", "formbridge", "table FormBridgeData", "streamArn", STREAM, ""),
    ),
    "index removed": (
        remove(of("tables", "users", "indexes"), "email-index"),
        ("breaking", F, "index users/email-index", "removed", "email:S userId:S, ALL", ""),
    ),
    "index renamed": (index_name, ("breaking", F, "index users/email-index", "renamed", "email-index", "by-email")),
    "index key retyped": (
        put(EMAIL_INDEX, "hashKey", {"name": "email", "type": "B"}),
        ("breaking", F, "index users/email-index", "hashKey.type", "S", "B"),
    ),
    "index projection narrowed": (
        put(EMAIL_INDEX, "projection", "INCLUDE"),
        ("breaking", F, "index users/email-index", "projection", "ALL", "INCLUDE"),
    ),
    "projected attribute removed": (
        put(ACCOUNT_INDEX, "nonKeyAttributes", INCLUDED[1:]),
        (
            "breaking", F, "index social-accounts/platform-accountStatus-index", "nonKeyAttributes",
            ", ".join(INCLUDED), ", ".join(INCLUDED[1:]),
        ),
    ),
    "stream's images": (
        put(form_bridge, "streamViewType", "KEYS_ONLY"),
        ("breaking", "formbridge", "table FormBridgeData", "streamViewType", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"),
    ),
    "customer's key": (put(users, "kmsKeyArn", KEY_ARN), ("breaking", F, "table users", "kmsKeyArn", "", KEY_ARN)),
    "attribute removed": (
        remove(of("tables", "users", "attributes"), "email"),
        ("breaking", F, "attribute users/email", "removed", "S", ""),
    ),
    "attribute retyped": (put(EMAIL, "type", "SS"), ("breaking", F, "attribute users/email", "type", "S", "SS")),
    "attribute of two types": (put(EMAIL, "also", ["SS"]), ("breaking", F, "attribute users/email", "also", "", "SS")),
    "value removed": (
        put(of("tables", "users", "attributes", "status"), "values", ["active"]),
        ("breaking", F, "attribute users/status", "values", "active, inactive", "active"),
    ),
    "entity removed": (
        remove(of("tables", "users", "entities"), "user_profile"),
        ("breaking", F, "entity users/user_profile", "removed", PROFILE_KEYS, ""),
    ),
    "entity's key": (
        put(of("tables", "users", "entities", "user_profile", "keys"), "userId", "USER#{user_id}"),
        (
            "breaking", F, "entity users/user_profile", "keys",
            PROFILE_KEYS, PROFILE_KEYS.replace("{user_id}", "USER#{user_id}"),
        ),
    ),
    "entity's key of a new field": (
        put(of("tables", "users", "entities", "user_profile", "keys"), "email", "{address}"),
        (
            "breaking", F, "entity users/user_profile", "keys",
            PROFILE_KEYS, PROFILE_KEYS.replace("{", '{"email": "{address}", ', 1),
        ),
    ),
    "entity's attributes": (
        put(of("tables", "users", "entities", "user_profile"), "attributes", ["username"]),
        ("breaking", F, "entity users/user_profile", "attributes", "", "username"),
    ),
    "entity's retention": (
        put(of("tables", "users", "entities", "user_profile"), "retentionDays", 7),
        ("breaking", F, "entity users/user_profile", "retentionDays", "", "7"),
    ),
    "pattern's limit": (
        put(RECENT, "limit", 5),
        ("breaking", F, "access pattern recent-posts-on-platform", "limit", "", "5"),
    ),
    "pattern's entities": (
        put(of("accessPatterns", "create-user"), "entities", None),
        ("breaking", F, "access pattern create-user", "entities", "user_profile", ""),
    ),
    "role removed": (
        remove(of("roles"), "readonly"),
        ("breaking", F, "role readonly", "removed", "cloudstro-readonly-role", ""),
    ),
    "role renamed": (
        move(of("roles"), "readonly", "reader"),
        ("breaking", F, "role readonly", "renamed", "readonly", "reader"),
    ),
    "role's ARN changed": (
        put(of("roles", "app"), "arn", "arn:aws:iam::123456789012:role/apps/cloudstro-app-role"),
        (
            "breaking", F, "role app", "arn",
            "arn:aws:iam::123456789012:role/cloudstro-app-role",
            "arn:aws:iam::123456789012:role/apps/cloudstro-app-role",
        ),
    ),
    "variable removed": (
        remove(of("env"), "DYNAMODB_USERS_TABLE"),
        ("breaking", F, "variable DYNAMODB_USERS_TABLE", "removed", "cloudstro-users", ""),
    ),
    "variable renamed": (
        move(of("env"), "DYNAMODB_USERS_TABLE", "USERS_TABLE"),
        ("breaking", F, "variable DYNAMODB_USERS_TABLE", "renamed", "DYNAMODB_USERS_TABLE", "USERS_TABLE"),
    ),
    "variable leads elsewhere": (
        put(of("env"), "DYNAMODB_USERS_TABLE", "cloudstro-social-posts"),
        ("breaking", F, "variable DYNAMODB_USERS_TABLE", "changed", "cloudstro-users", "cloudstro-social-posts"),
    ),
    "pattern removed": (
        remove(of("accessPatterns"), "user-by-email"),
        ("breaking", F, "access pattern user-by-email", "removed", "query users/email-index: email = :email", ""),
    ),
    "pattern renamed": (
        move(of("accessPatterns"), "user-by-email", "user-of-email"),
        ("breaking", F, "access pattern user-by-email", "renamed", "user-by-email", "user-of-email"),
    ),
    "pattern on another table": (
        put(of("accessPatterns", "posts-of-user"), "table", "social-accounts"),
        ("breaking", F, "access pattern posts-of-user", "table", "social-posts", "social-accounts"),
    ),
    "pattern off its index": (
        put(BY_EMAIL, "index", None),
        ("breaking", F, "access pattern user-by-email", "index", "email-index", ""),
    ),
    "pattern's operation": (
        put(of("accessPatterns", "user-profile"), "operation", "query"),
        ("breaking", F, "access pattern user-profile", "operation", "get", "query"),
    ),
    "pattern's filter": (
        put(RECENT, "filter", None),
        ("breaking", F, "access pattern recent-posts-on-platform", "filter", "userId = :userId", ""),
    ),
    "pattern's condition": (
        put(of("accessPatterns", "create-user"), "condition", None),
        ("breaking", F, "access pattern create-user", "condition", "attribute_not_exists(userId)", ""),
    ),
    "pattern's update": (
        put(of("accessPatterns", "mark-insight-used"), "update", "SET used = false"),
        ("breaking", F, "access pattern mark-insight-used", "update", "SET used = true", "SET used = false"),
    ),
    "pattern's number becomes a truth value": (
        lambda outputs: outputs["families"]["acs"]["accessPatterns"]["first-emails-of-account"].update(
            keyCondition="associated_account = :associated_account AND is_first_email = true"
        ),
        (
            "breaking", "acs", "access pattern first-emails-of-account", "keyCondition",
            "associated_account = :associated_account AND is_first_email = 1",
            "associated_account = :associated_account AND is_first_email = true",
        ),
    ),
    "pattern's order": (
        put(RECENT, "order", "ascending"),
        ("breaking", F, "access pattern recent-posts-on-platform", "order", "descending", "ascending"),
    ),
    "pattern's projection begins": (
        put(BY_EMAIL, "projection", ["email"]),
        ("breaking", F, "access pattern user-by-email", "projection", "", "email"),
    ),
    "parameter removed": (
        remove(of("accessPatterns", "record-login", "parameters"), "lastLoginAt"),
        ("breaking", F, "parameter record-login/lastLoginAt", "removed", "S", ""),
    ),
    "parameter retyped": (
        put(of("accessPatterns", "record-login", "parameters"), "lastLoginAt", "N"),
        ("breaking", F, "parameter record-login/lastLoginAt", "changed", "S", "N"),
    ),
    "parameter newly required": (
        put(of("accessPatterns", "record-login", "parameters"), "device", "S"),
        ("breaking", F, "parameter record-login/device", "added", "", "S"),
    ),
    "parameter renamed": (
        move(of("accessPatterns", "user-by-email", "parameters"), "email", "address"),
        ("breaking", F, "parameter user-by-email/email", "renamed", "email", "address"),
    ),
    "region changed": (region, ("breaking", F, "family cloudstro", "region", "us-east-1", "us-west-2")),
    "topic removed": (
        put(of("alarms"), "topicArn", None),
        (
            "breaking", F, "family cloudstro", "alarms.topicArn",
            "arn:aws:sns:us-east-1:123456789012:prod-cloudstro-alarms", "",
        ),
    ),
}  # fmt: skip
NEW_INDEX = {**golden()["families"][F]["tables"]["users"]["indexes"]["email-index"]} | {
    "arn": f"{ARN}/index/type-index",
    "hashKey": {"name": "recordType", "type": "S"},
    "projection": "KEYS_ONLY",
}
ADDITIVE: dict[str, tuple[Change, Line]] = {
    "family": (
        lambda outputs: outputs["families"].update(shop={**cloudstro(golden()), "tables": {}, "region": "eu-west-1"}),
        ("additive", "shop", "family shop", "added", "", "0 tables, 2 roles"),
    ),
    "table": (
        put(of("tables"), "teams", {**users(golden()), "name": "cloudstro-teams"}),
        ("additive", F, "table teams", "added", "", "cloudstro-teams (userId:S recordType:S)"),
    ),
    "index": (
        put(of("tables", "users", "indexes"), "type-index", NEW_INDEX),
        ("additive", F, "index users/type-index", "added", "", "recordType:S userId:S, KEYS_ONLY"),
    ),
    "index projection widened": (
        lambda outputs: ACCOUNT_INDEX(outputs).update(projection="ALL", nonKeyAttributes=None),
        ("additive", F, "index social-accounts/platform-accountStatus-index", "projection", "INCLUDE", "ALL"),
    ),
    "attribute": (
        put(of("tables", "users", "attributes"), "nickname", {"type": "S", "note": "as shown"}),
        ("additive", F, "attribute users/nickname", "added", "", "S"),
    ),
    "value": (
        put(of("tables", "users", "attributes", "status"), "values", ["inactive", "active", "lost"]),
        ("additive", F, "attribute users/status", "values", "active, inactive", "inactive, active, lost"),
    ),
    "entity": (
        put(of("tables", "users", "entities"), "team", {"keys": {"userId": "TEAM#{team_id}"}}),
        ("additive", F, "entity users/team", "added", "", '{"userId": "TEAM#{team_id}"}'),
    ),
    "entity's key of its fields": (
        put(of("tables", "users", "entities", "user_profile", "keys"), "email", "USER#{user_id}"),
        (
            "additive", F, "entity users/user_profile", "keys",
            PROFILE_KEYS, PROFILE_KEYS.replace("{", '{"email": "USER#{user_id}", ', 1),
        ),
    ),
    "role": (
        put(of("roles"), "auditor", {"name": "cloudstro-auditor", "arn": "arn:aws:iam::123456789012:role/a"}),
        ("additive", F, "role auditor", "added", "", "cloudstro-auditor"),
    ),
    "variable": (
        put(of("env"), "DYNAMODB_TEAMS_TABLE", "cloudstro-teams"),
        ("additive", F, "variable DYNAMODB_TEAMS_TABLE", "added", "", "cloudstro-teams"),
    ),
    "pattern": (
        lambda outputs: of("accessPatterns")(outputs).update({"user-of-email": {**BY_EMAIL(outputs)}}),
        ("additive", F, "access pattern user-of-email", "added", "", "query users/email-index: email = :email"),
    ),
    "stream": (
        put(users, "streamArn", f"{ARN}/stream/2026-05-01T10:00:00.000"),
        ("additive", F, "table users", "streamArn", "", f"{ARN}/stream/2026-05-01T10:00:00.000"),
    ),
    "pattern's projection widened": (
        lambda outputs: pattern(outputs, "accounts-of-user").update(projection=["userId", "id"]),
        ("additive", F, "access pattern accounts-of-user", "projection", "userId", "userId, id"),
    ),
}  # fmt: skip
NEUTRAL: dict[str, tuple[Change, Line]] = {
    "expression written otherwise": (
        put(BY_EMAIL, "keyCondition", "email=:email"),
        ("neutral", F, "access pattern user-by-email", "keyCondition", "email = :email", "email=:email"),
    ),
    "number written otherwise": (
        lambda outputs: outputs["families"]["acs"]["accessPatterns"]["first-emails-of-account"].update(
            keyCondition="associated_account = :associated_account AND is_first_email = 1.0"
        ),
        (
            "neutral", "acs", "access pattern first-emails-of-account", "keyCondition",
            "associated_account = :associated_account AND is_first_email = 1",
            "associated_account = :associated_account AND is_first_email = 1.0",
        ),
    ),
    "note": (put(EMAIL, "note", "to write to"), ("neutral", F, "attribute users/email", "note", "", "to write to")),
    "purpose": (
        put(BY_EMAIL, "purpose", "Who it is"),
        ("neutral", F, "access pattern user-by-email", "purpose", BY_EMAIL(golden())["purpose"], "Who it is"),
    ),
    "stream of a golden file": (
        form_bridge_stream(OTHER_STREAM),
        ("neutral", "formbridge", "table FormBridgeData", "streamArn", STREAM, OTHER_STREAM),
    ),
    "alarm": (
        lambda outputs: cloudstro(outputs)["alarms"]["names"].remove("cloudstro-users-read-throttles"),
        ("neutral", F, "family cloudstro", "alarms.names", "1: cloudstro-users-read-throttles", ""),
    ),
}  # fmt: skip


ALLOW = """
[[allow]]
family = "cloudstro"
object = "index users/email-index"
change = "removed"
by = "Ada Lovelace"
reason = "no consumer queries it since May"
"""


def without_index(outputs: Outputs) -> None:
    del outputs["families"]["cloudstro"]["tables"]["users"]["indexes"]["email-index"]


def with_variable(outputs: Outputs) -> None:
    outputs["families"]["cloudstro"]["env"]["DYNAMODB_TEAMS_TABLE"] = "cloudstro-teams"
