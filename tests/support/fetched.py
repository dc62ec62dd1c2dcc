"""What tests and benchmarks need from a package registry: fetched once a machine, kept in the user's cache folder.

Each is pinned by committed files, whose content names its folder, so that a new version is fetched into a new one. The
package manager takes whatever registry the user has set up.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from local.engine.go import one_at_a_time
from local.progress import run, say
from local.project import cache_folder

SECONDS = 900.0
"""Bound of one command of a package manager."""


class NotFetchedError(Exception):
    """Something is not on this machine and can't be fetched; the text says why."""


def fetched(
    name: str, what: str, pinned: Sequence[Path], commands: Callable[[Path], Sequence[Sequence[str]]], extra: str = ""
) -> Path:
    """The folder of what was fetched; a first call fetches it, in an empty folder in which the commands run.

    name: begins the folder's name. what: completes `Fetching …`. pinned: the files that say the versions.
    commands: given the folder, the commands that fill it. extra: whatever else the folder's content depends on.
    Raises `NotFetchedError`.
    """
    key = hashlib.sha256(extra.encode() + b"".join(file.read_bytes() for file in pinned)).hexdigest()[:12]
    folder = cache_folder() / f"{name}-{key}"
    with one_at_a_time(folder):
        content, log = folder / "content", folder / "log"
        ready = content / ".ready"
        if not ready.exists():
            say(f"Fetching {what} (once a machine) …")
            shutil.rmtree(content, ignore_errors=True)
            content.mkdir()
            for command in commands(content):
                if failed := run(command, f"fetching {what}", log, SECONDS, dict(os.environ), content):
                    raise NotFetchedError(f"could not fetch {what}: {failed}; its log is {log}")
            ready.touch()
    return content


def from_npm(name: str, what: str, package: Path) -> tuple[str, Path]:
    """node, and the folder with the `node_modules` of a committed package.json and package-lock.json.

    The lock file's entries are checked by their hashes, and name no registry. Raises `NotFetchedError`.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotFetchedError("node and npm are not on PATH; install Node.js 20 or later")
    pinned = [package / "package.json", package / "package-lock.json"]

    def commands(folder: Path) -> list[list[str]]:
        for file in pinned:
            shutil.copy(file, folder)
        return [[npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]]

    return node, fetched(name, what, pinned, commands)


def from_pip(name: str, what: str, lock: Path) -> Path:
    """The `bin` folder of an environment of its own, with what a locked file of requirements lists.

    Raises `NotFetchedError`.
    """

    def commands(folder: Path) -> list[list[str]]:
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        return [[sys.executable, "-m", "venv", str(folder)], [*pip, "--require-hashes", "-r", str(lock)]]

    return fetched(name, what, [lock], commands, extra=sys.version) / "bin"
