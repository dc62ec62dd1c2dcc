"""The component package against Pulumi's mocks: its arguments, its schema, and the one message where they are wrong."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from components.arguments import plain, read_family, read_stage
from components.package import TableFamilies
from components.schema import FUNCTION, SCHEMA_FILE, main, meanings_of
from families import catalogue
from local.project import ROOT
from tablekit.model import Catalogue, Family, FamilyError, StageError
from tablekit.model.base import Declared
from tablekit.model.stage import StageConfig
from tests.components.mocked import ACCOUNT, Recorder, run
from tests.support.declare import LOOPBACK, family, pattern, table

TOKEN = "dynamodb-tables:index:TableFamily"
SCHEMA = json.loads(SCHEMA_FILE.read_text())
EXAMPLE = yaml.safe_load((ROOT / "examples" / "component-consumer-yaml" / "Pulumi.yaml").read_text())


def as_given(value: Any) -> Any:
    """A declaration as another language's program gives it: camelCase fields, no nulls, every number a float."""
    if isinstance(value, Declared):
        fields: dict[str, FieldInfo] = type(value).model_fields
        return {
            to_camel(name): as_given(item)
            for name in fields
            if (item := getattr(value, name)) is not None and item != fields[name].default
        }
    if isinstance(value, Mapping):
        return {key: as_given(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_given(item) for item in value]
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


@pytest.mark.parametrize("declared", tuple(catalogue()), ids=lambda declared: declared.key)
def test_a_declaration_from_another_language_is_the_one_that_was_meant(declared: Family) -> None:
    """The five systems: every kind of field that there is."""
    assert read_family(plain(as_given(declared), "family")) == declared


def served(inputs: dict[str, Any], name: str = "shop") -> tuple[Recorder, Any]:
    """What the package makes of a component's inputs, and its state."""

    def program() -> pulumi.Output[Any]:
        made = TableFamilies().construct(name, TOKEN, inputs)
        return pulumi.Output.all(**made.state)

    return run(program)


def test_a_family_is_made_under_its_components_name() -> None:
    inputs = {
        "family": as_given(family()),
        "stage": "dev",
        "settings": {"region": "eu-west-2", "alarms": "tables", "pointInTimeRecoveryDays": 7.0},
    }
    recorder, state = served(inputs, "corner")
    made = recorder.of("aws:dynamodb/table:Table")["corner-orders"]
    assert (made["name"], made["pointInTimeRecovery"]["recoveryPeriodInDays"]) == ("dev-shop-orders", 7)
    assert list(recorder.of("aws:iam/role:Role")) == ["corner-app"]
    kinds = ("read-throttles", "write-throttles", "system-errors")
    alarms = recorder.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert alarms.keys() == {f"corner-orders-{kind}" for kind in kinds}
    assert state["region"] == "eu-west-1"
    assert state["tables"]["orders"]["arn"] == f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/dev-shop-orders"
    assert state.keys() == {
        "region",
        "tables",
        "roles",
        "alarms",
        "accessPatterns",
        "env",
        "dashboard",
        "budget",
        "backupVault",
        "events",
    }


SHOP = as_given(family())
ORDERS = as_given(table())
NO_KEY = {name: value for name, value in ORDERS.items() if name != "hashKey"}


def shop(**changes: Any) -> dict[str, Any]:
    """The component's inputs, with changes of the family."""
    return {"family": {**SHOP, **changes}, "stage": "dev"}


def orders(**changes: Any) -> dict[str, Any]:
    """The component's inputs, with changes of the family's table."""
    return shop(tables=[{**ORDERS, **changes}])


def setting(**settings: Any) -> dict[str, Any]:
    """The component's inputs, with settings of the stage beside its region."""
    return {**shop(), "settings": {"region": "eu-west-2", **settings}}


EXAMPLE_OF_NUMBERS = {**as_given(pattern()), "example": {"customer": 1.0, "since": "2026"}}
FAMILY, STAGE = "family 'shop': ", "stage 'dev': settings: "


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"stage": "dev"}, "family: required, and not given; add it"),
        ({"family": SHOP, "stage": 3.0}, "stage: 3 is not allowed: input should be a valid string"),
        ({**shop(), "setings": {}}, "setings: no such field; did you mean 'settings'?; remove it or fix its name"),
        (shop(tableNam="x"), FAMILY + "tableNam: no such field; did you mean 'tableName'?; remove it or fix"),
        (shop(cost_centre="x"), FAMILY + "cost_centre: no such field; did you mean 'costCentre'?; remove it or fix"),
        (shop(tables={}), FAMILY + "tables: {} is not allowed: input should be a valid list"),
        (orders(hashKey="id"), FAMILY + "tables[0].hashKey: 'id' is not allowed: input should be a valid object"),
        (
            orders(patterns=[EXAMPLE_OF_NUMBERS]),
            FAMILY
            + "tables[0]: table 'orders': access pattern 'orders-of-customer': example customer=1 is not of type S; "
            "give a text",
        ),
        (shop(), STAGE + "region is not set, nor is aws:region; set one, as region: eu-west-2"),
        (setting(families=["x"]), STAGE + "families: is not set here, but by the project that owns a whole stage; rem"),
        (setting(costAnomalies=5), STAGE + "costAnomalies: is not set here"),
        (setting(alarm="all"), STAGE + "alarm: no such field; did you mean 'alarms'?; remove it or"),
        (
            setting(provisioned={"shop/order": {"read": 1, "write": 1}}),
            STAGE + "provisioned: no table 'shop/order'; did you mean 'shop/orders'?; allowed are shop/orders",
        ),
        ({**shop(), "stage": "Dev"}, "stage 'Dev': a stage's name is 2 to 10 of a-z and 0-9"),
    ],
)
def test_what_is_wrong_is_one_message_and_nothing_is_registered(inputs: dict[str, Any], says: str) -> None:
    messages: list[str] = []

    def program() -> None:
        with pytest.raises(pulumi.InputPropertiesError) as refusal:
            TableFamilies().construct("shop", TOKEN, inputs)
        messages.append(refusal.value.message)

    recorder, _ = run(program)
    (message,) = messages
    assert says in message.splitlines()[0]
    assert recorder.resources == {}


