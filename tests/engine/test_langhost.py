"""Our language host under the real engine: small programs, run by the plain command line."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.engine import Engine, ensure
from local.workspace import Workspace

pytestmark = pytest.mark.long
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
        raise pulumi.RunError("table 'x': billing is 'free'; allowed are on-demand and provisioned; fix it")
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
        report(f"{resource.name} is not a name; use another")
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
        command = [str(self.engine.path), *words, "--non-interactive"]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return Small(tmp_path_factory.mktemp("small"), ensure())


@pytest.fixture(autouse=True)
def _plain(small: Small) -> Iterator[None]:
    yield
    small.configure({})


def diagnostics(result: subprocess.CompletedProcess[str]) -> str:
    return result.stdout.partition("Diagnostics:")[2]


def test_a_program_is_deployed_without_a_warning_refreshed_and_destroyed(small: Small) -> None:
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
    assert small.pulumi("refresh", "--yes").returncode == 0
    preview = small.pulumi("preview", "--json")
    assert {step["op"] for step in json.loads(preview.stdout)["steps"]} == {"same"}, "JSON and nothing else"
    assert "- 2 deleted" in small.pulumi("destroy", "--yes").stdout


@pytest.mark.parametrize(
    ("do", "says", "frames"),
    [
        ("refuse", "error: table 'x': billing is 'free'; allowed are on-demand and provisioned; fix it", []),
        ("break", "ZeroDivisionError: division by zero", ["__main__.py", "beside.py"]),
        ("leave", "error: the program left with exit code 7", []),
        ("import late", "ModuleNotFoundError: No module named 'missing_module'", ["__main__.py"]),
        ("go missing", "error: the program has no ", []),
    ],
)
def test_a_program_that_fails_is_one_message_traced_from_the_program_on(
    small: Small, do: str, says: str, frames: list[str]
) -> None:
    small.configure({"do": do})
    main = small.folder / "__main__.py"
    if do == "go missing":
        main.unlink()
    result = small.pulumi("preview")
    main.write_text(PROGRAM)
    assert result.returncode == 1
    assert diagnostics(result).count(says) == 1
    files = re.findall(r'File "(.+?)"', diagnostics(result))
    assert files == [str(small.folder / name) for name in frames]
    assert ("Traceback" in result.stdout + result.stderr) is bool(frames)


def test_a_mandatory_policy_stops_what_violates_it(small: Small) -> None:
    small.configure({"name": "bad"})
    result = small.pulumi("preview", "--policy-pack", "pack")
    assert result.returncode != 0
    assert "bad is not a name; use another" in result.stdout, "by a rule in a module beside the pack's own"


def test_a_policy_pack_that_fails_to_load_says_why(small: Small, tmp_path: Path) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (tmp_path / "__main__.py").write_text("import missing_module\n")
    result = small.pulumi("preview", "--policy-pack", str(tmp_path))
    assert result.returncode != 0
    assert "No module named 'missing_module'" in result.stdout + result.stderr


def test_about_shows_the_program(small: Small) -> None:
    result = small.pulumi("about")
    assert result.returncode == 0, result.stderr
    assert "This project is written in python" in result.stdout
    assert "pulumi_aws" in result.stdout.replace("-", "_")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_outlives_the_engine(small: Small, end: signal.Signals) -> None:
    small.configure({"do": "wait"})
    running = small.start("preview", "--policy-pack", "pack")
    try:
        assert running.stdout is not None
        assert any("waiting" in line for line in running.stdout), "the engine ended before"
        started = psutil.Process(running.pid).children(recursive=True)
        lines = [" ".join(process.cmdline()) for process in started]
        assert all(any(part in line for line in lines) for part in ("langhost", "/pack")), lines
        running.send_signal(end)
        running.communicate(timeout=20)
    finally:
        running.kill()
    assert running.returncode != 0
    assert psutil.wait_procs(started, 60)[1] == []
