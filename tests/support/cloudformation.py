"""The stack as CloudFormation templates, for checkers that read nothing else. One template a region, as stacks are.

Every property that a resource was registered with is translated; one that has no translation is an error, so that no
checker passes over what it was not shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.components.mocked import ACCOUNT
from tests.policies.analyzer import Sent
from tests.policies.program import Key

Template = dict[str, Any]
Inputs = dict[str, Any]
Properties = dict[str, Any]


class ConversionError(Exception):
    """A resource or property that has no translation here."""


def templates(resources: Mapping[Key, Sent], region: str, retained: bool) -> dict[str, Template]:
    """By region. region: of what has none of its own. retained: whether tables are retained on delete."""
    made = {key: sent for key, sent in resources.items() if key[0].startswith("aws:")}
    homes = {key: sent.inputs.get("region") or _home(key, made, region) for key, sent in made.items()}
    found: dict[str, Template] = {}
    for key, sent in made.items():
        if key[0] in _WITHIN_ANOTHER:
            continue
        body = found.setdefault(
            homes[key], {"AWSTemplateFormatVersion": "2010-09-09", "Description": "Table families", "Resources": {}}
        )
        kind, translate = _KINDS.get(key[0], (None, None))
        if kind is None or translate is None:
            raise ConversionError(f"{key[0]} has no translation; add one to {__name__}")
        inputs = dict(sent.inputs)
        inputs.pop("region", None)
        resource: dict[str, Any] = {"Type": kind, "Properties": _known(translate(inputs))}
        if inputs:
            raise ConversionError(f"{key[0]} {key[1]}: {', '.join(sorted(inputs))} has no translation; add it")
        if key[0] == _TABLE:
            resource["Properties"] |= _policy_of(key[1], made)
            resource |= dict.fromkeys(("DeletionPolicy", "UpdateReplacePolicy"), "Retain" if retained else "Delete")
        name = _logical(key)
        if name in body["Resources"]:
            raise ConversionError(f"two resources would be {name}")
        body["Resources"][name] = resource
    return {place: json.loads(json.dumps(_linked(body, made))) for place, body in found.items()}


_TABLE = "aws:dynamodb/table:Table"
_TOPIC = "aws:sns/topic:Topic"
_ROLE = "aws:iam/role:Role"
_RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
_WITHIN_ANOTHER = (_RESOURCE_POLICY,)
"""What CloudFormation has as a property of another resource."""


def _home(key: Key, made: Mapping[Key, Sent], region: str) -> str:
    """IAM has no region: a role goes where its family's tables are."""
    family = {
        sent.inputs["tags"]["family"]: sent.inputs["region"] for (kind, _), sent in made.items() if kind == _TABLE
    }
    role = made.get((_ROLE, key[1]))
    return family.get(role.inputs["tags"]["family"], region) if role else region


def _logical(key: Key) -> str:
    kind = key[0].split(":")[-1]
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", key[1])) + kind


def _linked(value: Any, made: Mapping[Key, Sent]) -> Any:
    """References instead of the names and ARNs that the mocks gave."""
    links = {
        f"arn:aws:sns:{sent.inputs['region']}:{ACCOUNT}:{sent.inputs['name']}": _logical(key)
        for key, sent in made.items()
        if key[0] == _TOPIC
    }

    def walk(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: walk(each) for name, each in part.items()}
        if isinstance(part, list):
            return [walk(each) for each in part]
        if isinstance(part, str) and part in links:
            return {"Ref": links[part]}
        return int(part) if isinstance(part, float) and part.is_integer() else part

    return walk(value)


def _known(properties: Properties) -> Properties:
    return {name: value for name, value in properties.items() if value is not None}


def _tags(inputs: Inputs) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in sorted(inputs.pop("tags", {}).items())]


def _throughput(inputs: Inputs) -> dict[str, Any] | None:
    read, write = inputs.pop("readCapacity", None), inputs.pop("writeCapacity", None)
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write} if read and write else None