def test_an_output_of_another_resource_is_no_declaration() -> None:
    with pytest.raises(FamilyError, match=r"family\.tables\[0\]\.name: is a secret, or another resource's output"):
        asyncio.run(_with_an_output())


async def _with_an_output() -> None:
    plain({"tables": [{"name": pulumi.Output.from_input("orders")}]}, "family")


def test_on_the_emulator_every_service_needs_its_endpoint() -> None:
    declared = family()
    with pytest.raises(StageError, match="aws:endpoints has no 'dynamodb'"):
        read_stage("local", {}, {"region": "eu-west-2"}, declared, Catalogue([declared]))
    for endpoints in ("x", "[5]", [5]):
        with pytest.raises(StageError, match=r"^stage 'local': aws:endpoints: .*; write "):
            read_stage("local", {}, {"region": "eu-west-2", "endpoints": endpoints}, declared, Catalogue([declared]))
    aws = {"region": "eu-west-2", "endpoints": [LOOPBACK]}
    assert read_stage("local", {}, aws, declared, Catalogue([declared])).emulated


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def in_floats(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, dict):
        return {key: in_floats(item) for key, item in value.items()}
    return [in_floats(item) for item in value] if isinstance(value, list) else value


@given(plain_values)
def test_numbers_come_as_floats_and_are_whole_again(value: Any) -> None:
    """Not by ==, to which 1, 1.0 and True are one."""
    assert repr(plain(in_floats(value), "x")) == repr(value)


