"""A family's contract as SSM parameters: small enough, the same again when read, one message when it is not whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families import catalogue
from tablekit.contract import Contract, ContractError
from tablekit.contract.parameters import Publication
from tablekit.contract.parts import assembled
from tablekit.model import Family
from tests.support import declare, tables
from tests.support.tables import changed, exported, parameters

FAMILIES = catalogue()
STANDARD = 4096
"""Bytes of a standard parameter, as AWS has it."""


def parts_of(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if "/contract/" in name}


def read(values: dict[str, str], stage: str = "dev", family: str = "shop") -> Contract:
    return assembled(parts_of(values), stage, family, "eu-west-1")


def wide(count: int, purpose: str = "") -> Family:
    """A shop of so many tables, each with a pattern."""
    made = [
        declare.table(
            name=f"orders{number}",
            patterns=(declare.pattern(name=f"orders-{number}", filter=f"status <> '{purpose}'"),),
        )
        for number in range(count)
    ]
    return declare.family(tables=tuple(made))


@pytest.mark.parametrize("name", ["dev", "prod"])
@pytest.mark.parametrize("family", list(FAMILIES), ids=lambda family: family.key)
def test_the_six_come_back_as_they_are_and_each_parameter_is_a_standard_one(family: Family, name: str) -> None:
    staged = declare.staged(family, name, FAMILIES, publishParameters=True)
    contract = tables.outputs(FAMILIES, staged.stage)
    values = Publication(staged).values(contract.families[family.key].model_dump(by_alias=True))
    assert all(0 < len(value.encode()) <= STANDARD for value in values.values())
    found = assembled(parts_of(values), name, family.key, "eu-west-2")
    assert found == contract.model_copy(update={"families": {family.key: contract.families[family.key]}})


@pytest.mark.parametrize("key", FAMILIES.families)
def test_the_parameters_of_a_family(key: str) -> None:
    family = FAMILIES.family(key)
    publication = Publication(declare.staged(family, "prod", FAMILIES, publishParameters=True, alarms="all"))
    names = {family.variable(table.name): family.table_name_for(table.name, "prod") for table in family.tables}
    expected = {**names, "AWS_REGION": family.region or "eu-west-2"}
    assert publication.variables == {f"/dynamodb/prod/{key}/env/{name}": value for name, value in expected.items()}
    count = len(publication.parts)
    assert publication.parts == tuple(f"/dynamodb/prod/{key}/contract/{number}" for number in range(1, count + 1))
    assert 1 <= count <= 12


def test_a_part_says_what_it_is_of() -> None:
    values = parameters(declare.family())
    assert list(values) == [
        "/dynamodb/dev/shop/contract/1",
        "/dynamodb/dev/shop/env/DYNAMODB_ORDERS_TABLE",
        "/dynamodb/dev/shop/env/AWS_REGION",
    ]
    part = json.loads(values["/dynamodb/dev/shop/contract/1"])
    assert (part["contractVersion"], part["stage"], part["family"]) == ("1.3", "dev", "shop")
    assert (part["part"], part["parts"]) == (1, 1)
    assert part["contract"]["region"] == "eu-west-1"
    assert part["contract"]["tables"]["orders"]["name"] == "dev-shop-orders"
    assert "streamArn" not in part["contract"]["tables"]["orders"], "what is null is left out"


@given(st.integers(1, 30), st.text('aé{}\\"日 ', max_size=600))
def test_any_family_comes_back_as_it_is(count: int, text: str) -> None:
    family = wide(count, text.replace("{", "").replace("}", ""))
    values = parameters(family)
    assert all(len(value.encode()) <= STANDARD and "{{" not in value for value in values.values())
    assert read(values).families["shop"].model_dump(by_alias=True) == exported(family)


@given(st.integers(1, 12), st.sampled_from(["aws", "aws-cn", "aws-us-gov"]))
def test_the_parts_are_known_before_any_arn_is(count: int, partition: str) -> None:
    """A plan has no ARN yet; a stream's ends in the moment of its creation."""
    family = wide(count)
    streams = {f"shop/{table.name}": "NEW_IMAGE" for table in family.tables}
    publication = Publication(declare.staged(family, "dev", publishParameters=True, streams=streams, alarms="all"))
    made = exported(family)
    for number, table in enumerate(made["tables"].values()):
        table["arn"] = table["arn"].replace("arn:aws:", f"arn:{partition}:")
        table["streamArn"] = f"{table['arn']}/stream/2026-02-0{number % 9 + 1}T10:00:00.123"
    alarms = [f"dev-shop-{table.name}-{kind}" for table in family.tables for kind in "abcde"]
    made["alarms"] = {"topicArn": f"arn:{partition}:sns:eu-west-1:1:t", "names": alarms, "composite": None}
    values = publication.values(made)
    assert all(len(value.encode()) <= STANDARD for value in values.values())
    assert read(values).families["shop"].model_dump(by_alias=True) == made


def test_two_braces_are_no_reference_to_a_parameter() -> None:
    """SSM refuses a value with two opening braces."""
    made = exported(declare.family())
    made["accessPatterns"]["orders-of-customer"]["filter"] = "a = '{{ssm:x}}' AND b = '{{{'"
    values = Publication(declare.staged(publishParameters=True)).values(made)
    assert all("{{" not in value for value in values.values())
    assert read(values).families["shop"].access_patterns["orders-of-customer"].filter == "a = '{{ssm:x}}' AND b = '{{{'"


