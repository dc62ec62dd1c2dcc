"""CloudStro's move from one generic table to its five: each of its reads finds what it should, and nothing else.

With TABLEKIT_TEST_ITEMS as many items are made as it says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from families.cloudstro import FAMILY
from tablekit.client import connect, to_dynamodb
from tablekit.client.connection import FamilyTables
from tablekit.ops.signed_http import encoded
from tests.support import aws, copies
from tests.support.deployed import deploy

COUNT = int(os.environ.get("TABLEKIT_TEST_ITEMS", "500"))
USERS = COUNT // 50
PLATFORMS = ("twitter", "instagram", "tiktok")
KINDS = ("optimal_timing", "content_strategy")
NOW, SINCE = "2095-09-21T00:00:00Z", "2095-09-15T00:00:00Z"
Item = dict[str, Any]


def at(day: int) -> str:
    return f"2095-09-{day % 28 + 1:02}T10:00:00Z"


def of_user(number: int) -> list[tuple[str, str, Item]]:
    """Fifty items of a user: the table that each is to go to, its SK, and its data as in the document's examples."""
    user = f"user_{number}"
    profile = {"email": f"{user}@example.com", "username": user, "isActive": number % 3 > 0, "createdAt": at(number)}
    data: Item
    found: list[tuple[str, str, Item]] = [("users", "PROFILE", profile)]
    for platform in PLATFORMS:
        data = {
            "platform": platform,
            "accountName": user,
            "accessToken": "encrypted_token",
            "followerCount": number * 7,
            "isActive": (number + len(platform)) % 2 > 0,
            "permissions": ["read", "write"],
            "platformSpecificData": {"verifiedAccount": True},
        }
        found.append(("social-accounts", f"SOCIAL#{platform}#{number}987", data))
    for post in range(20):
        platform = PLATFORMS[post % 3]
        data = {"platform": platform, "content": "Great day", "createdAt": at(number + post), "hashtags": ["AI"]}
        data |= {"engagement": {"likes": post}, "engagementRate": Decimal("3.74"), "isOwn": True}
        found.append(("social-posts", f"POST#{platform}#{number:04}{post:03}", data))
    for measured in range(16):
        data = {"platform": PLATFORMS[measured % 2], "likes": measured, "hourOfDay": 10, "reachRate": Decimal("15.3")}
        found.append(("social-engagement", f"ENGAGEMENT#{number:04}{measured % 4:03}#{at(number + measured)}", data))
    for insight in range(10):
        data = {
            "type": KINDS[insight % 2],
            "confidence": Decimal(insight) / 10,
            "recommendation": "Post at 9 AM",
            "generatedAt": at(number),
            "validUntil": at(number + insight * 3),
            "isActive": insight % 4 > 0,
            "data": {"timezone": "UTC"},
        }
        found.append(("ai-insights", f"INSIGHT#{KINDS[insight % 2]}_{number}_{insight}", data))
    return found


MADE = [(f"user_{number}", table, sk, data) for number in range(USERS) for table, sk, data in of_user(number)]


@pytest.fixture(scope="module")
def moved(dynamodb: str, tmp_path_factory: pytest.TempPathFactory) -> FamilyTables:
    folder = tmp_path_factory.mktemp("cloudstro")
    stage = deploy(dynamodb, [FAMILY], folder)
    copies.make(dynamodb, "CloudStroData", copies.GENERIC)
    lines = [to_dynamodb({"PK": f"USER#{user}", "SK": sk, **data}) for user, _, sk, data in MADE]
    lines.append(to_dynamodb({"PK": "CONFIG#1", "SK": "FLAGS", "secret": "never shown"}))
    file = folder / "generic.jsonl"
    file.write_text("".join(encoded({"Item": line}) + "\n" for line in lines))
    assert stage.tablekit("copy", str(file), "CloudStroData@us-east-1").exit_code == 0
    words = ("copy", "CloudStroData@us-east-1", "cloudstro@dev", "--transform", "cloudstro")
    done = stage.tablekit(*words, "--checkpoint", str(folder / "kept"))
    assert done.exit_code == 2, done.stderr
    assert f"  {len(MADE):,} stored\n" in done.stdout
    assert "  equal\n" in done.stdout
    assert "1 items were refused and not copied" in done.stderr
    assert "never shown" not in done.stdout + done.stderr
    return connect(stage.outputs, aws.clients(dynamodb)).family("cloudstro")


def test_every_item_is_where_it_belongs(moved: FamilyTables) -> None:
    wanted = {table.name: sum(name == table.name for _, name, _, _ in MADE) for table in FAMILY.tables}
    found = {
        name: sum(page["Count"] for page in moved.client.get_paginator("scan").paginate(TableName=table.name))
        for name, table in moved.exported.tables.items()
    }
    assert found == wanted


