"""The six families together: sample items, and the files that a change has to be seen in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import families
from families import catalogue
from tablekit.model import Family, Table
from tablekit.model.alarms import account_alarms, family_alarms
from tablekit.model.items import check_item
from tablekit.model.templates import decompose
from tests.support.samples import samples
from tests.support.snapshots import GOLDEN, PROD, ROOT, SNAPSHOTS, snapshots

CATALOGUE = catalogue()
TABLES = [(family, table) for family in CATALOGUE for table in family.tables]
SAMPLES = Path(families.__file__).parent / "samples"


def test_every_name_of_an_alarm_is_its_own() -> None:
    alarms = [(family.region, alarm.name) for family in PROD.values() for alarm in family_alarms(family)]
    stage = PROD["acs"].stage
    alarms += [(region, alarm.name) for region in {r for r, _ in alarms} for alarm in account_alarms(stage, region)]
    assert len(set(alarms)) == len(alarms)


@pytest.mark.parametrize(("family", "table"), TABLES, ids=[f"{f.key}/{t.name}" for f, t in TABLES])
def test_sample_items_are_ones_that_the_service_takes(family: Family, table: Table) -> None:
    found = samples(family, table.name)
    file = f"families/samples/{family.key}/{table.name}.jsonl"
    assert found, f"{file}: is empty; give it an item that the examples of the table's access patterns find"
    problems = [f"{file}:{n}: {problem}" for n, item in enumerate(found, 1) for problem in check_item(table, item)]
    assert not problems, "\n".join(problems)
    keys = [tuple(json.dumps(item[key.name]) for key in table.keys) for item in found]
    assert len(set(keys)) == len(keys), f"{file}: two items have one key"


def test_there_are_no_samples_of_no_table() -> None:
    files = {f"{file.parent.name}/{file.stem}" for file in SAMPLES.glob("*/*")}
    assert files == {f"{family.key}/{table.name}" for family, table in TABLES}


@pytest.mark.parametrize(("family", "table"), TABLES, ids=[f"{f.key}/{t.name}" for f, t in TABLES])
def test_composed_keys_of_samples_fit_an_entity(family: Family, table: Table) -> None:
    keys = {key.name for key in table.keys}
    for item in samples(family, table.name) if table.entities else []:
        texts = {name: next(iter(value.values())) for name, value in item.items() if name in table.all_keys}
        templates = [
            {name: text for name, text in entity.keys.items() if name in keys | texts.keys()}
            for entity in table.entities
        ]
        assert any(decompose(each, texts) is not None for each in templates), item


@pytest.mark.parametrize("file", snapshots(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_change_shows_in_a_file(file: Path) -> None:
    assert file.is_file(), f"{file.relative_to(ROOT)} is missing; `make snapshots` writes it"
    assert file.read_text(encoding="utf-8") == snapshots()[file](), (
        "if the change is meant: `make snapshots`, and read git's difference"
    )


def test_there_is_no_file_of_what_is_no_more() -> None:
    assert {*SNAPSHOTS.glob("*"), *GOLDEN.glob("*.json")} < snapshots().keys()
