"""The policies that tables and buckets have themselves: what they refuse, whatever roles' policies allow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from tablekit.model.staged import Account, StagedFamily
from tablekit.model.statements import Policy, tls_only

_WRITES: Final = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
_ITEMS: Final = (
    *_WRITES,
    "dynamodb:BatchGetItem",
    "dynamodb:CreateBackup",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:RestoreTableToPointInTime",
    "dynamodb:Scan",
)
"""What reads or writes a table's items, or copies them elsewhere, as far as DynamoDB takes it in a table's policy."""


def bucket_policy(bucket: str, allowed: Iterable[dict[str, Any]] = ()) -> Policy:
    """A private bucket's: nobody by anything but TLS, and in comes who is allowed. bucket: its ARN."""
    tls = tls_only(["s3:*"], bucket) | {"Principal": {"AWS": "*"}}
    return {"Version": "2012-10-17", "Statement": [*allowed, tls | {"Resource": [bucket, f"{bucket}/*"]}]}


def trail_statements(bucket: str, trail: str, account: Account) -> list[dict[str, Any]]:
    """What CloudTrail needs in a bucket's policy, for that one trail. bucket, trail: their ARNs."""
    allows = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    ours = {"aws:SourceArn": trail}
    put = {**ours, "s3:x-amz-acl": "bucket-owner-full-control"}
    objects = f"{bucket}/AWSLogs/{account.id}/*"
    return [
        {
            "Sid": "TrailLooks",
            **allows,
            "Action": ["s3:GetBucketAcl"],
            "Resource": [bucket],
            "Condition": {"StringEquals": ours},
        },
        {
            "Sid": "TrailWrites",
            **allows,
            "Action": ["s3:PutObject"],
            "Resource": [objects],
            "Condition": {"StringEquals": put},
        },
    ]


def table_policy(family: StagedFamily, table: str, account: Account) -> Policy | None:
    """A table's own policy, which only denies, whatever roles' policies allow; None where it denies nothing.

    table: its name on AWS. It holds for the table and its indexes; a stream has a policy of its own, and none here. Who
    may change tables and their policies is left alone, so that no setting locks its own deployer out.
    """
    stage, arn = family.stage, family.table_arn(account, table)
    statements: list[dict[str, Any]] = []
    if denied := stage.deny_writes.get(family.key):
        principal = {"Principal": {"AWS": sorted(denied)}}
        writes = {"Action": list(_WRITES), "Resource": arn}
        statements.append({"Sid": "DenyWrites", "Effect": "Deny", **principal, **writes})
    everybody = {"Principal": {"AWS": "*"}, "Resource": [arn, f"{arn}/index/*"]}
    if stage.tls_only:
        statements.append(tls_only(["dynamodb:*"], arn) | everybody)
    if family.key in stage.only_principals:
        # A service that asks for itself has no ARN, which ArnNotLike takes for another one.
        condition = {
            "ArnNotLike": {"aws:PrincipalArn": _may_touch_items(family, account)},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }
        statement = {"Sid": "OnlyPrincipals", "Effect": "Deny", "Action": sorted(_ITEMS), "Condition": condition}
        statements.append(statement | everybody)
    return {"Version": "2012-10-17", "Statement": statements} if statements else None


def _may_touch_items(family: StagedFamily, account: Account) -> list[str]:
    """The family's roles, those of AWS Backup, those of other families that reach into it, those that the stage names,
    and the account's service-linked ones: replication stops where it is denied.

    A session's `aws:PrincipalArn` is its role's ARN.
    """
    names = [role.name for role in family.roles.values()]
    if family.backups:
        names += [family.backups.maker, family.backups.restorer]
    for other in map(family.other, family.catalogue.families):
        for key, role in other.roles.items():
            reaches = [each for each in role.declared.reaches if each.family == family.key]
            if any(each.option is None or each.option in family.stage.options for each in reaches):
                names.append(other.roles[key].name)
    own = [account.arn("iam", "", f"role/{name}") for name in (*names, "aws-service-role/*")]
    return sorted({*own, *family.stage.only_principals[family.key]})
