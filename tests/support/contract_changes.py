"""Changes of prod's golden outputs, by the line that a comparison has for each."""

from __future__ import annotations

from typing import Any

from tests.support.contracts import Change, Outputs, cloudstro, golden, move, of, pattern, put, remove, users

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


def first_emails(condition: str) -> Change:
    return lambda outputs: outputs["families"]["acs"]["accessPatterns"]["first-emails-of-account"].update(
        keyCondition=condition
    )


def email_key(template: str) -> str:
    """The profile's keys with one more."""
    return KEYS.replace("{", f'{{"email": "{template}", ', 1)


KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/a"
EMAIL = of("tables", "users", "attributes", "email")
ENTITY = "entity users/user_profile"
PROFILE = of("tables", "users", "entities", "user_profile")
PROFILE_KEYS = of("tables", "users", "entities", "user_profile", "keys")
KEYS = '{"recordType": "USER_PROFILE", "userId": "{user_id}"}'
ROLE = "arn:aws:iam::123456789012:role"
FIRST_EMAILS = "access pattern first-emails-of-account"
OF_ACCOUNT = "associated_account = :associated_account AND is_first_email"
ACCOUNTS = "social-accounts/platform-accountStatus-index"
ACCOUNT_INDEX = of("tables", "social-accounts", "indexes", "platform-accountStatus-index")
INCLUDED = ACCOUNT_INDEX(golden())["nonKeyAttributes"]
STREAM = "arn:aws:dynamodb:eu-west-2:123456789012:table/FormBridgeData/stream/2000-01-01T00:00:00.000"
F = "cloudstro"
NEW_INDEX = {**EMAIL_INDEX(golden())} | {
    "arn": f"{ARN}/index/type-index",
    "hashKey": {"name": "recordType", "type": "S"},
    "projection": "KEYS_ONLY",
}
CHANGES: dict[str, Change] = {
    f"breaking family {F} removed: {len(golden()['families'][F]['tables'])} tables, 2 roles -> -":
        lambda outputs: outputs["families"].pop(F),
    "breaking family cloudstro renamed: cloudstro -> clouds":
        lambda outputs: outputs["families"].update(clouds=outputs["families"].pop(F)),
    "breaking cloudstro table social-engagement removed: cloudstro-social-engagement (userId:S engagementId:S) -> -":
        remove(of("tables"), "social-engagement"),
    "breaking cloudstro table users renamed: users -> people": logical_name,
    "breaking cloudstro table users name: cloudstro-users -> cloudstro-people": physical_name,
    "breaking cloudstro table users hashKey.name: userId -> id": put(users, "hashKey", {"name": "id", "type": "S"}),
    "breaking cloudstro table users rangeKey.type: S -> N":
        put(users, "rangeKey", {"name": "recordType", "type": "N"}),
    "breaking cloudstro table users rangeKey: recordType:S -> -": put(users, "rangeKey", None),
    "breaking acs table Users rangeKey: - -> day:S":
        lambda outputs: outputs["families"]["acs"]["tables"]["Users"].update(rangeKey={"name": "day", "type": "S"}),
    "breaking cloudstro table ai-insights ttlAttribute: TTL -> expires":
        put(of("tables", "ai-insights"), "ttlAttribute", "expires"),
    "breaking cloudstro table ai-insights ttlAttribute: TTL -> -":
        put(of("tables", "ai-insights"), "ttlAttribute", None),
    "breaking cloudstro table users ttlAttribute: - -> ttl": put(users, "ttlAttribute", "ttl"),
    f"breaking formbridge table FormBridgeData streamArn: {STREAM} -> -": form_bridge_stream(None),
    "breaking cloudstro index users/email-index removed: email:S userId:S, ALL -> -":
        remove(of("tables", "users", "indexes"), "email-index"),
    "breaking cloudstro index users/email-index renamed: email-index -> by-email": index_name,
    "breaking cloudstro index users/email-index hashKey.type: S -> B":
        put(EMAIL_INDEX, "hashKey", {"name": "email", "type": "B"}),
    "breaking cloudstro index users/email-index projection: ALL -> INCLUDE":
        put(EMAIL_INDEX, "projection", "INCLUDE"),
    f"breaking cloudstro index {ACCOUNTS} nonKeyAttributes: {', '.join(INCLUDED)} -> {', '.join(INCLUDED[1:])}":
        put(ACCOUNT_INDEX, "nonKeyAttributes", INCLUDED[1:]),
    "breaking formbridge table FormBridgeData streamViewType: NEW_AND_OLD_IMAGES -> KEYS_ONLY":
        put(form_bridge, "streamViewType", "KEYS_ONLY"),
    f"breaking cloudstro table users kmsKeyArn: - -> {KEY_ARN}": put(users, "kmsKeyArn", KEY_ARN),
    "breaking cloudstro attribute users/email removed: S -> -": remove(of("tables", "users", "attributes"), "email"),
    "breaking cloudstro attribute users/email type: S -> SS": put(EMAIL, "type", "SS"),
    "breaking cloudstro attribute users/email also: - -> SS": put(EMAIL, "also", ["SS"]),
    "breaking cloudstro attribute users/status values: active, inactive -> active":
        put(of("tables", "users", "attributes", "status"), "values", ["active"]),
    f'breaking cloudstro entity users/user_profile removed: {KEYS} -> -':
        remove(of("tables", "users", "entities"), "user_profile"),
    f"breaking cloudstro {ENTITY} keys: {KEYS} -> {KEYS.replace('{user', 'USER#{user')}":
        put(PROFILE_KEYS, "userId", "USER#{user_id}"),
    f"breaking cloudstro {ENTITY} keys: {KEYS} -> {email_key('{address}')}": put(PROFILE_KEYS, "email", "{address}"),
    "breaking cloudstro entity users/user_profile attributes: - -> username":
        put(PROFILE, "attributes", ["username"]),
    "breaking cloudstro entity users/user_profile retentionDays: - -> 7": put(PROFILE, "retentionDays", 7),
    "breaking cloudstro access pattern recent-posts-on-platform limit: - -> 5": put(RECENT, "limit", 5),
    "breaking cloudstro access pattern create-user entities: user_profile -> -":
        put(of("accessPatterns", "create-user"), "entities", None),
    "breaking cloudstro role readonly removed: cloudstro-readonly-role -> -": remove(of("roles"), "readonly"),
    "breaking cloudstro role readonly renamed: readonly -> reader": move(of("roles"), "readonly", "reader"),
    f"breaking cloudstro role app arn: {ROLE}/cloudstro-app-role -> {ROLE}/apps/cloudstro-app-role":
        put(of("roles", "app"), "arn", f"{ROLE}/apps/cloudstro-app-role"),
    "breaking cloudstro variable DYNAMODB_USERS_TABLE removed: cloudstro-users -> -":
        remove(of("env"), "DYNAMODB_USERS_TABLE"),
    "breaking cloudstro variable DYNAMODB_USERS_TABLE renamed: DYNAMODB_USERS_TABLE -> USERS_TABLE":
        move(of("env"), "DYNAMODB_USERS_TABLE", "USERS_TABLE"),
    "breaking cloudstro variable DYNAMODB_USERS_TABLE changed: cloudstro-users -> cloudstro-social-posts":
        put(of("env"), "DYNAMODB_USERS_TABLE", "cloudstro-social-posts"),
    "breaking cloudstro access pattern user-by-email removed: query users/email-index: email = :email -> -":
        remove(of("accessPatterns"), "user-by-email"),
    "breaking cloudstro access pattern user-by-email renamed: user-by-email -> user-of-email":
        move(of("accessPatterns"), "user-by-email", "user-of-email"),
    "breaking cloudstro access pattern posts-of-user table: social-posts -> social-accounts":
        put(of("accessPatterns", "posts-of-user"), "table", "social-accounts"),
    "breaking cloudstro access pattern user-by-email index: email-index -> -": put(BY_EMAIL, "index", None),
    "breaking cloudstro access pattern user-profile operation: get -> query":
        put(of("accessPatterns", "user-profile"), "operation", "query"),
    "breaking cloudstro access pattern recent-posts-on-platform filter: userId = :userId -> -":
        put(RECENT, "filter", None),
    "breaking cloudstro access pattern create-user condition: attribute_not_exists(userId) -> -":
        put(of("accessPatterns", "create-user"), "condition", None),
    "breaking cloudstro access pattern mark-insight-used update: SET used = true -> SET used = false":
        put(of("accessPatterns", "mark-insight-used"), "update", "SET used = false"),
    f"breaking acs {FIRST_EMAILS} keyCondition: {OF_ACCOUNT} = 1 -> {OF_ACCOUNT} = true":
        first_emails(f"{OF_ACCOUNT} = true"),
    "breaking cloudstro access pattern recent-posts-on-platform order: descending -> ascending":
        put(RECENT, "order", "ascending"),
    "breaking cloudstro access pattern user-by-email projection: - -> email": put(BY_EMAIL, "projection", ["email"]),
    "breaking cloudstro parameter record-login/lastLoginAt removed: S -> -":
        remove(of("accessPatterns", "record-login", "parameters"), "lastLoginAt"),
    "breaking cloudstro parameter record-login/lastLoginAt changed: S -> N":
        put(of("accessPatterns", "record-login", "parameters"), "lastLoginAt", "N"),
    "breaking cloudstro parameter record-login/device added: - -> S":
        put(of("accessPatterns", "record-login", "parameters"), "device", "S"),
    "breaking cloudstro parameter user-by-email/email renamed: email -> address":
        move(of("accessPatterns", "user-by-email", "parameters"), "email", "address"),
    "breaking family cloudstro region: us-east-1 -> us-west-2": region,
    "breaking family cloudstro alarms.topicArn: arn:aws:sns:us-east-1:123456789012:prod-cloudstro-alarms -> -":
        put(of("alarms"), "topicArn", None),
    "additive family shop added: - -> 0 tables, 2 roles":
        lambda outputs: outputs["families"].update(shop={**cloudstro(golden()), "tables": {}, "region": "eu-west-1"}),
    "additive cloudstro table teams added: - -> cloudstro-teams (userId:S recordType:S)":
        put(of("tables"), "teams", {**users(golden()), "name": "cloudstro-teams"}),
    "additive cloudstro index users/type-index added: - -> recordType:S userId:S, KEYS_ONLY":
        put(of("tables", "users", "indexes"), "type-index", NEW_INDEX),
    "additive cloudstro index social-accounts/platform-accountStatus-index projection: INCLUDE -> ALL":
        lambda outputs: ACCOUNT_INDEX(outputs).update(projection="ALL", nonKeyAttributes=None),
    "additive cloudstro attribute users/nickname added: - -> S":
        put(of("tables", "users", "attributes"), "nickname", {"type": "S", "note": "as shown"}),
    "additive cloudstro attribute users/status values: active, inactive -> inactive, active, lost":
        put(of("tables", "users", "attributes", "status"), "values", ["inactive", "active", "lost"]),
    'additive cloudstro entity users/team added: - -> {"userId": "TEAM#{team_id}"}':
        put(of("tables", "users", "entities"), "team", {"keys": {"userId": "TEAM#{team_id}"}}),
    f"additive cloudstro {ENTITY} keys: {KEYS} -> {email_key('USER#{user_id}')}":
        put(PROFILE_KEYS, "email", "USER#{user_id}"),
    "additive cloudstro role auditor added: - -> cloudstro-auditor":
        put(of("roles"), "auditor", {"name": "cloudstro-auditor", "arn": f"{ROLE}/a"}),
    "additive cloudstro variable DYNAMODB_TEAMS_TABLE added: - -> cloudstro-teams":
        put(of("env"), "DYNAMODB_TEAMS_TABLE", "cloudstro-teams"),
    "additive cloudstro access pattern user-of-email added: - -> query users/email-index: email = :email":
        lambda outputs: of("accessPatterns")(outputs).update({"user-of-email": {**BY_EMAIL(outputs)}}),
    f"additive cloudstro table users streamArn: - -> {ARN}/stream/2026-05-01T10:00:00.000":
        put(users, "streamArn", f"{ARN}/stream/2026-05-01T10:00:00.000"),
    "additive cloudstro access pattern accounts-of-user projection: userId -> userId, id":
        lambda outputs: pattern(outputs, "accounts-of-user").update(projection=["userId", "id"]),
    "neutral cloudstro access pattern user-by-email keyCondition: email = :email -> email=:email":
        put(BY_EMAIL, "keyCondition", "email=:email"),
    f"neutral acs {FIRST_EMAILS} keyCondition: {OF_ACCOUNT} = 1 -> {OF_ACCOUNT} = 1.0":
        first_emails(f"{OF_ACCOUNT} = 1.0"),
    "neutral cloudstro attribute users/email note: - -> to write to": put(EMAIL, "note", "to write to"),
    "neutral cloudstro access pattern user-by-email purpose: The user with an e-mail address -> Who it is":
        put(BY_EMAIL, "purpose", "Who it is"),
    f"neutral formbridge table FormBridgeData streamArn: {STREAM} -> {OTHER_STREAM}":
        form_bridge_stream(OTHER_STREAM),
    "neutral family cloudstro alarms.names: 1: cloudstro-users-read-throttles -> -":
        lambda outputs: cloudstro(outputs)["alarms"]["names"].remove("cloudstro-users-read-throttles"),
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