def test_the_schema_is_as_generated_and_drift_is_reported(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"]) == 0
    kept = tmp_path / "schema.json"
    kept.write_text(SCHEMA_FILE.read_text().replace('"hashKey"', '"partitionKey"'))
    monkeypatch.setattr("components.schema.SCHEMA_FILE", kept)
    assert main(["--check"]) == 1
    assert "run: python -m components.schema" in capsys.readouterr().err
    assert main([]) == 0
    assert kept.read_text() == SCHEMA_FILE.read_text()


def test_the_schema_has_the_declarations_fields_with_their_types() -> None:
    types = {name.rsplit(":", 1)[1]: given for name, given in SCHEMA["types"].items()}

    def ref(name: str, **more: Any) -> dict[str, Any]:
        return {"$ref": f"#/types/dynamodb-tables:index:{name}", **more}

    table, exported = types["Table"], types["ExportedTable"]
    assert table["required"] == ["classification", "hashKey", "name", "purpose", "retention"]
    assert table["properties"]["hashKey"] == ref("Key", plain=True)
    assert table["properties"]["indexes"] == {"type": "array", "items": ref("Index", plain=True), "plain": True}
    assert table["properties"]["attributes"]["additionalProperties"] == ref("Attribute", plain=True)
    assert types["KeyType"]["enum"] == [{"value": "S"}, {"value": "N"}, {"value": "B"}]
    assert types["Index"]["properties"]["local"]["type"] == "boolean"
    assert types["StageSettings"]["required"] == []
    assert exported["required"] == [*("arn", "attributes", "entities", "hashKey", "indexes", "name", "replicas")]
    assert exported["properties"]["hashKey"] == ref("ExportedKey")
    assert SCHEMA["resources"][TOKEN]["requiredInputs"] == ["family", "stage"]


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    found = set(re.findall(r'"\$ref": "(.*?)"', SCHEMA_FILE.read_text()))
    assert len(found) > 10
    assert found <= {f"#/types/{token}" for token in SCHEMA["types"]} | {"pulumi.json#/Any"}


def test_a_docstrings_lines_are_its_fields_meanings() -> None:
    said = "One thing.\n\nkey: what\n    it is. filter: no\nfirst, second: both of them.\nMore text.\n    no field's"
    assert meanings_of(said) == {"key": "what it is. filter: no", "first": "both of them.", "second": "both of them."}


def test_the_examples_declaration_is_a_family_and_its_settings_are_a_stages() -> None:
    """Also where there is no YAML host to run it."""
    given_ = EXAMPLE["resources"]["returns"]["properties"]
    assert given_.keys() <= SCHEMA["resources"][TOKEN]["inputProperties"].keys()
    declared = read_family(given_["family"])
    defaults = {"${alarms}": "tables", "${backupDays}": 35}
    settings = {name: defaults.get(value, value) for name, value in given_["settings"].items()}
    config = read_stage("dev", settings, {}, declared, Catalogue([declared]))
    assert (config.region, config.alarms, config.point_in_time_recovery_days) == ("eu-west-1", "tables", 35)


def test_the_yaml_consumer_gives_the_function_what_it_takes_and_takes_what_it_gives() -> None:
    program = (ROOT / "examples" / "consumer-yaml" / "Pulumi.yaml").read_text()
    function = SCHEMA["functions"]["dynamodb-tables:index:getFamily"]
    call = yaml.safe_load(program)["variables"]["tableFamily"]["fn::invoke"]
    assert call["function"] == "dynamodb-tables:getFamily"
    assert set(function["inputs"]["required"]) <= call["arguments"].keys() <= function["inputs"]["properties"].keys()
    taken = {part.split("}")[0].split(".")[0] for part in program.split("${tableFamily.")[1:]}
    assert taken == {"policy", "env", "region"}
    assert taken <= function["outputs"]["properties"].keys()


OUTPUTS = {"contractVersion": "1.3", "stage": "dev", "families": {}, "later": {}}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "stage 'dev' has no family 'shop'"),
        (
            {"outputs": {**OUTPUTS, "contractVersion": "2.0"}, "stack": "stack a/b/c"},
            "stack a/b/c: contract version 2.0",
        ),
        ({"famly": "x"}, f"{FUNCTION}: famly: no such field; did you mean 'family'?; remove it or fix its name"),
        ({"family": None}, f"{FUNCTION}: family: required, and not given; add it"),
        ({"accessPatterns": [1.0]}, "accessPatterns[0]: 1 is not allowed: input should be a valid string"),
        ({"accessPatterns": ["x", None]}, "accessPatterns[1]: null is not allowed: input should be a valid string"),
        ({"tables": [{}]}, "tables[0]: {} is not allowed: input should be a valid string"),
    ],
)
def test_what_is_not_in_the_outputs_or_not_a_question_is_one_message(changes: dict[str, Any], says: str) -> None:
    result = TableFamilies().invoke(FUNCTION, {"outputs": OUTPUTS, "family": "shop", **changes})
    (failure,) = result.failures or ()
    assert says in failure.reason
    (failure,) = TableFamilies().invoke(f"{FUNCTION}s", {}).failures or ()
    assert failure.reason.startswith(f"{FUNCTION}s: no such function; there is")


def test_settings_that_a_component_takes_are_those_of_a_stage() -> None:
    taken = SCHEMA["types"]["dynamodb-tables:index:StageSettings"]["properties"].keys()
    known = {field.alias for field in StageConfig.model_fields.values()}
    of_a_program = {"stage", "families", "existingFamilies", "rehearsal", "endpoints", "allowedAccountIds"}
    of_a_stage = {"itemCounts", "growthLimits", "dataEvents", "dataEventsTrail", "accessAnalyzer", "costAnomalies"}
    assert known - taken == of_a_program | of_a_stage
