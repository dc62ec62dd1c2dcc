"""`tablekit env`: the documents' variables of every family, one message for what can't be, files whole or not."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from families import catalogue
from tablekit.ops.command import app
from tests.support import tables
from tests.support.contracts import golden
from tests.support.declare import stage

EXPECTED = {
    key: {**family["env"], "AWS_REGION": family["region"]} for key, family in golden("prod")["families"].items()
}
"""Prod's, by family."""
CLOUDSTRO = "".join(f"{name}={value}\n" for name, value in EXPECTED["cloudstro"].items())
"""As a file of variables: names in their own order, the region last."""


def outputs_of(name: str, folder: Path) -> Path:
    found = catalogue()
    file = folder / f"{name}.json"
    file.write_text(tables.outputs(found, stage(name, found)).model_dump_json(by_alias=True))
    return file


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outputs_of("prod", tmp_path_factory.mktemp("outputs"))


def env(*words: str | Path) -> Result:
    none = {name: None for name in os.environ if name.startswith(("AWS_", "TABLEKIT_"))}
    return CliRunner().invoke(app, ["env", *map(str, words)], env=none)


def refused(result: Result) -> str:
    """The one message on standard error, and exit code 1."""
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert "Traceback" not in result.stderr
    return result.stderr


def test_cloudstros_variables_are_its_documents(prod: Path) -> None:
    shown = env("--family", "cloudstro", "--outputs", prod)
    assert (shown.exit_code, shown.output) == (0, CLOUDSTRO)


@pytest.mark.parametrize("family", EXPECTED)
def test_every_familys_variables(family: str, prod: Path) -> None:
    shown = env("--family", family, "--outputs", prod, "--format", "json")
    assert shown.exit_code == 0
    assert json.loads(shown.output) == EXPECTED[family]
    *names, last = json.loads(shown.output)
    assert (names, last) == (sorted(names), "AWS_REGION")


def test_each_stage_has_names_of_its_own(tmp_path: Path) -> None:
    dev = outputs_of("dev", tmp_path)
    assert "DYNAMODB_USERS_TABLE=dev-cloudstro-users\n" in env("--family", "cloudstro", "--outputs", dev).output
    assert "DYNAMODB_USERS_TABLE=acsd2p-dev-Users\n" in env("--family", "acs", "--outputs", dev).output


def test_the_other_formats(prod: Path) -> None:
    shell = env("--family", "formbridge", "--outputs", prod, "--format", "shell")
    assert shell.output == "export DYNAMODB_FORMBRIDGEDATA_TABLE=FormBridgeData\nexport AWS_REGION=eu-west-2\n"
    github = env("--family", "formbridge", "--outputs", prod, "--format", "github")
    assert github.output == "DYNAMODB_FORMBRIDGEDATA_TABLE=FormBridgeData\nAWS_REGION=eu-west-2\n"


def test_families_of_one_system_stand_together(prod: Path) -> None:
    shown = env("--family", "content-ai", "--family", "pse", "--outputs", prod, "--format", "json")
    assert json.loads(shown.output) == {**EXPECTED["content-ai"], **EXPECTED["pse"]}
    assert list(json.loads(shown.output))[-1] == "AWS_REGION"


def test_no_secret_is_ever_printed(prod: Path) -> None:
    """What a document has beside its tables, and what the contract has beside names, stays out."""
    for family in EXPECTED:
        output = env("--family", family, "--outputs", prod).output
        names = {line.split("=")[0] for line in output.splitlines()}
        assert all(name == "AWS_REGION" or name.startswith("DYNAMODB_") for name in names)
        assert tables.ACCOUNT not in output


def test_one_variable_of_two_families_is_refused(prod: Path) -> None:
    said = refused(env("--outputs", prod))
    assert "DYNAMODB_USERS_TABLE is 'acsd2p-prod-Users' of acs and 'cloudstro-users' of cloudstro" in said
    assert "AWS_REGION is 'eu-west-2' of acs and 'us-east-1' of cloudstro" in said
    assert said.endswith("one environment can't hold both; name one of them with --family\n")


