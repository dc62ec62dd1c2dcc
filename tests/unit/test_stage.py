"""A stage's file: what is wrong is named by file and key, with what it may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from tablekit.model import Budget, Catalogue, Growth, StageConfig, StageError, TenantScope, load_stage
from tablekit.model.stage_settings import check_account
from tablekit.model.staged import staged_families
from tablekit.model.trust import Trust
from tests.support.declare import LOOPBACK, family, pattern, role, stage, writing

_OWN_ORDERS = pattern(
    key="customer = '{customer_id}' AND day >= :since", example={"customer_id": "c1", "since": "2026-01-01"}
)
_CUSTOMER = role(
    name="customer",
    access="read-only",
    tenant=TenantScope(tag="customer", leading_keys=("{tenant}",)),
    assumed_by="app",
    patterns=("orders-of-customer",),
)
SHOP = Catalogue(
    [
        family(
            patterns=(_OWN_ORDERS, writing()),
            roles=(role(), _CUSTOMER),
            budget=Budget(purpose="costs", alerts=(50,), currency="GBP"),
        ),
        family(
            key="store",
            table_name="store-{table}",
            region=None,
            budget=Budget(purpose="alerts on costs"),
            growth=Growth(purpose="alerts on sizes"),
        ),
    ]
)
BACKUPS = {"backups": True}
COUNTS = {"itemCounts": True}
RECORDED = {"dataEvents": "writes"}
BUDGETS = {"budgets": True, "budgetAlerts": {"shop": [60], "store": [5]}}
PARTNER = "arn:aws:iam::999988887777:role/partner"
SHOWS = {"externalId": "a7"}
OWN = {"allowedAccountIds": ["111122223333"]}
BOTH = {"families": ["shop", "store"]}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/k"


def refused(
    settings: dict[str, Any], says: str, stage: str = "dev", aws: dict[str, Any] | None = None, local: Any = None
) -> Any:
    """A stage's settings beside those that it has to have, and what is said of them. local: its endpoints there."""
    if local is not None:
        stage, aws = "local", {"endpoints": local}
    return pytest.param(stage, {**BOTH, **settings}, aws or {}, says, id=says)


