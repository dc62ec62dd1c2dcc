"""Gets the engine, by the first way that works; where none does, one message says what was tried."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.engine.find import OVERRIDE, Engine, examine, install_language_host, wanted_version
from local.errors import EngineError
from local.progress import last_line, run, say
from local.project import cache_folder

PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
MODULE_FOLDER = Path(__file__).resolve().parent
"""Holds the go.mod and go.sum that pin the engine and everything it is made of."""
CONNECT_SECONDS = 10
INSTALL_SECONDS = 600.0
BUILD_SECONDS = 3600.0
GO_FOLDERS = ("/usr/local/go/bin",)
"""Where Go's own installer puts it, which is not always on PATH."""


def ensure(environ: Mapping[str, str] | None = None) -> Engine:
    """The engine to use; the first call on a machine may take minutes.

    Raises `EngineError`, whose text names every way that was tried, why it failed, and what to install.
    """
    environ = os.environ if environ is None else environ
    if forced := environ.get(OVERRIDE):
        try:
            return examine(Path(forced), f"named by {OVERRIDE}")
        except EngineError as error:
            raise EngineError(f"{OVERRIDE}: {error}; mend the path, or unset it to have one found") from error
    tried: list[str] = []
    if engine := _first_found(environ, tried):
        return engine
    folder = cache_folder(environ) / "engine" / f"v{wanted_version()}"
    with one_at_a_time(folder):
        if engine := _cached(folder, []):  # made by another process while this one waited
            return engine
        ways: tuple[Callable[[Path, Mapping[str, str]], Engine], ...] = (_install, _build)
        for way in ways:
            try:
                return way(folder, environ)
            except EngineError as error:
                tried.append(str(error))
                say(str(error))
    raise EngineError(_nothing_worked(tried))


def _first_found(environ: Mapping[str, str], tried: list[str]) -> Engine | None:
    on_path = shutil.which("pulumi", path=environ.get("PATH", os.defpath))
    if on_path is None:
        tried.append("PATH: no pulumi on it")
    else:
        try:
            return examine(Path(on_path), "found on PATH")
        except EngineError as error:
            tried.append(f"PATH: {error}")
    return _cached(cache_folder(environ) / "engine" / f"v{wanted_version()}", tried)


def _cached(folder: Path, tried: list[str]) -> Engine | None:
    for kind in ("official", "built"):
        binary = folder / kind / "bin" / "pulumi"
        if not binary.exists():
            continue
        try:
            engine = examine(binary, f"{kind}, from the cache")
        except EngineError as error:
            tried.append(f"cache: {error}; delete {folder / kind} to have it made anew")
            continue
        if kind == "built":
            install_language_host(binary.parent)
        return engine
    tried.append(f"cache: none that works in {folder}")
    return None


def _install(folder: Path, environ: Mapping[str, str]) -> Engine:
    """By the official installer, as the Automation API runs it."""
    target = folder / "official"
    say(f"No Pulumi engine v{wanted_version()} here yet: trying the official installer …")
    program = (
        "import socket, sys; from pulumi.automation import PulumiCommand; "
        f"socket.setdefaulttimeout({CONNECT_SECONDS}); PulumiCommand.install(root=sys.argv[1])"
    )
    log = folder / "install.log"
    command = [sys.executable, "-c", program, str(target)]
    code = run(command, "installing the engine", log, INSTALL_SECONDS, dict(environ), folder)
    binary = target / "bin" / "pulumi"
    if code == 0 and binary.exists():
        return examine(binary, "installed by the official installer")
    shutil.rmtree(target, ignore_errors=True)
    why = last_line(log, 200) if code is not None else f"not done after {INSTALL_SECONDS:.0f} s"
    raise EngineError(f"official installer: {why}")


def _build(folder: Path, environ: Mapping[str, str]) -> Engine:
    """From the Go modules. The first build on a machine takes some minutes, a later one seconds."""
    go = go_on_path(environ)
    version = wanted_version()
    target = folder / "built" / "bin"
    target.mkdir(parents=True, exist_ok=True)
    unfinished = target / f".pulumi.{os.getpid()}"
    say(f"Building the Pulumi engine v{version} from its Go modules: some 5 minutes and 2 GB, the first time only …")
    log = folder / "build.log"
    flags = f"-s -w -X {VERSION_VARIABLE}=v{version}"
    command = [go, "build", "-v", "-mod=readonly", "-buildvcs=false", "-ldflags", flags]
    try:
        command += ["-o", str(unfinished), PACKAGE]
        code = run(command, "building the engine", log, BUILD_SECONDS, dict(environ), MODULE_FOLDER)
        if code is None:
            raise EngineError(f"Go build: not done after {BUILD_SECONDS:.0f} s; its log is {log}")
        if code != 0:
            raise EngineError(f"Go build: {last_line(log, 200)}; its log is {log}")
        binary = target / "pulumi"
        install_language_host(target)
        examine(unfinished, "built")
        unfinished.replace(binary)
    finally:
        unfinished.unlink(missing_ok=True)
    return examine(binary, "built from its Go modules")


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
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another process is getting the same: waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _nothing_worked(tried: list[str]) -> str:
    version = wanted_version()
    ways = "\n".join(f"  - {way}" for way in tried)
    return (
        f"no Pulumi engine v{version} could be had. Tried:\n{ways}\n"
        f"Install Pulumi {version} or a later {version.split('.')[0]}.x so that `pulumi` is on PATH, or install Go "
        "(1.25.11 or later) and run this again"
    )
