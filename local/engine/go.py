"""Builds a command from the Go modules that a go.mod of this project pins."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.errors import EngineError
from local.files import locked
from local.progress import run, say

BUILD_SECONDS = 3600.0
GO_FOLDERS = ("/usr/local/go/bin",)
"""Where Go's own installer puts it, which is not always on PATH."""


def build(
    what: str,
    package: str,
    modules: Path,
    version_variable: str,
    binary: Path,
    log: Path,
    environ: Mapping[str, str],
    check: Callable[[Path], object] = lambda built: None,
) -> Path:
    """Build a package into the file `binary`, which is put there once it is whole and `check` has let it pass.

    what: the beginning of a message. modules: the folder of the go.mod; version_variable: `NAME=VALUE` for the linker.
    Raises `EngineError` where there is no Go, or its modules can't be fetched or have other checksums than go.sum.
    """
    go = go_on_path(environ)
    environ = {**environ, "GOWORK": "off"}  # a go.work in a folder above could put other modules in their place
    binary.parent.mkdir(parents=True, exist_ok=True)
    unfinished = binary.with_name(f".{binary.name}.{os.getpid()}")
    flags = ("-v", "-mod=readonly", "-buildvcs=false", "-ldflags", f"-s -w -X {version_variable}")
    command = [go, "build", *flags, "-o", str(unfinished), package]
    try:
        if failed := run(command, f"building {binary.name}", log, BUILD_SECONDS, environ, modules):
            raise EngineError(f"{what}: {failed}; its log is {log}")
        check(unfinished)
        return unfinished.replace(binary)
    finally:
        unfinished.unlink(missing_ok=True)


def go_on_path(environ: Mapping[str, str]) -> str:
    """The `go` to build with; raises `EngineError` where there is none that runs."""
    path = os.pathsep.join([environ.get("PATH", os.defpath), *GO_FOLDERS])
    go = shutil.which("go", path=path)
    if go is None:
        raise EngineError("Go build: there is no go on PATH")
    try:
        subprocess.run([go, "version"], capture_output=True, timeout=30, check=True, env=dict(environ))
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(f"Go build: {go} cannot be run: {error}") from error
    return go


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """One process at a time gets what is kept in a folder; a second waits, and then finds it made."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock", wait=False) as free:
        if free:
            yield
            return
    say("Another process is getting the same: waiting for it …")
    with locked(folder / "lock", wait=True):
        yield
