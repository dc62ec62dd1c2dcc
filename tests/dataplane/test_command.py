"""`tablekit smoke` as a person runs it: exit codes, what it prints, and what it leaves when it is stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as Xml
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from families import catalogue
from local.project import ROOT
from tablekit.ops.command import app
from tests.dataplane.stages import Stage, items, made, moto

COMMAND = (sys.executable, "-c", "from tablekit.ops.command import main; main()", "smoke")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "300", "AWS_EC2_METADATA_DISABLED": "true"}


def smoke(*words: str) -> Result:
    """The command in this process, with nobody's settings."""
    none = dict.fromkeys(name for name in os.environ if name.startswith(("AWS_", "TABLEKIT_")))
    return CliRunner().invoke(app, ["smoke", *words], env={**none, "AWS_EC2_METADATA_DISABLED": "true"})


@pytest.fixture(scope="module")
def dev() -> Iterator[Stage]:
    """All tables of stage dev, and nothing else: no roles, and no tags."""
    with moto() as endpoint:
        yield made(endpoint, catalogue())


@pytest.fixture(scope="module")
def words(dev: Stage, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Outputs and endpoint as options."""
    file = tmp_path_factory.mktemp("outputs") / "outputs.json"
    file.write_text(dev.contract.model_dump_json(by_alias=True))
    return ("--outputs", str(file), "--endpoint", str(dev.endpoint))


def test_a_run_that_passes_says_so(words: tuple[str, ...], tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    done = smoke(*words, "--plane", "data", "--family", "formbridge", "--junit", str(junit))
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "stage dev: 0 failed, 33 of 33 access patterns passed" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""
    cases = Xml.parse(junit).getroot().findall(".//testcase")
    assert len(cases) == 33


def test_one_pattern_as_json(words: tuple[str, ...]) -> None:
    done = smoke(*words, "--plane", "data", "--pattern", "acs/user-by-email", "--json")
    found = json.loads(done.stdout)
    assert found["failed"] is False
    assert [(each["family"], each["name"], each["status"]) for each in found["outcomes"]] == [
        ("acs", "user-by-email", "passed")
    ]
    assert found["outcomes"][0]["note"] == "Query Users/responseEmail-index: 3 found, 1 left out"


def test_what_is_missing_is_one_line_each(dev: Stage, tmp_path: Path) -> None:
    outputs = dev.contract.model_dump(by_alias=True)
    del outputs["families"]["cloudstro"]["accessPatterns"]["user-by-email"]
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(outputs))
    words = ("--outputs", str(file), "--endpoint", str(dev.endpoint))
    done = smoke(*words, "--plane", "control", "--family", "cloudstro")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    for part in (
        "access pattern 'user-by-email': declared, not in the outputs; were the outputs made by another version? "
        "pulumi up -s dev",
        "missing, expected role 'dev-cloudstro-app-role' as family 'cloudstro' declares it: pulumi up --refresh -s dev",
        "tag 'family': found none, expected cloudstro",
        "point-in-time recovery: found off, expected on",
        "encryption with KMS: found False, expected True",
    ):
        assert sum(part in line for line in lines) >= 1, part
    assert "  pulumi up --refresh -s dev" in lines


def test_without_the_stages_file_it_says_what_was_not_compared(words: tuple[str, ...], tmp_path: Path) -> None:
    with chdir(tmp_path):
        done = smoke(*words, "--family", "formbridge")
    assert "not compared: no Pulumi.dev.yaml was found, so these were not compared: deletion protection" in done.stdout


def test_prods_default_is_to_write_nothing(dev: Stage, tmp_path: Path) -> None:
    file = tmp_path / "outputs.json"
    prod = dev.contract.model_dump(by_alias=True) | {"stage": "prod"}
    file.write_text(json.dumps(prod))
    done = smoke(
        "--outputs", str(file), "--endpoint", str(dev.endpoint), "--plane", "data", "--family", "pse", "--verbose"
    )
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "not run: writes, and this run is read-only" in done.stdout
    assert "PutItem keyword-intelligence: a write; this run is read-only" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["INT", "TERM", "HUP"])
def test_a_run_that_is_stopped_deletes_what_it_wrote(
    dev: Stage, words: tuple[str, ...], number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [*COMMAND, *words, "--plane", "data", "--concurrency", "8"],
        env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while items(dev) == 0 and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, out + err
    assert err == f"tablekit: stopped by {number.name}; the run's items are deleted\n"
    assert "Traceback" not in err
    assert items(dev) == 0


def closed() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (("--endpoint", closed()), "stage 'dev': nothing answers at http://127.0.0.1:"),
        (("--stage", "prod"), "stage 'prod' was meant, and the outputs are of stage 'dev'"),
        (("--family", "asc"), "has no family 'asc'; did you mean 'acs'?"),
        (("--pattern", "user-by-emial"), "no access pattern 'user-by-emial' in "),
        (
            ("--plane", "control", "--pattern", "acs/user"),
            "nothing to check: access patterns are of the data plane",
        ),
        (("--plane", "sky"), "--plane is 'sky'; it is control, data or both"),
        (("--config", "Pulumi.none.yaml"), "Pulumi.none.yaml: no such file; give the stage's own Pulumi.dev.yaml"),
        (("--config", "/"), "/: is a directory, not a file; give the stage's own Pulumi.dev.yaml with --config"),
        (("--junit", "/"), "/: is a directory, not a file; give --junit a file that can be written"),
        (("--outputs", "none.json"), "none.json: No such file or directory"),
    ],
)
def test_what_can_not_be_run_is_one_message(words: tuple[str, ...], extra: tuple[str, ...], says: str) -> None:
    done = smoke(*words, *extra)
    assert done.exit_code == (2 if "nothing answers" in says else 1), done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("tablekit: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_credentials_are_told(dev: Stage, words: tuple[str, ...]) -> None:
    """On AWS, before anything is called; an emulator gets keys that nobody has, and none is looked for."""
    nobody = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    kept = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("AWS_")}
    asked = [*COMMAND, *words[:2], "--plane", "data", "--pattern", "acs/user-by-email"]
    for address, code, says in (
        ({}, 2, "no AWS credentials were found; log in"),
        ({"AWS_ENDPOINT_URL": str(dev.endpoint), "HTTP_PROXY": closed()}, 0, "1 of 1 access patterns passed"),
    ):
        done = subprocess.run(
            asked, env={**kept, **nobody, "AWS_EC2_METADATA_DISABLED": "true", **address},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        assert says in done.stdout + done.stderr
