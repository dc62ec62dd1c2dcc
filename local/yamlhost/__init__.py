"""The language host of Pulumi YAML, built from the Go module that `go.mod` beside this file pins.

The official distribution of Pulumi has it; an engine that was built from its modules has not. Only programs in YAML
need it, such as two of the examples, so it is built when somebody asks: `python -m local yaml-host`, or their tests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from local.engine.get import go_on_path, one_at_a_time
from local.errors import EngineError
from local.progress import last_line, run, say
from local.project import cache_folder

HOST = "pulumi-language-yaml"
MODULE = "github.com/pulumi/pulumi-yaml"
MODULE_FOLDER = Path(__file__).resolve().parent
BUILD_SECONDS = 1800.0


def version() -> str:
    """The version that is pinned, without the leading v."""
    pinned = re.search(rf"^require {re.escape(MODULE)} v(\S+)$", (MODULE_FOLDER / "go.mod").read_text(), re.MULTILINE)
    assert pinned, "go.mod beside this file requires the module"
    return pinned[1]


def built(environ: Mapping[str, str] | None = None) -> Path | None:
    """The host, where an earlier run has built it."""
    host = _place(environ) / HOST
    return host if host.exists() else None


def ensure(environ: Mapping[str, str] | None = None) -> Path:
    """The host; the first call on a machine builds it, which takes some minutes.

    Raises `EngineError` where there is no Go, or its modules can't be had.
    """
    environ = os.environ if environ is None else environ
    folder = _place(environ)
    with one_at_a_time(folder):
        return built(environ) or _build(folder, environ)


def _place(environ: Mapping[str, str] | None) -> Path:
    return cache_folder(environ) / "yaml-host" / f"v{version()}"


def _build(folder: Path, environ: Mapping[str, str]) -> Path:
    go = go_on_path(environ)
    say(f"Building the YAML language host v{version()} from its Go modules: some 2 minutes, the first time only …")
    log, unfinished = folder / "build.log", folder / f".{HOST}.{os.getpid()}"
    flags = f"-s -w -X {MODULE}/pkg/version.Version=v{version()}"
    command = [go, "build", "-v", "-mod=readonly", "-buildvcs=false", "-ldflags", flags, "-o", str(unfinished)]
    try:
        code = run(
            [*command, f"{MODULE}/cmd/{HOST}"],
            "building the YAML host",
            log,
            BUILD_SECONDS,
            dict(environ),
            MODULE_FOLDER,
        )
        if code is None:
            raise EngineError(f"YAML host: not built after {BUILD_SECONDS:.0f} s; its log is {log}")
        if code != 0:
            raise EngineError(f"YAML host: {last_line(log, 200)}; its log is {log}")
        return unfinished.replace(folder / HOST)
    finally:
        unfinished.unlink(missing_ok=True)
