"""What of a stage CloudFormation has otherwise: how names are written, and the parts of buckets, trails and costs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.policies.analyzer import Sent
from tests.policies.program import Key

Inputs = dict[str, Any]


def known(properties: Inputs) -> Inputs:
    return {name: value for name, value in properties.items() if value is not None}


def capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def renamed(inputs: Mapping[str, Any], **names: str) -> Inputs:
    """The properties under CloudFormation's names; tags and JSON texts in its form."""
    found: Inputs = {}
    for name, value in inputs.items():
        if name == "tags":
            value = [{"Key": key, "Value": text} for key, text in sorted(value.items())]
        elif name in ("policy", "assumeRolePolicy"):
            value = json.loads(value)
        found[names.get(name) or capital(name)] = value
    return found


def show_keys(table: Inputs, insights: Mapping[str, Inputs], name: str) -> None:
    """CloudFormation has contributor insights within a table and its indexes."""
    places = {name: table, **{f"{name}/{each['IndexName']}": each for each in table.get("GlobalSecondaryIndexes", ())}}
    for place, properties in places.items():
        if given := insights.get(place):
            properties["ContributorInsightsSpecification"] = {"Enabled": True, "Mode": given["mode"]}


def bucket_parts(name: str, resources: Mapping[Key, Sent]) -> Inputs:
    """What CloudFormation has within a bucket, and Pulumi as resources of the bucket's name."""
    given = {kind.rpartition(":")[2]: sent.inputs for (kind, named), sent in resources.items() if named == name}
    cipher = given["BucketServerSideEncryptionConfiguration"]["rules"][0]
    names = {"sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"}
    algorithm = renamed(cipher["applyServerSideEncryptionByDefault"], **names)
    encrypted = {"ServerSideEncryptionByDefault": algorithm, "BucketKeyEnabled": cipher["bucketKeyEnabled"]}
    access = {n: v for n, v in given["BucketPublicAccessBlock"].items() if n not in ("bucket", "region")}
    return {
        "PublicAccessBlockConfiguration": renamed(access),
        "OwnershipControls": {"Rules": [renamed(given["BucketOwnershipControls"]["rule"])]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encrypted]},
        "VersioningConfiguration": renamed(given["BucketVersioning"]["versioningConfiguration"]),
        "LifecycleConfiguration": {
            "Rules": [_expires(each) for each in given["BucketLifecycleConfiguration"]["rules"]]
        },
    }


def _expires(rule: Inputs) -> Inputs:
    ends = rule.get("expiration", {})
    return known(
        {
            "Id": rule["id"],
            "Status": rule["status"],
            "ExpirationInDays": ends.get("days"),
            "ExpiredObjectDeleteMarker": ends.get("expiredObjectDeleteMarker"),
            "NoncurrentVersionExpiration": renamed(rule.get("noncurrentVersionExpiration", {})) or None,
            "AbortIncompleteMultipartUpload": renamed(rule.get("abortIncompleteMultipartUpload", {})) or None,
            "Transitions": [
                {"TransitionInDays": each["days"], "StorageClass": each["storageClass"]}
                for each in rule.get("transitions", ())
            ]
            or None,
        }
    )


def trail(inputs: Inputs) -> Inputs:
    names = {"startsWiths": "StartsWith"}
    selectors = [
        {"Name": each["name"], "FieldSelectors": [renamed(field, **names) for field in each["fieldSelectors"]]}
        for each in inputs.pop("advancedEventSelectors")
    ]
    own = {"name": "TrailName", "enableLogging": "IsLogging", "kmsKeyId": "KMSKeyId"}
    return {**renamed(inputs, **own), "AdvancedEventSelectors": selectors}


def _named_costs(inputs: Inputs) -> Inputs:
    tags = [{"Key": key, "Value": value} for key, value in sorted(inputs.pop("tags").items())]
    return {**inputs, "resourceTags": tags}


def monitor(inputs: Inputs) -> Inputs:
    return renamed(_named_costs(inputs), name="MonitorName")


def anomalies(inputs: Inputs) -> Inputs:
    threshold = {"Dimensions": renamed(inputs.pop("thresholdExpression")["dimension"])}
    inputs["subscribers"] = [renamed(each) for each in inputs["subscribers"]]
    inputs["monitorArnLists"] = [{"Ref": "CostsAnomalyMonitor"}]  # the mocks' ARN is none of AWS's
    own = {"name": "SubscriptionName", "monitorArnLists": "MonitorArnList"}
    return {**renamed(_named_costs(inputs), **own), "ThresholdExpression": json.dumps(threshold)}
