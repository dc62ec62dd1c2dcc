"""`tablekit seed` without a file: the families' own items, on moto and on DynamoDB Local."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from families import catalogue
from tablekit.model import Family
from tablekit.ops.seed.values import same
from tablekit.ops.signed_http import encoded
from tests.dataplane.conftest import ON_AWS
from tests.support.deployed import ROOT, Deployed, deploy
from tests.support.samples import samples


@pytest.fixture
def deployed(endpoint: str, tmp_path: Path) -> Deployed:
    """Every family, its tables empty."""
    return deploy(endpoint, catalogue(), tmp_path)


def _pse() -> list[Family]:
    """PSE, and the family that it reaches into."""
    return [catalogue().family(key) for key in ("content-ai", "pse")]


def _same_but_ttl(one: dict[str, Any], other: dict[str, Any], ttl: str | None) -> bool:
    left, right = dict(one), dict(other)
    if ttl:
        left.pop(ttl, None), right.pop(ttl, None)
    return same(left, right)


def test_every_sample_is_stored_and_a_second_run_changes_nothing(deployed: Deployed) -> None:
    first = deployed.tablekit("seed")
    assert first.exit_code == 0, first.stderr
    assert " write units, indexes included.\n" in first.stdout
    assert "$" not in first.stdout, "an emulator bills nothing"
    count = 0
    for family in deployed.catalogue:
        for table in family.tables:
            stored = [json.loads(encoded(item)) for item in deployed.items(family.key, table.name)]
            wanted = samples(family, table.name)
            count += len(wanted)
            assert len(stored) == len(wanted)
            for item in wanted:
                assert any(_same_but_ttl(item, found, table.ttl) for found in stored), (table.name, item)
            for item in stored:
                if table.ttl and table.ttl in item:
                    assert float(item[table.ttl]["N"]) > time.time(), f"{table.name} is stored expired"
    second = deployed.tablekit("seed")
    assert second.exit_code == 0
    assert f"All {count} items were there already: nothing changed." in second.stdout


def test_what_is_there_with_other_content_is_reported_and_left(moto: str, tmp_path: Path) -> None:
    deployed = deploy(moto, _pse(), tmp_path)
    assert deployed.tablekit("seed").exit_code == 0
    client = deployed.client("pse")
    name = deployed.catalogue.family("pse").table_name_for("keyword-intelligence", "dev")
    changed = {**client.scan(TableName=name)["Items"][0], "status": {"S": "paused"}}
    client.put_item(TableName=name, Item=changed)
    shown = deployed.tablekit("seed", "--family", "pse")
    key = changed["keyword_id"]["S"]
    assert shown.exit_code == 1
    assert f"pse/keyword-intelligence: keyword_id = '{key}' is there with other content" in shown.stderr
    assert "1 items were left as they are; --overwrite replaces them" in shown.stderr
    assert changed in client.scan(TableName=name)["Items"]
    assert deployed.tablekit("seed", "--overwrite", "--table", "keyword-intelligence", "--family", "pse").exit_code == 0
    assert changed not in client.scan(TableName=name)["Items"]


def test_an_expired_sample_is_renewed(moto: str, tmp_path: Path) -> None:
    deployed = deploy(moto, [catalogue().family("acs")], tmp_path)
    assert deployed.tablekit("seed", "--family", "acs", "--table", "Sessions").exit_code == 0
    client = deployed.client("acs")
    name = deployed.catalogue.family("acs").table_name_for("Sessions", "dev")
    for item in client.scan(TableName=name)["Items"]:
        client.put_item(TableName=name, Item={**item, "ttl": {"N": "1704672000"}})
    assert deployed.tablekit("seed", "--family", "acs", "--table", "Sessions").exit_code == 0
    assert all(int(item["ttl"]["N"]) > time.time() for item in client.scan(TableName=name)["Items"])


def test_prod_is_refused_and_gets_reference_data_alone(moto: str, tmp_path: Path) -> None:
    deployed = deploy(moto, _pse(), tmp_path, stage="prod")
    for words, says in (
        ((), "nothing is written into it without --stage prod --yes"),
        (("--stage", "prod"), "nothing is written into it without --stage prod --yes"),
        (("--yes",), "nothing is written into it without --stage prod --yes"),
        (("--stage", "test", "--yes"), "--stage test: the outputs are of stage 'prod'; give those of 'test'"),
    ):
        shown = deployed.tablekit("seed", *words)
        assert shown.exit_code == 1
        assert says in shown.stderr
    shown = deployed.tablekit("seed", "--stage", "prod", "--yes")
    assert shown.exit_code == 0
    assert "stage prod: no reference data declared" in shown.stdout
    assert deployed.items("pse", "keyword-intelligence") == []
    lines = (ROOT / "families/samples/pse/keyword-intelligence.jsonl").read_text()
    package = tmp_path / "package"
    (package / "reference/pse").mkdir(parents=True)
    (package / "reference/pse/keyword-intelligence.jsonl").write_text(lines)
    deployed.package = package
    shown = deployed.tablekit("seed", "--stage", "prod", "--yes")
    assert shown.exit_code == 0, shown.stderr
    assert len(deployed.items("pse", "keyword-intelligence")) == len(lines.splitlines())


def test_a_dry_run_writes_nothing(moto: str, tmp_path: Path) -> None:
    deployed = deploy(moto, _pse(), tmp_path)
    shown = deployed.tablekit("seed", "--dry-run")
    assert shown.exit_code == 0
    assert "items are good; nothing was written" in shown.stdout
    assert deployed.items("pse", "keyword-intelligence") == []


@pytest.mark.skipif(ON_AWS not in os.environ, reason=f"runs on AWS, on the stage whose outputs {ON_AWS} names")
def test_on_aws_a_second_run_changes_nothing() -> None:
    command = [str(Path(sys.executable).with_name("tablekit")), "seed", "--outputs", os.environ[ON_AWS]]
    assert subprocess.run(command, check=False).returncode == 0
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "nothing changed" in again.stdout
