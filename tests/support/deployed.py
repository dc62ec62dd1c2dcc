"""A stage as a deployment would leave it, made by API calls: tables from their declarations, and the outputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from typer.testing import CliRunner, Result

from tablekit.model import Catalogue, Family
from tablekit.model.staged import staged_families
from tablekit.ops.command import app
from tests.support import aws, tables
from tests.support.declare import stage as configured

ROOT = Path(__file__).parents[2]
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
        found = staged_families(configured(self.stage, self.catalogue), self.catalogue)[family]
        return aws.client(self.endpoint, region=found.region)

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
            patch("tablekit.ops.copy.sides.installed", lambda: self.catalogue),
            patch("tablekit.ops.restore.source.installed", lambda: self.catalogue),
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
        server = {"AWS_ENDPOINT_URL": endpoint or self.endpoint, "AWS_EC2_METADATA_DISABLED": "true", **aws.KEYS}
        return {**kept, **server, "COLUMNS": "120", **changes}


def deploy(endpoint: str, families: Iterable[Family], folder: Path, stage: str = "dev") -> Deployed:
    """Make the families' tables, those that are there anew, and write the stage's outputs."""
    catalogue = Catalogue(families)
    config = configured(stage, catalogue)
    for family in staged_families(config, catalogue).values():
        connected = aws.client(endpoint, region=family.region)
        for table in family.declared.tables:
            tables.create(connected, family.declared, table, stage)
        connected.close()
    outputs = folder / "outputs.json"
    outputs.write_text(tables.outputs(catalogue, config).model_dump_json(by_alias=True))
    return Deployed(endpoint, stage, catalogue, outputs)
