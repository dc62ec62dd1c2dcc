"""What the data model commands read beside a declaration, and what they write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tablekit.ops.errors import BadLinesError, FileError, WorkbenchError
from tablekit.ops.samples import sample_items
from tablekit.ops.workbench.command import write_all
from tests.support.declare import family

ORDER = {"order_id": {"S": "o1"}, "ttl": {"N": "1700000000"}}


def test_sample_items_are_read_as_they_stand_expired_ones_too(tmp_path: Path) -> None:
    assert sample_items(family(), tmp_path) == {"orders": []}
    file = tmp_path / "samples" / "shop" / "orders.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(ORDER) + "\n")
    assert sample_items(family(), tmp_path) == {"orders": [ORDER]}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"order_id": ', "samples/shop/orders.jsonl:2: "),
        ('{"total": {"N": "1"}}', "samples/shop/orders.jsonl:2: no key 'order_id'"),
        ('{"order_id": {"S": "o2"}, "total": {"S": "1"}}', "orders.jsonl:2: attribute 'total' is S, declared as N"),
    ],
)
def test_a_sample_that_is_no_item_is_named(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "samples" / "shop" / "orders.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text(f"{json.dumps(ORDER)}\n{line}\n")
    with pytest.raises(BadLinesError) as error:
        sample_items(family(), tmp_path)
    assert says in str(error.value)


def test_one_file_that_can_not_be_written_leaves_none(tmp_path: Path) -> None:
    (tmp_path / "samples").write_text("a file, where a folder should be")
    module = tmp_path / "made.py"
    with pytest.raises(FileError, match="name another place with --output"):
        write_all({module: "x = 1\n", tmp_path / "samples" / "shop" / "orders.jsonl": "{}\n"}, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["samples"]


def test_files_are_written_in_utf8_with_line_feeds(tmp_path: Path) -> None:
    file = tmp_path / "new" / "made.py"
    write_all({file: "x = 'ü日'\n"}, force=False)
    assert file.read_bytes() == "x = 'ü日'\n".encode()
    assert [path.name for path in file.parent.iterdir()] == ["made.py"]


def test_the_same_content_is_not_in_the_way_and_other_content_is(tmp_path: Path) -> None:
    file = tmp_path / "made.py"
    file.write_text("one\n")
    write_all({file: "one\n"}, force=False)
    with pytest.raises(WorkbenchError, match="there already, with other content; nothing was written"):
        write_all({tmp_path / "other.py": "new\n", file: "two\n"}, force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["made.py"]
    write_all({file: "two\n"}, force=True)
    assert file.read_text() == "two\n"
