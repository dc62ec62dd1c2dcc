"""Which commands of ./pulumiw get the emulator's environment: those that name the stack `local`, and no other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from local import passthrough
from local.engine.find import Engine
from local.errors import DeploymentError, EmulatorError
from local.passthrough import parse
from local.project import ROOT


@pytest.mark.parametrize(
    ("line", "named", "on_the_emulator"),
    [
        ("up -s local", "", True),
        ("up --stack=local", "", True),
        ("up -slocal", "", True),
        ("up -s=local", "", True),
        ("-s local up --yes", "", True),
        ("preview -s organization/dynamodb-tables/local", "", True),
        ("stack rm --yes local", "", True),
        ("cancel local --yes", "", True),
        ("up -s dev -s local", "", True),
        ("--color never -C elsewhere up -s local -- -s dev", "", True),
        ("up", "local", True),
        ("up -s dev", "local", False),
        ("up", "", False),
        ("stack init dev", "", False),
        ("config set local 1 -s dev", "", False),
        ("up -- -s local", "", False),
        ("up -s", "", False),
    ],
)
def test_a_command_that_names_local_is_on_the_emulator(line: str, named: str, on_the_emulator: bool) -> None:
    assert parse(line.split()).is_local({"PULUMI_STACK": named}) is on_the_emulator


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[list[str], dict[str, str]]]:
    """Takes note of what would be executed, in an environment that has an account of the user's own."""
    calls: list[tuple[list[str], dict[str, str]]] = []

    def execve(path: Path, arguments: list[str], environment: dict[str, str]) -> None:
        calls.append((arguments, environment))

    engine = Engine(tmp_path / "pulumi", "3.258.0", "test")
    monkeypatch.setattr(passthrough, "ensure", lambda: engine)
    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://mine")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("PULUMI_STACK", raising=False)
    monkeypatch.delenv("AWS_PLUGIN", raising=False)
    return calls


def run(line: str) -> None:
    passthrough.run_pulumi(line.split())


def test_another_stage_gets_the_users_own_environment(
    called: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    run("up -s dev")
    arguments, environment = called[0]
    assert arguments[1:] == ["up", "-s", "dev", "--suppress-outputs"]
    assert environment["AWS_PROFILE"] == "mine"
    assert environment["PULUMI_BACKEND_URL"] == "s3://mine"
    added = {name for name in environment if os.environ.get(name) != environment[name]}
    assert added == {"PATH", "LOCAL_LANGHOST", "LOCAL_LANGHOST_PYTHON"}


def test_outputs_are_shown_where_they_are_asked_for(called: list[tuple[list[str], dict[str, str]]]) -> None:
    for line in ("up -s dev -- x", "up -s dev --suppress-outputs=false", "stack output -s dev", "preview --json"):
        run(line)
    assert [arguments[-3:] for arguments, _ in called] == [
        ["--suppress-outputs", "--", "x"],
        ["-s", "dev", "--suppress-outputs=false"],
        ["output", "-s", "dev"],
        [called[3][0][0], "preview", "--json"],
    ]


def test_outside_of_any_project_this_one_is_meant(
    called: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    run("stack ls")
    assert called[0][0][1:] == ["--cwd", str(ROOT), "stack", "ls"]
    run("stack ls -C /elsewhere")
    assert called[1][0][1:] == ["stack", "ls", "-C", "/elsewhere"]


def test_local_without_its_emulator_says_how_to_start_it(
    called: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from local.workspace import Workspace

    monkeypatch.setattr(passthrough, "local_workspace", lambda: Workspace(tmp_path / "w", tmp_path / "home"))
    with pytest.raises(EmulatorError, match="stack local: its emulator does not run; start it by `make up`"):
        run("preview -s local")
    run("stack output -s local")
    environment = called[0][1]
    assert "AWS_PROFILE" not in environment
    assert environment["PULUMI_BACKEND_URL"] == f"{(tmp_path / 'w' / 'state').as_uri()}?metadata=skip"
    assert environment["STANDIN_TAKE_OVER"] == "1"


def test_a_command_that_names_no_stack_gets_a_hint(
    called: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    run("preview")
    assert capsys.readouterr().err == (
        "No stack is named, so Pulumi takes the selected one. The one on this machine: ./pulumiw preview -s local\n"
    )
    assert called[0][0][1:] == ["preview", "--suppress-outputs"]
    for line in ("preview -s dev", "version", "stack ls", "preview -C /elsewhere"):
        run(line)
    monkeypatch.setenv("PULUMI_STACK", "dev")
    run("preview")
    monkeypatch.delenv("PULUMI_STACK")
    monkeypatch.chdir(ROOT.parent)
    run("preview")
    assert capsys.readouterr().err == ""


def test_a_damaged_state_of_local_says_how_to_go_on(
    called: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from local.workspace import Workspace

    workspace = Workspace(tmp_path / "w", tmp_path / "home")
    file = workspace.state / ".pulumi" / "stacks" / "tables" / "local.json"
    file.parent.mkdir(parents=True)
    file.write_text("")
    monkeypatch.setattr(passthrough, "local_workspace", lambda: workspace)
    with pytest.raises(DeploymentError) as refusal:
        run("stack output -s local")
    assert str(refusal.value) == (
        f"stack local: its state is damaged: {file}: Expecting value: line 1 column 1 (char 0). "
        "`make up` sets it aside and goes on without it: it takes over what this stack made on the emulator, "
        "with all items"
    )
    assert called == []
