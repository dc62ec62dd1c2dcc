"""The language host of Pulumi YAML, built from the Go module that `go.mod` beside this file pins.

The official distribution of Pulumi has it; an engine that was built from its modules has not. Only programs in YAML
need it, such as two of the examples, so it is built when somebody asks: `python -m local yaml-host`, or their tests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from local.engine.go import build, one_at_a_time
from local.progress import say
from local.project import cache_folder

HOST = "pulumi-language-yaml"
MODULE = "github.com/pulumi/pulumi-yaml"
MODULE_FOLDER = Path(__file__).resolve().parent


def version() -> str:
    """The version that is pinned, without the leading v."""
    pinned = re.search(rf"^require {re.escape(MODULE)} v(\S+)$", (MODULE_FOLDER / "go.mod").read_text(), re.MULTILINE)
    assert pinned, "go.mod beside this file requires the module"
    return pinned[1]


def built(environ: Mapping[str, str] | None = None) -> Path | None:
    """The host, where an earlier run has built it."""
    host = cache_folder(environ) / "yaml-host" / f"v{version()}" / HOST
    return host if host.exists() else None


def ensure(environ: Mapping[str, str] | None = None) -> Path:
    """The host; the first call on a machine builds it, which takes some minutes.

    Raises `EngineError` where there is no Go, or its modules can't be fetched.
    """
    environ = os.environ if environ is None else environ
    folder = cache_folder(environ) / "yaml-host" / f"v{version()}"
    with one_at_a_time(folder):
        if host := built(environ):
            return host
        say(f"Building the YAML language host v{version()} from its Go modules: some 2 minutes, the first time only …")
        variable = f"{MODULE}/pkg/version.Version=v{version()}"
        package = f"{MODULE}/cmd/{HOST}"
        return build("YAML host", package, MODULE_FOLDER, variable, folder / HOST, folder / "build.log", environ)
