"""The environment of the checkers in requirements/audit.txt: apart from the project's, as they need other versions.

It is made once, in the user's cache folder, from the locked file, by whatever index pip is set up with.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
from pathlib import Path

from local.progress import last_line, run, say
from local.project import ROOT, cache_folder

LOCK = ROOT / "requirements" / "audit.txt"
FETCH_SECONDS = 900.0


class AuditMissingError(Exception):
    """The checkers can't be had on this machine; the text says why."""


def environment() -> Path:
    """The folder with the checkers' programs. Raises `AuditMissingError`."""
    key = hashlib.sha256(f"{sys.version_info[:2]}".encode() + LOCK.read_bytes()).hexdigest()[:12]
    folder = cache_folder() / f"audit-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _make(folder)
    return folder / "venv" / "bin"


def _make(folder: Path) -> None:
    say("Fetching the checkers of requirements/audit.txt (two minutes, once a machine) …")
    venv, log = folder / "venv", folder / "pip.log"
    shutil.rmtree(venv, ignore_errors=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    for doing, command in (
        ("making an environment", [sys.executable, "-m", "venv", str(venv)]),
        ("fetching the checkers", [*pip, "--require-hashes", "-r", str(LOCK)]),
    ):
        code = run(command, doing, log, FETCH_SECONDS, dict(os.environ), folder)
        if code != 0:
            why = last_line(log, 200) if code is not None else f"not done after {FETCH_SECONDS:.0f} s"
            raise AuditMissingError(f"{doing} failed: {why}; its log is {log}")
    (folder / "ready").touch()
