"""tablekit as another team installs it: with pip, from a path in git, into an environment of its own.

What it depends on is fetched once, into the user's cache folder, by whatever index pip is set up with and in the
versions of requirements/dev.txt; each environment of a test then sees those packages, and gets tablekit built anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from local.progress import last_line, run, say
from local.project import ROOT, cache_folder

LOCK = ROOT / "requirements" / "dev.txt"
DECLARED = ROOT / "tablekit" / "pyproject.toml"
BUILD = ("setuptools>=80",)
FETCH_SECONDS = 600.0
_OTHERS = ("families", "components", "policies")
"""Rooms that the repository has beside tablekit, and that must not come with it."""


class ConsumerMissingError(Exception):
    """tablekit's dependencies can't be had on this machine; the text says why."""


def dependencies(*extras: str) -> Path:
    """The folder with the packages that tablekit declares, those of the extras too. Raises `ConsumerMissingError`."""
    project = tomllib.loads(DECLARED.read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    seed = f"{sys.version_info[:2]} {wanted} {BUILD}".encode() + LOCK.read_bytes()
    folder = cache_folder() / f"consumer-{hashlib.sha256(seed).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _fetch(folder, wanted)
    return folder / "packages"


def _fetch(folder: Path, wanted: list[str]) -> None:
    say(f"Fetching what tablekit depends on ({', '.join(wanted)}; once a machine) …")
    packages, log, versions = folder / "packages", folder / "pip.log", folder / "versions.txt"
    shutil.rmtree(packages, ignore_errors=True)
    pinned = re.findall(r"^([A-Za-z0-9._-]+==[^\s;\\]+)", LOCK.read_text(), re.MULTILINE)
    versions.write_text("\n".join(pinned) + "\n")
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-c", str(versions)]
    words = [*command, "--target", str(packages), *wanted, *BUILD]
    code = run(words, "fetching what tablekit depends on", log, FETCH_SECONDS, dict(os.environ), folder)
    if code != 0:
        why = last_line(log, 200) if code is not None else f"not done after {FETCH_SECONDS:.0f} s"
        raise ConsumerMissingError(f"pip could not fetch what tablekit depends on: {why}; its log is {log}")
    (folder / "ready").touch()


def repository(folder: Path) -> str:
    """A git repository with the project's rooms as they stand here, committed or not; gives what pip installs of it.

    `tablekit @ git+file://…` is the same to a later pip; the one that Python 3.11 brings takes no address without host.
    """
    for name in ("tablekit", *_OTHERS):
        left_out = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", ".*_cache")
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "As it stands"]):
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *words], cwd=folder, env=clean(), check=True, timeout=60)
    return f"git+file://{folder}#subdirectory=tablekit"


def install(address: str, venv: Path, packages: Path) -> None:
    """Make an environment with tablekit of a git path, and the packages that it depends on."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True, timeout=120)
    site = next(venv.glob("lib/python*/site-packages"))
    (site / "dependencies.pth").write_text(f"{packages}\n")
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "--disable-pip-version-check"]
    words = [*pip, "install", "--quiet", "--no-deps", "--no-build-isolation", address]
    done = subprocess.run(words, cwd=venv, env=clean(), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    whole = subprocess.run([*pip, "check"], env=clean(), capture_output=True, text=True, timeout=60, check=False)
    assert whole.stdout == "No broken requirements found.\n", whole.stdout + whole.stderr


def clean() -> dict[str, str]:
    """The environment without what leads Python or git back to this project."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "MYPY", "GIT_", "VIRTUAL_ENV"))
    }
