"""What `tablekit seed FILE` never does: touch another file, or store what it did not check."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.deployed import Deployed
from tests.support.loading import INTO, deploy_shop, orders, plain
from tests.support.proxy import proxy
from tests.support.stub_table import StubTables

COUNT = 400
TABLE = "dev-shop-orders"


class Shop:
    """A shop on tables in memory. once: done at the first batch that is sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables = StubTables()
        self.once: Callable[[], Any] | None = None
        self.name = "items.jsonl"
        self.deployed: Deployed

    def choose(self, operation: str) -> None:
        if operation == "BatchWriteItem" and (once := self.once):
            self.once = None
            once()

    def seed(self, file: Path, *words: str, code: int) -> str:
        """Load the file; gives what was said of it."""
        shown = self.deployed.tablekit("seed", str(file), *INTO, "--concurrency", "1", *words)
        assert shown.exit_code == code, (shown.stdout, shown.stderr)
        assert "Traceback" not in shown.stderr
        return shown.stderr if code else shown.stdout

    @property
    def stored(self) -> int:
        return len(self.tables.keys[TABLE])

    @property
    def checkpoint(self) -> Path:
        return self.folder / f"{self.name}.{TABLE}.checkpoint"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    with proxy(made.tables.carry, made.choose) as server:
        made.deployed = deploy_shop(server.endpoint, tmp_path)
        yield made


def snapshot(folder: Path) -> dict[str, bytes | str]:
    """Every file of a folder and what it holds, every link and where it leads."""
    return {
        path.name: os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    ("rejects", "named"),
    [
        ("items.jsonl", "items.jsonl"),
        ("link", "link"),
        ("dangling", "dangling"),
        ("other", "other"),
        ("folder", "folder"),
        ("x", "x.reasons"),
        ("y", "y.reasons"),
    ],
)
def test_a_file_that_exists_is_never_taken_for_rejects(
    shop: Shop, tmp_path: Path, rejects: str, named: str, dry_run: bool
) -> None:
    file = orders(tmp_path / "items.jsonl", 3)
    file.write_text(file.read_text() + "{not JSON\n")
    (tmp_path / "link").symlink_to(file)
    (tmp_path / "y.reasons").symlink_to(file)
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "other").write_text("mine")
    (tmp_path / "x.reasons").write_text("mine")
    (tmp_path / "folder").mkdir()
    before = snapshot(tmp_path)
    said = shop.seed(file, "--rejects", str(tmp_path / rejects), *(["--dry-run"] if dry_run else []), code=1)
    assert said == (
        f"tablekit: --rejects {tmp_path / rejects}: {tmp_path / named} exists, and no file is overwritten; "
        "name one that does not\n"
    )
    assert snapshot(tmp_path) == before
    assert shop.stored == 0


def test_rejects_are_there_when_a_load_is_done_and_not_before(shop: Shop, tmp_path: Path) -> None:
    file = orders(tmp_path / "items.jsonl", COUNT)
    file.write_text("{not JSON\n" + file.read_text())
    rejects = tmp_path / "rejects"
    seen: list[bool] = []
    shop.once = lambda: seen.append(rejects.exists())
    shop.seed(file, "--rejects", str(rejects), code=0)
    assert seen == [False]
    assert rejects.read_text() == "{not JSON\n"
    assert Path(f"{rejects}.reasons").read_text().startswith(f"{file}:1: not JSON at character 2")
    assert shop.stored == COUNT


def test_a_file_that_comes_where_rejects_are_to_go_is_left_alone(shop: Shop, tmp_path: Path) -> None:
    file = orders(tmp_path / "items.jsonl", COUNT)
    file.write_text("{not JSON\n" + file.read_text())
    reasons = tmp_path / "rejects.reasons"
    shop.once = lambda: reasons.write_text("mine")
    said = shop.seed(file, "--rejects", str(tmp_path / "rejects"), code=1)
    assert f"{reasons}: File exists; the good lines are stored, the bad ones are in no file" in said
    assert reasons.read_text() == "mine"
    assert not (tmp_path / "rejects").exists()
    done = shop.seed(file, "--rejects", str(tmp_path / "others"), code=0)
    assert "1 bad, set aside in" in done
    assert (tmp_path / "others").read_text() == "{not JSON\n"
    assert shop.stored == COUNT


