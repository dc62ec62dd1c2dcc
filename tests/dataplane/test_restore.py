"""`tablekit backup`, `backups` and `restore`, on moto, which keeps on-demand backups as the tables were.

To a point in time moto restores what the source holds now: so `--at` is shown for all but the data, and the data of
then by backups. What conditions do is shown on AWS's own engine, in test_restore_items.py.
"""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import time
import xml.etree.ElementTree as Xml
from pathlib import Path
from typing import Any

import pytest
import yaml

from families import catalogue
from tablekit.client.errors import AccessDeniedError
from tablekit.model.naming import RESTORED
from tests.support.deployed import Deployed, deploy
from tests.support.loading import SHOP
from tests.support.proxy import Fault, proxy

TABLE = "shop/orders"
NAME = "dev-shop-orders"
REGION = "eu-west-1"
TIME = "2026-11-27T10:15:00Z"
BACKUP = f"arn:aws:dynamodb:{REGION}:123456789012:table/{NAME}/backup/1-a"
Item = dict[str, Any]


def item(number: int, **attributes: Any) -> Item:
    return {
        "order_id": {"S": f"order-{number:05}"},
        "line": {"N": str(number % 5)},
        "total": {"N": str(number)},
        "tags": {"SS": ["a", "b"]},
        "extra": {"M": {"note": {"S": "as it was"}, "empty": {"L": []}}},
        **attributes,
    }


class Shop:
    """A shop on moto, whose stage has a file; commands run in a folder of their own."""

    def __init__(self, deployed: Deployed, folder: Path) -> None:
        self.deployed, self.folder = deployed, folder
        self.client = deployed.client("shop")
        self.config = folder / "stage.yaml"
        self.settings()

    def settings(self, **changes: Any) -> None:
        """Write the stage's file."""
        given = {"deletionProtection": True, "pointInTimeRecoveryDays": 7, **changes}
        configure(self.config, REGION, ["shop"], **given)

    def run(self, *words: str, code: int = 0, endpoint: str = "") -> str:
        done = self.deployed.tablekit(*words, "--config", str(self.config), endpoint=endpoint)
        assert done.exit_code == code, f"{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout or done.stderr

    def restore(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.run("restore", TABLE, *words, "--json", code=code))

    def write(self, kind: str, items: list[Item]) -> None:
        for start in range(0, len(items), 25):
            requests = [
                {"PutRequest": {"Item": each}}
                if kind == "put"
                else {"DeleteRequest": {"Key": {name: each[name] for name in ("order_id", "line")}}}
                for each in items[start : start + 25]
            ]
            self.client.batch_write_item(RequestItems={NAME: requests})

    def items(self) -> dict[str, Item]:
        return by_id(self.deployed.items("shop", "orders"))

    def backup(self) -> str:
        arn: str = json.loads(self.run("backup", TABLE, "--json"))["arn"]
        return arn


def configure(file: Path, region: str, families: list[str], **settings: Any) -> None:
    """Write a stage's file."""
    given = {"families": families, **settings}
    config = {"aws:region": region, **{f"dynamodb-tables:{name}": value for name, value in given.items()}}
    file.write_text(yaml.safe_dump({"config": config}))


def by_id(items: list[Item]) -> dict[str, Item]:
    return {each["order_id"]["S"]: each for each in items}


