"""Gets the engine, by the first way that works; where none does, one message says what was tried."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.engine.find import BUILT, OVERRIDE, Engine, examine, install_language_host, wanted_version
from local.engine.go import build, one_at_a_time
from local.errors import EngineError
from local.progress import last_line, run, say
from local.project import cache_folder

PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
MODULE_FOLDER = Path(__file__).resolve().parent
"""Holds the go.mod and go.sum that pin the engine and everything it is made of."""
CONNECT_SECONDS = 10
INSTALL_SECONDS = 600.0


def ensure(environ: Mapping[str, str] | None = None) -> Engine:
    """The engine to use; the first call on a machine may take minutes.

    Raises `EngineError`, whose text names every way that was tried, why it failed, and what to install.
    """
    environ = os.environ if environ is None else environ
    folder = cache_folder(environ) / "engine" / f"v{wanted_version()}"
    if (forced := environ.get(OVERRIDE)) == BUILT:
        return _built(folder, environ)
    if forced:
        try:
            return examine(Path(forced), f"named by {OVERRIDE}")
        except EngineError as error:
            raise EngineError(f"{OVERRIDE}: {error}; fix the path, or unset it to have one found") from error
    tried: list[str] = []
    if engine := _on_path(environ, tried) or _cached(folder, tried):
        return engine
    with one_at_a_time(folder):
        if engine := _cached(folder, []):  # made by another process while this one waited
            return engine
        for way in (_install, _build):
            try:
                return way(folder, environ)
            except EngineError as error:
                tried.append(str(error))
                say(str(error))
    raise EngineError(_nothing_worked(tried))


def _built(folder: Path, environ: Mapping[str, str]) -> Engine:
    """The engine of the modules that go.sum has the checksums of, of the one version; no other is looked for."""
    with one_at_a_time(folder):
        engine = _cached(folder, [], (BUILT,)) or _build(folder, environ)
    if engine.version != wanted_version():
        raise EngineError(
            f"{engine.path}: is version {engine.version}; {OVERRIDE}={BUILT} takes {wanted_version()} alone"
        )
    return engine


def _on_path(environ: Mapping[str, str], tried: list[str]) -> Engine | None:
    found = shutil.which("pulumi", path=environ.get("PATH", os.defpath))
    if found is None:
        tried.append("PATH: no pulumi on it")
        return None
    try:
        return examine(Path(found), "found on PATH")
    except EngineError as error:
        tried.append(f"PATH: {error}")
        return None


def _cached(folder: Path, tried: list[str], kinds: Sequence[str] = ("official", BUILT)) -> Engine | None:
    for kind in kinds:
        binary = folder / kind / "bin" / "pulumi"
        if not binary.exists():
            continue
        try:
            engine = examine(binary, f"{kind}, from the cache")
        except EngineError as error:
            tried.append(f"cache: {error}; delete {folder / kind} to have it made anew")
            continue
        if kind == BUILT:
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
    failed = run(command, "installing the engine", log, INSTALL_SECONDS, dict(environ), folder)
    binary = target / "bin" / "pulumi"
    if not failed and binary.exists():
        return examine(binary, "installed by the official installer")
    shutil.rmtree(target, ignore_errors=True)
    raise EngineError(f"official installer: {failed or last_line(log, 200)}")


def _build(folder: Path, environ: Mapping[str, str]) -> Engine:
    """From the Go modules. The first build on a machine takes some minutes, a later one seconds."""
    version = wanted_version()
    say(f"Building the Pulumi engine v{version} from its Go modules: some 5 minutes and 2 GB, the first time only …")
    binary = build(
        "Go build",
        PACKAGE,
        MODULE_FOLDER,
        f"{VERSION_VARIABLE}=v{version}",
        folder / BUILT / "bin" / "pulumi",
        folder / "build.log",
        environ,
        lambda built: examine(built, "built"),
    )
    install_language_host(binary.parent)
    return examine(binary, "built from its Go modules")


def _nothing_worked(tried: list[str]) -> str:
    version = wanted_version()
    ways = "\n".join(f"  - {way}" for way in tried)
    return (
        f"no Pulumi engine v{version} was found, installed or built. Tried:\n{ways}\n"
        f"Install Pulumi {version} or a later {version.split('.')[0]}.x so that `pulumi` is on PATH, or install Go "
        "(1.25.11 or later) and run this again"
    )
