"""The stack as CloudFormation templates, for checkers that read nothing else. One template a region, as stacks are.

A property's name is the resource's own with a capital letter, but for those that stand here. One that CloudFormation
does not have is a finding of cfn-lint's, so no checker passes over what it was not shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.components.mocked import ACCOUNT
from tests.policies.analyzer import Sent
from tests.policies.program import Key
from tests.support.cloudformation_parts import (
    anomalies,
    bucket_parts,
    capital,
    known,
    monitor,
    renamed,
    show_keys,
    trail,
)

Template = dict[str, Any]
Inputs = dict[str, Any]

_TABLE = "aws:dynamodb/table:Table"
_TOPIC = "aws:sns/topic:Topic"
_ROLE = "aws:iam/role:Role"
_INSIGHTS = "aws:dynamodb/contributorInsights:ContributorInsights"
_BUCKET = "aws:s3/bucket:Bucket"
_BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
_RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
"""CloudFormation has it as a property of the table, and a topic's policy as a resource of its own."""


def templates(resources: Mapping[Key, Sent], region: str, retained: bool) -> dict[str, Template]:
    """By region. region: of what has none of its own. retained: whether tables are retained on delete."""
    made = {key: sent.inputs for key, sent in resources.items() if key[0].startswith("aws:") and key[0] not in PARTS}
    found: dict[str, Template] = {}
    for key, inputs in made.items():
        if key[0] == _RESOURCE_POLICY:
            continue
        body = found.setdefault(
            inputs.get("region") or _home(key, made, region),
            {"AWSTemplateFormatVersion": "2010-09-09", "Description": "Table families", "Resources": {}},
        )
        kind, translate = _KINDS[key[0]]
        given = {name: value for name, value in inputs.items() if name != "region"}
        if key[0] == _TOPIC and (policy := given.pop("policy", None)):
            names = {"Topics": [{"Ref": _logical(key)}], "PolicyDocument": json.loads(policy)}
            body["Resources"][f"{_logical(key)}Policy"] = {"Type": "AWS::SNS::TopicPolicy", "Properties": names}
        resource: dict[str, Any] = {"Type": kind, "Properties": known(translate(given))}
        if key[0] == _TABLE:
            if attached := made.get((_RESOURCE_POLICY, f"{key[1]}-deny-writes")):
                resource["Properties"]["ResourcePolicy"] = {"PolicyDocument": json.loads(attached["policy"])}
            show_keys(resource["Properties"], {n: each for (k, n), each in made.items() if k == _INSIGHTS}, key[1])
            resource |= dict.fromkeys(("DeletionPolicy", "UpdateReplacePolicy"), "Retain" if retained else "Delete")
        if key[0] == _BUCKET:
            resource["Properties"] |= bucket_parts(key[1], resources)
            resource |= dict.fromkeys(("DeletionPolicy", "UpdateReplacePolicy"), "Retain" if retained else "Delete")
        assert _logical(key) not in body["Resources"], key
        body["Resources"][_logical(key)] = resource
    return {place: json.loads(json.dumps(_linked(body, made))) for place, body in found.items()}


def _home(key: Key, made: Mapping[Key, Inputs], region: str) -> str:
    """IAM has no region: a role goes where its family's tables are."""
    family = {inputs["tags"]["family"]: inputs["region"] for (kind, _), inputs in made.items() if kind == _TABLE}
    role = made.get((_ROLE, key[1]))
    return family.get(role["tags"].get("family"), region) if role else region


def _logical(key: Key) -> str:
    kind = key[0].split(":")[-1]
    return "".join(capital(word) for word in re.split(r"[^A-Za-z0-9]+", key[1])) + kind


def _linked(value: Any, made: Mapping[Key, Inputs]) -> Any:
    """References instead of the ARNs that the mocks gave."""
    links = {
        f"arn:aws:sns:{inputs['region']}:{ACCOUNT}:{inputs['name']}": _logical(key)
        for key, inputs in made.items()
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


def _throughput(inputs: Inputs) -> dict[str, Any] | None:
    read, write = inputs.pop("readCapacity", None), inputs.pop("writeCapacity", None)
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write} if read and write else None


def _limits(inputs: Inputs) -> Inputs:
    """The maximum on demand, and what is served at once."""
    names = ("onDemandThroughput", "warmThroughput")
    return {capital(name): renamed(inputs.pop(name)) for name in names if name in inputs}


