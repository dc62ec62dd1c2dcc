"""PynamoDB, which this project does not depend on: by pip, with hashes, into an environment in the user's cache."""

from __future__ import annotations

import hashlib
import os
import sys
import venv
from pathlib import Path

from benchmarks.seed.errors import PeerMissingError
from local.progress import last_line, run, say
from local.project import cache_folder

LOCK = Path(__file__).with_name("pynamodb.txt")
SECONDS = 300.0


def pynamodb() -> Path:
    """The python that has PynamoDB. Raises `PeerMissingError` where it can't be fetched."""
    key = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache_folder() / f"benchmark-pynamodb-{key}"
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    say("Fetching PynamoDB …")
    venv.create(folder, with_pip=True, clear=True)
    log = folder / "pip.log"
    words = ["-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)]
    code = run([str(python), *words], "fetching PynamoDB", log, SECONDS, dict(os.environ), folder)
    if code != 0:
        why = last_line(log, 200) if code is not None else f"not done after {SECONDS:.0f} s"
        raise PeerMissingError(f"pip could not fetch PynamoDB: {why}; its log is {log}")
    (folder / "ready").touch()
    return python