def test_a_text_that_is_longer_than_a_parameter_is_told_before_anything_is_deployed() -> None:
    family = declare.family(patterns=(declare.pattern(filter=f"status <> '{'x' * 4000}'"),))
    with pytest.raises(ContractError) as error:
        Publication(declare.staged(family, publishParameters=True))
    assert str(error.value) == (
        "family 'shop': accessPatterns.orders-of-customer.filter has 4014 bytes, more than a parameter of 4096 takes "
        "beside its head; shorten it, or turn publishParameters off"
    )


def test_a_contract_of_too_many_parts_is_told() -> None:
    patterns = [declare.pattern(name=f"orders-{number}", filter=f"status <> '{'x' * 3000}'") for number in range(100)]
    with pytest.raises(ContractError, match=r"its contract takes 10[0-9] parameters, and 99 are the most; divide the"):
        Publication(declare.staged(declare.family(patterns=tuple(patterns)), publishParameters=True))


def test_outputs_of_another_declaration_are_told() -> None:
    with pytest.raises(ContractError, match="the outputs have no 'orders0' where the declaration has one"):
        Publication(declare.staged(wide(12), publishParameters=True)).values(exported(declare.family()))


PATH = "/dynamodb/dev/shop/contract"
Break = Callable[[dict[str, str]], None]


def without(number: int) -> Break:
    return lambda parts: parts.__delitem__(f"{PATH}/{number}") if number else parts.clear()


def with_fields(number: int, **fields: Any) -> Break:
    return lambda parts: parts.update({f"{PATH}/{number}": changed(parts[f"{PATH}/{number}"], **fields)})


BROKEN: dict[str, tuple[Break, str]] = {
    "not published": (
        without(0),
        f"{PATH} in eu-west-1: nothing is published there; is eu-west-1 the family's region, the family deployed, and "
        "publishParameters on in the stage?",
    ),
    "the first is missing": (without(1), f"part 1 of 3 is missing ({PATH}/1); ./pulumiw up --refresh -s dev makes it"),
    "the last is missing": (without(3), f"part 3 of 3 is missing ({PATH}/3); ./pulumiw up --refresh -s dev makes it"),
    "no JSON": (
        lambda parts: parts.update({f"{PATH}/2": "{"}),
        f"{PATH}/2 in eu-west-1: is no JSON object; somebody changed it: ./pulumiw up --refresh repairs it",
    ),
    "no object": (lambda parts: parts.update({f"{PATH}/2": "[]"}), f"{PATH}/2 in eu-west-1: is no JSON object"),
    "a later major version": (
        with_fields(2, contractVersion="2.0", parts="other"),
        f"{PATH}/2 in eu-west-1: contract version 2.0, and this tablekit reads 1.x; install the tablekit of major "
        "version 2",
    ),
    "no version": (with_fields(1, contractVersion=None), f"{PATH}/1 in eu-west-1: no contractVersion"),
    "no number": (with_fields(1, part="one"), f"{PATH}/1 in eu-west-1: part: 'one' is not allowed"),
    "another stage's": (
        with_fields(2, stage="prod"),
        f"{PATH}/2 in eu-west-1: is of family 'shop' in stage 'prod'; ./pulumiw up --refresh -s dev repairs it",
    ),
    "another deployment's": (
        with_fields(3, revision="0" * 12),
        "parts 1 and 3 are of different deployments; one is going on, or was cut off: try again in a minute",
    ),
    "changed by hand": (
        with_fields(2, contract={}),
        "the parts are not as they were deployed; somebody changed one: ./pulumiw up --refresh -s dev",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_not_whole_is_one_message(name: str) -> None:
    parts = parts_of(parameters(wide(10)))
    assert len(parts) == 3
    change, says = BROKEN[name]
    change(parts)
    with pytest.raises(ContractError) as error:
        read(parts)
    assert says in str(error.value)


@given(st.data())
def test_no_part_can_be_changed_unseen(data: st.DataObject) -> None:
    """A key or a text of the contract, anywhere, taken out or changed."""
    parts = parts_of(parameters(wide(5)))
    name = data.draw(st.sampled_from(sorted(parts)))
    part = json.loads(parts[name])
    inside: Any = part["contract"]
    while True:
        key = data.draw(st.sampled_from(sorted(inside)))
        if not isinstance(inside[key], dict) or not inside[key]:
            break
        inside = inside[key]
    if data.draw(st.booleans()):
        del inside[key]
    else:
        inside[key] = "changed"
    parts[name] = json.dumps(part)
    with pytest.raises(ContractError):
        read(parts)


def test_what_an_older_deployment_or_a_later_version_has_besides_is_passed_over() -> None:
    parts = parts_of(parameters(wide(10)))
    whole = read(parts)
    parts[f"{PATH}/4"] = changed(parts[f"{PATH}/3"], part=4, parts=4, revision="0" * 12)
    assert read(parts) == whole
    later = {name: f"\ufeff{changed(text, contractVersion='1.3', more=1)}" for name, text in parts.items()}
    assert read(later) == whole.model_copy(update={"contract_version": "1.3"})