REFUSED = (
    refused({"deletionProtecton": True}, "deletionProtecton: no such setting … did you mean 'deletionProtection'?"),
    refused({"families": []}, "dynamodb-tables:families"),
    refused({"families": ["shp"]}, "no family 'shp' … did you mean 'shop'?"),
    refused({"families": ["shop", "shop"]}, "'shop' is listed twice"),
    refused({"pointInTimeRecoveryDays": 36}, "pointInTimeRecoveryDays: 36 is not allowed … 35"),
    refused({"alarms": "some"}, "alarms: 'some' is not allowed … 'none', 'tables' or 'all'"),
    refused({"retainOnDelete": False}, "retainOnDelete: false is not allowed in stage 'dev'"),
    refused(
        {},
        "aws:endpoints is not allowed in stage 'prod' … make rehearse STAGE=prod",
        stage="prod",
        aws={"endpoints": [LOOPBACK]},
    ),
    refused({}, "iam is 'http://10.0.0.1:4566' … loopback", local=[{**LOOPBACK, "iam": "http://10.0.0.1:4566"}]),
    refused({}, "no 'sts' … would go to AWS", local=[{k: v for k, v in LOOPBACK.items() if k != "sts"}]),
    refused(
        {"publishParameters": True},
        "no 'ssm' … each of dynamodb, iam, sts, cloudwatch, sns, ssm needs one",
        local=[LOOPBACK],
    ),
    refused({}, "aws:endpoints … not JSON", local="[{"),
    refused({"rehearsal": True}, "rehearsal: true is for stages on AWS", local=[LOOPBACK]),
    refused({"trust": {"shop": {"principals": ["*"]}}}, "'*' is not the ARN … never *"),
    refused({"trust": {"shop": {}}}, "trusts nobody"),
    refused(
        {"trust": {"shop/ap": {"services": ["lambda.amazonaws.com"]}}},
        "no family or role 'shop/ap' … did you mean 'shop/app'?",
    ),
    refused({"trust": {"shop": {"services": ["lambda"]}}}, "service 'lambda' … lambda.amazonaws.com"),
    refused(
        {"trust": {"shop/customer": {"services": ["lambda.amazonaws.com"]}}},
        "trust: shop/customer: services lambda.amazonaws.com can't assume a tenant's role … in principals",
    ),
    refused(
        {"trust": {"shop": {"foreign": [{"principal": PARTNER}]}}},
        "trust.shop.foreign[0]: 'arn:aws:iam::999988887777:role/partner' is of another account … externalId …"
        " organization",
    ),
    refused(
        {"trust": {"shop": {"foreign": [{"principal": PARTNER, "externalId": "x"}]}}}, "externalId 'x' is not 2 to 1224"
    ),
    refused(
        {"trust": {"shop": {"foreign": [{"principal": PARTNER, "organization": "acme"}]}}},
        "organization 'acme' … o-a1b2c3d4e5",
    ),
    refused({"trust": {"shop": {"foreign": [{"principal": "*", "externalId": "a7"}]}}}, "'*' is not the ARN … never *"),
    refused(
        {"trust": {"shop": {"principals": [PARTNER]}}},
        "trust: shop: 'arn:aws:iam::999988887777:role/partner' is of account 999988887777 … own is 111122223333 …"
        " foreign",
        aws=OWN,
    ),
    refused(
        {"trust": {"shop": {"foreign": [{"principal": PARTNER.replace("999988887777", "111122223333"), **SHOWS}]}}},
        "role/partner' is of the stage's own account; name it in principals",
        aws=OWN,
    ),
    refused(
        {"permissionsBoundary": "edge"}, "permissionsBoundary: 'edge' is not a managed policy's ARN … policy/<name>"
    ),
    refused(
        {"permissionsBoundary": "arn:aws:iam::999988887777:policy/edge"},
        "permissionsBoundary: … is of account 999988887777 … own is 111122223333",
        aws=OWN,
    ),
    refused({"options": ["all-access"]}, "no option 'all-access' … allowed are none"),
    refused({"encryption": "customer-managed", "kmsKeyArns": {"eu-west-1": KEY}}, "region eu-west-2 has no key"),
    refused(
        {"provisioned": {"shop/order": {"read": 1, "write": 1}}}, "no table 'shop/order' … did you mean 'shop/orders'?"
    ),
    refused({"provisioned": {"shop/orders": {"read": 0, "write": 1}}}, "provisioned … 0 is not allowed"),
    refused(
        {"encryption": "customer-managed", "kmsKeyArns": {"eu-west-2": ""}},
        "kmsKeyArns: '' is not a key's ARN in eu-west-2",
    ),
    refused({"encryption": "customer-managed", "kmsKeyArns": {"eu-west-2": KEY}}, "is not a key's ARN in eu-west-2"),
    refused({"otherKmsKeyArns": {"eu-west-2": [KEY]}}, "otherKmsKeyArns: … is not a key's ARN in eu-west-2"),
    refused({"kmsKeyArns": {"eu-west-1": KEY}}, "encryption is aws-managed"),
    refused({"protect": 1}, "protect: 1 is not allowed"),
    refused({"pointInTimeRecoveryDays": True}, "pointInTimeRecoveryDays: True is not allowed"),
    refused(
        {"alarmSubscriptions": [{"protocol": "https", "endpoint": "http://example.com"}]},
        "alarmSubscriptions[0] … does not fit protocol https … https://example.com/alarms",
    ),
    refused({"alarmSubscriptions": [{"protocol": "email", "endpoint": "a@example.com"}] * 2}, "listed twice"),
    refused({"tags": {"Stage": "x"}}, "tag 'Stage' is set by the project"),
    refused({"tags": {"a&b": "x"}}, "tag 'a&b'='x' … 1 to 128"),
    refused({"tags": {f"t{n}": "x" for n in range(43)}}, "43 tags; 42 are free"),
    refused({"denyWrites": {"shop": []}}, "shop: denies nobody"),
    refused({}, "aws:region: 'Ireland' … eu-west-2", aws={"region": "Ireland"}),
    refused({}, "is not an object of service", local=["http://127.0.0.1"]),
    refused(
        {}, "Pulumi.dev.yaml: aws:allowedAccountIds … 12 digits in quotes", aws={"allowedAccountIds": [111122223333]}
    ),
    refused({"dashboards": "yes"}, "dashboards: 'yes' is not allowed"),
    refused({"dashboards": 1}, "dashboards: 1 is not allowed"),
    refused({"dashboard": True}, "dashboard: no such setting … did you mean 'dashboards'?"),
    refused({"compositeAlarms": "all", "alarms": "all"}, "compositeAlarms: 'all' is not allowed"),
    refused({"compositeAlarms": True}, "compositeAlarms: true, and alarms is none … set alarms to tables or all"),
    refused({"backups": "daily"}, "backups: 'daily' is not allowed"),
    refused(
        {**BUDGETS, **BACKUPS},
        "no 'backup' … each of dynamodb, iam, sts, cloudwatch, sns, budgets, backup, events",
        local=[{**LOOPBACK, "budgets": LOOPBACK["iam"]}],
    ),
    refused({"backupVault": {"lock": "none"}}, "backupVault is given, and backups is false; set it to true, or remove"),
    refused({**BACKUPS, "backupVault": {"lock": "strict"}}, "backupVault.lock: 'strict' is not allowed … 'compliance'"),
    refused({**BACKUPS, "backupVault": {"locked": True}}, "backupVault.locked"),
    refused({**BACKUPS, "backupVault": {"lockDays": {"atLeast": 0}}}, "backupVault.lockDays.atLeast: 0 is not allowed"),
    refused(
        {**BACKUPS, "backupVault": {"lockDays": {"atMost": 40_000}}}, "lockDays.atMost: 40000 is not allowed … 36500"
    ),
    refused(
        {**BACKUPS, "backupVault": {"lockDays": {"atLeast": 500}}}, "atLeast 500 is more than atMost 400; swap them"
    ),
    refused(
        {**BACKUPS, "backupVault": {"lock": "none", "lockDays": {}}}, "lock days are given, and lock is none; make"
    ),
    refused({**BACKUPS, "backupVault": {"graceDays": 5}}, "graceDays are of a compliance lock, and lock is governance"),
    refused({**BACKUPS, "backupVault": {"lock": "compliance", "graceDays": 2}}, "graceDays: 2 is not allowed … 3"),
    refused({**BACKUPS, "backupVault": {"copyTo": "Ireland"}}, "backupVault.copyTo: 'Ireland' is not a region's name"),
    refused({**BACKUPS, "backupVault": {"copyLockDays": {}}}, "copyLockDays are given, and copyTo is not; name the"),
    refused(
        {**BACKUPS, "backupVault": {"copyTo": "eu-west-1"}}, "copyTo is eu-west-1, where the tables of family 'shop'"
    ),
    refused(
        {**BACKUPS, "backupVault": {"lockDays": {"atLeast": 40}}},
        "backupVault: family 'shop', rule 'daily': backups are kept 35 days, and their vault's lock takes 40 to 400: "
        "every job would fail; change lockDays, or the rule",
    ),
    refused(
        {**BACKUPS, "backupVault": {"copyTo": "us-east-1", "copyLockDays": {"atMost": 90}}},
        "backupVault: family 'shop', rule 'monthly': copies to us-east-1 are kept 365 days, and their vault's lock "
        "takes 30 to 90: every job would fail; change copyLockDays, or the rule",
    ),
    refused(
        {
            **BACKUPS,
            "encryption": "customer-managed",
            "kmsKeyArns": {"eu-west-1": KEY, "eu-west-2": KEY.replace("-1", "-2")},
            "backupVault": {"copyTo": "us-east-1"},
        },
        "kmsKeyArns: encryption is customer-managed, and region us-east-1 has no key",
    ),
    refused(
        {**BACKUPS, "backupVault": {"lock": "compliance"}, "retainOnDelete": False, "alarms": "none"},
        "backupVault.lock is compliance, and stage 'local' is thrown away: its vaults would stay for ever",
        local=[{**LOOPBACK, "backup": LOOPBACK["iam"], "events": LOOPBACK["iam"]}],
    ),
    refused({"itemCounts": "yes"}, "itemCounts: 'yes' is not allowed"),
    refused({"itemCounts": 1}, "itemCounts: 1 is not allowed"),
    refused({"itemCounts": True}, "no 'lambda' … sns, lambda, logs, events", local=[LOOPBACK]),
    refused({"itemCount": True}, "itemCount: no such setting … did you mean 'itemCounts'?"),
    refused({"growthLimits": {"shop": {"items": 5}}}, "growthLimits are given, and itemCounts is false; set it to"),
    refused({**COUNTS, "growthLimits": {"shp": {"items": 5}}}, "growthLimits: no family 'shp' … mean 'shop'?"),
    refused({**COUNTS, "growthLimits": {"shop": {}}}, "growthLimits.shop: no limit; give items, gigabytes or both"),
    refused({**COUNTS, "growthLimits": {"shop": {"items": 0}}}, "growthLimits.shop.items: 0 is not allowed"),
    refused({**COUNTS, "growthLimits": {"shop": {"items": "5"}}}, "growthLimits.shop.items: '5' is not allowed"),
    refused({**COUNTS, "growthLimits": {"shop": {"gigabytes": -1}}}, "growthLimits.shop.gigabytes: -1 is not allowed"),
    refused({**COUNTS, "growthLimits": {"shop": {"gigabytes": 1.5}}}, "growthLimits.shop.gigabytes: 1.5 is not"),
    refused({**COUNTS, "growthLimits": {"shop": {"bytes": 1}}}, "growthLimits.shop.bytes: no such field"),
    refused({**COUNTS, "growthLimits": {"shop": 5}}, "growthLimits.shop: 5 is not allowed"),
    refused(
        COUNTS,
        "itemCounts: family 'store' declares growth without limits (alerts on sizes) … add store to growthLimits, as"
        " {gigabytes: 10}",
    ),
    refused({"dataEvents": "reads"}, "dataEvents: 'reads' is not allowed … 'writes'"),
    refused({"dataEvents": True}, "dataEvents: True is not allowed"),
    refused(
        {"dataEventsTrail": {"keepDays": 90}}, "dataEventsTrail is given, and dataEvents is none; set it to writes"
    ),
    refused({**RECORDED, "dataEventsTrail": {"keepDays": 0}}, "dataEventsTrail.keepDays: 0 is not allowed … 1"),
    refused({**RECORDED, "dataEventsTrail": {"keepDays": 40_000}}, "keepDays: 40000 is not allowed … 36500"),
    refused({**RECORDED, "dataEventsTrail": {"streams": "all"}}, "dataEventsTrail.streams: 'all' is not allowed"),
    refused({**RECORDED, "dataEventsTrail": {"bucket": "b"}}, "dataEventsTrail.bucket"),
    refused(RECORDED, "no 'cloudtrail' … each of dynamodb, iam, sts, cloudwatch, sns, cloudtrail", local=[LOOPBACK]),
    refused({"accessAnalyzer": "account"}, "accessAnalyzer: 'account' is not allowed"),
    refused({"contributorInsights": "all"}, "contributorInsights: 'all' is not allowed"),
    refused({"contributorInsights": {"shop": "some"}}, "contributorInsights.shop: 'some' is not allowed … 'throttled'"),
    refused({"contributorInsights": {"shop/order": "all"}}, "no family or table 'shop/order' … 'shop/orders'?"),
    refused(
        {
            "contributorInsights": {"shop": "throttled"},
            "encryption": "customer-managed",
            "kmsKeyArns": {"eu-west-1": KEY, "eu-west-2": KEY.replace("-1", "-2")},
        },
        "shop/orders: holds personal data, encryption is customer-managed … keys in plain text; add shop/orders: none",
    ),
    refused({"costAnomalies": -1}, "costAnomalies: -1 is not allowed … 0"),
    refused({"costAnomalies": 9.5}, "costAnomalies: 9.5 is not allowed"),
    refused({"costAnomalies": True}, "costAnomalies: True is not allowed"),
    refused({"costAnomalies": 5}, "no 'costexplorer' … sns, costexplorer", local=[LOOPBACK]),
    refused(
        {
            "families": ["shop"],
            "costAnomalies": 5,
            "encryption": "customer-managed",
            "kmsKeyArns": {"eu-west-1": KEY},
        },
        "kmsKeyArns: encryption is customer-managed, and region eu-west-2 has no key",
    ),
    refused({"tlsOnly": "shop"}, "tlsOnly: 'shop' is not allowed"),
    refused({"onlyPrincipals": {"shp": [PARTNER]}}, "onlyPrincipals: no family 'shp' … did you mean 'shop'?"),
    refused({"onlyPrincipals": {"shop": []}}, "onlyPrincipals: shop: names nobody, so that whoever seeds … locked out"),
    refused({"onlyPrincipals": {"shop": ["*"]}}, "onlyPrincipals.shop[0]: '*' is not the ARN of a role or user"),
    refused({"onlyPrincipals": {"shop": [PARTNER, PARTNER]}}, f"shop: '{PARTNER}' is listed twice"),
    refused(
        {"onlyPrincipals": {"shop": [PARTNER]}, "denyWrites": {"shop": [PARTNER]}},
        "onlyPrincipals.shop: each of them is in denyWrites too, so that nobody could repair an item; name",
    ),
    refused(
        {"onlyPrincipals": {"shop": [PARTNER]}},
        f"onlyPrincipals: shop: '{PARTNER}' is of account 999988887777, and the stage's own is 111122223333; a table",
        aws=OWN,
    ),
    refused({"budgets": ["shop"]}, "budgets: ['shop'] is not allowed"),
    refused({"budgets": True}, "no 'budgets' … each of dynamodb, iam, sts, cloudwatch, sns, budgets", local=[LOOPBACK]),
    refused({**BUDGETS, "billingCurrency": "pounds"}, "billingCurrency: 'pounds' is not allowed"),
    refused({**BUDGETS, "billingCurrency": "£"}, "billingCurrency: '£' is not allowed"),
    refused({"budgetAlerts": {"shop": [5]}}, "budgetAlerts are given, and budgets is false; set it to true"),
    refused({**BUDGETS, "budgetAlerts": {"shp": [5]}}, "budgetAlerts: no family 'shp' … did you mean 'shop'?"),
    refused({**BUDGETS, "budgetAlerts": {"shop": []}}, "budgetAlerts: shop: no amounts; give some, as [25, 50]"),
    refused({**BUDGETS, "budgetAlerts": {"shop": [0]}}, "budgetAlerts.shop[0]: 0 is not allowed"),
    refused({**BUDGETS, "budgetAlerts": {"shop": [-5]}}, "budgetAlerts.shop[0]: -5 is not allowed"),
    refused({**BUDGETS, "budgetAlerts": {"shop": [True]}}, "budgetAlerts.shop[0]: True is not allowed"),
    refused({**BUDGETS, "budgetAlerts": {"shop": ["5"]}}, "budgetAlerts.shop[0]: '5' is not allowed"),
    refused({**BUDGETS, "budgetAlerts": {"shop": [9.5]}}, "budgetAlerts.shop[0]: 9.5 is not allowed"),
    refused({**BUDGETS, "budgetAlerts": {"shop": 50}}, "budgetAlerts.shop: 50 is not allowed"),
    refused({**BUDGETS, "budgetAlerts": [50]}, "budgetAlerts: [50] is not allowed"),
    refused({**BUDGETS, "budgetAlerts": {"shop": [20, 10]}}, "budgetAlerts.shop: 20, 10 do not rise; give each once"),
    refused({**BUDGETS, "budgetAlerts": {"shop": [5, 5]}}, "budgetAlerts.shop: 5, 5 do not rise"),
    refused({**BUDGETS, "budgetAlerts": {"shop": list(range(1, 12))}}, "11 amounts; a budget notifies of 10 at most"),
    refused(
        {"budgets": True, "budgetAlerts": {"store": [5]}},
        "budgets: family 'shop' declares 50 GBP, and the account is billed in USD (billingCurrency) … add shop to"
        " budgetAlerts, with amounts in USD, as [25, 50]",
    ),
    refused(
        {"budgets": True, "billingCurrency": "GBP"},
        "budgets: family 'store' declares a budget without amounts (alerts on costs) … in GBP",
    ),
    refused({"streams": {"shop/orders": "IMAGES"}}, "streams … 'IMAGES' is not allowed"),
    refused({"denyWrites": {"shop": ["somebody"]}}, "denyWrites.shop[0]: 'somebody' is not the ARN of a role"),
)