def _index(given: Inputs) -> Inputs:
    index = dict(given)
    projection = {
        "ProjectionType": index.pop("projectionType"),
        "NonKeyAttributes": index.pop("nonKeyAttributes", None),
    }
    return known(
        {
            "KeySchema": [renamed(key) for key in index.pop("keySchemas")],
            "Projection": known(projection),
            "ProvisionedThroughput": _throughput(index),
            **_limits(index),
            **renamed(index, name="IndexName"),
        }
    )


def _table(inputs: Inputs) -> Inputs:
    keys = {"HASH": inputs.pop("hashKey"), "RANGE": inputs.pop("rangeKey", None)}
    stream, recovery = inputs.pop("streamViewType", None), inputs.pop("pointInTimeRecovery")
    inputs.pop("streamEnabled", None)
    encryption = renamed(inputs.pop("serverSideEncryption"), enabled="SSEEnabled", kmsKeyArn="KMSMasterKeyId")
    return {
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for kind, name in keys.items() if name],
        "AttributeDefinitions": [
            renamed(each, name="AttributeName", type="AttributeType") for each in inputs.pop("attributes")
        ],
        "GlobalSecondaryIndexes": [_index(each) for each in inputs.pop("globalSecondaryIndexes", ())] or None,
        "ProvisionedThroughput": _throughput(inputs),
        **_limits(inputs),
        "TimeToLiveSpecification": renamed(inputs.pop("ttl", {})) or None,
        "StreamSpecification": stream and {"StreamViewType": stream},
        "PointInTimeRecoverySpecification": renamed(recovery, enabled="PointInTimeRecoveryEnabled"),
        "SSESpecification": {**encryption, "SSEType": "KMS"},
        **renamed(inputs, name="TableName"),
    }


def _metric(given: Inputs) -> Inputs:
    dimensions = [{"Name": name, "Value": value} for name, value in sorted(given.pop("dimensions", {}).items())]
    return known({"Dimensions": dimensions or None, **renamed(given)})


def _query(given: Inputs) -> Inputs:
    metric = dict(given.get("metric", {}))
    statistic = {name: metric.pop(name.lower()) for name in ("Period", "Stat")} if metric else {}
    rest = {name: value for name, value in given.items() if name != "metric"}
    found = {"MetricStat": {"Metric": _metric(metric), **statistic} if metric else None, **renamed(rest)}
    return {"ReturnData": False, **known(found)}  # Pulumi's default; CloudFormation's is true


def _alarm(inputs: Inputs) -> Inputs:
    queries = [_query(each) for each in inputs.pop("metricQueries", ())]
    dimensions = {"dimensions": inputs.pop("dimensions")} if "dimensions" in inputs else {}
    return {
        "Metrics": queries or None,
        **_metric(dimensions),
        **renamed(inputs, name="AlarmName", okActions="OKActions"),
    }


def _subscription(inputs: Inputs) -> Inputs:
    endpoint = inputs.pop("endpoint")
    endpoint = endpoint["value"] if isinstance(endpoint, dict) else endpoint
    return {"Endpoint": endpoint, **renamed(inputs, topic="TopicArn")}


def _parameter(inputs: Inputs) -> Inputs:
    return {"Tags": inputs.pop("tags", {}), **renamed(inputs, insecureValue="Value")}


def _composite(inputs: Inputs) -> Inputs:
    return renamed(inputs, okActions="OKActions")


def _budget(inputs: Inputs) -> Inputs:
    tags = inputs.pop("tags", {})
    kinds = {"subscriberSnsTopicArns": "SNS", "subscriberEmailAddresses": "EMAIL"}
    notifications = [
        {
            "Notification": renamed({name: value for name, value in each.items() if name not in kinds}),
            "Subscribers": [
                {"SubscriptionType": kind, "Address": address}
                for name, kind in kinds.items()
                for address in each.get(name, ())
            ],
        }
        for each in inputs.pop("notifications")
    ]
    limit = {"Amount": float(inputs.pop("limitAmount")), "Unit": inputs.pop("limitUnit")}
    filters = {each["name"]: each["values"] for each in inputs.pop("costFilters")}
    budget = {"BudgetLimit": limit, "CostFilters": filters, **renamed(inputs, name="BudgetName")}
    resource_tags = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"Budget": budget, "NotificationsWithSubscribers": notifications, "ResourceTags": resource_tags}


def _vault(inputs: Inputs) -> Inputs:
    tags = inputs.pop("tags")
    return {**renamed(inputs, name="BackupVaultName", kmsKeyArn="EncryptionKeyArn"), "BackupVaultTags": tags}