def truncated(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def truncated_at_a_line(file: Path) -> None:
    os.truncate(file, file.read_bytes().index(b"\n", file.stat().st_size // 2) + 1)


def appended(file: Path) -> None:
    with file.open("a") as opened:
        opened.write(json.dumps(plain(COUNT)) + "\n")


def altered(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:-40].replace(b'"order-0000399"', b'"order-0000999"') + content[-40:])


def made_invalid(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"order_id": "order-0000399"', b'"order_di": "order-0000399"'))


@pytest.mark.parametrize(
    ("change", "loaded"),
    [(truncated, None), (truncated_at_a_line, None), (appended, COUNT), (altered, COUNT), (made_invalid, None)],
)
def test_a_file_that_changes_while_it_is_loaded_ends_it(
    shop: Shop, tmp_path: Path, change: Callable[[Path], None], loaded: int | None
) -> None:
    file = orders(tmp_path / "items.jsonl", COUNT)
    shop.once = lambda: change(file)
    said = shop.seed(file, code=1)
    if change is made_invalid:
        assert "line 400: was changed after it was checked; load the file again" in said
    else:
        assert f"tablekit: {file}: was changed while it was loaded: {COUNT} items were checked, and " in said
        assert f"delete {shop.checkpoint} and load it again with --overwrite\n" in said
    if loaded:
        assert f"and {loaded} loaded, up to line {COUNT}. " in said
    assert shop.stored <= COUNT, "what was not checked is not stored"
    assert shop.checkpoint.exists()
    again = shop.seed(file, code=1)
    if change in (truncated_at_a_line, appended, altered):
        assert "the file has changed since the load was interrupted; delete the checkpoint to begin anew" in again


@pytest.mark.parametrize("change", [appended, Path.unlink])
def test_a_file_that_changes_once_it_is_read_ends_it(
    shop: Shop, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    file = orders(tmp_path / "items.jsonl", 25)
    shop.once = lambda: change(file)
    said = shop.seed(file, code=1)
    assert f"{file}: was changed while it was loaded: 25 items were checked, and 25 loaded, up to line 25. " in said


def test_a_load_that_compares_sees_it_too(moto: str, tmp_path: Path) -> None:
    deployed = deploy_shop(moto, tmp_path)
    assert deployed.tablekit("seed", str(orders(tmp_path / "a.jsonl", 1)), *INTO).exit_code == 0
    file = orders(tmp_path / "b.jsonl", 100)
    changes = [lambda: appended(file)]
    choose = lambda operation: changes.pop()() if operation == "BatchWriteItem" and changes else None  # noqa: E731
    with proxy(moto, choose) as between:
        shown = deployed.tablekit("seed", str(file), *INTO, endpoint=between.endpoint)
    assert shown.exit_code == 1
    assert f"{file}: was changed while it was loaded: 100 items were checked, and 100 loaded" in shown.stderr
    assert "When nothing writes to it any more, load it again\n" in shown.stderr
    assert not list(tmp_path.glob("*.checkpoint"))


def begun(shop: Shop, file: Path, count: int, **changes: Any) -> str:
    """Write the checkpoint of a load that has read so many lines of the file, all items; gives its text."""
    content = file.read_bytes()
    found = {
        "digest": hashlib.sha256(content).hexdigest(),
        "table": json.loads(shop.deployed.outputs.read_text())["families"]["shop"]["tables"]["orders"]["arn"],
        "table_id": TABLE,
        "offset": sum(map(len, content.splitlines(keepends=True)[:count])),
        "line": count,
        "items": count,
    }
    text = json.dumps({**found, **changes})
    shop.checkpoint.write_text(text)
    return text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"offset": 10**9, "items": 10, "line": 10}, "says 10 items before byte 1,000,000,000, and no item ends there"),
        ({"offset": 17, "items": 0}, "says 0 items before byte 17, and no item ends there"),
        ({"items": 2}, "says 2 items before byte "),
        ({"offset": 0, "items": 350}, "says 350 items before byte 0, and the file has 0"),
        ({"offset": None}, "is not a checkpoint of this command (offset: Input should be a valid integer)"),
    ],
)
def test_a_damaged_checkpoint_stops_it_before_the_first_write(
    shop: Shop, tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    file = orders(tmp_path / "items.jsonl", COUNT)
    before = begun(shop, file, 1, **changes)
    said = shop.seed(file, code=1)
    assert said.startswith(f"tablekit: {shop.checkpoint}: ")
    assert says in said
    assert shop.stored == 0
    assert shop.checkpoint.read_text() == before


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_whole_checkpoint_is_gone_on_from(shop: Shop, tmp_path: Path, kind: str) -> None:
    file = orders(tmp_path / "items.jsonl", COUNT)
    lines = 100
    if kind == "csv":
        lines += 1
        shop.name = "items.csv"
        file = tmp_path / "items.csv"
        file.write_text("order_id,line\n" + "".join(f"o{number},1\n" for number in range(COUNT)))
    begun(shop, file, lines, items=100)
    said = shop.seed(file, code=0)
    assert "300 items stored" in said
    assert "100 stored by the load that this one resumed" in said
    assert not shop.checkpoint.exists()