def test_an_items_data_is_as_it_was(moved: FamilyTables) -> None:
    _, _, sk, data = next(each for each in MADE if each[1] == "ai-insights")
    insight = next(i for i in moved.run("insights-of-user", userId="user_0", now="").items if i["insightId"] == sk[8:])
    assert insight == {
        **data,
        "userId": "user_0",
        "insightId": sk[8:],
        "insightType": data["type"],
        "confidenceScore": data["confidence"],
        "generatedAtISO": data["generatedAt"],
        "validUntilISO": data["validUntil"],
        "recordType": "ai_insight",
        "TTL": Decimal(datetime.fromisoformat(data["validUntil"]).timestamp()),
    }


def status(data: Item) -> str:
    return "active" if data["isActive"] else "inactive"


ME = "user_1"
POST = f"{1:04}{2:03}"
CASES: dict[str, tuple[Item, Callable[[str, str, Item], bool]]] = {
    "user-profile": ({"userId": ME}, lambda user, sk, data: user == ME),
    "user-by-email": ({"email": f"{ME}@example.com"}, lambda user, sk, data: user == ME),
    "accounts-of-user": ({"userId": ME}, lambda user, sk, data: user == ME),
    "account-of-user": (
        {"userId": ME, "platformAccountId": "twitter#1987"},
        lambda user, sk, data: sk == "SOCIAL#twitter#1987",
    ),
    "accounts-on-platform": (
        {"platform": "tiktok", "accountStatus": "active"},
        lambda user, sk, data: data["platform"] == "tiktok" and data["isActive"],
    ),
    "posts-of-user": ({"userId": ME}, lambda user, sk, data: user == ME),
    "posts-of-user-on-platform": (
        {"userId": ME, "platform": "tiktok"},
        lambda user, sk, data: user == ME and data["platform"] == "tiktok",
    ),
    "recent-posts-on-platform": (
        {"userId": ME, "platform": "tiktok", "since": SINCE},
        lambda user, sk, data: user == ME and data["platform"] == "tiktok" and data["createdAt"] > SINCE,
    ),
    "recent-posts-of-user": (
        {"userId": ME, "since": SINCE},
        lambda user, sk, data: user == ME and data["createdAt"] > SINCE,
    ),
    "engagement-of-post": (
        {"userId": ME, "platform_post_id": POST},
        lambda user, sk, data: user == ME and sk.split("#")[1] == POST,
    ),
    "engagement-of-user": (
        {"userId": ME, "start": SINCE, "end": NOW},
        lambda user, sk, data: user == ME and SINCE <= sk.split("#")[2] <= NOW,
    ),
    "insights-of-user": ({"userId": ME, "now": NOW}, lambda user, sk, data: user == ME and data["validUntil"] > NOW),
    "insights-by-type": (
        {"userId": ME, "insightType": KINDS[0], "now": NOW},
        lambda user, sk, data: user == ME and data["type"] == KINDS[0] and data["validUntil"] > NOW,
    ),
    "active-insights": (
        {"userId": ME, "now": NOW},
        lambda user, sk, data: user == ME and data["validUntil"] > NOW and data["isActive"],
    ),
    "high-confidence-insights": (
        {"insightType": KINDS[1], "confidenceScore": Decimal("0.6"), "now": NOW},
        lambda user, sk, data: (
            data["type"] == KINDS[1] and data["confidence"] > Decimal("0.6") and data["validUntil"] > NOW
        ),
    ),
}
"""Each read: its arguments, and which items it is to find."""


def test_every_read_has_its_case() -> None:
    assert CASES.keys() == {name for name, pattern in FAMILY.patterns.items() if pattern.reads}


@pytest.mark.parametrize("name", CASES)
def test_a_pattern_finds_what_it_should(moved: FamilyTables, name: str) -> None:
    arguments, fits = CASES[name]
    pattern = FAMILY.patterns[name]
    made = [(user, sk, data) for user, table, sk, data in MADE if table == pattern.table]
    wanted = {(user, re.sub("^[A-Z]+#", "", sk)) for user, sk, data in made if fits(user, sk, data)}
    assert 0 < len(wanted) < len(made)
    result = moved.run(name, **arguments)
    range_key = FAMILY.table(pattern.table).keys[1].name
    found = [(item["userId"], item[range_key].replace("USER_PROFILE", "PROFILE")) for item in result.items]
    assert len(found) == len(set(found))
    assert set(found) == wanted
    if pattern.table == "social-accounts":
        assert all(("accessToken" in item) == (name == "account-of-user") for item in result.items)
