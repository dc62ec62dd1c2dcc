"""The guard beside a person who follows its words: plan, deploy, plan again, until nothing is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.guard_cases import (
    BASE,
    CARTS,
    ENCRYPTED,
    KEY,
    LOCAL,
    NO_INDEX,
    NO_TTL,
    RETYPED,
    TTL,
    Guarded,
    but,
    index,
)
from tests.engine.project import Project

pytestmark = pytest.mark.long

TABLE = "local-shop-orders"


@pytest.fixture
def bare(small: Project, tmp_path: Path) -> Guarded:
    """Not yet deployed: the test's to change."""
    small.reset()
    small.family("shop", BASE)
    return Guarded(small, tmp_path)


def test_tables_that_are_not_retained_or_are_protected(bare: Guarded) -> None:
    bare.deploy(retainOnDelete=False)
    bare.project.family("shop", but(BASE, (CARTS, "")))
    bare.preview()
    assert bare.judged()[:2] == ({"shop-carts": ["deletion"]}, 3)

    bare.project.family("shop", BASE)
    bare.deploy(protect=True, retainOnDelete=None)
    bare.project.family("shop", but(BASE, (CARTS, "")))
    bare.preview()
    found, code, report = bare.judged("--allow", "shop-carts:removal", "--by", "Ada", "--reason", "test")
    assert found["shop-carts"] == ["removal"]
    assert (code, report["verdict"]) == (3, "refused"), "the plan ends at the protected table"
    assert "Pulumi refuses to delete it, as it is protected" in report["blocked"][0]

    bare.project.family("shop", BASE)
    bare.project.set(protect=False)
    bare.preview()
    assert bare.judged()[:2] == ({"shop-orders": ["protection-lost"], "shop-carts": ["protection-lost"]}, 2)


def test_several_index_changes_are_made_one_by_one_and_leave_nothing_to_plan(bare: Guarded) -> None:
    bare.deploy()
    client = bare.project.client("dynamodb")
    client.put_item(TableName=TABLE, Item={"order_id": {"S": "o1"}, "day": {"S": "d"}, "a-index-key": {"S": "a"}})
    wanted = but(BASE, (index("old-index"), index("old-index", "other")), (LOCAL, LOCAL + index("a-index")))
    bare.project.family("shop", wanted)
    bare.preview()
    found, code, report = bare.judged()
    assert (found["shop-orders"][0], code) == ("index-drop", 2)
    steps = next(table["indexSteps"] for table in report["tables"] if table["name"] == "shop-orders")
    assert [step.split(" (")[0] for step in steps] == [
        "build a-index",
        "drop old-index, to build it anew",
        "build old-index",
    ]
    assert "3 made, 0 were there. Next: pulumi refresh" in bare.index_steps()
    assert "0 made, 3 were there" in bare.index_steps()

    bare.project.pulumi("refresh", "--yes", "--skip-preview")
    bare.keep_state()
    bare.preview()
    assert bare.judged()[:2] == ({}, 0)
    rows = client.query(
        TableName=TABLE,
        IndexName="a-index",
        KeyConditionExpression="#k = :a",
        ExpressionAttributeNames={"#k": "a-index-key"},
        ExpressionAttributeValues={":a": {"S": "a"}},
    )
    assert rows["Count"] == 1


def test_what_the_plugin_leaves_is_seen_again_and_again_until_the_way_out_is_taken(bare: Guarded) -> None:
    """Four changes in one update that makes none of them; the guard's words are followed to the end."""
    bare.deploy(**ENCRYPTED)
    client = bare.project.client("dynamodb")
    before = client.describe_table(TableName=TABLE)["Table"]
    assert before["SSEDescription"]["KMSMasterKeyArn"] == KEY
    left_out = but(NO_INDEX, (TTL, ""), *NO_TTL, RETYPED)
    bare.project.family("shop", left_out)
    bare.project.set(encryption="aws-managed", kmsKeyArns=None)
    bare.preview()
    found, code, report = bare.judged()
    stays = ["last-index", "ttl-left-out", "key-type"]
    assert (found["shop-orders"], code) == ([*stays, "managed-key", "key-permission"], 3)
    orders = next(table for table in report["tables"] if table["name"] == "shop-orders")
    details = {change["change"]: change["detail"] for change in orders["changes"]}
    assert details == {
        "last-index": "customer-index, old-index: stays as it is",
        "ttl-left-out": "it stays on, with ttl",
        "key-type": "day: S → N",
        "managed-key": f"it stays on {KEY}; the way: aws dynamodb update-table --table-name {TABLE} --region eu-west-1 "
        "--sse-specification Enabled=true,SSEType=KMS",
        "key-permission": f"shop-app: loses {KEY}",
    }

    # Whoever deploys it all the same finds everything as it was.
    bare.project.pulumi("up", "--yes", "--skip-preview", "--suppress-progress")
    after = client.describe_table(TableName=TABLE)["Table"]
    for part in ("KeySchema", "AttributeDefinitions", "SSEDescription"):
        assert after[part] == before[part]
    assert {each["IndexName"] for each in after["GlobalSecondaryIndexes"]} == {"customer-index", "old-index"}
    assert client.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    bare.keep_state()
    bare.preview()
    assert bare.judged()[0]["shop-orders"] == stays, "the state has what was asked for, and what is there"

    bare.project.family("shop", but(NO_INDEX, (TTL, 'ttl_was="ttl", '), *NO_TTL))
    bare.preview()
    assert bare.judged()[0]["shop-orders"] == ["last-index", "ttl-switch"]
    assert "2 made, 0 were there. Next: pulumi refresh" in bare.index_steps()
    bare.project.pulumi("refresh", "--yes", "--skip-preview")
    bare.project.up()
    assert client.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"
    assert not client.describe_table(TableName=TABLE)["Table"].get("GlobalSecondaryIndexes")
    bare.keep_state()
    bare.preview()
    assert bare.judged()[:2] == ({}, 0)
    table = next(resource for resource in bare.project.state() if resource["urn"].endswith(":Table::shop-orders"))
    assert table["customTimeouts"] == {"update": 24 * 60 * 60}, "for indexes; seconds"


def test_an_alarm_topic_that_exists_is_imported_by_its_arn(bare: Guarded) -> None:
    """By docs/runbooks/continuous-deployment.md; the topic is not in the provider's region."""
    bare.project.family("shop", BASE)
    arn = bare.project.client("sns").create_topic(Name="local-shop-alarms")["TopicArn"]
    bare.project.set(alarms="tables", itemCounts="false")
    refused = bare.project.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", check=False)
    assert refused.returncode != 0
    assert "local-shop-alarms) already exists" in refused.stdout + refused.stderr
    file = bare.folder / "import.json"
    bare.project.pulumi("preview", "--import-file", str(file))
    wanted = json.loads(file.read_text())
    wanted["resources"] = [
        {**resource, "id": f"{arn}@eu-west-1"}
        for resource in wanted["resources"]
        if resource["type"] == "aws:sns/topic:Topic"
    ]
    assert len(wanted["resources"]) == 1
    file.write_text(json.dumps(wanted))
    bare.project.pulumi("import", "--file", str(file), "--generate-code=false", "--protect=false", "--yes")
    bare.project.up()
    topics = bare.project.client("sns").list_topics()["Topics"]
    assert [topic["TopicArn"] for topic in topics] == [arn]
    assert bare.project.plan() == []
