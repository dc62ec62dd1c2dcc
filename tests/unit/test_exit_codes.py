"""How every command ends: docs/exit-codes.md, held against the commands, and what all of them have in common."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from families import catalogue
from local.project import ROOT
from tablekit.ops.command import app
from tablekit.ops.live.shape import Live, LiveTable
from tablekit.resources.tables import table
from tests.support.contracts import golden
from tests.support.declare import staged
from tests.support.guarded import gsi, inputs, plan, resource, state, step

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "exit-codes.md").read_text().splitlines()
    if line.startswith("| `")
]
DOCUMENTED = {row[0].strip("`"): row[1:] for row in ROWS}


def commands(group: Any, *way: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *way, name)
        else:
            yield " ".join((*way, name))


COMMANDS = list(commands(typer.main.get_command(app)))


def run(*words: str, **environment: str | None) -> Any:
    nobody = dict.fromkeys(("TABLEKIT_OUTPUTS", "AWS_PROFILE", "AWS_ENDPOINT_URL_DYNAMODB"))
    unreachable = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "a"}
    return CliRunner().invoke(app, list(words), env={**nobody, **unreachable, **environment}, prog_name="tablekit")


def test_the_document_has_every_command() -> None:
    assert sorted(DOCUMENTED) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_words_are_1_and_help_is_0(command: str) -> None:
    assert run(*command.split(), "--help").exit_code == 0
    wrong = run(*command.split(), "--no-such-option")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "No such option: --no-such-option" in wrong.stderr


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files that the commands can use: outputs of stage dev, a contract that breaks, a plan and its state."""
    outputs = {**golden(), "stage": "dev"}
    del (less := json.loads(json.dumps(outputs)))["families"]["acs"]
    here = resource(inputs(globalSecondaryIndexes=[gsi("a-index"), gsi("b-index")]))
    for name, content in {
        "outputs.json": outputs,
        "less.json": less,
        "state.json": state(here),
        "plan.json": plan(step("update", here, resource(), diffReasons=["globalSecondaryIndexes"])),
        "refused.json": plan(step("update", here, resource(inputs(hashKey="customer")))),
    }.items():
        (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "other").write_text("something else")
    (tmp_path / "dev.yaml").write_text("config:\n  aws:region: eu-west-2\n")
    acs = staged(catalogue().family("acs"), "dev", catalogue())
    changes: dict[str, dict[str, Any]] = {
        "tag": {"tags": {**acs.tables["Users"].tags, "more": "x"}},
        "key": {"hashKey": "userId"},
    }
    for name, changed in changes.items():
        users = LiveTable(
            table="Users", status="ACTIVE", inputs=table("acs-Users", acs, acs.tables["Users"]).inputs | changed
        )
        live = Live(stage="dev", family="acs", account="111122223333", taken="2026-11-27T19:00:00Z", tables=(users,))
        (tmp_path / f"{name}.json").write_text(live.text())
    (tmp_path / "items.jsonl").write_text("{not JSON\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


OUTPUTS = ("--outputs", "outputs.json")
CONFIG = ("--config", "dev.yaml")
STATE = ("--state", "state.json")
IN_DEV = ("--stage", "dev", "--config", "dev.yaml")
ITEMS = ("items.jsonl", "--family", "acs", "--table", "Users", "--dry-run")
CASES: dict[tuple[str, int], list[tuple[str, ...]]] = {
    ("list", 1): [("--outputs", "none"), ("acx",), ("--stack", "dev", *OUTPUTS)],
    ("check", 1): [()],
    ("smoke", 1): [("--outputs", "other"), (*OUTPUTS, "--plane", "sky"), (*OUTPUTS, "--family", "acx")],
    ("smoke", 2): [(*OUTPUTS, "--endpoint", "http://127.0.0.1:9")],
    ("guard", 1): [("--plan", "other", *STATE)],
    ("guard", 2): [("--plan", "plan.json", *STATE)],
    ("guard", 3): [("--plan", "refused.json", *STATE)],
    ("index-steps", 1): [("--plan", "other", *STATE), ("--plan", "plan.json", *STATE, "--run")],
    ("index-steps", 2): [("--plan", "plan.json", *STATE, "--table", "shop-orders", "--run", "--yes")],
    ("live describe", 1): [("--family", "acx", *IN_DEV), ("--family", "acs", "--stage", "qa")],
    ("live describe", 2): [("--family", "acs", *IN_DEV)],
    ("live diff", 1): [
        ("--family", "acs", *IN_DEV, "--saved", "other"),
        ("--family", "pse", *IN_DEV, "--saved", "tag.json"),
    ],
    ("live diff", 2): [("--family", "acs", *IN_DEV, "--saved", "tag.json")],
    ("live diff", 3): [("--family", "acs", *IN_DEV, "--saved", "key.json")],
    ("drift", 1): [("--stage", "qa"), (*IN_DEV, "--family", "acx")],
    ("drift", 2): [IN_DEV],
    ("import aws", 1): [(), ("--tables", "x"), ("--saved", "other"), ("--saved", "tag.json", "--output", "other")],
    ("import aws", 2): [("--tables", "x", "--region", "eu-west-2")],
    ("adopt", 1): [("--family", "acx", *IN_DEV), ("--family", "acs", "--stage", "qa")],
    ("adopt", 2): [("--family", "acs", *IN_DEV)],
    ("release", 1): [("--family", "acs", "--stage", "qa")],
    ("env", 1): [("--outputs", "none"), (*OUTPUTS, "--family", "acs", "--output", "other")],
    ("env", 2): [("--from-parameters", "dev", "--family", "acs", "--region", "eu-west-2")],
    ("seed", 1): [("--outputs", "none"), (*OUTPUTS, *ITEMS)],
    ("seed", 2): [(*OUTPUTS, "--family", "acs")],
    ("copy", 1): [("none", "acs/Users@dev"), ("acs/User@dev", "acs/Users@dev", *OUTPUTS), ("other", "x@DEV")],
    ("copy", 2): [("one@eu-west-2", "other@eu-west-2")],
    ("backup", 1): [("acs/Users", "--outputs", "other"), ("acs", *OUTPUTS, *CONFIG), ("acs/Users", *OUTPUTS)],
    ("backup", 2): [("acs/Users", *OUTPUTS, *CONFIG)],
    ("backups", 1): [("acs/Usres", *OUTPUTS)],
    ("backups", 2): [OUTPUTS],
    ("restore", 1): [("acs/Users", *OUTPUTS), ("--drill", "--at", "now", *OUTPUTS)],
    ("restore", 2): [("acs/Users", "--at", "2026-11-27T10:15:00Z", *OUTPUTS, *CONFIG), ("--drill", *OUTPUTS, *CONFIG)],
    ("codegen", 1): [("python", "--check", "--output", "other"), ("python", "--family", "acx")],
    ("contract diff", 1): [("outputs.json", "other.json")],
    ("contract diff", 3): [("outputs.json", "less.json")],
    ("contract golden", 1): [("outputs.json", "--check", "less.json")],
    ("export nosql-workbench", 1): [("--family", "acx")],
    ("import nosql-workbench", 1): [("other",)],
}


def refused(*_: object) -> None:
    raise ConnectionRefusedError(111, "Connection refused")


@pytest.mark.parametrize(("command", "code"), CASES)
def test_a_command_ends_as_the_document_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, code: int
) -> None:
    if command == "check":
        (folder / "Pulumi.yaml").write_text("name: dynamodb-tables\n")
        (folder / "Pulumi.dev.yaml").write_text("config: 5\n")
    monkeypatch.setattr("tablekit.client.aws.ATTEMPTS", 1)
    monkeypatch.setattr("socket.create_connection", refused)
    assert code == 1 or DOCUMENTED[command][code - 1]
    for words in CASES[command, code]:
        done = run(*command.split(), *words)
        assert done.exit_code == code, (words, done.output)
        assert "Traceback" not in done.output
        if code == 1 or (code == 2 and not done.stdout):
            assert done.stderr.startswith("tablekit: "), words


