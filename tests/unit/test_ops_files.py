"""What every command that writes a file refuses and keeps, and how a stream that fails is told."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from local.project import ROOT
from tablekit.ops.command import app
from tablekit.ops.errors import FileError
from tablekit.ops.files import input_file, write_files

PROD = str(ROOT / "docs" / "contract" / "prod.json")
ENV = ("env", "--outputs", PROD, "--family", "acs")
CODEGEN = ("codegen", "python", "--outputs", PROD, "--family", "acs")
GOLDEN = ("contract", "golden", PROD)
EXPORT = ("export", "nosql-workbench", "--family", "pse")
WRITERS = {
    "env": (*ENV, "--replace", "--output"),
    "codegen": (*CODEGEN, "--output"),
    "golden": (*GOLDEN, "--to"),
}


def shell(line: str, *words: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a shell's line, as "$@", in a folder."""
    return subprocess.run(
        ["sh", "-c", line, "sh", sys.executable, "-c", "from tablekit.ops.command import main; main()", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def run(*words: str, **environment: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(app, list(words), env=environment)


def refused(done: subprocess.CompletedProcess[str] | Result) -> str:
    """The one message."""
    code = done.exit_code if isinstance(done, Result) else done.returncode
    assert (code, done.stdout) == (1, "")
    assert done.stderr.startswith("tablekit: ")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_what_is_not_a_regular_file_is_never_replaced(words: tuple[str, ...], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert f"{pipe}: is a pipe, not a file; " in refused(run(*words, str(pipe)))
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert "/: is a directory, not a file; " in refused(run(*words, "/"))
    (tmp_path / "loop").symlink_to("loop")
    assert "loop: can't be written: Too many levels of symbolic" in refused(run(*words, f"{tmp_path}/loop"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["loop", "pipe"]


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_a_links_target_is_written_and_keeps_its_mode(words: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("old")
    target.chmod(0o640)
    (tmp_path / "link").symlink_to("target")
    done = run(*words, str(tmp_path / "link"))
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "link").is_symlink()
    assert "acsd2p" in target.read_text() or "AcsUsers" in target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "target"]


def test_what_is_given_as_a_file_to_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("{}")
    assert input_file(tmp_path / "file", "give one").st_size == 2
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "lost").symlink_to("gone")
    for name, says in {
        "none": "no such file",
        "": "is a directory, not a file",
        "pipe": "is a pipe, not a file",
        "loop": "is a link that leads back to itself",
        "lost": "is a link to gone, which is not there",
        "file/below": "Not a directory",
        "/dev/null": "is a device, not a file",
    }.items():
        with pytest.raises(FileError) as error:
            input_file(tmp_path / name, "give one")
        assert str(error.value) == f"{tmp_path / name}: {says}; give one"


def test_a_new_files_mode_is_the_umasks(tmp_path: Path) -> None:
    file = tmp_path / "acs.py"
    assert shell('umask 027; "$@"', *CODEGEN, "--output", str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_of_a_set_none_is_written_where_one_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "pse.json").mkdir()
    done = run("export", "nosql-workbench", "--output", str(tmp_path), "--force")
    assert (
        refused(done)
        == f"tablekit: {tmp_path}/pse.json: is a directory, not a file; name another place with --output\n"
    )
    assert [each.name for each in tmp_path.iterdir()] == ["pse.json"]


def test_a_set_that_fails_half_way_leaves_the_old_files_and_names_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full at the second file: none has taken its place yet."""
    real, calls = os.fsync, []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr("os.fsync", full)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("old")
    with pytest.raises(FileError) as error:
        write_files({one: "new", two: "new"}, "fix it")
    assert str(error.value) == f"{two}: can't be written: No space left on device; fix it"
    assert one.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize("words", [ENV, ("list",), ("--help",)], ids=" ".join)
def test_standard_output_that_is_full_is_one_message(words: tuple[str, ...]) -> None:
    said = refused(shell('"$@" >/dev/full', *words))
    assert said.startswith("tablekit: standard output: No space left on device; ")


@pytest.mark.parametrize("words", [ENV, EXPORT], ids=" ".join)
def test_standard_output_that_is_closed_is_one_message(words: tuple[str, ...]) -> None:
    assert refused(shell('"$@" >&-', *words)) == "tablekit: standard output: is closed; name a file\n"


@pytest.mark.parametrize(
    "words",
    [("contract", "golden", "-"), ("import", "nosql-workbench", "-"), ("guard", "--plan", "-", "--state", "none.json")],
    ids=" ".join,
)
def test_standard_input_that_is_closed_is_one_message(words: tuple[str, ...]) -> None:
    assert refused(shell('"$@" <&-', *words)) == "tablekit: standard input: is closed; give a file instead of -\n"


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_pulumi_command_is_none(tmp_path: Path, empty: str) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f"#!/bin/sh\ncat '{PROD}'\n")
    pulumi.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    shown = shell('"$@"', "env", "--stack", "prod", "--family", "acs", folder=tmp_path, PULUMI_COMMAND=empty, PATH=path)
    assert (shown.returncode, shown.stdout) == (0, shell('"$@"', *ENV).stdout)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "pulumi: not found; give --outputs FILE, run the command in the project's folder, whose ./pulumiw it"),
        ("printf '\\377'", "pulumi stack output --json --stack dev: prints no UTF-8; give --outputs FILE"),
        (
            "echo 'no stack dev' >&2; exit 7",
            "pulumi stack output --json --stack dev: failed: no stack dev",
        ),
    ],
)
def test_a_pulumi_command_that_gives_no_outputs_is_one_message(tmp_path: Path, script: str | None, says: str) -> None:
    pulumi = tmp_path / "pulumi"
    if script:
        pulumi.write_text(f"#!/bin/sh\n{script}\n")
        pulumi.chmod(0o755)
    said = refused(run("env", "--stack", "dev", PULUMI_COMMAND=str(pulumi)))
    assert said.startswith(f"tablekit: {tmp_path}/{says}")
    said = refused(run("env", "--stack", "dev", PULUMI_COMMAND='"'))
    assert said.startswith("tablekit: PULUMI_COMMAND='\"': no closing quotation; write a command as in a shell")