@pytest.fixture
def shop(moto: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.chdir(tmp_path)
    return Shop(deploy(moto, [SHOP], tmp_path), tmp_path)


def test_what_was_deleted_and_spoilt_comes_back_and_what_is_new_stays(shop: Shop) -> None:
    before = [item(number) for number in range(160)]
    shop.write("put", before)
    backup = shop.backup()
    shop.write("delete", before[:100])
    spoilt = [item(number, total={"S": "nonsense"}, wrong={"BOOL": True}) for number in range(100, 150)]
    shop.write("put", [*spoilt, *(new := [item(number) for number in range(500, 510)])])
    compared = shop.restore("--backup", backup)
    name = compared["restored"]
    assert name.startswith(f"{RESTORED}{NAME}.")
    assert compared["counts"] == {"missing": 100, "changed": 50, "new": 10, "expired": 0, "same": 10}
    assert compared["notAsDeclared"] == []
    keys, kept = shop.folder / compared["keys"], shop.folder / f"{name}.replaced.jsonl"
    assert "nonsense" not in keys.read_text()

    for items, said in (("missing", "100 put back"), ("changed", "50 replaced")):
        assert f"  {said}\n" in shop.run("restore", TABLE, "--backup", backup, "--into-live", items, "--yes")
    assert shop.items() == by_id([*before, *new])
    lines = [json.loads(line)["Item"] for line in kept.read_text().splitlines()]
    assert by_id(lines) == by_id(spoilt)
    assert [stat.S_IMODE(file.stat().st_mode) for file in (keys, kept)] == [0o600, 0o600]


def test_what_is_written_after_the_comparison_stays_and_a_second_run_has_nothing_to_do(shop: Shop) -> None:
    before = [item(number) for number in range(8)]
    shop.write("put", before)
    backup = shop.backup()
    shop.write("delete", before[:3])
    shop.write("put", [item(number, total={"S": "nonsense"}) for number in (3, 4, 5, 6)])
    shop.restore("--backup", backup)
    # Since then: one is written anew, one changed once more, one deleted.
    since = [item(0, total={"N": "77"}), item(3, total={"N": "78"})]
    shop.write("put", since)
    shop.write("delete", [before[4]])

    words, there = ("--backup", backup, "--into-live"), shop.items()
    said = shop.run("restore", TABLE, *words, "missing")
    assert "  1 written since it was compared, and left\n  2 would be put back\n  nothing was written; with" in said
    assert "  2 would be replaced\n" in shop.run("restore", TABLE, *words, "changed")
    assert shop.items() == there
    missing = shop.restore(*words, "missing", "--yes", code=1)
    assert missing["intoLive"] == {"put back": 2, "written since it was compared, and left": 1}
    changed = shop.restore(*words, "changed", "--yes", code=1)
    assert changed["intoLive"] == {"replaced": 2, "written since it was compared, and left": 2}
    assert shop.items() == by_id([*since, *before[1:3], *before[5:]])
    again = shop.restore(*words, "changed", "--yes", code=1)
    assert again["intoLive"] == {"there as it was": 2, "written since it was compared, and left": 2}


def test_what_ttl_has_deleted_is_counted_apart_and_not_brought_back(shop: Shop) -> None:
    now = int(time.time())
    before = [item(0, ttl={"N": str(now - 60)}), item(1, ttl={"N": str(now + 3600)}), item(2, ttl={"S": "never"})]
    shop.write("put", before)
    backup = shop.backup()
    shop.write("delete", before)
    counts = shop.restore("--backup", backup)["counts"]
    assert (counts["missing"], counts["expired"]) == (2, 1)
    assert shop.restore("--backup", backup, "--into-live", "missing", "--yes")["intoLive"] == {"put back": 2}
    assert shop.items() == by_id(before[1:])


def test_chosen_keys_come_back_and_no_others(shop: Shop) -> None:
    before = [item(number) for number in range(6)]
    shop.write("put", before)
    backup = shop.backup()
    shop.write("delete", before[:2])
    shop.write("put", [item(number, total={"S": "nonsense"}) for number in (2, 3, 4)] + [item(9)])
    compared = shop.restore("--backup", backup)
    lines = (shop.folder / compared["keys"]).read_text().splitlines()
    chosen = [line for line in lines if "order-00001" in line or "order-00003" in line or '"new"' in line]
    assert len(chosen) == 3
    (shop.folder / "some.jsonl").write_text("\n\n".join(chosen) + "\n\n")
    # One that a person knows of, from a log.
    (shop.folder / "own.jsonl").write_text('{"key": {"order_id": {"S": "order-00004"}, "line": {"N": "4"}}}')
    words = ("--backup", backup, "--into-live", "keys", "--yes")
    some = shop.restore("some.jsonl", *words, code=1)
    assert some["intoLive"] == {"put back": 1, "replaced": 1, "not in the restored table": 1}
    assert shop.restore("own.jsonl", *words)["intoLive"] == {"replaced": 1}
    assert shop.items() == by_id([*before[1:2], item(2, total={"S": "nonsense"}), *before[3:], item(9)])


def test_a_comparison_says_its_age_and_a_file_of_keys_that_is_not_there_is_not_made(shop: Shop) -> None:
    shop.write("put", [item(number) for number in range(3)])
    backup = shop.backup()
    compared = shop.restore("--backup", backup)
    shop.write("delete", [item(0)])
    said = shop.run("restore", TABLE, "--backup", backup, "--into-live", "missing", "--yes")
    assert f"  0 items are asked for by {compared['keys']}, of 20" in said
    assert said.endswith("Z; without --into-live the tables are compared anew\n")
    shown = shop.run("restore", TABLE, "gone.jsonl", "--backup", backup, "--into-live", "keys", code=1)
    assert "gone.jsonl: no such file; give a file of keys" in shown
    assert not (shop.folder / "gone.jsonl").exists()
    assert len(shop.items()) == 2


def test_a_restored_table_is_set_as_it_is_declared_whichever_way_it_was_restored(shop: Shop) -> None:
    """What DynamoDB does not restore: see describe_table and its like. moto restores neither billing nor encryption."""
    reader = "arn:aws:iam::123456789012:role/reader"
    shop.settings(streams={TABLE: "NEW_IMAGE"}, denyWrites={"shop": [reader]}, tags={"team": "shop"})
    shop.client.update_continuous_backups(
        TableName=NAME, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    row = json.loads(shop.run("backups", TABLE, "--json"))[0]
    assert (row["what"], row["status"], row["from"]) == ("any time", "on", row["until"])
    for words in (("--at", row["until"]), ("--backup", shop.backup())):
        compared = shop.restore(*words)
        assert compared["notAsDeclared"] == []
        name = compared["restored"]
        found = shop.client.describe_table(TableName=name)["Table"]
        assert found["DeletionProtectionEnabled"]
        assert found["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        ttl = shop.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
        recovery = shop.client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        assert recovery["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 7
        tags = shop.client.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"]
        assert {"Key": "team", "Value": "shop"} in tags
        policy = json.loads(shop.client.get_resource_policy(ResourceArn=found["TableArn"])["Policy"])["Statement"][0]
        assert (policy["Effect"], policy["Resource"]) == ("Deny", found["TableArn"])
        # Once more: all is found as it was made.
        assert shop.restore(*words)["restored"] == name
        assert f"\trestored\t{name}\tis there, and costs" in shop.run("backups", TABLE)
        assert shop.run("restore", TABLE, *words, "--delete") == f"{name} is deleted\n"
    assert shop.client.list_tables()["TableNames"] == [NAME]


def test_a_table_that_is_gone_comes_back_under_its_own_name(shop: Shop) -> None:
    before = [item(number) for number in range(5)]
    shop.write("put", before)
    first, backup = shop.backup(), shop.backup()
    words = ("restore", TABLE, "--backup", backup)
    taken = f"table {NAME!r}: is there, and was not restored from that; restore beside it, without --own-name"
    assert taken in shop.run(*words, "--own-name", code=1)
    shop.client.delete_table(TableName=NAME)
    listed = shop.run("backups", TABLE)
    assert f"any time\t{NAME}\tthe table is gone" in listed
    assert backup in listed
    assert "is not there to be compared with" in shop.run(*words, code=1)
    assert "restores to a time only from a table that is" in shop.run("restore", TABLE, "--at", TIME, code=1)
    for _ in range(2):
        assert f"{NAME} is restored as {NAME}\n" in shop.run(*words, "--own-name")
        assert shop.items() == by_id(before)
    assert taken in shop.run("restore", TABLE, "--backup", first, "--own-name", code=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((TABLE,), "which table, and from when? give TABLE, and one of --at TIME and --backup ARN; or --drill"),
        ((TABLE, "--at", "yesterday"), "--at yesterday: write a time with its zone, as 2026-11-27T10:15:00Z or …"),
        ((TABLE, "--at", "2026-11-27T10:15:00"), "--at 2026-11-27T10:15:00: write a time with its zone"),
        ((TABLE, "--at", TIME), f"table {NAME!r} has no point-in-time recovery; restore a --backup"),
        ((TABLE, "--backup", "b"), "--backup b: is not the ARN of a backup of DynamoDB; `tablekit backups` has them"),
        ((TABLE, "--backup", BACKUP.replace(NAME, "other")), f"is of table 'other', not of {NAME!r}"),
        (
            (TABLE, "--backup", BACKUP.replace(REGION, "us-east-1")),
            f"is in us-east-1:123456789012, and {NAME!r} is in ",
        ),
        ((TABLE, "--backup", BACKUP), f"--backup {BACKUP}: is not there; `tablekit backups` has those that are"),
        (
            (TABLE, "--backup", BACKUP, "--delete"),
            f"table 'restored.{NAME}.1-a' is not there; `tablekit backups` lists",
        ),
        ((TABLE, "--backup", BACKUP, "--folder", "none"), "keys.jsonl: can't be written: there is no folder "),
        (("--drill", "--yes"), "--drill chooses tables and time itself; leave the others out"),
        (("--drill", "--junit", "none/drill.xml"), "none/drill.xml: can't be written: there is no folder "),
        (("orders", "--at", TIME), "table 'orders': write it as family/table, as in pse/campaigns"),
        (("shop/ordres", "--at", TIME), "declares no table 'ordres'; did you mean 'orders'?"),
        ((TABLE, "--at", TIME, "--into-live", "keys"), "--into-live keys FILE: the two go together"),
        ((TABLE, "--at", TIME, "--yes"), "give one of --into-live (which --yes belongs to)"),
        ((TABLE, "--at", TIME, "--own-name"), "give one of --into-live"),
        (("--drill", TABLE), "--drill chooses tables and time itself; leave the others out"),
    ],
)
def test_bad_words_are_one_message_and_nothing_is_made(shop: Shop, words: tuple[str, ...], said: str) -> None:
    shown = shop.run("restore", *words, code=1)
    assert said in shown
    assert shown.count("\n") == 1
    assert shop.client.list_tables()["TableNames"] == [NAME]


def test_a_time_outside_of_the_window_and_a_run_without_a_dry_run_are_refused(shop: Shop) -> None:
    shop.client.update_continuous_backups(
        TableName=NAME, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    said = shop.run("restore", TABLE, "--at", "2999-01-01T00:00:00+01:00", code=1)
    assert f"--at 2998-12-31T23:00:00Z: {NAME} can be restored to " in said
    assert said.endswith("; later ones follow within minutes\n")
    shown = shop.run("restore", TABLE, "--backup", shop.backup(), "--into-live", "missing", "--yes", code=1)
    assert "is not there: run the command without --yes first, which says what would be done" in shown
    assert shop.client.list_tables()["TableNames"] == [NAME], "nothing is restored for that"


def test_prod_is_named_and_a_stage_without_its_file_is_not_guessed(moto: str, tmp_path: Path) -> None:
    shop = Shop(deploy(moto, [SHOP], tmp_path, "prod"), tmp_path)
    for words in (("backup", TABLE), ("restore", "--drill")):
        assert "stage 'prod': nothing is made there without --stage prod" in shop.run(*words, code=1)
    done = shop.deployed.tablekit("backup", TABLE, "--stage", "prod")
    assert "tablekit: no Pulumi.prod.yaml was found, which says how its tables are set" not in done.stderr
    assert "is AVAILABLE" in shop.run("backup", TABLE, "--stage", "prod")


def test_the_drill_restores_the_smallest_table_of_each_family_and_deletes_it(
    moto: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    families = [catalogue().family(key) for key in ("acs", "formbridge")]
    deployed = deploy(moto, families, tmp_path)
    config = tmp_path / "stage.yaml"
    configure(config, "eu-west-2", ["acs", "formbridge"])
    client = deployed.client("acs")
    tables = client.list_tables()["TableNames"]
    for name in tables:
        client.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    acs = deployed.catalogue.family("acs")
    holding = acs.tables[1]
    keys = {key.name: {"S": "x"} for key in holding.keys}
    client.put_item(TableName=acs.table_name_for(holding.name, "dev"), Item=keys)
    words = ("restore", "--drill", "--config", str(config), "--junit", "drill.xml")

    done = deployed.tablekit(*words)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert f"passed\tacs: restore {holding.name}\t1 items restored, 1 as they are now; 0 written since" in done.stdout
    cases = [case.get("name") for case in Xml.parse("drill.xml").iter("testcase")]
    assert cases == [f"restore {holding.name}", "restore FormBridgeData"]
    assert client.list_tables()["TableNames"] == tables

    # A drill that was cut off left its table; another table has lost its recovery.
    client.restore_table_to_point_in_time(
        SourceTableName=acs.table_name_for(holding.name, "dev"),
        TargetTableName=f"{RESTORED}{acs.table_name_for(holding.name, 'dev')}.drill",
    )
    bridge = deployed.catalogue.family("formbridge").table_name_for("FormBridgeData", "dev")
    client.update_continuous_backups(
        TableName=bridge, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )
    done = deployed.tablekit(*words)
    assert done.exit_code == 1, done.stdout + done.stderr
    assert f"passed\tacs: restore {holding.name}\t" in done.stdout
    assert f"failed\tformbridge: restore FormBridgeData\ttable {bridge!r} has no point-in-time recovery" in done.stdout
    assert [case.get("message") for case in Xml.parse("drill.xml").iter("failure")] == [
        f"table {bridge!r} has no point-in-time recovery: nothing can be restored of it"
    ]
    assert client.list_tables()["TableNames"] == tables

    def denied(source: object, name: str) -> list[str]:
        raise AccessDeniedError(f"table {name!r}: access denied to TagResource", "TagResource")

    monkeypatch.setattr("tablekit.ops.restore.beside.put_back", denied)
    done = deployed.tablekit(*words)
    assert ".drill': access denied to TagResource" in done.stdout
    assert client.list_tables()["TableNames"] == tables, "what it can't verify it deletes as well"


def test_killed_and_run_again_it_is_as_one_clean_run(moto: str, tmp_path: Path) -> None:
    deployed = deploy(moto, [catalogue().family("formbridge")], tmp_path)
    client, name = deployed.client("formbridge"), "dev-FormBridgeData"
    config = tmp_path / "stage.yaml"
    configure(config, "eu-west-2", ["formbridge"])
    before = [{"PK": {"S": f"p{number:03}"}, "SK": {"S": "s"}, "note": {"S": "as it was"}} for number in range(100)]
    spoilt = [each | {"note": {"S": "nonsense"}} for each in before]

    def put(items: list[Item]) -> None:
        for each in items:
            client.put_item(TableName=name, Item=each)

    put(before)
    table = ("formbridge/FormBridgeData", "--config", str(config))
    arn = json.loads(deployed.tablekit("backup", *table, "--json").stdout)["arn"]
    put(spoilt)
    words = ("restore", *table, "--backup", arn, "--folder", str(tmp_path))
    assert "  100 changed since\n" in deployed.tablekit(*words).stdout
    with proxy(moto, lambda call: Fault.SLOW if call == "UpdateItem" else None, slow_seconds=0.2) as between:
        process = subprocess.Popen(
            deployed.command(*words, "--into-live", "changed", "--yes"),
            env=deployed.environment(between.endpoint), stdout=subprocess.DEVNULL,
        )  # fmt: skip
        while between.calls["UpdateItem"] < 30:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = deployed.items("formbridge", "FormBridgeData")
    assert 0 < sum(each in before for each in there) < 100, "it was killed in the middle"
    assert all(each in before or each in spoilt for each in there), "no item is half of the one and half of the other"
    (kept,) = tmp_path.glob("*.replaced.jsonl")
    with kept.open("a") as file:
        file.write('{"Item":{"PK"')  # as a kill in the middle of a write would leave it
    done = deployed.tablekit(*words, "--into-live", "changed", "--yes")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert sorted(deployed.items("formbridge", "FormBridgeData"), key=str) == sorted(before, key=str)
    kept_items = [json.loads(line)["Item"] for line in kept.read_text().splitlines()]
    assert {each["PK"]["S"]: each for each in kept_items} == {each["PK"]["S"]: each for each in spoilt}
