"""`tablekit` in the test's own process: starting one takes as long as many tests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

from typer.testing import CliRunner, Result

from local.project import ROOT
from tablekit.ops.command import app


def tablekit(
    *words: str, folder: Path = ROOT, environment: Mapping[str, str] | None = None, given: str | bytes | None = None
) -> Result:
    """Run the command in a folder, with these variables and nothing of the machine's AWS settings.

    given: what stands on standard input.
    """
    nobody = dict.fromkeys(name for name in os.environ if name.startswith("AWS_"))
    with chdir(folder):
        done = CliRunner().invoke(app, list(words), given, env={**nobody, "COLUMNS": "400", **(environment or {})})
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done
