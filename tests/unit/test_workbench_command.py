"""`tablekit export nosql-workbench` and `tablekit import nosql-workbench`, as a person runs them."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from families import catalogue
from tablekit.ops.command import main
from tests.support.music import MUSIC, changed
from tests.unit import test_command

EXPORT = ("export", "nosql-workbench")
IMPORT = ("import", "nosql-workbench")
FILES = sorted(f"{key}.json" for key in catalogue().families)


@dataclass
class Shown:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def tablekit(*words: str, **environment: str) -> Shown:
    """The command, in this process."""
    out, err, empty = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(3))
    with (
        patch.object(sys, "argv", ["tablekit", *words]),
        patch.object(sys, "stdin", empty),
        patch.dict(os.environ, {"COLUMNS": "100", **environment}),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        main()
    for stream in (out, err):
        stream.flush()
    printed = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return Shown(int(end.value.code or 0), printed[0], printed[1])


@pytest.fixture
def music(tmp_path: Path) -> Path:
    file = tmp_path / "music.json"
    file.write_text(json.dumps(MUSIC))
    return file


def refused(shown: Shown, says: str) -> None:
    assert shown.returncode == 1
    assert shown.stdout == ""
    assert shown.stderr.startswith("tablekit: ")
    assert says in shown.stderr


def content(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("words", [("export",), ("import",), EXPORT, IMPORT])
def test_each_has_help(words: tuple[str, ...]) -> None:
    assert words[0] in tablekit("--help").stdout
    shown = tablekit(*words, "--help")
    assert shown.returncode == 0
    assert "nosql-workbench" in shown.stdout


def test_every_family_is_exported_the_same_every_time(tmp_path: Path) -> None:
    first = tablekit(*EXPORT, "--output", str(tmp_path / "a"))
    assert first.returncode == 0
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == FILES
    assert f"{tmp_path / 'a' / 'acs'}.json: 13 tables" in first.stdout
    assert first.stderr.startswith("tablekit: left out, as a data model has no place for it (docs/consume/")
    assert f"access patterns ({sum(len(family.access_patterns) for family in catalogue())}), roles (" in first.stderr
    assert first.stderr.count("\n") == 1
    tablekit(*EXPORT, "--output", str(tmp_path / "b"))
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert content(tmp_path / "a" / "pse.json")["ModelMetadata"]["DateCreated"] == "Jan 01, 1970, 12:00 AM"


def test_one_family_goes_to_standard_output() -> None:
    shown = tablekit(*EXPORT, "--family", "formbridge", "--stage", "dev", "--date", "2026-11-05")
    assert shown.returncode == 0
    found = json.loads(shown.stdout)
    assert found["ModelMetadata"]["DateLastModified"] == "Nov 05, 2026, 12:00 AM"
    assert [table["TableName"] for table in found["DataModel"]] == ["dev-FormBridgeData"]


def test_the_date_is_that_of_the_environment() -> None:
    shown = tablekit(*EXPORT, "--family", "formbridge", SOURCE_DATE_EPOCH="1767225600")
    assert json.loads(shown.stdout)["ModelMetadata"]["DateCreated"] == "Jan 01, 2026, 12:00 AM"


def test_a_file_that_was_changed_is_not_written_over(tmp_path: Path) -> None:
    words = (*EXPORT, "--family", "pse", "--output", str(tmp_path))
    assert tablekit(*words).returncode == 0
    assert tablekit(*words).returncode == 0, "the same content is no change"
    file = tmp_path / "pse.json"
    file.write_text("{}")
    refused(tablekit(*words), f"{file}: there already, with other content")
    assert file.read_text() == "{}"
    assert tablekit(*words, "--force").returncode == 0
    assert content(file)["ModelName"] == "PSE"
    assert [path.name for path in tmp_path.iterdir()] == ["pse.json"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), f"{len(FILES)} families make {len(FILES)} files; give --output DIR, or one --family"),
        (("--family", "form-bridge"), "no family 'form-bridge'; did you mean 'formbridge'?"),
        (("--family", "pse", "--stage", "Dev!"), "stage 'Dev!'"),
        (("--family", "pse", "--date", "5.11.2026"), "--date '5.11.2026' is no day; write it as 2026-01-31, or today"),
    ],
)
def test_what_can_not_be_exported_gives_one_message(words: tuple[str, ...], says: str) -> None:
    refused(tablekit(*EXPORT, *words), says)


def test_a_model_becomes_a_module_with_samples_beside_it(music: Path, tmp_path: Path) -> None:
    module = tmp_path / "families" / "music_library.py"
    shown = tablekit(*IMPORT, str(music), "--output", str(module))
    assert shown.returncode == 0
    folder = module.parent / "samples" / "music-library"
    assert shown.stdout == (
        f"{module}: family 'music-library', 2 tables, 3 indexes, 6 access patterns; 4 sample items in {folder}\n"
    )
    assert "left out: DataModel[1].SampleDataFormats: a family has no place for it" in shown.stderr
    lines = (folder / "Albums.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["SK"]["S"] for line in lines] == ["INFO", "INFO", "TRACK#01"]
    assert sorted(path.name for path in folder.iterdir()) == ["Albums.jsonl", "plays.jsonl"]
    compile(module.read_text(encoding="utf-8"), str(module), "exec")


def test_unknown_fields_in_many_places_are_one_line(tmp_path: Path) -> None:
    found = json.loads(changed("Colour", to=1))
    for table in found["DataModel"]:
        table["Shade"] = 2
    file = tmp_path / "music.json"
    file.write_text(json.dumps(found))
    shown = tablekit(*IMPORT, str(file), "--output", "-")
    assert "tablekit: left out: DataModel[*].Shade: a field that is not known (2 places)\n" in shown.stderr
    assert "tablekit: left out: Colour: a field that is not known\n" in shown.stderr


def test_files_that_are_there_stay(music: Path, tmp_path: Path) -> None:
    module = tmp_path / "songs.py"
    samples = tmp_path / "samples" / "songs" / "plays.jsonl"
    samples.parent.mkdir(parents=True)
    samples.write_text("mine\n")
    module.write_text("mine\n")
    words = (*IMPORT, str(music), "--key", "songs", "--output", str(module))
    refused(tablekit(*words), f"{module}, {samples}: there already, with other content; nothing was written")
    assert (module.read_text(), samples.read_text()) == ("mine\n", "mine\n")
    assert [path.name for path in samples.parent.iterdir()] == ["plays.jsonl"]
    assert tablekit(*words, "--force").returncode == 0
    assert 'key="songs"' in module.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.json",), "none.json: No such file or directory; give a data model file that can be read"),
        (("-",), "standard input: empty"),
        (("MUSIC", "--key", "Bad Key"), "--key 'Bad Key' is no family's key"),
        (("MUSIC", "--output", "music.txt"), "--output music.txt: a family's module is a file <name>.py"),
        (("MUSIC", "--output", "my-music.py"), "--output my-music.py: a family's module is a file <name>.py"),
        (("MUSIC", "--output", "_music.py"), "--output _music.py: a family's module"),
        (("MUSIC", "--output", "MUSIC/music.py"), "name another place with --output"),
    ],
)
def test_what_can_not_be_imported_gives_one_message(music: Path, words: tuple[str, ...], says: str) -> None:
    refused(tablekit(*IMPORT, *(word.replace("MUSIC", str(music)) for word in words)), says)
    assert [path.name for path in music.parent.iterdir()] == ["music.json"]


def test_a_bad_model_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "music.json"
    file.write_bytes(changed("DataModel", 1, "KeyAttributes", "PartitionKey", "AttributeType", to="L"))
    shown = test_command.tablekit(*IMPORT, str(file), "--output", str(tmp_path / "out" / "music.py"))
    assert shown.exit_code == 1
    assert shown.stderr == (
        f"tablekit: {file}: DataModel[1].KeyAttributes.PartitionKey.AttributeType: 'L' is not allowed: "
        "input should be 'S', 'N' or 'B'\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["music.json"]


def test_every_family_round_trips_through_the_files(tmp_path: Path) -> None:
    words = ("--output", str(tmp_path / "models"))
    assert tablekit(*EXPORT, *words).returncode == 0
    for name in FILES:
        key = name.removesuffix(".json")
        module = tmp_path / "made" / f"{key.replace('-', '_')}.py"
        shown = tablekit(*IMPORT, str(tmp_path / "models" / name), "--key", key, "--output", str(module))
        assert (shown.returncode, shown.stderr) == (0, "")
        original = Path(__file__).parents[2] / "families" / "samples" / key
        made = module.parent / "samples" / key
        assert sorted(path.name for path in made.iterdir()) == sorted(path.name for path in original.iterdir())
        for path in made.iterdir():
            wanted = sorted((original / path.name).read_text(encoding="utf-8").splitlines())
            assert sorted(path.read_text(encoding="utf-8").splitlines()) == wanted