def _kept(inputs: Inputs) -> Inputs:
    days = {"deleteAfter": "DeleteAfterDays", "coldStorageAfter": "MoveToColdStorageAfterDays"}
    lifecycle = {days[name]: value for name, value in inputs.pop("lifecycle").items()}
    return {"Lifecycle": lifecycle, **renamed(inputs, destinationVaultArn="DestinationBackupVaultArn")}


def _plan(inputs: Inputs) -> Inputs:
    names = {"targetVaultName": "TargetBackupVault", "schedule": "ScheduleExpression"}
    names |= {"startWindow": "StartWindowMinutes", "completionWindow": "CompletionWindowMinutes"}
    rules = []
    for rule in inputs["rules"]:
        copies = {"CopyActions": [_kept(dict(each)) for each in rule.get("copyActions", ())]}
        own = _kept({name: value for name, value in rule.items() if name != "copyActions"})
        rules.append({**{names.get(n[0].lower() + n[1:], n): value for n, value in own.items()}, **copies})
    plan = {"BackupPlanName": inputs["name"], "BackupPlanRule": rules}
    return {"BackupPlan": plan, "BackupPlanTags": inputs["tags"]}


def _selection(inputs: Inputs) -> Inputs:
    pairs = inputs["conditions"][0]["stringEquals"]
    equal = [{"ConditionKey": each["key"], "ConditionValue": each["value"]} for each in pairs]
    chosen = {"SelectionName": inputs["name"], "IamRoleArn": inputs["iamRoleArn"], "Resources": inputs["resources"]}
    return {"BackupPlanId": "plan", "BackupSelection": {**chosen, "Conditions": {"StringEquals": equal}}}


def _event_rule(inputs: Inputs) -> Inputs:
    own = {name: value for name, value in inputs.items() if name not in ("eventPattern", "tags")}
    pattern = inputs.get("eventPattern")
    return {**renamed(own), **({"EventPattern": json.loads(pattern)} if pattern else {})}


def _function(inputs: Inputs) -> Inputs:
    """CloudFormation takes one file of code as text, and no others beside it."""
    code = next(iter(inputs.pop("code")["assets"].values()))["text"]
    return {**renamed(inputs, name="FunctionName"), "Code": {"ZipFile": code}}


def _permission(inputs: Inputs) -> Inputs:
    own = {name: value for name, value in inputs.items() if name != "statementId"}
    return renamed(own, function="FunctionName")


def _bus(inputs: Inputs) -> Inputs:
    return renamed(inputs)


def _event_archive(inputs: Inputs) -> Inputs:
    names = {"name": "ArchiveName", "eventSourceArn": "SourceArn"}
    return renamed({name: value for name, value in inputs.items() if name != "kmsKeyIdentifier"}, **names)


def _queue(inputs: Inputs) -> Inputs:
    names = {"name": "QueueName", "messageRetentionSeconds": "MessageRetentionPeriod"}
    names["maxMessageSize"] = "MaximumMessageSize"
    return renamed({name: value for name, value in inputs.items() if name != "policy"}, **names)


_OF_PIPES = {
    "dynamodbStreamParameters": "DynamoDBStreamParameters",
    "eventbridgeEventBusParameters": "EventBridgeEventBusParameters",
}


def _spelt(given: Any) -> Any:
    if isinstance(given, dict):
        return {_OF_PIPES.get(name) or capital(name): _spelt(value) for name, value in given.items()}
    return [_spelt(each) for each in given] if isinstance(given, list) else given


def _catalog_database(inputs: Inputs) -> Inputs:
    own = {name: value for name, value in inputs.items() if name != "tags"}
    return {"CatalogId": ACCOUNT, "DatabaseInput": renamed(own)}


def _catalog_table(inputs: Inputs) -> Inputs:
    own, parameters = dict(inputs), inputs["parameters"]
    del own["parameters"]
    stored = own.pop("storageDescriptor")
    made = _spelt({**{name: value for name, value in stored.items() if name != "serDeInfo"}})
    made["SerdeInfo"] = _spelt(stored["serDeInfo"])
    database = own.pop("databaseName")
    table = {**_spelt(own), "StorageDescriptor": made, "Parameters": parameters}
    return {"CatalogId": ACCOUNT, "DatabaseName": database, "TableInput": table}


def _pipe(inputs: Inputs) -> Inputs:
    return {**_spelt({name: value for name, value in inputs.items() if name != "tags"}), "Tags": inputs["tags"]}


