"""Live tables looked at through the real clients: hostile ones are refused, each in one message; a family of others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
import pytest
from typer.testing import Result

from tablekit.client import Clients
from tablekit.model import Catalogue, Family, N, S
from tests.support import aws, declare, tables
from tests.support.command import tablekit

REGION = "eu-west-1"
NAME = "dev-shop-orders"
SHOP = Catalogue([declare.family()])
FILE = "config:\n  aws:region: eu-west-2\n  dynamodb-tables:families: [shop]\n  dynamodb-tables:alarms: all\n"
Change = Callable[[Any, Any], None]
"""Takes a client of the table's region and boto3's session, whose answers it may change."""


@pytest.fixture
def session(moto: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """A folder with the stage's file, the shop alone installed, and what the command calls AWS by."""
    (tmp_path / "Pulumi.dev.yaml").write_text(FILE)
    own = botocore.session.Session()
    own.register_component("data_loader", aws.SESSION._session.get_component("data_loader"))  # read once for all tests
    made = boto3.Session("test", "test", botocore_session=own)
    monkeypatch.setattr("tablekit.ops.live.command.installed", lambda: SHOP)
    monkeypatch.setattr("tablekit.ops.stages.clients", lambda *_, **__: Clients(moto, made))
    return made


def create(client: Any, family: Family) -> None:
    tables.create(client, family, family.tables[0], "dev")


def shop(**changes: Any) -> Change:
    """The table as another declaration has it."""
    patterns = () if "indexes" in changes or "hash_key" in changes else None
    return lambda client, _: create(client, declare.family(tables=(declare.table(**changes),), patterns=patterns))


def tagged(tags: dict[str, str]) -> Change:
    def change(client: Any, _: Any) -> None:
        create(client, declare.family())
        arn = client.describe_table(TableName=NAME)["Table"]["TableArn"]
        client.tag_resource(ResourceArn=arn, Tags=[{"Key": name, "Value": value} for name, value in tags.items()])

    return change


def described(**fields: Any) -> Change:
    """What DescribeTable says besides."""

    def change(client: Any, session: Any) -> None:
        create(client, declare.family())
        session.events.register(
            "after-call.dynamodb.DescribeTable", lambda parsed, **_: parsed.get("Table", {}).update(fields)
        )

    return change


def refused(call: str, code: str) -> Change:
    """A call that AWS refuses."""
    said = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {}}

    def change(client: Any, session: Any) -> None:
        create(client, declare.family())
        session.events.register(f"before-call.{call}", lambda **_: (SimpleNamespace(status_code=400), said))

    return change


def elsewhere(_: Any, session: Any) -> None:
    endpoint = _.meta.endpoint_url
    create(aws.client(endpoint, region="eu-west-2"), declare.family())


def ttl_moved(client: Any, _: Any) -> None:
    moved = declare.table(ttl="ends", attributes={"ends": "N", "total": "N", "paid": "BOOL"})
    create(client, declare.family(tables=(moved,), patterns=()))


def building(client: Any, session: Any) -> None:
    create(client, declare.family())

    def change(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] = "CREATING"

    session.events.register("after-call.dynamodb.DescribeTable", change)


