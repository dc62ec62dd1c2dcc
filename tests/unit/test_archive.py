"""The archive of expired items: what of the declarations and the stage's settings is derived."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tablekit.model.base import DESCRIPTION
from tablekit.model.staged import Account
from tablekit.resources import (
    BUCKET,
    BUCKET_LIFECYCLE,
    CATALOG_DATABASE,
    CATALOG_TABLE,
    FUNCTION,
    PIPE,
    QUEUE,
    ROLE,
    ROLE_POLICY,
    TABLE,
    Expected,
    family_resources,
)
from tests.support import declare
from tests.support.snapshots import CATALOGUE

ACCOUNT = Account("111122223333")
COLD = {"purpose": "cold data to S3"}
PLACE = "dev-shop-archive-111122223333-eu-west-1"


def made(**settings: Any) -> dict[str, list[Expected]]:
    """What a shop's stage has, by type."""
    shop = declare.family(tables=(declare.table(archive=COLD),))
    found: dict[str, list[Expected]] = {}
    for each in family_resources("shop", declare.staged(shop, **settings), ACCOUNT):
        found.setdefault(each.type, []).append(each)
    return found


def test_without_the_setting_there_is_none() -> None:
    assert not made().keys() & {BUCKET, FUNCTION, PIPE, QUEUE, CATALOG_TABLE}


def test_what_expires_goes_by_a_pipe_and_a_function_to_a_bucket_that_athena_reads() -> None:
    found = made(archive=True)
    ((pipe,), (function,), (bucket,), (table,)) = (found[kind] for kind in (PIPE, FUNCTION, BUCKET, TABLE))
    assert table.inputs["streamViewType"] == "OLD_IMAGE"
    assert pipe.inputs["target"] == "arn:aws:lambda:eu-west-1:111122223333:function:dev-shop-archive"
    assert pipe.inputs["targetParameters"] == {"lambdaFunctionParameters": {"invocationType": "REQUEST_RESPONSE"}}
    (pattern,) = (json.loads(each["pattern"]) for each in pipe.inputs["sourceParameters"]["filterCriteria"]["filters"])
    assert pattern == {
        "eventName": ["REMOVE"],
        "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]},
        "dynamodb": {"OldImage": {"smoke_run": {"S": [{"exists": False}]}}},
    }
    stream = pipe.inputs["sourceParameters"]["dynamodbStreamParameters"]
    assert (stream["batchSize"], stream["maximumBatchingWindowInSeconds"], stream["maximumRetryAttempts"]) == (
        1000,
        300,
        -1,
    )
    assert found[QUEUE][0].inputs["maxMessageSize"] == 262_144
    assert (bucket.inputs["bucket"], bucket.protect) == (PLACE, False)
    assert json.loads(function.inputs["code"]["settings.json"]) == {"bucket": PLACE, "prefix": "expired"}
    may = [json.loads(each.inputs["policy"])["Statement"] for each in found[ROLE_POLICY] if each.name == "shop-archive"]
    assert [(each["Sid"], each["Resource"]) for each in may[0]] == [
        ("Archive", [f"arn:aws:s3:::{PLACE}/expired/*"]),
        ("Log", ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/dev-shop-archive:*"]),
    ]
    ((database,), (athena,)) = (found[kind] for kind in (CATALOG_DATABASE, CATALOG_TABLE))
    assert (database.inputs["name"], athena.inputs["databaseName"]) == ("dev_shop_archive", "dev_shop_archive")
    projected = athena.inputs["parameters"]
    assert projected["storage.location.template"] == f"s3://{PLACE}/expired/table_name=${{table_name}}/day=${{day}}"
    assert projected["projection.table_name.values"] == "dev-shop-orders"


def test_its_role_is_described_as_iam_takes_it_whatever_the_family_is_called() -> None:
    shop = declare.family(title="Läden — “alt”", tables=(declare.table(archive=COLD),))
    found = family_resources("shop", declare.staged(shop, archive=True), ACCOUNT)
    said = [each.inputs["description"] for each in found if each.type == ROLE]
    assert all(re.fullmatch(DESCRIPTION, each) for each in said), said


def test_it_grows_colder_and_goes_when_the_stage_says_so() -> None:
    storage = {"infrequentAfterDays": 60, "coldAfterDays": 90, "deleteAfterDays": 400}
    (lifecycle,) = made(archive=True, archiveStorage=storage)[BUCKET_LIFECYCLE]
    (rule, _) = lifecycle.inputs["rules"]
    assert [(each["days"], each["storageClass"]) for each in rule["transitions"]] == [
        (60, "STANDARD_IA"), (90, "GLACIER_IR"),
    ]  # fmt: skip
    assert rule["expiration"] == {"days": 400}


def test_what_is_no_longer_hot_of_pse_is_archived_and_nothing_personal() -> None:
    tables = [table for family in CATALOGUE for table in family.tables if table.archive]
    assert {table.name for table in tables} == {
        "campaign-tracking", "revenue-attribution", "optimization-decisions", "performance-metrics",
    }  # fmt: skip
    assert {table.classification for table in tables} == {"confidential"}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"ttl": None, "retention": {"reason": "kept"}}, "archive: nothing expires in a table without TTL; name an"),
        ({"stream": "NEW_IMAGE"}, "stream is NEW_IMAGE, and archive can't do with less than OLD_IMAGE"),
        ({"events": {"purpose": "p"}, "stream_readers": ["x"]}, "3 readers of its stream (events, archive, x)"),
        ({"events": {"purpose": "p"}, "stream": "OLD_IMAGE"}, "events and archive can't do with less than NEW_AND_OLD"),
    ],
)
def test_a_wrong_declaration_is_refused(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match="orders") as refusal:
        declare.table(archive=COLD, **table)
    assert says in str(refusal.value)
