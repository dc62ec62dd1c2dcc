"""A stage's file: what is wrong is named by file and key, with what it may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tablekit.model import Catalogue, StageConfig, StageError, load_stage
from tablekit.model.settings import Trust
from tablekit.model.staged import staged_families
from tests.support.declare import LOOPBACK, family, stage

SHOP = Catalogue([family(), family(key="store", table_name="store-{table}", region=None)])
BOTH = {"families": ["shop", "store"]}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/k"


REFUSED: dict[str, tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "a misspelt key": (
        "dev",
        {**BOTH, "deletionProtecton": True},
        {},
        ("deletionProtecton: no such setting", "did you mean 'deletionProtection'?"),
    ),
    "no families": ("dev", {"families": []}, {}, ("dynamodb-tables:families",)),
    "a family that is not there": ("dev", {"families": ["shp"]}, {}, ("no family 'shp'", "did you mean 'shop'?")),
    "a family twice": ("dev", {"families": ["shop", "shop"]}, {}, ("'shop' is listed twice",)),
    "36 days": (
        "dev",
        {**BOTH, "pointInTimeRecoveryDays": 36},
        {},
        ("pointInTimeRecoveryDays: 36 is not allowed", "35"),
    ),
    "0 days": ("dev", {**BOTH, "pointInTimeRecoveryDays": 0}, {}, ("pointInTimeRecoveryDays: 0 is not allowed", "1")),
    "an unknown level of alarms": (
        "dev",
        {**BOTH, "alarms": "some"},
        {},
        ("alarms: 'some' is not allowed", "'none', 'tables' or 'all'"),
    ),
    "a text for a truth value": ("dev", {**BOTH, "protect": "maybe"}, {}, ("protect: 'maybe' is not allowed",)),
    "no retention": (
        "dev",
        {**BOTH, "retainOnDelete": False},
        {},
        ("retainOnDelete: false is not allowed in stage 'dev'",),
    ),
    "an endpoint on AWS": (
        "prod",
        BOTH,
        {"endpoints": [LOOPBACK]},
        ("aws:endpoints is not allowed in stage 'prod'", "make rehearse STAGE=prod"),
    ),
    "an endpoint elsewhere": (
        "local",
        BOTH,
        {"endpoints": [{**LOOPBACK, "iam": "http://10.0.0.1:4566"}]},
        ("iam is 'http://10.0.0.1:4566'", "loopback"),
    ),
    "an endpoint that only looks local": (
        "local",
        BOTH,
        {"endpoints": [{**LOOPBACK, "iam": "http://127.0.0.1.example.com"}]},
        ("loopback",),
    ),
    "a service without endpoint": (
        "local",
        BOTH,
        {"endpoints": [{k: v for k, v in LOOPBACK.items() if k != "sts"}]},
        ("no 'sts'", "would go to AWS"),
    ),
    "parameters without an endpoint": (
        "local",
        {**BOTH, "publishParameters": True},
        {"endpoints": [LOOPBACK]},
        ("no 'ssm'", "each of dynamodb, iam, sts, cloudwatch, sns, ssm needs one"),
    ),
    "parameters by a word": (
        "dev",
        {**BOTH, "publishParameters": "on"},
        {},
        ("publishParameters: 'on' is not allowed",),
    ),
    "endpoints that are no JSON": ("local", BOTH, {"endpoints": "[{"}, ("aws:endpoints", "not JSON")),
    "local as a rehearsal": (
        "local",
        {**BOTH, "rehearsal": True},
        {"endpoints": [LOOPBACK]},
        ("rehearsal: true is for stages on AWS",),
    ),
    "trust in everybody": (
        "dev",
        {**BOTH, "trust": {"shop": {"principals": ["*"]}}},
        {},
        ("principal '*' is no ARN", "never *"),
    ),
    "trust in nobody": ("dev", {**BOTH, "trust": {"shop": {}}}, {}, ("trusts nobody",)),
    "trust for no role": (
        "dev",
        {**BOTH, "trust": {"shop/ap": {"services": ["lambda.amazonaws.com"]}}},
        {},
        ("no family or role 'shop/ap'", "did you mean 'shop/app'?"),
    ),
    "a service that is none": (
        "dev",
        {**BOTH, "trust": {"shop": {"services": ["lambda"]}}},
        {},
        ("service 'lambda'", "lambda.amazonaws.com"),
    ),
    "an option that no role has": (
        "dev",
        {**BOTH, "options": ["all-access"]},
        {},
        ("no option 'all-access'", "allowed are none"),
    ),
    "a key that is missing": (
        "dev",
        {**BOTH, "encryption": "customer-managed", "kmsKeyArns": {"eu-west-1": KEY}},
        {},
        ("region eu-west-2 has no key",),
    ),
    "capacity for no table": (
        "dev",
        {**BOTH, "provisioned": {"shop/order": {"read": 1, "write": 1}}},
        {},
        ("no table 'shop/order'", "did you mean 'shop/orders'?"),
    ),
    "capacity of 0": (
        "dev",
        {**BOTH, "provisioned": {"shop/orders": {"read": 0, "write": 1}}},
        {},
        ("provisioned", "0 is not allowed"),
    ),
    "an empty key": (
        "dev",
        {**BOTH, "encryption": "customer-managed", "kmsKeyArns": {"eu-west-2": ""}},
        {},
        ("kmsKeyArns: '' is no key's ARN in eu-west-2",),
    ),
    "a key of another region": (
        "dev",
        {**BOTH, "encryption": "customer-managed", "kmsKeyArns": {"eu-west-2": KEY}},
        {},
        ("is no key's ARN in eu-west-2",),
    ),
    "another key of another region": (
        "dev",
        {**BOTH, "otherKmsKeyArns": {"eu-west-2": [KEY]}},
        {},
        ("otherKmsKeyArns:", "is no key's ARN in eu-west-2"),
    ),
    "another key that is no list": (
        "dev",
        {**BOTH, "otherKmsKeyArns": {"eu-west-1": KEY}},
        {},
        ("otherKmsKeyArns", "is not allowed"),
    ),
    "keys that nothing uses": ("dev", {**BOTH, "kmsKeyArns": {"eu-west-1": KEY}}, {}, ("encryption is aws-managed",)),
    "a truth value for days": (
        "dev",
        {**BOTH, "pointInTimeRecoveryDays": True},
        {},
        ("pointInTimeRecoveryDays: True is not allowed",),
    ),
    "a number for a truth value": ("dev", {**BOTH, "protect": 1}, {}, ("protect: 1 is not allowed",)),
    "a whole account as principal": (
        "dev",
        {**BOTH, "trust": {"shop": {"principals": ["arn:aws:iam::111122223333:root"]}}},
        {},
        ("is no ARN of a role or user",),
    ),
    "a subscriber of the wrong form": (
        "dev",
        {**BOTH, "alarmSubscriptions": [{"protocol": "https", "endpoint": "http://example.com"}]},
        {},
        ("alarmSubscriptions[0]", "is none of protocol https", "https://example.com/alarms"),
    ),
    "a subscriber twice": (
        "dev",
        {**BOTH, "alarmSubscriptions": [{"protocol": "email", "endpoint": "a@example.com"}] * 2},
        {},
        ("listed twice",),
    ),
    "a tag of the project's own": ("dev", {**BOTH, "tags": {"Stage": "x"}}, {}, ("tag 'Stage' is set by the project",)),
    "a tag that AWS refuses": ("dev", {**BOTH, "tags": {"a&b": "x"}}, {}, ("tag 'a&b'='x'", "1 to 128")),
    "too many tags": ("dev", {**BOTH, "tags": {f"t{n}": "x" for n in range(43)}}, {}, ("43 tags; 42 are free",)),
    "nobody denied": ("dev", {**BOTH, "denyWrites": {"shop": []}}, {}, ("shop: denies nobody",)),
    "a region that is none": ("dev", BOTH, {"region": "Ireland"}, ("aws:region: 'Ireland'", "eu-west-2")),
    "an endpoint that is no object": ("local", BOTH, {"endpoints": ["http://127.0.0.1"]}, ("is no object of service",)),
    "an endpoint without an address": (
        "local",
        BOTH,
        {"endpoints": [{**LOOPBACK, "iam": "http://127.0.0.1:99999"}]},
        ("iam is 'http://127.0.0.1:99999'",),
    ),
    "an account id that YAML took for a number": (
        "dev",
        BOTH,
        {"allowedAccountIds": [111122223333]},
        ("Pulumi.dev.yaml: aws:allowedAccountIds", "12 digits in quotes"),
    ),
    "a stream of no known view": (
        "dev",
        {**BOTH, "streams": {"shop/orders": "IMAGES"}},
        {},
        ("streams", "'IMAGES' is not allowed"),
    ),
    "a denied principal that is none": (
        "dev",
        {**BOTH, "denyWrites": {"shop": ["somebody"]}},
        {},
        ("'somebody' is no role's ARN",),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_stage_is_refused_with_one_message(case: str) -> None:
    name, settings, aws, says = REFUSED[case]
    with pytest.raises(StageError) as error:
        load_stage(name, settings, {"region": "eu-west-2", **aws}, SHOP)
    text = str(error.value)
    assert "\n" not in text
    assert text.startswith((f"Pulumi.{name}.yaml: dynamodb-tables:", f"Pulumi.{name}.yaml: aws:"))
    for part in says:
        assert part in text


def test_no_region() -> None:
    with pytest.raises(StageError, match=r"Pulumi\.dev\.yaml: aws:region is not set"):
        load_stage("dev", BOTH, {}, SHOP)


@pytest.mark.parametrize(("rehearsal", "existing"), [(False, ["store"]), (True, [])])
def test_an_existing_family_is_made_in_a_rehearsal_only(rehearsal: bool, existing: list[str]) -> None:
    settings = {**BOTH, "existingFamilies": ["store"], "rehearsal": rehearsal}
    found = load_stage("prod", settings, {"region": "eu-west-2", "endpoints": [LOOPBACK] if rehearsal else []}, SHOP)
    assert [key for key, family in staged_families(found, SHOP).items() if family.exists_already] == existing


def test_what_a_stage_gives() -> None:
    settings = {
        "trust": {
            "shop/app": {"principals": ["arn:aws:iam::111122223333:role/app"]},
            "store": {"services": ["ecs-tasks.amazonaws.com"]},
        },
        "encryption": "customer-managed",
        "kmsKeyArns": {"eu-west-1": KEY, "eu-west-2": KEY.replace("-1", "-2", 1)},
        "streams": {"store/orders": "NEW_IMAGE"},
    }
    config = stage("dev", SHOP, **settings)
    shop, store = staged_families(config, SHOP).values()
    assert (shop.region, store.region) == ("eu-west-1", "eu-west-2")
    assert (shop.kms_key, store.kms_key) == (KEY, KEY.replace("-1", "-2", 1))
    assert shop.roles["app"].trust == Trust(principals=("arn:aws:iam::111122223333:role/app",))
    assert store.roles["app"].trust == Trust(services=("ecs-tasks.amazonaws.com",))
    assert staged_families(stage("dev", SHOP), SHOP)["store"].roles["app"].trust is None
    assert (shop.tables["orders"].stream, store.tables["orders"].stream) == (None, "NEW_IMAGE")
    assert config.retain_on_delete


def test_the_projects_file_declares_every_setting() -> None:
    """Pulumi checks the types that Pulumi.yaml declares, and a person reads there what can be set."""
    text = yaml.safe_load((Path(__file__).parents[2] / "Pulumi.yaml").read_text())
    given = {"stage", "region", "endpoints", "allowedAccountIds"}
    assert set(text["config"]) == {field.alias for field in StageConfig.model_fields.values()} - given
    for name, declared in text["config"].items():
        field = next(field for field in StageConfig.model_fields.values() if field.alias == name)
        if "default" in declared and name != "families":
            default = field.get_default()
            assert declared["default"] == (list(default) if isinstance(default, tuple) else default), name
