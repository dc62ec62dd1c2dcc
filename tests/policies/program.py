"""What the real program registers in a stage, by Pulumi's mocks: what tests send to the pack, or break first."""

from __future__ import annotations

import copy
import json
import os
from functools import cache
from typing import Any
from unittest.mock import patch

import yaml

import families
from components import deploy
from local.overlay import endpoints
from local.project import ROOT
from tablekit.resources import BUCKET, KEY, KINDS, REPLICA, TABLE, VAULT
from tests.components.mocked import ACCOUNT, run
from tests.policies.analyzer import Sent

Key = tuple[str, str]
"""A resource's type and Pulumi name."""
STAGES = ("local", "dev", "prod")
DENIED = f"arn:aws:iam::{ACCOUNT}:role/intern"
SERVER = f"arn:aws:iam::{ACCOUNT}:role/server"
PARTNER = "arn:aws:iam::999988887777:role/partner"
EXTERNAL_ID, ORGANIZATION = "acs-audit-7", "o-abcdefghij"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/edge"
KEYS = {region: f"arn:aws:kms:{region}:{ACCOUNT}:key/1" for region in ("eu-west-2", "us-east-1", "eu-central-1")}
DAY = {"name": "day", "schedule": "cron(0 8 ? * MON-FRI *)", "timezone": "Europe/London", "read": 20}
SCALED = {"read": 5, "write": 5, "upTo": {"read": 100, "write": 50}, "floors": [DAY]}
EVERYTHING: dict[str, Any] = {
    "alarms": "all",
    "alarmSubscriptions": [{"protocol": "email", "endpoint": "ops@example.com"}],
    "encryption": "customer-managed",
    "kmsKeyArns": KEYS,
    "options": ["pse-shares-ai-response-cache"],
    "publishParameters": True,
    "dashboards": True,
    "compositeAlarms": True,
    "budgets": True,
    "budgetAlerts": {"acs": [25, 50], "pse": [60]},
    "itemCounts": True,
    "growthLimits": {"acs": {"gigabytes": 10}},
    "backups": True,
    "backupVault": {"copyTo": "eu-central-1"},
    "events": True,
    "archive": True,
    "dataEvents": "writes",
    "dataEventsTrail": {"streams": True, "keepDays": 90},
    "accessAnalyzer": True,
    "contributorInsights": {"content-ai": "all", "pse/keyword-intelligence": "throttled"},
    "costAnomalies": 25,
    "tlsOnly": True,
    "onlyPrincipals": {"acs": [SERVER], "content-ai": [SERVER], "formbridge": [SERVER]},
    "denyWrites": {"acs": [DENIED], "content-ai": [DENIED]},
    "streams": {"acs/Users": "NEW_IMAGE", "marketbrewer/businesses": "KEYS_ONLY"},
    "provisioned": {"acs/Sessions": SCALED},
    "onDemand": {"formbridge/FormBridgeData": {"maxRead": 4000, "maxWrite": 1000, "indexes": {"GSI1": {"maxRead": 9}}}},
    "warmThroughput": {"pse/content-mapping": {"read": 20_000, "write": 8_000}},
    "tableClasses": {"cloudstro/social-posts": "STANDARD_INFREQUENT_ACCESS"},
    "permissionsBoundary": BOUNDARY,
    "trust": {
        "marketbrewer": {"principals": [SERVER]},
        "marketbrewer/sync": {"services": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]},
        "formbridge": {"principals": [SERVER]},  # which opens no tenant's role
        "acs/readonly": {"foreign": [{"principal": PARTNER, "externalId": EXTERNAL_ID}]},
        "pse/readonly": {
            "services": ["lambda.amazonaws.com"],
            "foreign": [{"principal": PARTNER, "organization": ORGANIZATION}],
        },
    },
}
"""Settings with every option on."""
COPIED: dict[str, Any] = {
    **EVERYTHING,
    "encryption": "family-keys",
    "kmsKeyArns": {},
    "replicas": {"pse": ["eu-west-1", "eu-north-1"], "content-ai": ["eu-west-1"], "formbridge": ["us-west-2"]},
    "streams": {},
}
"""The same with the stack's own keys, and replicas: of a family with a prefix, of one without, of tenants' tables."""


def settings(stage: str, **changed: Any) -> dict[str, str]:
    """A stage's own file as the engine hands it over: values as text, lists and objects as JSON."""
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    declared = project.get("config") or {}
    config = {f"{project['name']}:{key}": given["default"] for key, given in declared.items() if "default" in given}
    config |= yaml.safe_load((ROOT / f"Pulumi.{stage}.yaml").read_text())["config"]
    config["aws:endpoints"] = endpoints("http://127.0.0.1:1")
    if stage != "local":
        config["dynamodb-tables:rehearsal"] = True
        config.pop("dynamodb-tables:existingFamilies", None)  # a rehearsal creates them
    config |= {f"{project['name']}:{key}": value for key, value in changed.items()}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def within(kind: str, name: str) -> str:
    """The types of a resource's components."""
    if not kind.startswith("aws:"):
        return ""
    if name.startswith("item-counts-"):
        return "ItemCounts"
    family, *account = KINDS[kind].within if kind in KINDS else ("",)
    if name.endswith(("-events", "-archive")):
        return "TableFamily FamilyEvents"
    another = name.startswith("account-") or name == "dashboard" or "-aws-" in name  # of AWS Backup, of no family
    return account[0] if account and another else family


@cache
def _registered(stage: str, changed: str) -> tuple[dict[str, str], dict[Key, Sent]]:
    config = settings(stage, **json.loads(changed))
    with patch.dict(os.environ, PULUMI_CONFIG=json.dumps(config)):
        recorder, _ = run(lambda: deploy(families.catalogue), stage)
    protected = config.get("dynamodb-tables:protect") == "true"
    made = {
        key: Sent(
            *key,
            inputs,
            protect=protected and key[0] in (TABLE, VAULT, KEY, REPLICA, BUCKET),
            parents=within(*key),
            ignore_changes={TABLE: ("replicas",), REPLICA: ("tableClassOverride",)}.get(key[0], ()),
        )
        for key, inputs in recorder.resources.items()
    }
    return config, made


def stack(stage: str, **changed: Any) -> tuple[dict[str, str], dict[Key, Sent]]:
    """A stage's settings and the resources registered in it, which are the caller's to change."""
    config, made = _registered(stage, json.dumps(changed, sort_keys=True))
    return dict(config), copy.deepcopy(made)
