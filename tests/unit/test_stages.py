"""Where stage local is, whatever the environment says; and that the clone's ./pulumiw is asked for outputs."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tablekit.contract import ContractError
from tablekit.model import StageError
from tablekit.ops import sources, stages
from tablekit.ops.command import app
from tests.support.contracts import golden
from tests.support.guarded import gsi, inputs, plan, resource, state, step

ON_4566 = "config:\n  aws:region: eu-west-2\n  aws:endpoints:\n    - dynamodb: http://127.0.0.1:4566\n"
VARIABLES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE")
TRICKS: dict[str, dict[str, str]] = {
    "AWS itself": {"AWS_ENDPOINT_URL": "https://dynamodb.eu-west-2.amazonaws.com"},
    "another host as the user": {"AWS_ENDPOINT_URL": "http://127.0.0.1@example.com"},
    "a backslash": {"AWS_ENDPOINT_URL_DYNAMODB": "http://example.com\\@127.0.0.1:4566"},
    "the service's own before all": {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1.example.com",
    },
}
NOWHERE: dict[str, dict[str, str]] = {
    "nothing": {},
    "an empty variable": {"AWS_ENDPOINT_URL": ""},
    "variables that boto3 ignores": {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    },
}


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is looked up or connected to; with keys of the caller's own in the environment."""
    seen: list[Any] = []

    def see(*words: Any, **_: Any) -> Any:
        seen.append(words)
        raise OSError("nothing is called in a unit test")

    monkeypatch.setattr(socket, "getaddrinfo", see)
    monkeypatch.setattr(socket.socket, "connect", see)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return seen


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder outside of the clone, with the outputs of stage local."""
    (tmp_path / "outputs.json").write_text(json.dumps({**golden(), "stage": "local"}))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--outputs", "outputs.json"])


@pytest.mark.parametrize("command", ["seed", "smoke"])
@pytest.mark.parametrize("trick", TRICKS)
def test_stage_local_is_not_led_off_this_machine(
    watched: list[Any], folder: Path, monkeypatch: pytest.MonkeyPatch, trick: str, command: str
) -> None:
    (folder / "Pulumi.local.yaml").write_text(ON_4566)
    for name, value in TRICKS[trick].items():
        monkeypatch.setenv(name, value)
    name, value = list(TRICKS[trick].items())[-1]
    done = run(command)
    assert done.exit_code == 1
    assert done.stderr == (
        f"tablekit: {name} is {value!r}, which is not on this machine; stage 'local' takes loopback addresses only, as "
        "http://127.0.0.1:4566\n"
    )
    assert watched == []


@pytest.mark.parametrize("with_file", [True, False])
def test_an_endpoint_that_is_asked_for_is_judged_alike(watched: list[Any], folder: Path, with_file: bool) -> None:
    if with_file:
        (folder / "Pulumi.local.yaml").write_text(ON_4566)
    for url in ("http://127.0.0.1@example.com", "http://example.com\\@127.0.0.1:4566", "http://10.0.0.1:4566"):
        done = run("smoke", "--endpoint", url)
        assert done.exit_code == 1
        assert done.stderr.startswith(f"tablekit: --endpoint is {url!r}, which is not on this machine; stage 'local' ")
    assert watched == []


def test_commands_that_call_without_outputs_know_the_stage(
    watched: list[Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan of a stack local, and the parameters of stage local."""
    wanted = resource(inputs(globalSecondaryIndexes=[gsi("a-index"), gsi("b-index")]))
    for name, made in {
        "plan.json": plan(step("update", resource(), wanted, diffReasons=["globalSecondaryIndexes"])),
        "state.json": state(resource()),
    }.items():
        (folder / name).write_text(json.dumps(made).replace("urn:pulumi:dev::", "urn:pulumi:local::"))
    steps = ("index-steps", "--plan", "plan.json", "--state", "state.json", "--run", "--yes")
    parameters = ("env", "--from-parameters", "local", "--family", "acs", "--region", "eu-west-2")
    (folder / "Pulumi.local.yaml").write_text(ON_4566)
    for words in (steps, parameters):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "https://dynamodb.eu-west-2.amazonaws.com")
        done = CliRunner().invoke(app, words)
        assert "which is not on this machine; stage 'local' takes loopback addresses" in done.stderr
        assert (done.exit_code, watched) == (1, [])
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        done = CliRunner().invoke(app, words)
        assert "tablekit: stage 'local': nothing answers at http://127.0.0.1:4566 (" in done.stderr
        assert done.exit_code == 2
        assert {str(host) for host, *_ in watched} == {"127.0.0.1"}
        watched.clear()