def test_every_code_of_the_document_is_shown() -> None:
    """Beside these: contract diff's 2 takes a contract of another version (tests/unit/test_contract_command.py), and
    adopt's 3 tables that are there (tests/engine/test_existing.py).
    """
    promised = {(command, code) for command, cells in DOCUMENTED.items() for code in (2, 3) if cells[code - 1]}
    assert promised - CASES.keys() == {("contract diff", 2), ("adopt", 3)}


def process(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("tablekit")), *words],
        env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_a_reader_that_reads_no_more_ends_it_silently() -> None:
    command = str(Path(sys.executable).with_name("tablekit"))
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run([command, "schema"], stdout=closed, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_128_and_its_number(number: signal.Signals) -> None:
    def stopped(*_: object) -> None:
        os.kill(os.getpid(), number)
        raise AssertionError("the signal was to end it")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tablekit.ops.command.installed", stopped)
        done = CliRunner().invoke(app, ["check"])
    assert (done.exit_code, done.stderr) == (128 + number, f"tablekit: stopped by {number.name}\n")


def test_the_version_is_the_installed_one() -> None:
    assert re.fullmatch(r"tablekit \d+\.\d+\.\d+\n", run("--version").stdout)


def test_a_shell_completes_commands_and_options() -> None:
    for typed, found in (("tablekit sm", "smoke"), ("tablekit seed --skip", "--skip-existing")):
        asked = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_TABLEKIT_COMPLETE": "complete_bash"}
        assert found in process(**asked).stdout.split()
    assert (
        "_TABLEKIT_COMPLETE=complete_bash"
        in process("--show-completion", SHELL="/bin/bash").stdout + process(_TABLEKIT_COMPLETE="source_bash").stdout
    )


def test_it_is_silent_unless_asked_what_is_repeated_or_sent(folder: Path) -> None:
    words = ("env", "--from-parameters", "dev", "--family", "acs", "--region", "eu-west-2")
    nobody = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "a"}
    lines = (" tablekit.client.aws: GetParametersByPath was sent 2 times\n", ": GetParametersByPath in eu-west-2\n")
    for flags, logged in (((), False), (("-v", "-v"), True)):
        done = process(*flags, *words, **nobody)
        assert done.returncode == 2
        assert [line in done.stderr for line in lines] == [logged, logged]
        assert logged or done.stderr.startswith("tablekit: /dynamodb/dev/acs/")


def test_without_a_terminal_a_row_is_a_line_with_tabs_and_no_colours() -> None:
    lines = run("list", "acs", COLUMNS="20").stdout.splitlines()
    assert lines[:2] == ["acs, declared: tables", "table\tname\tkeys\tindexes"]
    assert "access pattern\toperation\ton\tparameters" in lines
    assert not any("\x1b" in line or line.endswith(" ") for line in lines)
