"""The six families together: counts, sample items, and a snapshot of each that a change has to be seen in."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import families
from families import catalogue
from tablekit.model import Family, Table
from tablekit.model.alarms import account_alarms, family_alarms
from tablekit.model.items import check_item
from tablekit.model.permissions import role_policy, trust_policy
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, staged_families
from tests.support.samples import samples

CATALOGUE = catalogue()
TABLES = [(family, table) for family in CATALOGUE for table in family.tables]
SAMPLES = Path(families.__file__).parent / "samples"
SNAPSHOTS = Path(__file__).parent / "snapshots"
PROD = StageConfig(stage="prod", region="eu-west-2", families=tuple(CATALOGUE.families), alarms="all")
DEV = StageConfig(stage="dev", region="eu-west-2", families=tuple(CATALOGUE.families))
IN_PROD = staged_families(PROD, CATALOGUE)
IN_DEV = staged_families(DEV, CATALOGUE)
REGIONS = {family.region for family in IN_PROD.values()}


def test_counts() -> None:
    assert {family.key: len(family.tables) for family in CATALOGUE} == {
        "content-ai": 6,
        "pse": 7,
        "acs": 13,
        "marketbrewer": 5,
        "formbridge": 1,
        "cloudstro": 5,
    }
    assert len(TABLES) == 37
    assert sum(len(family_alarms(family)) for family in IN_PROD.values()) == 37 * 3 + 2 * sum(
        len(table.indexes) for _, table in TABLES
    )
    assert len(REGIONS) == 2


def test_the_readme_counts_them_right() -> None:
    alarms = sum(len(family_alarms(family)) for family in IN_PROD.values()) + len(REGIONS)
    counts = (
        f"{len(TABLES)} tables, {sum(len(table.indexes) for _, table in TABLES)} indexes, "
        f"{sum(len(family.access_patterns) for family in CATALOGUE)} access patterns, "
        f"{sum(len(family.roles) for family in CATALOGUE)} roles; in prod {alarms} alarms"
    )
    assert counts in (Path(__file__).parents[2] / "README.md").read_text()


def test_every_name_of_an_alarm_is_its_own() -> None:
    alarms = [(family.region, alarm.name) for family in IN_PROD.values() for alarm in family_alarms(family)]
    alarms += [(region, alarm.name) for region in REGIONS for alarm in account_alarms(PROD, region)]
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
    for item in samples(family, table.name) if table.entities else []:
        fitting = [
            entity.name
            for entity in table.entities
            if all(
                name in item and entity.template(name).pattern.fullmatch(next(iter(item[name].values())))  # type: ignore[union-attr]
                for name in entity.keys
                if name in {key.name for key in table.keys} or name in item
            )
        ]
        assert fitting, item


def facts(family: Family) -> dict[str, Any]:
    """What a reviewer wants to see a change of: tables, roles and alarms as prod has them."""
    account, in_prod, in_dev = Account("111122223333"), IN_PROD[family.key], IN_DEV[family.key]
    return {
        "region": family.region,
        "tables": {
            family.table_name_for(table.name, "prod"): {
                "dev": family.table_name_for(table.name, "dev"),
                "keys": [f"{key.name} {key.type}" for key in table.keys],
                "indexes": {
                    index.name: [f"{key.name} {key.type}" for key in index.keys] + [index.projection, *index.include]
                    for index in table.indexes
                },
                "ttl": table.ttl,
                "stream": table.stream,
                "classification": table.classification,
                "retention days": table.retention.days,
            }
            for table in family.tables
        },
        "roles": {
            family.role_name(role, "prod"): {
                "trust": trust_policy(in_prod, role.name, account),
                "policy": role_policy(in_prod, role.name, account),
                "dev resources": sorted(
                    {
                        resource
                        for statement in role_policy(in_dev, role.name, account)["Statement"]
                        for resource in statement["Resource"]
                    }
                ),
            }
            for role in family.roles
        },
        "access patterns": {
            pattern.name: f"{pattern.operation} {pattern.table}" + (f"/{pattern.index}" if pattern.index else "")
            for pattern in family.access_patterns
        },
        "alarms": [alarm.name for alarm in family_alarms(in_prod)],
    }


@pytest.mark.parametrize("key", CATALOGUE.families)
def test_a_change_of_a_family_shows_in_its_snapshot(key: str) -> None:
    """After a change that is meant: UPDATE_SNAPSHOTS=1 make test, and read the difference."""
    text = json.dumps(facts(CATALOGUE.family(key)), indent=1) + "\n"
    file = SNAPSHOTS / f"{key}.json"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    else:
        assert file.is_file(), f"family {key!r} has no snapshot yet; UPDATE_SNAPSHOTS=1 make test writes it"
    assert text == file.read_text(), "if the change is meant: UPDATE_SNAPSHOTS=1 make test, and read git's difference"


def test_the_names_that_exist_beside_the_six_are_reserved() -> None:
    """A family that took one is refused by the catalogue (test_catalogue.py); here, that they are listed."""
    reserved = CATALOGUE.family("content-ai").reserved
    assert set(reserved) == {
        "SuperchargedProjects",
        "project-manager-*",
        "ChatConversations",
        "project-assistant-conversations",
        "bot-manager-errors",
        "bot-manager-errors-prod",
        "circuit-breaker-state",
        "circuit-breaker-state-prod",
        "service-health-status",
        "service-health-status-prod",
    }
