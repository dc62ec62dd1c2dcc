"""Calls of every kind that a deployment and the smoke test make, on moto in this process; their answers as JSON.

`python -m tests.standin.moto_calls remembering` has moto remember first.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import boto3
from moto import mock_aws


def calls() -> Iterator[Any]:
    """The answers, one by one, errors among them."""
    session = boto3.Session("test", "test", region_name="eu-west-2")
    dynamodb, iam, sns, cloudwatch, ssm, s3 = (
        session.client(name) for name in ("dynamodb", "iam", "sns", "cloudwatch", "ssm", "s3")
    )
    yield dynamodb.create_table(
        TableName="orders",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("id", "day")],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-day",
                "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        Tags=[{"Key": "a", "Value": "b"}],
    )
    item = {
        "id": {"S": "1"},
        "day": {"S": "2026"},
        "total": {"N": "1.5"},
        "paid": {"BOOL": False},
        "none": {"NULL": True},
        "list": {"L": [{"S": ""}, {"M": {"S": {"S": "S"}, "N": {"N": "0"}}}]},
        "map": {"M": {}},
        "set": {"SS": ["x", "y"]},
        "bytes": {"B": b"\x00\xff"},
        "numbers": {"NS": ["1", "2"]},
    }
    for _operation in ("put_item", "put_item"):
        yield dynamodb.put_item(TableName="orders", Item=item, ReturnConsumedCapacity="INDEXES", ReturnValues="ALL_OLD")
    key = {"id": {"S": "1"}, "day": {"S": "2026"}}
    yield dynamodb.get_item(TableName="orders", Key=key, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    yield dynamodb.get_item(TableName="orders", Key={"id": {"S": "2"}, "day": {"S": "2026"}})
    yield dynamodb.query(
        TableName="orders",
        IndexName="by-day",
        KeyConditionExpression="#d = :d",
        ExpressionAttributeNames={"#d": "day"},
        ExpressionAttributeValues={":d": {"S": "2026"}},
        ReturnConsumedCapacity="INDEXES",
    )
    yield dynamodb.scan(TableName="orders", Limit=1)
    yield dynamodb.update_item(
        TableName="orders",
        Key=key,
        UpdateExpression="ADD size_of :o",
        ReturnValues="ALL_NEW",
        ExpressionAttributeValues={":o": {"N": "1"}},
    )
    yield dynamodb.batch_write_item(RequestItems={"orders": [{"DeleteRequest": {"Key": key}}]})
    yield dynamodb.batch_get_item(RequestItems={"orders": {"Keys": [key]}})
    yield dynamodb.update_time_to_live(
        TableName="orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
    )
    yield dynamodb.describe_time_to_live(TableName="orders")
    yield dynamodb.describe_continuous_backups(TableName="orders")
    yield dynamodb.describe_table(TableName="orders")
    yield dynamodb.list_tags_of_resource(ResourceArn=dynamodb.describe_table(TableName="orders")["Table"]["TableArn"])
    for wrong in ({"TableName": "missing", "Key": key}, {"TableName": "orders", "Key": {"id": {"S": "1"}}}):
        try:
            yield dynamodb.get_item(**wrong)
        except dynamodb.exceptions.ClientError as error:
            yield error.response
    statement = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    yield iam.create_role(RoleName="app", AssumeRolePolicyDocument=policy, Tags=[{"Key": "a", "Value": "b"}])
    yield iam.put_role_policy(RoleName="app", PolicyName="access", PolicyDocument=policy)
    yield iam.get_role(RoleName="app")
    yield iam.get_role_policy(RoleName="app", PolicyName="access")
    topic = sns.create_topic(Name="alarms")
    yield topic
    yield sns.get_topic_attributes(TopicArn=topic["TopicArn"])
    yield cloudwatch.put_metric_alarm(
        AlarmName="throttles",
        MetricName="ReadThrottleEvents",
        Namespace="AWS/DynamoDB",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic["TopicArn"]],
        Dimensions=[{"Name": "TableName", "Value": "orders"}],
    )
    yield cloudwatch.describe_alarms()
    yield ssm.put_parameter(Name="/a/b", Value="c", Type="String")
    yield ssm.get_parameters_by_path(Path="/a", Recursive=True)
    yield s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    yield s3.put_object(Bucket="files", Key="a/b", Body=b"c")
    yield s3.list_objects_v2(Bucket="files")


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer but for its headers, whose checksum covers the moment too."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def main() -> None:
    """Print the answers."""
    if sys.argv[1:] == ["remembering"]:
        from local.emulator_memory import remember

        remember()
    with mock_aws():
        print(json.dumps([_said(answer) for answer in calls()], default=str))


if __name__ == "__main__":
    main()
