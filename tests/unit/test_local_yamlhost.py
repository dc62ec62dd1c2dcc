"""The YAML language host is built once, on demand; with scripts in place of Go."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import yamlhost
from local.engine import go
from local.engine.find import Engine
from local.errors import EngineError
from local.workspace import Workspace


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment in which nothing is installed, with an empty cache."""
    monkeypatch.setattr(go, "GO_FOLDERS", ())
    (tmp_path / "bin").mkdir()
    return {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HOME": str(tmp_path),
    }


def fake_go(folder: Path, fails: str = "") -> None:
    """A `go` that "builds" a host, or says why it can't, and notes every build in a file beside it."""
    script = folder / "go"
    script.write_text(
        f"""#!/bin/sh
[ "$1" = version ] && exit 0
echo "$@" >> {folder}/builds
[ -n "{fails}" ] && echo "{fails}" && exit 1
while [ "$1" != -o ]; do shift; done
echo host > "$2"
"""
    )
    script.chmod(0o755)


def test_it_is_built_once_from_the_pinned_module(
    tmp_path: Path, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    fake_go(tmp_path / "bin")
    assert yamlhost.built(environ) is None
    host = yamlhost.ensure(environ)
    assert host == tmp_path / "cache" / "dynamodb-tables" / "yaml-host" / "v1.30.0" / "pulumi-language-yaml"
    assert yamlhost.ensure(environ) == yamlhost.built(environ) == host
    (build,) = (tmp_path / "bin" / "builds").read_text().splitlines()
    assert "-mod=readonly" in build
    assert build.endswith("github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml")
    assert "Building the YAML language host v1.30.0 from its Go modules" in capsys.readouterr().err


def test_without_go_it_says_so(environ: dict[str, str]) -> None:
    with pytest.raises(EngineError, match="there is no go on PATH"):
        yamlhost.ensure({**environ, "PATH": environ["PATH"].split(":")[0]})


def test_a_build_that_fails_says_why_and_leaves_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_go(tmp_path / "bin", fails="no such module here")
    with pytest.raises(EngineError, match="YAML host: no such module here; its log is "):
        yamlhost.ensure(environ)
    assert yamlhost.built(environ) is None


def test_a_run_on_an_emulator_finds_it_where_it_was_built(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_go(tmp_path / "bin")
    engine = Engine(tmp_path / "bin" / "pulumi", "3.258.0", "test")
    plugin = tmp_path / "home" / "plugins" / "language-yaml-v1.30.0" / "pulumi-language-yaml"
    Workspace(tmp_path, tmp_path / "home").environment(engine, environ)
    assert not plugin.exists()
    host = yamlhost.ensure(environ)
    Workspace(tmp_path, tmp_path / "home").environment(engine, environ)
    assert f"exec {host}" in plugin.read_text()