def _role(inputs: Inputs) -> Inputs:
    return renamed(inputs, name="RoleName", assumeRolePolicy="AssumeRolePolicyDocument")


def _role_policy(inputs: Inputs) -> Inputs:
    return renamed(inputs, name="PolicyName", role="RoleName", policy="PolicyDocument")


def _key(inputs: Inputs) -> Inputs:
    return renamed(inputs, policy="KeyPolicy", deletionWindowInDays="PendingWindowInDays")


def _tracked(inputs: Inputs) -> Inputs:
    tracking = inputs.pop("targetTrackingScalingPolicyConfiguration")
    metric = renamed(tracking["predefinedMetricSpecification"])
    own = {"TargetValue": tracking["targetValue"], "PredefinedMetricSpecification": metric}
    return {"TargetTrackingScalingPolicyConfiguration": own, **renamed(inputs, name="PolicyName")}


PARTS = (
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:dynamodb/tableReplica:TableReplica",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    _INSIGHTS,
)
"""CloudFormation has them within a vault, a rule, a scaling target, a bucket and a table."""
_KINDS: dict[str, tuple[str, Callable[[Inputs], Inputs]]] = {
    _TABLE: ("AWS::DynamoDB::Table", _table),
    _TOPIC: ("AWS::SNS::Topic", lambda inputs: renamed(inputs, name="TopicName")),
    _ROLE: ("AWS::IAM::Role", _role),
    "aws:iam/rolePolicy:RolePolicy": ("AWS::IAM::RolePolicy", _role_policy),
    "aws:sns/topicSubscription:TopicSubscription": ("AWS::SNS::Subscription", _subscription),
    "aws:ssm/parameter:Parameter": ("AWS::SSM::Parameter", _parameter),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("AWS::CloudWatch::Alarm", _alarm),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": ("AWS::CloudWatch::CompositeAlarm", _composite),
    "aws:cloudwatch/dashboard:Dashboard": ("AWS::CloudWatch::Dashboard", renamed),
    "aws:budgets/budget:Budget": ("AWS::Budgets::Budget", _budget),
    "aws:backup/vault:Vault": ("AWS::Backup::BackupVault", _vault),
    "aws:backup/plan:Plan": ("AWS::Backup::BackupPlan", _plan),
    "aws:backup/selection:Selection": ("AWS::Backup::BackupSelection", _selection),
    "aws:kms/key:Key": ("AWS::KMS::Key", _key),
    "aws:kms/alias:Alias": ("AWS::KMS::Alias", lambda inputs: renamed(inputs, name="AliasName")),
    "aws:appautoscaling/target:Target": ("AWS::ApplicationAutoScaling::ScalableTarget", renamed),
    "aws:appautoscaling/policy:Policy": ("AWS::ApplicationAutoScaling::ScalingPolicy", _tracked),
    "aws:cloudwatch/eventBus:EventBus": ("AWS::Events::EventBus", _bus),
    "aws:cloudwatch/eventArchive:EventArchive": ("AWS::Events::Archive", _event_archive),
    "aws:sqs/queue:Queue": ("AWS::SQS::Queue", _queue),
    "aws:glue/catalogDatabase:CatalogDatabase": ("AWS::Glue::Database", _catalog_database),
    "aws:glue/catalogTable:CatalogTable": ("AWS::Glue::Table", _catalog_table),
    "aws:pipes/pipe:Pipe": ("AWS::Pipes::Pipe", _pipe),
    _BUCKET: ("AWS::S3::Bucket", lambda inputs: renamed(inputs, bucket="BucketName")),
    _BUCKET_POLICY: ("AWS::S3::BucketPolicy", lambda inputs: renamed(inputs, policy="PolicyDocument")),
    "aws:accessanalyzer/analyzer:Analyzer": ("AWS::AccessAnalyzer::Analyzer", renamed),
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": ("AWS::CE::AnomalyMonitor", monitor),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": ("AWS::CE::AnomalySubscription", anomalies),
    "aws:cloudtrail/trail:Trail": ("AWS::CloudTrail::Trail", trail),
    "aws:cloudwatch/eventRule:EventRule": ("AWS::Events::Rule", _event_rule),
    "aws:lambda/function:Function": ("AWS::Lambda::Function", _function),
    "aws:lambda/permission:Permission": ("AWS::Lambda::Permission", _permission),
    "aws:cloudwatch/logGroup:LogGroup": ("AWS::Logs::LogGroup", lambda inputs: renamed(inputs, name="LogGroupName")),
}
"""What CloudFormation calls a type, and how its properties are translated."""
