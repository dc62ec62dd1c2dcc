"""The peer from another house: the same tables, alarms and roles as an AWS CDK app, and `cdk synth` of it."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.errors import BenchmarkError
from benchmarks.plan.resources import Planned
from benchmarks.plan.timing import Command
from local.workspace import without_accounts
from tests.support.fetched import from_npm

APP = Path(__file__).resolve().parents[1] / "cdk"
ACCOUNT = "123456789012"
"""A stack that alarms on another region's or account's names needs one; no one asks it."""
QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "true",
    "NO_COLOR": "1",
}
TYPES = {
    "aws:dynamodb/table:Table": "AWS::DynamoDB::Table",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "AWS::CloudWatch::Alarm",
    "aws:iam/role:Role": "AWS::IAM::Role",
    "aws:sns/topic:Topic": "AWS::SNS::Topic",
}
"""What CloudFormation calls a type. A role's policy is a part of its role there."""
WITHIN_ANOTHER = ("aws:iam/rolePolicy:RolePolicy",)


def fetch() -> Path:
    """The folder of the CDK's packages. Raises `NotFetchedError`."""
    return from_npm("benchmark-cdk", "the AWS CDK", APP)[1]


def write(folder: Path, resources: Sequence[Planned]) -> None:
    """Write the app's folder: the resources as it reads them, and the settings that any CDK project has."""
    folder.mkdir(parents=True)
    groups: dict[str, list[Planned]] = {}
    for resource in resources:
        if resource.type not in TYPES and resource.type not in WITHIN_ANOTHER:
            raise BenchmarkError(f"{resource.name}: the CDK app has no {resource.type}; add it to {APP.name}/app.js")
        groups.setdefault(resource.group, []).append(resource)
    described = [{"name": name, "account": ACCOUNT, **_stack(members)} for name, members in groups.items()]
    (folder / "resources.json").write_text(json.dumps(described), encoding="utf-8")


def synth(packages: Path, folder: Path) -> Command:
    """`cdk synth` as its user gives it, with all left out that would ask the network."""
    # A module of node finds its packages above its own folder only.
    app = packages / "app.js"
    shutil.copy(APP / "app.js", app)
    words = [str(packages / "node_modules" / ".bin" / "cdk"), "synth", "--quiet", "--app", f"node {app}"]
    words += ["--output", str(folder / "cdk.out"), "--no-notices", "--no-version-reporting", "--no-lookups"]
    environment = {
        **without_accounts(os.environ),
        **QUIET,
        "CDK_HOME": str(folder / "cdk-home"),
        "BENCHMARK_RESOURCES": str(folder / "resources.json"),
    }
    return Command(words, folder, environment)


def check(folder: Path, resources: Sequence[Planned]) -> None:
    """Raise `BenchmarkError` unless the synthesized templates hold what the previews plan."""
    templates = [json.loads(file.read_text()) for file in (folder / "cdk.out").glob("*.template.json")]
    made = [(it["Type"], it["Properties"]) for template in templates for it in template["Resources"].values()]
    own = Counter(TYPES[resource.type] for resource in resources if resource.type in TYPES)
    found = Counter(kind for kind, _ in made)
    if found != own:
        raise BenchmarkError(f"the CDK app makes {dict(found)}, the project {dict(own)}")
    tables = sorted(_table(properties) for kind, properties in made if kind == TYPES["aws:dynamodb/table:Table"])
    wanted = sorted(_wanted_table(resource.inputs) for resource in resources if resource.type.endswith(":Table"))
    for one, other in zip(tables, wanted, strict=True):
        if one != other:
            raise BenchmarkError(f"the CDK app makes another table than the project:\n{one}\n{other}")
    alarms = Counter(properties["AlarmName"] for kind, properties in made if kind == "AWS::CloudWatch::Alarm")
    if alarms != Counter(resource.inputs["name"] for resource in resources if resource.type.endswith(":MetricAlarm")):
        raise BenchmarkError("the CDK app's alarms have other names than the project's")


def _stack(members: Sequence[Planned]) -> dict[str, Any]:
    region = next(resource.inputs["region"] for resource in members if "region" in resource.inputs)
    described = [
        {
            "type": resource.type.split("/")[1].split(":")[0],
            "name": resource.name,
            "inputs": resource.inputs,
            "retain": resource.retain,
        }
        for resource in members
    ]
    return {"region": region, "resources": described}


def _table(properties: dict[str, Any]) -> str:
    """A table of a template, in a form to compare."""
    indexes = [*properties.get("GlobalSecondaryIndexes", []), *properties.get("LocalSecondaryIndexes", [])]
    backups = properties["PointInTimeRecoverySpecification"]
    return _shape(
        properties["TableName"],
        [(key["AttributeName"], key["KeyType"]) for key in properties["KeySchema"]],
        {key["AttributeName"]: key["AttributeType"] for key in properties["AttributeDefinitions"]},
        {
            index["IndexName"]: (
                [key["AttributeName"] for key in index["KeySchema"]],
                index["Projection"]["ProjectionType"],
                sorted(index["Projection"].get("NonKeyAttributes", [])),
            )
            for index in indexes
        },
        properties.get("TimeToLiveSpecification", {}).get("AttributeName"),
        (backups["PointInTimeRecoveryEnabled"], backups["RecoveryPeriodInDays"]),
        properties["SSESpecification"]["SSEEnabled"],
        properties["DeletionProtectionEnabled"],
        {tag["Key"]: tag["Value"] for tag in properties["Tags"]},
    )


def _wanted_table(inputs: dict[str, Any]) -> str:
    """A table of a preview, in the same form."""
    keys = [(inputs["hashKey"], "HASH"), *([(inputs["rangeKey"], "RANGE")] if "rangeKey" in inputs else [])]
    globals_ = {
        index["name"]: ([key["attributeName"] for key in index["keySchemas"]], *_projection(index))
        for index in inputs.get("globalSecondaryIndexes", [])
    }
    locals_ = {
        index["name"]: ([inputs["hashKey"], index["rangeKey"]], *_projection(index))
        for index in inputs.get("localSecondaryIndexes", [])
    }
    backups = inputs["pointInTimeRecovery"]
    return _shape(
        inputs["name"],
        keys,
        {attribute["name"]: attribute["type"] for attribute in inputs["attributes"]},
        globals_ | locals_,
        inputs.get("ttl", {}).get("attributeName"),
        (backups["enabled"], backups["recoveryPeriodInDays"]),
        inputs["serverSideEncryption"]["enabled"],
        inputs["deletionProtectionEnabled"],
        inputs["tags"],
    )


def _projection(index: dict[str, Any]) -> tuple[str, list[str]]:
    return index["projectionType"], sorted(index.get("nonKeyAttributes", []))


def _shape(*parts: Any) -> str:
    return json.dumps(parts, sort_keys=True)
