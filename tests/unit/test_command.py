"""The `tablekit` command as a person runs it, on declarations and on a stack's outputs."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from families import catalogue
from tablekit.contract.schema import SCHEMA_FILE, schema_text
from tablekit.ops.command import app
from tablekit.ops.interrupts import first_ctrl_c_noted
from tests.support import tables
from tests.support.declare import stage


def tablekit(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, list(words), env=environment)


TABLES = sum(len(family.tables) for family in catalogue())


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a stack of the six families would export."""
    found = catalogue()
    exported = tables.outputs(found, stage("dev", found)).model_dump(by_alias=True)
    file = tmp_path_factory.mktemp("outputs") / "outputs.json"
    file.write_text(json.dumps({**exported, "more": 1}))
    return file


def test_check_reports_what_serves_no_pattern() -> None:
    shown = tablekit("check")
    assert shown.exit_code == 0
    assert "formbridge/FormBridgeData: index 'GSI3' serves no access pattern" in shown.stdout
    assert f"{len(catalogue())} families with {TABLES} tables: no error found; 1 to look at" in shown.stdout


def test_list_shows_what_is_declared() -> None:
    rows = json.loads(tablekit("list", "--json").stdout)
    assert sum(row["tables"] for row in rows) == TABLES


def test_list_shows_what_a_family_has(outputs: Path) -> None:
    assert f"total\t{TABLES}\t" in tablekit("list", "--outputs", str(outputs)).stdout
    shown = tablekit("list", "cloudstro", "--outputs", str(outputs))
    assert shown.exit_code == 0, shown.stderr
    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert "cloudstro, stage dev: tables" in lines
    assert any(line.startswith("users dev-cloudstro-users userId: S, recordType: S email-index") for line in lines)
    assert "user-by-email query users/email-index email: S" in lines
    listed = json.loads(tablekit("list", "acs", "--json").stdout)["patterns"]
    assert len(listed) == len(catalogue().family("acs").patterns)
    for words in (("list", "asc"), ("list", "asc", "--outputs", str(outputs))):
        refused = tablekit(*words)
        assert refused.exit_code == 1
        assert "no family 'asc'; did you mean 'acs'?" in refused.stderr


def test_a_working_folder_that_is_gone_is_one_message(tmp_path: Path) -> None:
    command = str(Path(sys.executable).with_name("tablekit"))
    shown = subprocess.run(
        ["sh", "-c", f'mkdir gone; cd gone; rmdir ../gone; "{command}" list --stack dev'],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert shown.returncode == 1
    assert shown.stderr == "tablekit: the working folder is gone; change to another one\n"


def test_schema_is_the_one_that_is_kept() -> None:
    assert tablekit("schema").stdout == schema_text() == SCHEMA_FILE.read_text()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file"),
        ('{"contractVersion": "2.0"}', "contract version 2.0, and this tablekit reads 1.x"),
        ('{"contractVersion": "1.0", "stage": "dev"}', "families: required"),
    ],
)
def test_outputs_that_are_none_give_one_message(tmp_path: Path, content: str | None, says: str) -> None:
    file = tmp_path / "outputs.json"
    if content is not None:
        file.write_text(content)
    shown = tablekit("list", "--outputs", str(file))
    assert shown.exit_code == 1
    assert shown.stdout == ""
    assert shown.stderr.startswith("tablekit: ")
    assert says in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_file_and_a_stack_are_not_both_taken(outputs: Path) -> None:
    shown = tablekit("list", "--stack", "prod", TABLEKIT_OUTPUTS=str(outputs))
    assert shown.exit_code == 1
    assert "give one" in shown.stderr


def test_a_first_ctrl_c_is_noted_wherever_it_comes_and_the_second_interrupts() -> None:
    class File(io.RawIOBase):
        def close(self) -> None:
            if not self.closed:
                os.kill(os.getpid(), signal.SIGINT)
            super().close()

    with first_ctrl_c_noted() as noted:
        file = File()
        del file  # where the interpreter swallows an exception
        assert noted == [signal.SIGINT]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