@pytest.mark.parametrize(("name", "settings", "aws", "says"), REFUSED)
def test_a_broken_stage_is_refused_with_one_message(
    name: str, settings: dict[str, Any], aws: dict[str, Any], says: str
) -> None:
    with pytest.raises(StageError) as error:
        load_stage(name, settings, {"region": "eu-west-2", **aws}, SHOP)
    text = str(error.value)
    assert "\n" not in text
    assert text.startswith((f"Pulumi.{name}.yaml: dynamodb-tables:", f"Pulumi.{name}.yaml: aws:"))
    for part in says.split(" … "):
        assert part in text


def test_no_region() -> None:
    with pytest.raises(StageError, match=r"Pulumi\.dev\.yaml: aws:region is not set"):
        load_stage("dev", BOTH, {}, SHOP)


def test_an_existing_family_is_one_that_the_stage_marks() -> None:
    found = load_stage("prod", {**BOTH, "existingFamilies": ["store"]}, {"region": "eu-west-2"}, SHOP)
    assert [key for key, family in staged_families(found, SHOP).items() if family.exists_already] == ["store"]


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


def test_the_account_that_is_deployed_to_decides_who_is_foreign() -> None:
    """Where the file names no account, the deployment asks for it."""
    given = stage(
        "dev", SHOP, trust={"shop": {"principals": [PARTNER]}}, permissionsBoundary="arn:aws:iam::aws:policy/x"
    )
    check_account(given, "999988887777")
    with pytest.raises(StageError, match=r"^stage 'dev': dynamodb-tables:trust: shop: .* the stage's own is 1111"):
        check_account(given, "111122223333")


def test_the_projects_file_declares_every_setting() -> None:
    """Pulumi checks the types that Pulumi.yaml declares, and a person reads there what can be set."""
    text = yaml.safe_load((Path(__file__).parents[2] / "Pulumi.yaml").read_text())
    given = {"stage", "region", "endpoints", "allowedAccountIds"}
    assert set(text["config"]) == {field.alias for field in StageConfig.model_fields.values()} - given
    for name, declared in text["config"].items():
        field = next(field for field in StageConfig.model_fields.values() if field.alias == name)
        assert "default" in declared, f"{name}: without a default the engine asks every stage for it"
        if name != "families":
            default = field.get_default()
            plain = default.model_dump(exclude_unset=True) if isinstance(default, BaseModel) else default
            assert declared["default"] == (list(plain) if isinstance(plain, tuple) else plain), name