LOCAL = declare.index(name="by-total", hash_key=S("order_id"), range_key=S("placed"), local=True)
RANGED = {"range_key": S("day"), "indexes": (declare.index(), LOCAL)}
HOSTILE: dict[str, tuple[Change, int, str]] = {
    "another hash key": (shop(hash_key=S("id"), indexes=()), 3, "keys"),
    "a key of another type": (shop(hash_key=N("order_id")), 3, "keys"),
    "a range key": (shop(range_key=S("placed")), 3, "keys"),
    "a local index": (shop(**RANGED), 3, "index 'by-total'"),
    "an index's key of another type": (
        shop(indexes=(declare.index(hash_key=N("customer")),)),
        3,
        "index 'customer-day-index'",
    ),
    "another region": (elsewhere, 3, "region"),
    "taken by another stage": (tagged({"project": "dynamodb-tables", "family": "shop", "stage": "qa"}), 3, "owner"),
    "taken by CloudFormation": (tagged({"aws:cloudformation:stack-name": "x"}), 3, "owner"),
    "being created": (described(TableStatus="CREATING"), 3, "status"),
    "being deleted": (described(TableStatus="DELETING"), 3, "status"),
    "a key that nobody can use": (described(TableStatus="INACCESSIBLE_ENCRYPTION_CREDENTIALS"), 3, "status"),
    "an index being built": (building, 3, "index 'customer-day-index': status"),
    "a replica": (described(Replicas=[{"RegionName": "us-east-1"}]), 3, "replicas"),
    "TTL on another attribute": (ttl_moved, 3, "TTL"),
    "throttled reads": (refused("dynamodb.DescribeTimeToLive", "ThrottlingException"), 2, "is throttled still"),
    "no permission to describe": (refused("dynamodb.DescribeTable", "AccessDeniedException"), 2, "access denied to"),
    "expired credentials": (refused("sts.GetCallerIdentity", "ExpiredToken"), 2, "credentials have expired"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_table_is_refused_in_one_message_before_anything_is_written(
    session: boto3.Session, moto: str, tmp_path: Path, case: str
) -> None:
    change, code, says = HOSTILE[case]
    client = aws.client(moto, region=REGION)
    change(client, session)
    before = everything(moto)
    found = run(tmp_path, "live", "diff", "--format", "json")
    assert found.exit_code == code, found.stdout + found.stderr
    if code == 3:
        declared = [each for each in json.loads(found.stdout)["differences"] if each["class"] == "declare"]
        assert says in {each["what"] for each in declared}
        assert len(declared) == (2 if case == "a local index" else 1), declared
        assert all(each["do"] for each in declared)
    else:
        assert (found.stdout, found.stderr.count("\n")) == ("", 1)
        assert says in found.stderr
    not_adopted(tmp_path, code)
    assert everything(moto) == before


def not_adopted(folder: Path, code: int) -> None:
    """`adopt` ends with the code, in one message, and asks the engine for nothing."""
    engine = folder / "engine"
    engine.write_text(f"#!/bin/sh\ntouch {folder}/ran\n")
    engine.chmod(0o755)
    done = run(folder, "adopt", environment={"PULUMI_COMMAND": str(engine)})
    assert done.exit_code == code, done.stdout + done.stderr
    assert not (folder / "ran").exists()
    assert done.stderr.count("\n") == 1
    assert ("nothing is imported into stack 'dev'" in done.stderr) is bool(done.stdout)
    assert not (folder / ".local").exists()


def run(folder: Path, *words: str, environment: dict[str, str] | None = None) -> Result:
    return tablekit(*words, "--family", "shop", "--stage", "dev", folder=folder, environment=environment)


def everything(endpoint: str) -> str:
    """All that there is of tables."""
    found = []
    for region in (REGION, "eu-west-2"):
        client = aws.client(endpoint, region=region)
        for name in client.list_tables()["TableNames"]:
            table = client.describe_table(TableName=name)["Table"]
            found.append((table, client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]))
    return json.dumps(found, default=str)


@pytest.mark.parametrize(
    ("call", "code", "what", "where"),
    [
        ("dynamodb.ListTagsOfResource", "AccessDeniedException", "tags", "table"),
        ("dynamodb.DescribeTimeToLive", "AccessDeniedException", "TTL", "table"),
        ("dynamodb.DescribeContinuousBackups", "AccessDeniedException", "point-in-time recovery", "table"),
        ("dynamodb.GetResourcePolicy", "AccessDeniedException", "resource policy", "table"),
        ("application-autoscaling.DescribeScalableTargets", "AccessDeniedException", "autoscaling", "table"),
        ("iam.GetRole", "AccessDenied", "roles", "family"),
        ("sns.ListTopics", "AuthorizationError", "topics", "family"),
        ("kms.ListAliases", "AccessDeniedException", "KMS key", "table"),
        ("ssm.GetParametersByPath", "AccessDeniedException", "parameters", "family"),
        ("cloudwatch.DescribeAlarms", "AccessDenied", "alarms", "family"),
    ],
)
def test_a_call_that_is_not_permitted_is_named_and_ends_nothing(
    session: boto3.Session, moto: str, tmp_path: Path, call: str, code: str, what: str, where: str
) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(f"{FILE}  dynamodb-tables:publishParameters: true\n")
    client = aws.client(moto, region=REGION)
    refused(call, code)(client, session)
    if what == "KMS key":
        client.delete_table(TableName=NAME)
        encrypted = {"Status": "ENABLED", "KMSMasterKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/k"}
        described(SSEDescription=encrypted)(client, session)
    done = run(tmp_path, "live", "describe", "--save", "live.json")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert done.stdout == "live.json: 1 of 1 tables of family 'shop' are on AWS\n"
    live = json.loads((tmp_path / "live.json").read_text())
    (table,) = live["tables"]
    unread = (table if where == "table" else live)["unread"]
    assert list(unread) == [what]
    assert "access denied to" in unread[what]
    shown = run(tmp_path, "live", "diff", "--saved", "live.json", "--format", "markdown")
    assert (shown.exit_code, what in shown.stdout) == (2, True), shown.stdout
    not_adopted(tmp_path, 2)


def test_what_drift_may_not_read_is_no_drift_and_is_named(session: boto3.Session, moto: str, tmp_path: Path) -> None:
    for call in ("dynamodb.DescribeTable", "iam.GetRole"):
        refused(call, "AccessDeniedException")(aws.client(moto, region=REGION), session)
    (tmp_path / "Pulumi.dev.yaml").write_text(FILE.replace("alarms: all", "alarms: none"))
    done = tablekit("drift", "--stage", "dev", folder=tmp_path)
    assert done.exit_code == 2, done.stdout + done.stderr
    assert (
        "Stage dev: 0 of 3 objects are not as declared, in 0 things. Verdict: as declared, but not all" in done.stdout
    )
    assert re.search(r"shop table orders: access denied: .* may not dynamodb:DescribeTable and its like", done.stdout)
    assert "shop role app: access denied" in done.stdout
    unknown = tablekit("drift", "--stage", "dev", "--family", "shp", folder=tmp_path)
    assert (unknown.exit_code, "shp" in unknown.stderr, unknown.stdout) == (1, True, "")


def test_a_table_that_no_deployment_makes_anew_is_to_be_restored(session: boto3.Session, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(f"{FILE}  dynamodb-tables:existingFamilies: [shop]\n")
    done = tablekit("drift", "--stage", "dev", "--format", "json", folder=tmp_path)
    (missing,) = (each for each in json.loads(done.stdout)["differences"] if each["object"] == "table orders")
    assert missing["text"].endswith("while existingFamilies has 'shop': restore it, docs/runbooks/deleted-table.md")
    assert (missing["repairedBy"], missing["repairs"]) == ("nothing", [])


def test_a_file_that_is_handed_on_has_no_account_and_no_item(session: boto3.Session, moto: str, tmp_path: Path) -> None:
    client = aws.client(moto, region=REGION)
    create(client, declare.family())
    client.put_item(TableName=NAME, Item={"order_id": {"S": "o-77"}, "total": {"N": "5"}})
    done = run(tmp_path, "live", "describe", "--anonymous")
    assert done.exit_code == 0, done.stderr
    assert not re.search(tables.ACCOUNT + "|o-77", done.stdout)
    (tmp_path / "live.json").write_text(done.stdout)
    again = run(tmp_path, "live", "diff", "--saved", "live.json")
    assert again.exit_code == 0, again.stdout + again.stderr


def imported(endpoint: str, *words: str, folder: Path) -> Result:
    return tablekit("import", "aws", "--endpoint", endpoint, *words, folder=folder)


def strange(client: Any) -> None:
    """Two tables that another program made: a local index, one that projects attributes, TTL, capacity, tags apart."""
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    schema = [{"AttributeName": name, "KeyType": kind} for name, kind in keys]
    index = {
        "IndexName": "by-author",
        "KeySchema": [{"AttributeName": "author", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title", "words"]},
    }
    local = {
        "IndexName": "by-day",
        "KeySchema": [schema[0], {"AttributeName": "day", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2}
    for name, more in (
        ("content-articles", {"GlobalSecondaryIndexes": [index], "LocalSecondaryIndexes": [local]}),
        ("content-queue", {}),
    ):
        own: dict[str, str] = {"pk": "S", "sk": "N", **({"author": "S", "day": "S"} if more else {})}
        client.create_table(
            TableName=name,
            KeySchema=schema,
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": type_} for each, type_ in own.items()],
            Tags=[
                {"Key": "owner", "Value": "editors"},
                {"Key": "for", "Value": name},
                {"Key": "area", "Value": "web"},
                {"Key": "Family", "Value": "web"},
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            **({"BillingMode": "PAY_PER_REQUEST"} if more else {"ProvisionedThroughput": units}),
            **more,
        )
    spec = {"AttributeName": "expires", "Enabled": True}
    client.update_time_to_live(TableName="content-articles", TimeToLiveSpecification=spec)
    for number, words in enumerate(("7", "many")):
        item: dict[str, Any] = {"pk": {"S": "secret-value"}, "sk": {"N": str(number)}, "title": {"S": "secret-title"}}
        item |= {"words": {"N" if words.isdigit() else "S": words}}
        item |= {"draft": {"BOOL": True}, "expires": {"S": "soon"}}
        client.put_item(TableName="content-articles", Item=item)


def test_a_family_of_live_tables_has_what_they_have_and_names_what_nobody_knows(moto: str, tmp_path: Path) -> None:
    strange(aws.client(moto, region=REGION))
    where = ("--tables", "content-*", "--region", REGION, "--sample", "10", "--output", "content.py")
    done = imported(moto, *where, folder=tmp_path)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert done.stdout == "content.py: family 'content', 2 tables, 2 indexes, 6 access patterns\n"
    text = (tmp_path / "content.py").read_text()
    names: dict[str, Any] = {}
    exec(compile(text, "content.py", "exec"), names)
    family: Family = names["FAMILY"]
    articles, queue = family.tables
    assert (family.table_name, family.owner, family.tags) == ("content-{table}", "editors", {"area": "web"})
    assert [(index.name, index.local, index.include) for index in articles.indexes] == [
        ("by-author", False, ("title", "words")),
        ("by-day", True, ()),
    ]
    assert (articles.ttl, articles.stream, articles.classification) == ("expires", "NEW_IMAGE", "confidential")
    assert {name: each.type for name, each in articles.attributes.items()} == {
        "expires": "N", "draft": "BOOL", "title": "S", "words": "N",
    }  # fmt: skip
    assert (queue.name, queue.hash_key.type, queue.range_key and queue.range_key.type) == ("queue", "S", "N")
    assert "secret" not in text.replace("`secrets`", "").replace("and secrets are none", "") + done.stderr
    for line in (
        "table content-articles: attribute 'words' is N and S, so that it is not declared",
        "table content-articles: index 'by-author' projects 'words', taken for N: see its type",
        "table content-queue: provisioned; a stage says so: provisioned: {<family>/<table>: {read: 5, write: 2}}",
        "table content-queue: tag 'for' is not on every table; the first update takes it away",
        "table content-queue: tag 'Family' is 'family' in other letters; the first update takes it away",
        "table content-articles: TTL goes by 'expires', which is S: only a number expires",
    ):
        assert f"tablekit: {line}\n" in done.stderr
    again = imported(moto, *where, folder=tmp_path)
    assert (again.exit_code, again.stdout) == (0, done.stdout)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "give the tables' names by --tables, or a look at them by --saved FILE"),
        (("--tables", "x*"), "--tables takes the region that they are in: give --region"),
        (
            ("--tables", "x*", "--region", REGION),
            "no table in eu-west-1 is called x*; it has content-articles, content-",
        ),
        (
            ("--tables", "content-*", "--region", REGION, "--stage", "qa"),
            "in stage 'qa' their names have 'qa' in front",
        ),
        (("--tables", "content-queue", "--region", REGION), "the tables' names have no beginning in common"),
        (("--tables", "content-*", "--region", REGION, "--key", "No!"), "'No!' is not a family's key"),
        (("--saved", "none.json"), "none.json: No such file or directory"),
        (("--saved", "none.json", "--sample", "3"), "--saved names region and stage, and has no items"),
        (("--tables", "content-*", "--region", REGION, "--output", "x.txt"), "a family's module is a file <name>.py"),
    ],
)
def test_what_no_family_can_be_made_of_is_one_message(
    moto: str, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    strange(aws.client(moto, region=REGION))
    done = imported(moto, *words, folder=tmp_path)
    assert (done.exit_code, done.stdout) == (1, ""), done.stdout + done.stderr
    assert done.stderr.startswith("tablekit: ")
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []
