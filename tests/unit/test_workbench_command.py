"""`tablekit export nosql-workbench` and `tablekit import nosql-workbench`, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from families import catalogue
from tablekit.ops.errors import BadLinesError
from tablekit.ops.samples import sample_items
from tests.support.command import tablekit
from tests.support.declare import family
from tests.support.music import FIRST, MUSIC, OPENING, SECOND, changed

EXPORT = ("export", "nosql-workbench")
IMPORT = ("import", "nosql-workbench")
FILES = sorted(f"{key}.json" for key in catalogue().families)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    file = tmp_path / "music.json"
    file.write_text(json.dumps(MUSIC))
    return file


def refused(shown: Result, says: str) -> None:
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert shown.stderr.startswith("tablekit: ")
    assert says in shown.stderr


def content(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_every_family_is_exported_the_same_every_time_and_imported_with_its_samples(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    shown = tablekit(*EXPORT, "--output", str(first))
    assert shown.exit_code == 0
    assert sorted(path.name for path in first.iterdir()) == FILES
    assert f"{first / 'acs'}.json: {len(catalogue().family('acs').tables)} tables" in shown.stdout
    assert shown.stderr.startswith("tablekit: left out, as a data model has no place for it (docs/consume/")
    assert f"access patterns ({sum(len(family.access_patterns) for family in catalogue())}), roles (" in shown.stderr
    assert shown.stderr.count("\n") == 1
    assert content(first / "pse.json")["ModelMetadata"]["DateCreated"] == "Jan 01, 1970, 12:00 AM"
    tablekit(*EXPORT, "--output", str(second))
    for name in FILES:
        assert (first / name).read_bytes() == (second / name).read_bytes()
        key = name.removesuffix(".json")
        module = tmp_path / "made" / f"{key.replace('-', '_')}.py"
        shown = tablekit(*IMPORT, str(first / name), "--key", key, "--output", str(module))
        assert (shown.exit_code, shown.stderr) == (0, "")
        original, made = (folder / "samples" / key for folder in (Path("families").absolute(), module.parent))
        assert sorted(path.name for path in made.iterdir()) == sorted(path.name for path in original.iterdir())
        for path in made.iterdir():
            wanted = sorted((original / path.name).read_text(encoding="utf-8").splitlines())
            assert sorted(path.read_text(encoding="utf-8").splitlines()) == wanted


@pytest.mark.parametrize(
    ("words", "date", "table"),
    [
        (("--stage", "dev", "--date", "2026-11-05"), "Nov 05, 2026", "dev-FormBridgeData"),
        ((), "Jan 01, 2026", "FormBridgeData"),
    ],
)
def test_one_family_goes_to_standard_output_with_a_date_that_is_given(
    words: tuple[str, ...], date: str, table: str
) -> None:
    environment = {"SOURCE_DATE_EPOCH": "1767225600"}
    shown = tablekit(*EXPORT, "--family", "formbridge", *words, environment=environment)
    assert shown.exit_code == 0
    found = json.loads(shown.stdout)
    assert found["ModelMetadata"]["DateLastModified"] == f"{date}, 12:00 AM"
    assert [each["TableName"] for each in found["DataModel"]] == [table]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--date", "today"), f"{len(FILES)} families make {len(FILES)} files; give --output DIR, or one --family"),
        (("--family", "form-bridge"), "no family 'form-bridge'; did you mean 'formbridge'?"),
        (("--family", "pse", "--stage", "Dev!"), "stage 'Dev!'"),
        (
            ("--family", "pse", "--date", "5.11.2026"),
            "--date '5.11.2026' is not a day; write it as 2026-01-31, or today",
        ),
        (("--family", "pse"), "SOURCE_DATE_EPOCH='soon' is no Unix time in seconds; fix or unset it"),
    ],
)
def test_what_can_not_be_exported_gives_one_message(words: tuple[str, ...], says: str) -> None:
    refused(tablekit(*EXPORT, *words, environment={"SOURCE_DATE_EPOCH": "soon"}), says)


def test_a_model_becomes_a_module_with_samples_beside_it(music: Path, tmp_path: Path) -> None:
    module = tmp_path / "families" / "music_library.py"
    shown = tablekit(*IMPORT, str(music), "--output", str(module))
    assert shown.exit_code == 0
    folder = module.parent / "samples" / "music-library"
    assert shown.stdout == (
        f"{module}: family 'music-library', 2 tables, 3 indexes, 6 access patterns; 4 sample items in {folder}\n"
    )
    assert "left out: DataModel[1].SampleDataFormats: a family has no place for it" in shown.stderr
    lines = (folder / "Albums.jsonl").read_text(encoding="utf-8").splitlines()
    assert list(map(json.loads, lines)) == [FIRST, SECOND, OPENING]
    assert sorted(path.name for path in folder.iterdir()) == ["Albums.jsonl", "plays.jsonl"]
    assert tablekit(*IMPORT, str(music), "--output", "-").stdout == module.read_text(encoding="utf-8")


def test_unknown_fields_in_many_places_are_one_line() -> None:
    found = json.loads(changed("Colour", to=1))
    for table in found["DataModel"]:
        table["Shade"] = 2
    shown = tablekit(*IMPORT, "-", "--output", "-", given=json.dumps(found))
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
    assert tablekit(*words, "--force").exit_code == 0
    assert 'key="songs"' in module.read_text(encoding="utf-8")
    assert tablekit(*words).exit_code == 0, "the same content is no change"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.json",), "none.json: No such file or directory; give a data model file that can be read"),
        (("-",), "standard input: empty"),
        (("MUSIC", "--key", "Bad Key"), "--key 'Bad Key' is not a family's key"),
        (("MUSIC", "--output", "music.txt"), "--output music.txt: a family's module is a file <name>.py"),
        (("MUSIC", "--output", "my-music.py"), "--output my-music.py: a family's module is a file <name>.py"),
        (("MUSIC", "--output", "_music.py"), "--output _music.py: a family's module"),
        (("MUSIC", "--output", "MUSIC/music.py"), "name another place with --output"),
    ],
)
def test_what_can_not_be_imported_gives_one_message(music: Path, words: tuple[str, ...], says: str) -> None:
    refused(tablekit(*IMPORT, *(word.replace("MUSIC", str(music)) for word in words)), says)
    assert [path.name for path in music.parent.iterdir()] == ["music.json"]


ORDER = {"order_id": {"S": "o1"}, "ttl": {"N": "1700000000"}}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", None),
        ('{"order_id": ', "samples/shop/orders.jsonl:2: "),
        ('{"total": {"N": "1"}}', "samples/shop/orders.jsonl:2: no key 'order_id'"),
        ('{"order_id": {"S": "o2"}, "total": {"S": "1"}}', "orders.jsonl:2: attribute 'total' is S, declared as N"),
    ],
)
def test_samples_are_read_as_they_stand_and_one_that_is_no_item_is_named(
    tmp_path: Path, line: str, says: str | None
) -> None:
    assert sample_items(family(), tmp_path) == {"orders": []}
    file = tmp_path / "samples" / "shop" / "orders.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text(f"{json.dumps(ORDER)}\n{line}\n")
    if says is None:
        assert sample_items(family(), tmp_path) == {"orders": [ORDER]}, "expired ones too"
        return
    with pytest.raises(BadLinesError) as error:
        sample_items(family(), tmp_path)
    assert says in str(error.value)