@pytest.mark.parametrize("case", NOWHERE)
def test_stage_local_is_where_its_file_says(
    watched: list[Any], folder: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    for name, value in NOWHERE[case].items():
        monkeypatch.setenv(name, value)
    done = run("seed")
    assert done.exit_code == 1
    assert done.stderr == (
        "tablekit: stage 'local' is on an emulator, and nothing says where: there is no Pulumi.local.yaml in "
        f"{folder}, {folder.parent}; run the command in the project's folder, or set AWS_ENDPOINT_URL=http://127.0.0.1:4566\n"
    )
    assert watched == []
    (folder / "Pulumi.local.yaml").write_text(ON_4566)
    assert stages.address_of("local", stages.places()) == "http://127.0.0.1:4566"
    (folder / "Pulumi.local.yaml").write_text(ON_4566.replace("127.0.0.1", "example.com"))
    done = run("seed")
    assert done.stderr.startswith(
        f"tablekit: {folder}/Pulumi.local.yaml: aws:endpoints: dynamodb is 'http://example.com:4566', which is not on "
    )
    assert watched == []


def test_a_variable_goes_before_the_file_and_other_stages_are_on_aws(
    watched: list[Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Pulumi.local.yaml").write_text(ON_4566)
    assert stages.address_of("dev", stages.places()) is None
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:5")
    assert stages.address_of("local", stages.places()) == "http://localhost:5"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not YAML at line 1: expected the node content, but found '<stream end>'"),
        ("config: 5", "config: is not a mapping of settings; write each as name: value"),
        ("config: {aws:endpoints: '[1]'}", "aws:endpoints: 1 is not an object of service: URL"),
        ("config: {}", "aws:endpoints: dynamodb is '', which is not on this machine"),
    ],
)
def test_a_file_that_says_nowhere_is_one_message(folder: Path, content: str, says: str) -> None:
    (folder / "Pulumi.local.yaml").write_text(content)
    with pytest.raises(StageError) as error:
        stages.address_of("local", [folder])
    assert str(error.value).startswith(f"{folder}/Pulumi.local.yaml: {says}")


def test_a_folder_in_the_place_of_a_stages_file_is_named(folder: Path) -> None:
    (folder / "Pulumi.local.yaml").mkdir()
    with pytest.raises(StageError, match=r"Pulumi\.local\.yaml: is not a file; move it away"):
        stages.address_of("local", [folder])


@pytest.fixture
def clone(folder: Path) -> Path:
    """A clone whose ./pulumiw prints the outputs and where it was run, and its sub-folder to work in."""
    (folder / "Pulumi.yaml").write_text("name: dynamodb-tables\n")
    script = folder / "pulumiw"
    script.write_text('#!/bin/sh\necho "$PWD" "$@" > asked\n[ "$5" = local ] || cat outputs.json\n[ "$5" != local ]\n')
    script.chmod(0o755)
    (folder / "docs").mkdir()
    return folder


@pytest.mark.parametrize("here", [".", "docs"])
def test_the_clones_own_pulumiw_is_asked(clone: Path, monkeypatch: pytest.MonkeyPatch, here: str) -> None:
    monkeypatch.delenv("PULUMI_COMMAND", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.chdir(clone / here)
    assert sources.outputs(None, "dev").stage == "local"
    assert (clone / "asked").read_text() == f"{clone} stack output --json --stack dev\n"
    with pytest.raises(ContractError) as error:
        sources.outputs(None, "local")
    assert str(error.value) == (
        "./pulumiw stack output --json --stack local: failed: exit code 1; is it deployed? make up"
    )
