"""DynamoDB's IAM actions and the kinds of resource that a request of each can name; and those on parameters.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB". tests/audit
compares it with what `parliament` ships, tests/unit with the operations that botocore knows.
"""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["table", "index", "stream", "backup", "export", "import", "global-table", "none"]

_BY_KINDS: Final[tuple[tuple[tuple[Kind, ...], str], ...]] = (
    (
        ("table",),
        "BatchGetItem BatchWriteItem ConditionCheckItem CreateBackup CreateTable CreateTableReplica DeleteItem "
        "DeleteTable DeleteTableReplica DescribeContinuousBackups DescribeKinesisStreamingDestination DescribeTable "
        "DescribeTableReplicaAutoScaling DescribeTimeToLive DisableKinesisStreamingDestination "
        "EnableKinesisStreamingDestination ExportTableToPointInTime GetItem ImportTable ListTagsOfResource "
        "PartiQLDelete PartiQLInsert PartiQLUpdate PutItem RestoreTableFromAwsBackup RestoreTableToPointInTime "
        "StartAwsBackupJob TagResource UntagResource UpdateContinuousBackups UpdateItem "
        "UpdateKinesisStreamingDestination UpdateTable UpdateTableReplicaAutoScaling UpdateTimeToLive",
    ),
    (
        ("table", "index"),
        "DescribeContributorInsights PartiQLSelect Query Scan UpdateContributorInsights",
    ),
    (("table", "stream"), "DeleteResourcePolicy GetResourcePolicy PutResourcePolicy"),
    (("stream",), "DescribeStream GetRecords GetShardIterator"),
    (("backup",), "DeleteBackup DescribeBackup"),
    (("backup", "table"), "RestoreTableFromBackup"),
    (("export",), "DescribeExport"),
    (("import",), "DescribeImport"),
    (("global-table",), "DescribeGlobalTable DescribeGlobalTableSettings"),
    (
        ("global-table", "table"),
        "CreateGlobalTable UpdateGlobalTable UpdateGlobalTableSettings UpdateGlobalTableVersion",
    ),
    (
        ("none",),
        "DescribeEndpoints DescribeLimits DescribeReservedCapacity DescribeReservedCapacityOfferings GetAbacStatus "
        "ListBackups ListContributorInsights ListExports ListGlobalTables ListImports ListStreams ListTables "
        "PurchaseReservedCapacityOfferings UpdateAbacStatus",
    ),
)

NEWER: Final[dict[str, tuple[Kind, ...]]] = {
    "dynamodb:CancelBulkOperation": ("table",),
    "dynamodb:DescribeBulkOperation": ("table",),
    "dynamodb:ListBulkOperations": ("none",),
    "dynamodb:SearchVectors": ("table", "index"),
    "dynamodb:StartBulkPutItems": ("table",),
}
"""Operations of the service's own model that the reference had not when this was written: kinds by what they take."""

ACTIONS: Final[dict[str, tuple[Kind, ...]]] = {
    f"dynamodb:{name}": kinds for kinds, names in _BY_KINDS for name in names.split()
} | NEWER
"""By action: the kinds of resource. `none`: it takes no resource, and only a policy on `*` allows it."""

_WRITES: Final = "BatchWriteItem DeleteItem PartiQLDelete PartiQLInsert PartiQLUpdate PutItem UpdateItem"
WRITES: Final = frozenset(f"dynamodb:{name}" for name in _WRITES.split())
"""What changes items. Transactions and ExecuteStatement have no action of their own: each part is asked for."""

PARAMETER_READS: Final = ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath")
_ON_PARAMETERS: Final = (
    "AddTagsToResource DeleteParameter DeleteParameters DeleteResourcePolicy GetParameterHistory GetResourcePolicies "
    "LabelParameterVersion ListTagsForResource PutParameter PutResourcePolicy RemoveTagsFromResource "
    "UnlabelParameterVersion"
)
PARAMETERS: Final = (*PARAMETER_READS, *(f"ssm:{name}" for name in _ON_PARAMETERS.split()))
"""The actions on a parameter: Service Authorization Reference, "AWS Systems Manager". tests/audit compares."""
PARAMETERS_ON_NOTHING: Final = "ssm:DescribeParameters"
"""It takes no resource, and only a policy on `*` allows it."""
