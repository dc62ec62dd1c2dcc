"""Long work says that it lives, and ends when it must, with all that it started."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import processes, progress


def run(body: str, tmp_path: Path, timeout: float = 20) -> str:
    command = ["/bin/sh", "-c", body]
    return progress.run(command, "working", tmp_path / "log", timeout, {"PATH": "/usr/bin:/bin"}, tmp_path)


@pytest.mark.parametrize(("seconds", "text"), [(59.9, "59 s"), (75.2, "1 min 15 s")])
def test_time_is_said_in_minutes_and_seconds(seconds: float, text: str) -> None:
    assert progress.elapsed(seconds) == text


def test_the_output_is_kept_and_its_last_line_says_why_it_failed(tmp_path: Path) -> None:
    assert run("echo out; echo err >&2; exit 3", tmp_path) == "err"
    assert (tmp_path / "log").read_text() == "out\nerr\n"


def test_a_line_says_now_and_then_what_is_being_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.3)
    assert run("echo package one; sleep 1", tmp_path) == ""
    assert "working: 0 s, package one" in capsys.readouterr().err


def test_what_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    assert run("sleep 600 & echo $!; wait", tmp_path, timeout=0.5) == "not done after 0 s"
    if child := processes.alive(int((tmp_path / "log").read_text())):
        assert processes.ends(child, 60)
