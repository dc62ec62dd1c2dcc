"""tablekit as another team installs it: with pip, from a path in git, into an environment of its own.

What it depends on is fetched once, into the user's cache folder, by whatever index pip is set up with and in the
versions of requirements/dev.txt; each environment of a test then sees those packages, and gets tablekit built anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from local.project import ROOT
from tests.support.fetched import fetched

LOCK = ROOT / "requirements" / "dev.txt"
DECLARED = ROOT / "tablekit" / "pyproject.toml"
BUILD = ("setuptools>=80",)
_OTHERS = ("families", "components", "policies")
"""Rooms that the repository has beside tablekit, and that must not come with it."""


def dependencies(*extras: str) -> Path:
    """The folder with the packages that tablekit declares, those of the extras too. Raises `NotFetchedError`."""
    project = tomllib.loads(DECLARED.read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    wanted += BUILD

    def commands(folder: Path) -> list[list[str]]:
        versions = folder / "versions.txt"
        pinned = re.findall(r"^([A-Za-z0-9._-]+==[^\s;\\]+)", LOCK.read_text(), re.MULTILINE)
        versions.write_text("\n".join(pinned) + "\n")
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-c", str(versions)]
        return [[*pip, "--target", str(folder / "packages"), *wanted]]

    what = f"what tablekit{list(extras) or ''} depends on"
    return fetched("consumer", what, [LOCK], commands, extra=f"{sys.version_info[:2]} {wanted}") / "packages"


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
