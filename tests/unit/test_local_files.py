"""What the system refuses is one message: the file, the reason, what to do."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local import cli, deploy
from local.engine.find import Engine
from local.files import explained, of, write_atomically
from local.project import ROOT
from local.workspace import Workspace


@pytest.mark.parametrize(
    ("number", "way"),
    [
        (errno.ENOSPC, "free some space there, and run this again; it goes on from where it was"),
        (errno.EACCES, "give yourself the right to write there, and run this again"),
        (errno.ENOTDIR, "a file is where a folder is needed, or the other way round: move it away, and run this again"),
        (errno.EIO, "see to it, and run this again"),
    ],
)
def test_each_refusal_says_what_to_do(number: int, way: str) -> None:
    error = OSError(number, os.strerror(number), "/clone/.local")
    assert str(explained(error)) == f"/clone/.local: {os.strerror(number)}: {way}"


def test_what_names_no_file_is_the_output_where_it_is_a_write() -> None:
    assert str(explained(OSError(errno.EPIPE, "Broken pipe"))).startswith("standard output: Broken pipe: ")
    assert str(explained(OSError(errno.EMFILE, "Too many open files"))) == (
        "the system: Too many open files: see to it, and run this again"
    )


def test_a_write_to_a_full_disk_names_its_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full") as refusal, of(tmp_path / "file"):
        raise OSError(errno.ENOSPC, "full")
    assert refusal.value.filename == str(tmp_path / "file")


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError) as refusal:
        write_atomically(tmp_path / "taken", "text")
    assert refusal.value.filename == str(tmp_path / "taken")
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("command", ["up", "down"])
def test_a_lock_that_is_a_folder_is_one_message(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "lock"
    lock.mkdir()
    monkeypatch.setattr(deploy, "local_workspace", lambda: Workspace(tmp_path, tmp_path / "home"))
    monkeypatch.setattr(deploy, "ensure", lambda: Engine(tmp_path / "pulumi", "3.258.0", "test"))
    monkeypatch.setattr(sys, "argv", ["local", command])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert exit_.value.code == 1
    assert capsys.readouterr().err == (
        f"error: {lock}: Is a directory: a file is where a folder is needed, or the other way round: "
        "move it away, and run this again\n"
    )


def run(*words: str, output: str = os.devnull, **environment: str) -> subprocess.CompletedProcess[str]:
    with open(output, "w") as stdout:
        return subprocess.run(
            [sys.executable, str(ROOT / "local"), *words],
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, **environment},
        )


def test_a_cache_that_is_a_file_is_one_message(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_text("")
    done = run("engine", XDG_CACHE_HOME=str(cache), PATH="/usr/bin:/bin", PULUMI_ENGINE="")
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {cache}/dynamodb-tables/engine/v")
    assert done.stderr.endswith(
        ": Not a directory: a file is where a folder is needed, or the other way round: move it away, "
        f"and run this again; the cache is there because XDG_CACHE_HOME is '{cache}'\n"
    )


def test_an_output_that_is_full_is_one_message() -> None:
    done = run("--help", output="/dev/full")
    assert done.returncode == 1
    assert done.stderr == (
        "error: standard output: No space left on device: free some space there, and run this again; "
        "it goes on from where it was\n"
    )
