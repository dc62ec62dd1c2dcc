"""What runs with the deploying role has the checksum that is pinned, or does not run: the engine's modules."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from local.engine.go import build, go_on_path
from local.errors import EngineError

MODULE = "example.com/engine"
GO = "1.25"
VERSION = "v1.0.0"
SUM = "h1:VwYAhcFi2EDYBqKLQd6yWdxlqK+ujl5pgkkNJ0h7a0U="


def module(folder: Path) -> tuple[Path, str]:
    """A module whose go.sum is made by Go itself, and the proxy that has it, as an address."""
    proxy = folder / "proxy" / MODULE / "@v"
    proxy.mkdir(parents=True)
    own = f"module {MODULE}\n\ngo {GO}\n"
    (proxy / f"{VERSION}.mod").write_text(own)
    (proxy / f"{VERSION}.info").write_text(f'{{"Version": "{VERSION}"}}')
    with zipfile.ZipFile(proxy / f"{VERSION}.zip", "w") as archive:
        archive.writestr(f"{MODULE}@{VERSION}/go.mod", own)
        archive.writestr(f"{MODULE}@{VERSION}/main.go", "package main\n\nfunc main() {}\n")
    pinned = folder / "pinned"
    pinned.mkdir()
    (pinned / "go.mod").write_text(f"module pinned\n\ngo {GO}\n\nrequire {MODULE} {VERSION}\n")
    return pinned, (folder / "proxy").as_uri()


def test_a_module_with_another_checksum_is_not_built(tmp_path: Path) -> None:
    pinned, proxy = module(tmp_path)
    environ = {
        **os.environ,
        "GOPROXY": proxy,
        "GONOSUMDB": "*",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-modcacherw",
        "GOMODCACHE": str(tmp_path / "modules"),
    }
    download = [go_on_path(environ), "mod", "download", "all"]
    subprocess.run(download, cwd=pinned, env=environ, check=True, capture_output=True)
    words = (tmp_path / "bin" / "engine", tmp_path / "log", environ)
    assert build("Go build", MODULE, pinned, "main.v=1", *words).exists()
    sums = pinned / "go.sum"
    lines = sums.read_text().splitlines()
    (right,) = (line.split()[2] for line in lines if "/go.mod " not in line)
    sums.write_text(sums.read_text().replace(right, SUM))
    with pytest.raises(EngineError, match="Go build"):
        build("Go build", MODULE, pinned, "main.v=1", *words)
    assert "checksum mismatch" in (tmp_path / "log").read_text()