def _key_schema(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else keys


def _projection(index: Inputs) -> dict[str, Any]:
    return _known(
        {"ProjectionType": index.pop("projectionType"), "NonKeyAttributes": index.pop("nonKeyAttributes", None)}
    )


def _index(given: Inputs, hash_key: str | None) -> Properties:
    """hash_key: the table's, for a local index."""
    index = dict(given)
    keys = (
        _key_schema(hash_key, index.pop("rangeKey"))
        if hash_key
        else [{"AttributeName": key["attributeName"], "KeyType": key["keyType"]} for key in index.pop("keySchemas")]
    )
    found = _known(
        {
            "IndexName": index.pop("name"),
            "KeySchema": keys,
            "Projection": _projection(index),
            "ProvisionedThroughput": _throughput(index),
        }
    )
    if index:
        raise ConversionError(f"an index's {', '.join(sorted(index))} has no translation; add it")
    return found


def _table(inputs: Inputs) -> Properties:
    hash_key = inputs.pop("hashKey")
    ttl = inputs.pop("ttl", None)
    recovery, encryption = inputs.pop("pointInTimeRecovery", None), inputs.pop("serverSideEncryption", None)
    stream = inputs.pop("streamViewType", None)
    inputs.pop("streamEnabled", None)
    return {
        "TableName": inputs.pop("name"),
        "AttributeDefinitions": [
            {"AttributeName": each["name"], "AttributeType": each["type"]} for each in inputs.pop("attributes")
        ],
        "KeySchema": _key_schema(hash_key, inputs.pop("rangeKey", None)),
        "GlobalSecondaryIndexes": [_index(each, None) for each in inputs.pop("globalSecondaryIndexes", ())] or None,
        "LocalSecondaryIndexes": [_index(each, hash_key) for each in inputs.pop("localSecondaryIndexes", ())] or None,
        "BillingMode": inputs.pop("billingMode"),
        "ProvisionedThroughput": _throughput(inputs),
        "TimeToLiveSpecification": ttl and {"AttributeName": ttl["attributeName"], "Enabled": ttl["enabled"]},
        "StreamSpecification": stream and {"StreamViewType": stream},
        "PointInTimeRecoverySpecification": recovery
        and {
            "PointInTimeRecoveryEnabled": recovery["enabled"],
            "RecoveryPeriodInDays": recovery["recoveryPeriodInDays"],
        },
        "SSESpecification": encryption
        and _known(
            {"SSEEnabled": encryption["enabled"], "SSEType": "KMS", "KMSMasterKeyId": encryption.get("kmsKeyArn")}
        ),
        "DeletionProtectionEnabled": inputs.pop("deletionProtectionEnabled", False),
        "Tags": _tags(inputs),
    }


def _policy_of(name: str, made: Mapping[Key, Sent]) -> Properties:
    """The table's own policy, which Pulumi has as a resource."""
    policy = made.get((_RESOURCE_POLICY, f"{name}-deny-writes"))
    return {"ResourcePolicy": {"PolicyDocument": json.loads(policy.inputs["policy"])}} if policy else {}


def _role(inputs: Inputs) -> Properties:
    return {
        "RoleName": inputs.pop("name"),
        "Description": inputs.pop("description"),
        "AssumeRolePolicyDocument": json.loads(inputs.pop("assumeRolePolicy")),
        "Tags": _tags(inputs),
    }


def _role_policy(inputs: Inputs) -> Properties:
    return {
        "PolicyName": inputs.pop("name"),
        "RoleName": inputs.pop("role"),
        "PolicyDocument": json.loads(inputs.pop("policy")),
    }


def _topic(inputs: Inputs) -> Properties:
    return {"TopicName": inputs.pop("name"), "Tags": _tags(inputs)}


def _subscription(inputs: Inputs) -> Properties:
    endpoint = inputs.pop("endpoint")
    return {
        "TopicArn": inputs.pop("topic"),
        "Protocol": inputs.pop("protocol"),
        "Endpoint": endpoint["value"] if isinstance(endpoint, dict) else endpoint,
    }


def _metric(given: Inputs) -> Properties:
    dimensions = [{"Name": name, "Value": value} for name, value in sorted(given.pop("dimensions", {}).items())]
    return _known(
        {
            "Namespace": given.pop("namespace", None),
            "MetricName": given.pop("metricName", None),
            "Dimensions": dimensions or None,
        }
    )


def _query(given: Inputs) -> Properties:
    query = dict(given)
    metric = dict(query.pop("metric", {}))
    statistic = metric and {"Metric": _metric(metric), "Period": metric.pop("period"), "Stat": metric.pop("stat")}
    found = {
        "Id": query.pop("id"),
        "Expression": query.pop("expression", None),
        "Label": query.pop("label", None),
        "MetricStat": statistic or None,
        "ReturnData": query.pop("returnData", False),
    }
    if query or metric:
        raise ConversionError(f"a metric query's {sorted({**query, **metric})} has no translation; add it")
    return _known(found)


def _alarm(inputs: Inputs) -> Properties:
    queries = [_query(each) for each in inputs.pop("metricQueries", ())]
    return {
        "AlarmName": inputs.pop("name"),
        "AlarmDescription": inputs.pop("alarmDescription"),
        "ComparisonOperator": inputs.pop("comparisonOperator"),
        "Threshold": inputs.pop("threshold"),
        "EvaluationPeriods": inputs.pop("evaluationPeriods"),
        "TreatMissingData": inputs.pop("treatMissingData"),
        "AlarmActions": inputs.pop("alarmActions"),
        "OKActions": inputs.pop("okActions", None),
        "Statistic": inputs.pop("statistic", None),
        "Period": inputs.pop("period", None),
        "Metrics": queries or None,
        "Tags": _tags(inputs),
        **_metric(inputs),
    }


def _parameter(inputs: Inputs) -> Properties:
    return {
        "Name": inputs.pop("name"),
        "Type": inputs.pop("type"),
        "Tier": inputs.pop("tier"),
        "Value": inputs.pop("insecureValue"),
        "Description": inputs.pop("description"),
        "Tags": inputs.pop("tags", {}),
    }


_KINDS: dict[str, tuple[str, Callable[[Inputs], Properties]]] = {
    _TABLE: ("AWS::DynamoDB::Table", _table),
    _TOPIC: ("AWS::SNS::Topic", _topic),
    _ROLE: ("AWS::IAM::Role", _role),
    "aws:iam/rolePolicy:RolePolicy": ("AWS::IAM::RolePolicy", _role_policy),
    "aws:sns/topicSubscription:TopicSubscription": ("AWS::SNS::Subscription", _subscription),
    "aws:ssm/parameter:Parameter": ("AWS::SSM::Parameter", _parameter),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("AWS::CloudWatch::Alarm", _alarm),
}
"""What CloudFormation calls a type, and how its properties are translated. A translation takes each from the inputs."""
