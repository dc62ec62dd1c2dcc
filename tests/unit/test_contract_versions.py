"""Today's version beside 1.0 and 1.1: reader, client and generator on outputs of 1.0, and 1.0's reader on today's."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from families import catalogue
from tablekit.client import connect
from tablekit.contract import VERSION, read, read_file
from tablekit.contract.diff import Demand, Level, demand, diff
from tablekit.ops.codegen import python, typescript
from tablekit.ops.codegen.source import source
from tests.support.contracts import document, golden
from tests.support.listener import Listener
from tests.support.samples import example

FIRST = Path(__file__).parent / "contract-1.0"
"""What stage dev exported of two families by version 1.0, and its schema."""
OUTPUTS: dict[str, Any] = json.loads((FIRST / "outputs.json").read_text())
SCHEMA: dict[str, Any] = json.loads((FIRST / "schema.json").read_text())


def known(value: Any, schema: dict[str, Any]) -> Any:
    """What a reader of the schema takes of a value: it passes over fields that it does not know."""
    while not schema.keys().isdisjoint({"$ref", "anyOf"}):  # an object, or null
        schema = schema["anyOf"][0] if "anyOf" in schema else SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        fields, others = schema.get("properties", {}), schema.get("additionalProperties")
        kept = {name: known(value[name], fields[name]) for name in value if name in fields}
        return kept | ({name: known(each, others) for name, each in value.items()} if isinstance(others, dict) else {})
    return value


@pytest.mark.parametrize("stage", ["local", "dev", "prod"])
def test_a_reader_of_the_first_version_reads_todays_outputs(stage: str) -> None:
    outputs = golden(stage)
    assert outputs["contractVersion"] == VERSION
    Draft202012Validator(SCHEMA).validate(known(outputs, SCHEMA))


def test_todays_reader_reads_the_first_version() -> None:
    contract = read_file(FIRST / "outputs.json")
    assert known(contract.model_dump(by_alias=True), SCHEMA) == OUTPUTS
    table = contract.families["formbridge"].tables["FormBridgeData"]
    assert (table.kms_key_arn, table.attributes, table.entities) == (None, {}, {})


def test_todays_client_runs_every_pattern_of_the_first_version() -> None:
    listener = Listener()
    connection = connect(OUTPUTS, listener)
    for family in catalogue():
        then = OUTPUTS["families"].get(family.key, {"accessPatterns": {}})["accessPatterns"]
        for name, pattern in family.patterns.items():
            if name in then and not pattern.body:
                connection.family(family.key).run(name, **example(family, pattern))
    assert len(listener.calls) > 40
    item = {"PK": "TENANT#a#0", "SK": "SUB#s"}
    connection.family("formbridge").put("store-submission", item)
    assert listener.calls[-1][1]["Item"] == {"PK": {"S": "TENANT#a#0"}, "SK": {"S": "SUB#s"}}, "taken as it is"


def test_code_is_generated_of_the_first_version() -> None:
    families = [source(key, family) for key, family in read(OUTPUTS).families.items()]
    assert "Item(TypedDict)" not in python.module(families, "tablekit codegen python")
    assert "itemOf" not in typescript.module(families, "tablekit codegen typescript")


def test_what_the_version_brought_is_one_line() -> None:
    outputs = copy.deepcopy(OUTPUTS) | {"contractVersion": VERSION}
    for family in outputs["families"].values():
        for table in family["tables"].values():
            table |= {"attributes": {"a": {"type": "S"}}, "entities": {}, "kmsKeyArn": "arn:aws:kms:eu-west-2:1:key/a"}
        for pattern in family["accessPatterns"].values():
            pattern |= {"purpose": "to find it", "limit": 3}
    old, new = document(OUTPUTS), document(outputs)
    (change,) = diff(old, new)
    assert (change.level, change.object, change.what) == (Level.ADDITIVE, "contract", "contractVersion")
    assert demand([change], old, new) is Demand.NOTHING
    (back,) = diff(new, old)
    assert (back.level, back.was, back.now) == (Level.BREAKING, VERSION, "1.0")


def test_what_version_1_2_brought_is_one_line_too() -> None:
    old, new = golden("prod"), golden("prod")
    old["contractVersion"] = "1.1"
    del old["dashboard"]
    for family in old["families"].values():
        del family["dashboard"], family["budget"], family["alarms"]["composite"]
    assert read(old).families["pse"].budget is None
    (change,) = diff(document(old), document(new))
    assert (change.level, change.object, change.now) == (Level.ADDITIVE, "contract", VERSION)
    hurt = copy.deepcopy(new)
    hurt["families"]["pse"]["alarms"]["composite"] = "prod-pse-hurt"
    assert [each.level for each in diff(document(new), document(hurt))] == [Level.ADDITIVE]
    assert [each.level for each in diff(document(hurt), document(new))] == [Level.BREAKING]
