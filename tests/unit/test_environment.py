"""`tablekit env`: the documents' variables of every family, one message for what can't be, files whole or not.

tests/unit/test_ops_files.py has what it has in common with all that write files.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.support.command import tablekit
from tests.support.contracts import GOLDEN, Outputs, changed, golden

PROD, DEV = (GOLDEN / f"{stage}.json" for stage in ("prod", "dev"))
EXPECTED = {key: {**family["env"], "AWS_REGION": family["region"]} for key, family in golden()["families"].items()}
"""Prod's, by family."""
FORMBRIDGE = "DYNAMODB_FORMBRIDGEDATA_TABLE=FormBridgeData\nAWS_REGION=eu-west-2\n"


def env(*words: str | Path) -> Result:
    return tablekit("env", *map(str, words), environment={"TABLEKIT_OUTPUTS": ""})


def refused(result: Result) -> str:
    """The one message on standard error, and exit code 1."""
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    return result.stderr


@pytest.mark.parametrize("family", EXPECTED)
def test_every_familys_variables_are_in_order_and_no_secret(family: str) -> None:
    shown = env("--family", family, "--outputs", PROD, "--format", "json")
    assert shown.exit_code == 0
    assert json.loads(shown.output) == EXPECTED[family]
    *names, last = json.loads(shown.output)
    assert (names, last) == (sorted(names), "AWS_REGION")
    assert all(name.startswith("DYNAMODB_") for name in names)
    assert "123456789012" not in shown.output


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--outputs", PROD), FORMBRIDGE),
        (("--outputs", DEV), FORMBRIDGE.replace("=Form", "=dev-Form")),
        (("--outputs", PROD, "--format", "github"), FORMBRIDGE),
        (
            ("--outputs", PROD, "--format", "shell"),
            FORMBRIDGE.replace("DYN", "export DYN").replace("AWS", "export AWS"),
        ),
    ],
)
def test_a_stage_and_a_format(words: tuple[str | Path, ...], text: str) -> None:
    shown = env("--family", "formbridge", *words)
    assert (shown.exit_code, shown.output) == (0, text)


def test_families_of_one_region_stand_together(tmp_path: Path) -> None:
    shown = env("--family", "content-ai", "--family", "pse", "--outputs", PROD, "--format", "json")
    assert json.loads(shown.output) == {**EXPECTED["content-ai"], **EXPECTED["pse"]}
    assert list(json.loads(shown.output))[-1] == "AWS_REGION"
    contract = golden()
    contract["families"] = {key: contract["families"][key] for key in ("content-ai", "pse")}
    some = tmp_path / "some.json"
    some.write_text(json.dumps(contract))
    assert env("--outputs", some, "--format", "json").output == shown.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "DYNAMODB_USERS_TABLE is 'acsd2p-prod-Users' of acs and 'cloudstro-users' of cloudstro"),
        ((), "AWS_REGION is 'eu-west-2' of acs and 'us-east-1' of cloudstro"),
        ((), "one environment can't hold both; name one of them with --family\n"),
        (("--family", "cloudstroo"), "has no family 'cloudstroo'; did you mean 'cloudstro'?; it has acs, cloudstro"),
        (("--region", "eu-west-2"), "--region belongs to --from-parameters; give it, or leave --region out"),
        (("--from-parameters", "prod", "--family", "acs"), "both --from-parameters prod and"),
        (("--format", "toml"), "'dotenv', 'shell', 'json', 'github'"),
    ],
)
def test_what_can_not_be_is_one_message(words: tuple[str, ...], says: str) -> None:
    assert says in refused(env(*words, "--outputs", PROD))


def test_parameters_are_read_by_family() -> None:
    assert "reads family by family; name one with --family" in refused(env("--from-parameters", "prod"))


def with_variable(name: str, value: str) -> Callable[[Outputs], None]:
    return lambda outputs: outputs["families"]["acs"]["env"].update({name: value})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (with_variable("X; rm -rf ~", "t"), "variable 'X; rm -rf ~' is no name of one"),
        (with_variable("AWS_REGION", "t"), "variable AWS_REGION is 't' in env, and means the region; rename it"),
        (with_variable("A", "a\0"), "variable A: 'a\\x00' holds NUL"),
    ],
)
def test_outputs_that_were_tampered_with_are_refused(
    change: Callable[[Outputs], None], says: str, tmp_path: Path
) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(changed(change)))
    output = tmp_path / "env"
    assert says in refused(env("--family", "acs", "--outputs", file, "--output", output))
    assert not output.exists()


def test_a_file_is_its_owners_and_is_replaced_only_if_asked(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    words = ("--family", "formbridge", "--outputs", PROD, "--output", file)
    shown = env(*words)
    assert (shown.exit_code, shown.output) == (0, "")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (FORMBRIDGE, 0o600)
    file.write_text("API_KEY=hush\n")
    said = refused(env(*words))
    assert f"{file}: is there already, and all that it holds would go; give --replace" in said
    assert f"tablekit env … >> {file}" in said
    assert file.read_text() == "API_KEY=hush\n"
    assert env(*words, "--replace").exit_code == 0
    assert file.read_text() == FORMBRIDGE
