"""`tablekit import aws` of what the engine deployed: modules that load, and leave those very tables as they are."""

from __future__ import annotations

from typing import Any

import pytest

from families import catalogue
from tablekit.model import Catalogue, Family
from tablekit.model.staged import Account, StagedFamily, staged_families
from tablekit.ops.live import describe
from tablekit.ops.live.diff import table_differences
from tests.engine.project import Project
from tests.support import aws, declare
from tests.support.command import tablekit

DEPLOYED = staged_families(declare.stage("local", catalogue()), catalogue())


def imported(deployed: Project, of: StagedFamily, *words: str) -> str:
    """The module that the command makes of the family's tables."""
    named = [word for table in of.tables.values() for word in ("--tables", table.name)]
    where = ("--stage", "local", "--region", of.region, "--endpoint", deployed.emulator.endpoint)
    done = tablekit("import", "aws", *named, *where, "--output", "-", *words)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "tag " not in done.stderr, "no tag would be taken away"
    return done.stdout


def family_of(source: str) -> Family:
    names: dict[str, Any] = {}
    exec(compile(source, "imported.py", "exec"), names)
    family: Family = names["FAMILY"]
    return family


def test_there_are_thirty_seven() -> None:
    assert sum(len(of.tables) for of in DEPLOYED.values()) == 37


@pytest.mark.parametrize("key", DEPLOYED)
def test_a_module_of_deployed_tables_loads_and_has_no_difference(deployed: Project, key: str) -> None:
    of = DEPLOYED[key]
    family = family_of(imported(deployed, of))
    assert (family.key, family.table_name, family.region) == (key, of.declared.table_name, of.region)
    assert [table.name for table in family.tables] == sorted(of.tables, key=lambda name: of.tables[name].name)
    catalogue = Catalogue([family])
    staged = StagedFamily(family, declare.stage("local", catalogue), catalogue)
    clients = aws.clients(deployed.emulator.endpoint)
    for name, table in staged.tables.items():
        assert (table.name, table.declared.ttl, table.tags) == (
            of.tables[name].name,
            of.tables[name].declared.ttl,
            of.tables[name].tags,
        )
        shape = describe.table(clients, staged.region, table.name, name)
        assert list(table_differences(shape, staged, table, Account("123456789012"))) == []


def test_the_engine_has_nothing_to_do_to_a_table_whose_family_was_imported(deployed: Project) -> None:
    """In the place of the declaration that made it: its roles go by other patterns, its table stays as it is."""
    module = deployed.folder / "families" / "formbridge.py"
    before = module.read_text()
    try:
        module.write_text(imported(deployed, DEPLOYED["formbridge"]))
        steps = deployed.plan()
    finally:
        module.write_text(before)
    assert steps, "another declaration has another contract"
    assert [step for step in steps if "dynamodb/table:Table" in step["urn"].split("::")[2]] == []
