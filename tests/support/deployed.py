"""A stage as a deployment would leave it, made by API calls: tables from their declarations, and the outputs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from typer.testing import CliRunner, Result

from tablekit.contract import export_family
from tablekit.model import Catalogue, Family, Index, Key, Table
from tablekit.model.staged import staged_families
from tablekit.ops.command import app
from tests.support.declare import stage as configured

ROOT = Path(__file__).parents[2]
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_PASSED_ON = ("PATH", "HOME", "PYTHONPATH", "LANG", "TMPDIR", "VIRTUAL_ENV")


@dataclass
class Deployed:
    """A stage's tables on a server, and the file of its outputs.

    package: the folder of the families' samples, the project's where none is given.
    """

    endpoint: str
    stage: str
    catalogue: Catalogue
    outputs: Path
    package: Path | None = None

    def client(self, family: str) -> Any:
        """A boto3 client in the family's region."""
        return client(
            self.endpoint, staged_families(configured(self.stage, self.catalogue), self.catalogue)[family].region
        )

    def items(self, family: str, table: str) -> list[dict[str, Any]]:
        """All items of a table."""
        name = self.catalogue.family(family).table_name_for(table, self.stage)
        pages = self.client(family).get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def tablekit(self, *words: str, endpoint: str = "", **environment: str) -> Result:
        """Run the command on this stage, in this process; `endpoint` leads through a proxy before the server."""
        found = {family.key: self.package or ROOT / "families" for family in self.catalogue}
        none = dict.fromkeys(name for name in os.environ if name.startswith("AWS_"))
        with (
            patch("tablekit.ops.seed.run.installed", lambda: self.catalogue),
            patch("tablekit.ops.seed.families.folders", lambda: found),
        ):
            return CliRunner().invoke(
                app, [*words, "--outputs", str(self.outputs)], env={**none, **self.environment(endpoint, **environment)}
            )

    def command(self, *words: str) -> list[str]:
        """The command as a process of its own, which knows the installed families alone."""
        return [str(Path(sys.executable).with_name("tablekit")), *words, "--outputs", str(self.outputs)]

    def environment(self, endpoint: str = "", **changes: str) -> dict[str, str]:
        """The command's environment: the server, made-up credentials, and no account of the machine's."""
        kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        aws = {"AWS_ENDPOINT_URL": endpoint or self.endpoint, "AWS_EC2_METADATA_DISABLED": "true", **CREDENTIALS}
        return {**kept, **aws, "COLUMNS": "120", **changes}


def client(endpoint: str, region: str) -> Any:
    """A boto3 client of DynamoDB."""
    return boto3.client(
        "dynamodb", region_name=region, endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test"
    )


def deploy(endpoint: str, families: Iterable[Family], folder: Path, stage: str = "dev") -> Deployed:
    """Make the families' tables, those that are there anew, and write the stage's outputs."""
    catalogue = Catalogue(families)
    exported = {}
    for key, family in staged_families(configured(stage, catalogue), catalogue).items():
        connected = client(endpoint, family.region)
        arns = {logical: _make(connected, table.declared, table.name) for logical, table in family.tables.items()}
        exported[key] = export_family(
            family,
            table_arns=arns,
            stream_arns=dict.fromkeys(arns),
            role_arns={role: f"arn:{role}" for role in family.roles},
            topic_arn=None,
            alarm_names=[],
        ).model_dump(by_alias=True)
        connected.close()
    outputs = folder / "outputs.json"
    outputs.write_text(json.dumps({"contractVersion": "1.0", "stage": stage, "families": exported}))
    return Deployed(endpoint, stage, catalogue, outputs)


def _make(connected: Any, table: Table, name: str) -> str:
    if name in connected.list_tables()["TableNames"]:
        connected.delete_table(TableName=name)
    indexes = {
        kind: [_index(index) for index in table.indexes if index.local == local]
        for kind, local in (("GlobalSecondaryIndexes", False), ("LocalSecondaryIndexes", True))
    }
    made = connected.create_table(
        TableName=name,
        KeySchema=_schema(table.keys),
        AttributeDefinitions=[{"AttributeName": k.name, "AttributeType": k.type} for k in table.all_keys.values()],
        BillingMode="PAY_PER_REQUEST",
        **{kind: found for kind, found in indexes.items() if found},
    )
    arn: str = made["TableDescription"]["TableArn"]
    return arn


def _schema(keys: Iterable[Key]) -> list[dict[str, str]]:
    return [{"AttributeName": key.name, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)]


def _index(index: Index) -> dict[str, Any]:
    included = {"NonKeyAttributes": list(index.include)} if index.include else {}
    return {
        "IndexName": index.name,
        "KeySchema": _schema(index.keys),
        "Projection": {"ProjectionType": index.projection, **included},
    }
