"""`python -m local`: every command has help; an error is one message and an exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local import cli, deploy
from local.errors import DeploymentError, LocalError, ProjectError
from local.project import ROOT, cache_folder, project_name

COMMANDS = ["up", "down", "rehearse", "rehearse-adoption", "plan", "engine", "yaml-host", "pulumi"]


def test_every_command_is_in_the_help_and_has_its_own() -> None:
    shown = CliRunner().invoke(cli.app, ["--help"]).output
    for command in COMMANDS:
        assert command in shown
        if command != "pulumi":  # that shows pulumi's own
            assert f" {command} " in CliRunner().invoke(cli.app, [command, "--help"]).output


@pytest.mark.parametrize(("error", "code"), [(ProjectError("broken"), 1), (DeploymentError("failed", 255), 255)])
def test_an_error_is_one_message_and_an_exit_code(
    error: LocalError, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(fresh: bool, verbose: bool) -> Path:
        raise error

    monkeypatch.setattr(deploy, "up", fails)
    monkeypatch.setattr(sys, "argv", ["local", "up"])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert exit_.value.code == code
    assert capsys.readouterr().err == f"error: {error}\n"


def test_an_unknown_stage_names_the_stages_there_are() -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "local"), "rehearse", "staging"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert result.returncode == 1
    assert result.stderr == "error: stage 'staging': no file Pulumi.staging.yaml; the stages are dev, local, prod\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no such file"),
        ("runtime: python", "name is None"),
    ],
)
def test_a_project_file_that_cannot_be_used_says_why(text: str | None, message: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(ProjectError, match=message):
        project_name(tmp_path)


def test_the_cache_is_the_users_and_carries_the_projects_name(tmp_path: Path) -> None:
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / project_name()
    assert cache_folder({"XDG_CACHE_HOME": "relative"}) == Path.home() / ".cache" / project_name()
