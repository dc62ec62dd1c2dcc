"""The configuration that a stage is rehearsed with, and the folder."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from local.files import locked
from local.project import ROOT
from local.rehearsal import PREFIX, _config, _folder

ENDPOINT = "http://127.0.0.1:1"


@pytest.mark.parametrize(("stage", "rehearsed"), [("local", False), ("dev", True), ("prod", True)])
def test_a_stage_on_aws_is_told_that_it_is_rehearsed(stage: str, rehearsed: bool) -> None:
    """`local` is on an emulator anyway, and refuses the setting."""
    config = _config(stage, ROOT, ENDPOINT)["config"]
    assert ("dynamodb-tables:rehearsal" in config) is rehearsed
    assert config["aws:endpoints"][0]["dynamodb"] == ENDPOINT
    adopted = _config(stage, ROOT, ENDPOINT, "content-ai")["config"]
    assert adopted["dynamodb-tables:families"] == ["content-ai"]
    assert "dynamodb-tables:existingFamilies" not in config, "a rehearsal makes them"
    assert adopted["dynamodb-tables:existingFamilies"] == (["content-ai"] if stage == "prod" else [])


def test_a_folder_goes_once_its_rehearsal_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, used, begun, other = (tmp_path / f"{PREFIX}{name}" for name in ("a", "b", "c", "d"))
    for folder in (left, used, begun):
        folder.mkdir()
    for file in (left / "state", used / "state", other):
        file.write_text("")
    (tmp_path / f"{PREFIX}link").symlink_to(used)
    with locked(used, wait=True), _folder("prod") as own:
        assert own.name.startswith(f"{PREFIX}prod-")
        (own / "state").write_text("")
        with _folder("dev") as second:
            assert own.exists()
        assert not second.exists()
        assert not left.exists()
        assert all(path.exists() for path in (used / "state", begun, other))
    assert not own.exists()
    assert capsys.readouterr().err == f"A rehearsal that was killed left {left}: removing it.\n"
