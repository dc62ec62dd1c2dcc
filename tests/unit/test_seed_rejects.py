"""Where bad lines go: never into a file that exists, and a disk that is full is reported as theirs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tablekit.ops.errors import SeedError
from tablekit.ops.seed.side_files import setting_aside


@pytest.mark.parametrize("place", ["", ".", "/", ".."])
def test_a_directory_is_not_taken_for_a_file(place: str) -> None:
    with pytest.raises(SeedError) as refusal, setting_aside(Path(place)):
        pass
    named = place or "."
    assert (
        str(refusal.value) == f"--rejects {named}: {named} exists, and no file is overwritten; name one that does not"
    )


@pytest.mark.parametrize("size", [10, 100_000], ids=["when the buffer is written", "when a line is put"])
def test_a_full_disk_is_reported_as_that_of_the_rejects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Path("/dev/full").open("r+b"))  # noqa: SIM115
    path = tmp_path / "rejects"

    def load() -> None:
        with setting_aside(path) as rejects:
            assert rejects is not None
            rejects.put(b"x" * size, "bad", b"")
            rejects.write()

    with pytest.raises(SeedError) as refusal:
        load()
    assert str(refusal.value).startswith(f"{path}: No space left on device; ")
    assert list(tmp_path.iterdir()) == []
