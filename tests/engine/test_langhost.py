"""Our language host under the real engine: small programs, run by the plain command line."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.engine import Engine, ensure
from local.workspace import Workspace

PROJECT = "name: small\nruntime:\n  name: python\n  options:\n    virtualenv: .venv\n"
PROGRAM = """
import os, sys
import pulumi
import beside

class Thing(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("small:index:Thing", name)
        self.register_outputs({})

config = pulumi.Config()
match config.get("do"):
    case "refuse":
        raise pulumi.RunError("table 'x': billing is 'free'; allowed are on-demand and provisioned; mend it")
    case "break":
        beside.divide(1)
    case "leave":
        sys.exit(7)
    case "wait":
        print("waiting", flush=True)
        import time
        time.sleep(120)
    case "import late":
        import missing_module
Thing(config.get("name") or "one")
pulumi.export("seen", {
    "stack": pulumi.get_stack(), "project": pulumi.get_project(), "organization": pulumi.get_organization(),
    "folder": os.getcwd(), "path": sys.path[0], "listed": config.get_object("listed"), "loaded": beside.LOADED,
    "host": any(name.startswith("local") for name in sys.path),
})
"""
BESIDE = """
import os
with open("loads", "a") as file:
    file.write("x")
LOADED = os.path.getsize("loads")
def divide(number):
    return number / 0
"""
PACK = """
import sys
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
import rules
PolicyPack("names", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy("no-bad-names", "No resource is named bad.", rules.check)
])
"""
RULES = """
def check(resource, report):
    if resource.name == "bad":
        report(f"{resource.name} is no name; use another")
