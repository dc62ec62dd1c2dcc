"""What records the use of tables: trails, buckets, insights, tables' policies by their size, and who hears of costs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tablekit.model import Catalogue
from tablekit.model.audit import Trail
from tablekit.model.errors import StageError
from tablekit.model.limits import MAX_RESOURCE_POLICY_BYTES, MAX_TRAIL_VALUES
from tablekit.model.staged import Account, StagedFamily, staged_families
from tablekit.resources import (
    ANALYZER,
    BUCKET,
    BUCKET_ENCRYPTION,
    BUCKET_POLICY,
    INSIGHTS,
    TRAIL,
    Expected,
)
from tablekit.resources.audit import insights
from tablekit.resources.buckets import Lifecycle, bucket_name, private_bucket
from tablekit.resources.stack import check_family, stage_watches
from tests.support import declare
from tests.unit.test_permissions import ROLE

ACCOUNT = Account("111122223333")
BOTH = Catalogue([declare.family(), declare.family(key="store", table_name="store-{table}", region=None)])
KEYS = {region: f"arn:aws:kms:{region}:111122223333:key/k" for region in ("eu-west-1", "eu-west-2")}


def watched(catalogue: Catalogue = BOTH, **settings: Any) -> dict[tuple[str, str], Expected]:
    stage = declare.stage("dev", catalogue, families=list(catalogue.families), **settings)
    return {each.key: each for each in stage_watches(stage, staged_families(stage, catalogue).values(), ACCOUNT)}


def fields(trail: Expected, place: int = 0) -> dict[str, list[str]]:
    selectors = trail.inputs["advancedEventSelectors"][place]["fieldSelectors"]
    operators = ("equals", "startsWiths", "notEquals")
    return {each["field"]: [value for name in operators for value in each.get(name, ())] for each in selectors}


def test_a_trail_a_region_of_the_tables_there_and_of_no_others() -> None:
    found = watched(dataEvents="writes")
    assert sorted(name for kind, name in found if kind == TRAIL) == ["trail-eu-west-1", "trail-eu-west-2"]
    trail = found[TRAIL, "trail-eu-west-1"]
    assert fields(trail) == {
        "eventCategory": ["Data"],
        "resources.type": ["AWS::DynamoDB::Table"],
        "resources.ARN": ["arn:aws:dynamodb:eu-west-1:111122223333:table/dev-shop-"],
        "readOnly": ["false"],
    }
    assert len(trail.inputs["advancedEventSelectors"]) == 1
    assert trail.inputs["s3BucketName"] == found[BUCKET, "trail-eu-west-1"].inputs["bucket"]


def test_reads_and_streams_by_setting() -> None:
    trail = watched(dataEvents="all", dataEventsTrail={"streams": True})[TRAIL, "trail-eu-west-2"]
    tables, streams = fields(trail), fields(trail, 1)
    assert {"readOnly", "eventName"}.isdisjoint(tables | streams)
    assert streams == {**tables, "resources.type": ["AWS::DynamoDB::Stream"]}
    assert "readOnly" not in fields(watched(dataEvents="writes", dataEventsTrail={"streams": True})[trail.key], 1)
    # To CloudTrail a stream's read is one of its table too.
    assert fields(watched(dataEvents="all")[trail.key])["eventName"] == ["GetRecords", "GetShardIterator"]


@pytest.mark.parametrize(
    ("events", "tables", "streams", "fits"),
    [
        ("writes", 497, False, True),
        ("writes", 498, False, False),
        ("writes", 300, True, False),
        ("all", 496, False, True),
        ("all", 497, False, False),
    ],
)
def test_a_trail_takes_500_values(events: Any, tables: int, streams: bool, fits: bool) -> None:
    names = [f"orders-{number:04}" for number in range(tables)]
    problem = Trail(streams=streams).problem(events, "eu-west-2", names)
    assert (problem == "") is fits
    if not fits:
        assert re.match(
            rf"the tables in eu-west-2 take \d+ values of a trail's selectors; .* {MAX_TRAIL_VALUES}", problem
        )


def test_replicas_count_in_the_trail_of_their_region() -> None:
    tables = [declare.table(name=f"orders-{number:04}") for number in range(260)]
    many = [declare.family(key=key, table_name=f"{{table}}-{key}", region=None, tables=tables) for key in ("a", "b")]
    of = Catalogue([many[0], many[1].model_copy(update={"region": "eu-west-1"})])
    declare.stage("prod", of, families=["a", "b"], dataEvents="writes")
    with pytest.raises(StageError, match=r"dataEvents: the tables in eu-west-1 take \d+ values"):
        declare.stage("prod", of, families=["a", "b"], dataEvents="writes", replicas={"a": ["eu-west-1"]})


def test_the_bucket_of_a_trail_lets_that_trail_alone_in() -> None:
    found = watched(dataEvents="all", encryption="customer-managed", kmsKeyArns=KEYS)
    policy = json.loads(found[BUCKET_POLICY, "trail-eu-west-1"].inputs["policy"])
    looks, writes, tls = policy["Statement"]
    arn = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/dynamodb-tables-dev"
    assert {each["Condition"]["StringEquals"]["aws:SourceArn"] for each in (looks, writes)} == {arn}
    bucket = "arn:aws:s3:::dynamodb-tables-dev-trail-111122223333-eu-west-1"
    assert writes["Resource"] == [f"{bucket}/AWSLogs/111122223333/*"]
    assert (tls["Effect"], tls["Resource"]) == ("Deny", [bucket, f"{bucket}/*"])
    (rule,) = found[BUCKET_ENCRYPTION, "trail-eu-west-1"].inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == KEYS["eu-west-1"]
    assert found[TRAIL, "trail-eu-west-1"].inputs["kmsKeyId"] == KEYS["eu-west-1"]


def test_a_buckets_name_has_63_characters_at_most_and_its_objects_move_before_they_go() -> None:
    stage = declare.stage("abcdefghij", BOTH, families=["shop"])
    name = bucket_name(stage, "archive", "ap-southeast-2", ACCOUNT)
    assert len(name) <= 63
    kept = Lifecycle(400, ((30, "STANDARD_IA"), (90, "GLACIER")))
    made = list(private_bucket("a", name, "ap-southeast-2", stage, ACCOUNT, {}, kept))
    assert [each.type.rpartition(":")[2] for each in made] == [
        "Bucket",
        "BucketPublicAccessBlock",
        "BucketOwnershipControls",
        "BucketServerSideEncryptionConfiguration",
        "BucketVersioning",
        "BucketLifecycleConfiguration",
        "BucketPolicy",
    ]
    first, _ = made[5].inputs["rules"]
    assert first["transitions"] == [
        {"days": 30, "storageClass": "STANDARD_IA"},
        {"days": 90, "storageClass": "GLACIER"},
    ]
    forever = list(private_bucket("a", name, "ap-southeast-2", stage, ACCOUNT, {}, Lifecycle(None)))
    assert [rule["id"] for rule in forever[5].inputs["rules"]] == ["leftovers"]


def test_analyzers_and_costs_are_of_the_stage() -> None:
    found = watched(accessAnalyzer=True, costAnomalies=25, alarmSubscriptions=[HEARS])
    assert {name for kind, name in found if kind == ANALYZER} == {
        "access-analyzer-eu-west-1",
        "access-analyzer-eu-west-2",
    }
    costs = {kind.rpartition(":")[2]: each for (kind, _), each in found.items()}
    topic = costs["Topic"].inputs
    assert (topic["name"], topic["region"]) == ("dev-dynamodb-cost-alarms", "eu-west-2")
    assert costs["TopicSubscription"].inputs["endpoint"] == "ops@example.com"
    subscription = costs["AnomalySubscription"]
    arn = "arn:aws:sns:eu-west-2:111122223333:dev-dynamodb-cost-alarms"
    assert subscription.inputs["subscribers"] == [{"type": "SNS", "address": arn}]
    assert list(subscription.of_aws) == ["monitorArnLists"]
    specification = json.loads(costs["AnomalyMonitor"].inputs["monitorSpecification"])
    assert specification["Tags"] == {"Key": "project", "MatchOptions": None, "Values": ["dynamodb-tables"]}


HEARS = {"protocol": "email", "endpoint": "ops@example.com"}


@pytest.mark.parametrize(
    ("given", "modes"),
    [
        ({}, {}),
        ({"shop": "throttled"}, {"t": "THROTTLED_KEYS", "t/customer-day-index": "THROTTLED_KEYS"}),
        ({"shop": "all", "shop/orders": "none"}, {}),
        (
            {"shop/orders": "all"},
            {"t": "ACCESSED_AND_THROTTLED_KEYS", "t/customer-day-index": "ACCESSED_AND_THROTTLED_KEYS"},
        ),
    ],
)
def test_insights_of_a_table_and_its_global_indexes(given: dict[str, str], modes: dict[str, str]) -> None:
    of = declare.staged(contributorInsights=given)
    found = list(insights("t", of, of.tables["orders"]))
    assert {each.name: each.inputs["mode"] for each in found} == modes
    assert {each.type for each in found} <= {INSIGHTS}


def test_a_tables_policy_that_is_too_long_is_refused_before_anything_is_made() -> None:
    def of(count: int, **more: Any) -> StagedFamily:
        allowed = [f"{ROLE}{'x' * 48}{number:03}" for number in range(count)]
        return declare.staged(onlyPrincipals={"shop": allowed}, **more)

    check_family(of(228))
    with pytest.raises(StageError, match="its policy has 20485 bytes"):
        check_family(of(228, replicas={"shop": ["ap-southeast-2"]}))
    with pytest.raises(
        StageError, match=r"table 'dev-shop-orders': its policy has \d+ bytes, and DynamoDB takes 20480"
    ):
        check_family(of(250))
    assert MAX_RESOURCE_POLICY_BYTES == 20_480
