"""The environment of a run on the emulator: no way leads from it to a real account or to another state."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from local import workspace
from local.engine.find import Engine
from local.errors import LocalError
from local.workspace import Workspace

USERS = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/user",
    "AWS_PROFILE": "admin",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_ENDPOINT_URL": "https://elsewhere.example",
    "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/x",
    "PULUMI_ACCESS_TOKEN": "pul-1",
    "PULUMI_STACK": "prod",
    "PULUMI_CONFIG_PASSPHRASE_FILE": "/home/user/secret",
    "HTTPS_PROXY": "http://proxy.example:3128",
}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path / "bin" / "pulumi", "3.258.0", "test")


def test_nothing_of_the_users_accounts_gets_in(tmp_path: Path, engine: Engine) -> None:
    made = Workspace(tmp_path / "w", tmp_path / "home").environment(engine, USERS | {"XDG_CACHE_HOME": str(tmp_path)})
    assert made["AWS_ACCESS_KEY_ID"] == "test"
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ROLE_ARN", "PULUMI_ACCESS_TOKEN", "PULUMI_STACK"):
        assert name not in made
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in made
    assert made["AWS_SHARED_CREDENTIALS_FILE"] == made["AWS_CONFIG_FILE"] == "/dev/null"
    assert "127.0.0.1" in made["NO_PROXY"]
    assert made["PULUMI_BACKEND_URL"] == f"{(tmp_path / 'w' / 'state').as_uri()}?metadata=skip"
    assert made["HOME"] == "/home/user"


def test_the_stand_in_is_put_where_the_engine_finds_an_installed_plug_in(tmp_path: Path, engine: Engine) -> None:
    home = tmp_path / "a home"
    Workspace(tmp_path / "w", home).environment(engine, {"PATH": "/bin", "XDG_CACHE_HOME": str(tmp_path)})
    plugin = home / "plugins" / f"resource-aws-v{metadata.version('pulumi-aws')}" / "pulumi-resource-aws"
    assert plugin.stat().st_mode & 0o100
    assert plugin.read_text().rstrip().endswith('-m local.standin "$@"')
    host = home / "plugins" / f"language-python-v{metadata.version('pulumi')}" / "pulumi-language-python"
    assert host.stat().st_mode & 0o100


def test_any_other_plug_in_is_refused(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(LocalError) as refusal:
        Workspace(tmp_path / "w", tmp_path / "home").environment(engine, {"AWS_PLUGIN": "moto"})
    assert str(refusal.value) == (
        "AWS_PLUGIN: 'moto' is not a plug-in; allowed are stand-in and real; unset it for the stand-in"
    )


def test_the_real_plug_in_that_cannot_be_fetched_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = tmp_path / "bin" / "pulumi"
    binary.parent.mkdir()
    binary.write_text('#!/bin/sh\necho "asked for: $@; no route to host"\nexit 1\n')
    binary.chmod(0o755)
    version = metadata.version("pulumi-aws")
    with pytest.raises(LocalError) as refusal:
        workspace._prepare_home(
            tmp_path / "home",
            Engine(binary, "3.258.0", "test"),
            {"AWS_PLUGIN": "real", "XDG_CACHE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        )
    assert str(refusal.value) == (
        f"AWS_PLUGIN=real: the AWS plug-in v{version} could not be fetched: "
        f"asked for: plugin install resource aws {version}; no route to host; unset AWS_PLUGIN to use the stand-in"
    )
    assert not (tmp_path / "home").exists()