"""


class Small:
    """A small project of its own, with its own state."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine
        self.environment = Workspace(folder / "work", folder / "home").environment(engine)
        (folder / "Pulumi.yaml").write_text(PROJECT)
        (folder / "__main__.py").write_text(PROGRAM)
        (folder / "beside.py").write_text(BESIDE)
        pack = folder / "pack"
        pack.mkdir()
        (pack / "PulumiPolicy.yaml").write_text("runtime: python\ndescription: names\n")
        (pack / "__main__.py").write_text(PACK)
        (pack / "rules.py").write_text(RULES)
        self.configure({})
        self.pulumi("stack", "init", "dev")

    def configure(self, settings: dict[str, object]) -> None:
        file = self.folder / "Pulumi.dev.yaml"
        salt = [line for line in file.read_text().splitlines() if "salt" in line] if file.exists() else []
        config = {f"small:{name}": value for name, value in settings.items()}
        file.write_text("\n".join([*salt, f"config: {json.dumps(config)}", ""]))

    def pulumi(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.engine.path, *words, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.engine.path, *words, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def engine() -> Engine:
    return ensure()


@pytest.fixture(scope="module")
def small(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Small:
    return Small(tmp_path_factory.mktemp("small"), engine)


@pytest.fixture(autouse=True)
def _plain(small: Small) -> Iterator[None]:
    yield
    small.configure({})


def diagnostics(result: subprocess.CompletedProcess[str]) -> str:
    return result.stdout.partition("Diagnostics:")[2]


def test_up_runs_a_program_without_a_warning(small: Small) -> None:
    small.configure({"listed": [1, {"a": "b"}]})
    result = small.pulumi("up", "--yes")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "+ 2 created" in result.stdout
    assert "warning" not in result.stdout + result.stderr
    seen = json.loads(small.pulumi("stack", "output", "--json").stdout)["seen"]
    assert seen == {
        "stack": "dev",
        "project": "small",
        "organization": "organization",
        "folder": str(small.folder),
        "path": str(small.folder),
        "listed": [1, {"a": "b"}],
        # The preview loaded the module once, the update once more: each run is a program's first.
        "loaded": 2,
        "host": False,
    }


def test_a_stack_is_refreshed_and_destroyed(small: Small) -> None:
    again = small.pulumi("up", "--yes", "--skip-preview")
    assert "unchanged" in again.stdout
    assert small.pulumi("refresh", "--yes").returncode == 0
    result = small.pulumi("destroy", "--yes")
    assert result.returncode == 0, result.stdout
    assert "- 2 deleted" in result.stdout


def test_preview_gives_json_and_nothing_else(small: Small) -> None:
    small.configure({"name": "two"})
    result = small.pulumi("preview", "--json")
    assert result.returncode == 0, result.stderr
    operations = {step["urn"].rpartition("::")[2]: step["op"] for step in json.loads(result.stdout)["steps"]}
    assert operations["two"] == "create"


def test_a_run_error_is_its_message_and_no_traceback(small: Small) -> None:
    small.configure({"do": "refuse"})
    result = small.pulumi("preview")
    message = "error: table 'x': billing is 'free'; allowed are on-demand and provisioned; mend it"
    assert result.returncode == 1
    assert diagnostics(result).count("error:") == 1
    assert message in diagnostics(result).splitlines()[2].strip()
    assert "Traceback" not in result.stdout + result.stderr


def test_any_other_error_is_traced_from_the_program_on(small: Small) -> None:
    small.configure({"do": "break"})
    result = small.pulumi("preview")
    said = diagnostics(result)
    assert result.returncode == 1
    assert said.count("ZeroDivisionError: division by zero") == 1
    frames = [line.strip() for line in said.splitlines() if line.strip().startswith("File ")]
    assert [frame.partition('"')[2].partition('"')[0] for frame in frames] == [
        str(small.folder / "__main__.py"),
        str(small.folder / "beside.py"),
    ]


def test_a_program_that_leaves_is_an_error(small: Small) -> None:
    small.configure({"do": "leave"})
    result = small.pulumi("preview")
    assert result.returncode == 1
    assert "error: the program left with exit code 7" in diagnostics(result)


def test_an_import_that_fails_is_traced_to_its_line(small: Small) -> None:
    small.configure({"do": "import late"})
    said = diagnostics(small.pulumi("preview"))
    assert "import missing_module" in said
    assert "ModuleNotFoundError: No module named 'missing_module'" in said


def test_a_mandatory_policy_stops_what_violates_it(small: Small) -> None:
    small.configure({"name": "bad"})
    result = small.pulumi("preview", "--policy-pack", "pack")
    assert result.returncode != 0
    assert "bad is no name; use another" in result.stdout, "by a rule in a module beside the pack's own"


def test_a_policy_pack_that_fails_to_load_says_why(small: Small, tmp_path: Path) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (tmp_path / "__main__.py").write_text("import missing_module\n")
    result = small.pulumi("preview", "--policy-pack", str(tmp_path))
    assert result.returncode != 0
    assert "No module named 'missing_module'" in result.stdout + result.stderr


def test_about_tells_of_the_program(small: Small) -> None:
    result = small.pulumi("about")
    assert result.returncode == 0, result.stderr
    assert "This project is written in python" in result.stdout
    assert "pulumi_aws" in result.stdout.replace("-", "_")


def test_a_program_without_a_main_module_says_what_is_missing(engine: Engine, tmp_path: Path) -> None:
    empty = Small(tmp_path, engine)
    (tmp_path / "__main__.py").unlink()
    said = diagnostics(empty.pulumi("preview"))
    assert f"error: the program has no {tmp_path / '__main__.py'}" in said


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_outlives_the_engine(small: Small, end: signal.Signals) -> None:
    small.configure({"do": "wait"})
    running = small.start("preview", "--policy-pack", "pack")
    try:
        _read_until(running, "waiting")
        started = psutil.Process(running.pid).children(recursive=True)
        lines = [" ".join(process.cmdline()) for process in started]
        assert all(any(part in line for line in lines) for part in ("langhost", "/pack")), lines
        running.send_signal(end)
        running.communicate(timeout=20)
    finally:
        running.kill()
    assert running.returncode != 0
    assert psutil.wait_procs(started, 60)[1] == []


def _read_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    raise AssertionError(f"the engine ended and never printed {text!r}")
