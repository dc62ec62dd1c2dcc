"""What a stage publishes in SSM: which parameters, with what in them; and nothing where it does not say so."""

from __future__ import annotations

import json
import os
from unittest.mock import patch

import pulumi
import pytest

from components import deploy
from families import catalogue
from tablekit.contract.parts import assembled
from tablekit.model import Catalogue
from tests.components.mocked import made, run
from tests.policies.program import EVERYTHING, STAGES, settings, stack
from tests.support import declare

PARAMETER = "aws:ssm/parameter:Parameter"


def test_a_family_is_published_where_the_stage_says_so() -> None:
    recorder, exported = made(declare.family(), publishParameters=True, tags={"environment": "test"})
    parameters = recorder.of(PARAMETER)
    assert {name: inputs["name"] for name, inputs in parameters.items()} == {
        "shop/contract/1": "/dynamodb/dev/shop/contract/1",
        "shop/env/DYNAMODB_ORDERS_TABLE": "/dynamodb/dev/shop/env/DYNAMODB_ORDERS_TABLE",
        "shop/env/AWS_REGION": "/dynamodb/dev/shop/env/AWS_REGION",
    }
    assert parameters["shop/env/DYNAMODB_ORDERS_TABLE"]["insecureValue"] == "dev-shop-orders"
    assert parameters["shop/env/AWS_REGION"]["insecureValue"] == "eu-west-1"
    texts = {inputs["name"]: inputs["insecureValue"] for name, inputs in parameters.items() if "contract" in name}
    found = assembled(texts, "dev", "shop", "eu-west-1")
    assert found.families["shop"].model_dump(by_alias=True) == exported
    for inputs in parameters.values():
        assert (inputs["type"], inputs["tier"], inputs["region"]) == ("String", "Standard", "eu-west-1")
        assert "value" not in inputs, "a plan would not show what changes"
        tags = {"project": "dynamodb-tables", "family": "shop", "stage": "dev", "environment": "test"}
        assert inputs["tags"] == {**tags, "owner": "shop-team", "cost-centre": "shop"}


@pytest.mark.parametrize("stage", STAGES)
def test_all_six_in_few_parameters(stage: str) -> None:
    _, resources = stack(stage, **EVERYTHING)
    sent = [each.inputs for (kind, _), each in resources.items() if kind == PARAMETER]
    assert len({each["name"] for each in sent}) == len(sent)
    assert len(sent) < 100
    assert all(len(each["insecureValue"].encode()) <= 4096 for each in sent)
    assert {each["name"].split("/")[2] for each in sent} == {stage}
    region = {each["name"].split("/")[3]: each["region"] for each in sent}
    london, virginia = ("content-ai", "pse", "acs", "formbridge"), ("marketbrewer", "cloudstro")
    assert region.items() >= {**dict.fromkeys(london, "eu-west-2"), **dict.fromkeys(virginia, "us-east-1")}.items()
    assert len(region) == len(catalogue().families)


def test_what_can_not_be_published_is_one_message() -> None:
    long = declare.family(patterns=(declare.pattern(filter=f"status <> '{'x' * 4050}'"),))
    config = settings("dev", families=["shop"], existingFamilies=[], publishParameters=True)
    with (
        patch.dict(os.environ, PULUMI_CONFIG=json.dumps(config)),
        pytest.raises(pulumi.RunError, match=r"family 'shop': accessPatterns.orders-of-customer.filter has 40"),
    ):
        run(lambda: deploy(lambda: Catalogue([long])), "dev")