def test_without_a_family_all_that_can_stand_together_are_given(prod: Path, tmp_path: Path) -> None:
    contract = json.loads(prod.read_text())
    contract["families"] = {key: contract["families"][key] for key in ("content-ai", "pse", "formbridge")}
    some = tmp_path / "some.json"
    some.write_text(json.dumps(contract))
    expected = {**EXPECTED["content-ai"], **EXPECTED["pse"], **EXPECTED["formbridge"]}
    assert json.loads(env("--outputs", some, "--format", "json").output) == expected


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--family", "cloudstroo"), "has no family 'cloudstroo'; did you mean 'cloudstro'?; it has acs, cloudstro"),
        (("--region", "eu-west-2"), "--region belongs to --from-parameters; give it, or leave --region out"),
        (("--from-parameters", "prod", "--family", "acs"), "both --from-parameters prod and"),
    ],
)
def test_what_can_not_be_is_one_message(words: tuple[str, ...], says: str, prod: Path) -> None:
    assert says in refused(env(*words, "--outputs", prod))


def test_parameters_are_read_by_family() -> None:
    assert "reads family by family; name one with --family" in refused(env("--from-parameters", "prod"))


def test_an_unknown_format_names_those_there_are(prod: Path) -> None:
    shown = env("--outputs", prod, "--format", "toml")
    assert shown.exit_code == 1
    assert "'dotenv', 'shell', 'json', 'github'" in shown.output


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"X; rm -rf ~": "t"}, "variable 'X; rm -rf ~' is no name of one"),
        ({"AWS_REGION": "t"}, "variable AWS_REGION is 't' in env, and means the region; rename it"),
        ({"A": "a\0"}, "variable A: 'a\\x00' holds NUL"),
    ],
)
def test_outputs_that_were_tampered_with_are_refused(
    change: dict[str, str], says: str, prod: Path, tmp_path: Path
) -> None:
    contract = json.loads(prod.read_text())
    contract["families"]["acs"]["env"] |= change
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(contract))
    output = tmp_path / "env"
    assert says in refused(env("--family", "acs", "--outputs", file, "--output", output))
    assert not output.exists()


def test_a_new_file_is_its_owners(prod: Path, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    shown = env("--family", "cloudstro", "--outputs", prod, "--output", file)
    assert (shown.exit_code, shown.output) == (0, "")
    assert file.read_text() == CLOUDSTRO
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [".env"]


def test_a_file_that_is_there_is_replaced_only_if_asked(prod: Path, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("API_KEY=hush\n")
    file.chmod(0o640)
    said = refused(env("--family", "cloudstro", "--outputs", prod, "--output", file))
    assert f"{file}: is there already, and all that it holds would go; give --replace" in said
    assert f"tablekit env … >> {file}" in said
    assert file.read_text() == "API_KEY=hush\n"
    assert env("--family", "cloudstro", "--outputs", prod, "--output", file, "--replace").exit_code == 0
    assert file.read_text() == CLOUDSTRO
    assert stat.S_IMODE(file.stat().st_mode) == 0o640, "its mode is its owner's choice"


def test_a_link_stays_one(prod: Path, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("")
    (tmp_path / ".env").symlink_to("real")
    assert env("--family", "cloudstro", "--outputs", prod, "-o", tmp_path / ".env", "--replace").exit_code == 0
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text() == CLOUDSTRO


def test_a_place_that_takes_no_file_is_said(prod: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place, says in (
        (tmp_path / "no" / "folder" / ".env", "can't be written: No such file or directory; give another file"),
        (tmp_path, "is a directory, not a file; give another file, or -, for standard output"),
        (tmp_path / "pipe", "is a pipe, not a file"),
    ):
        said = refused(env("--family", "cloudstro", "--outputs", prod, "--output", place, "--replace"))
        assert f"{place}: {says}" in said


def test_a_write_that_fails_leaves_the_old_file_whole(
    prod: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("OLD=1\n")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    said = refused(env("--family", "cloudstro", "--outputs", prod, "--output", file, "--replace"))
    assert "No space left on device" in said
    assert file.read_text() == "OLD=1\n"
    assert [each.name for each in tmp_path.iterdir()] == [".env"]
