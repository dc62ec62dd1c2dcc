"""DynamoDB's types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tablekit.model import limits as shared

from .. import checks, table_shape
from ..codecs import POLICY
from ..schema import Complaint, refuse
from ..spec import Op, Prop, ResourceType, Tagging
from ..values import Props, has_unknown

GONE: Final = ("ResourceNotFoundException", "ResourceNotFound", "TableNotFoundException")
NO_POLICY: Final = ("PolicyNotFoundException", "ResourceNotFoundException")
_TABLE: Final = {"TableName": "{id}"}
_BACKUPS: Final = "{PointInTimeRecovery: ContinuousBackupsDescription.PointInTimeRecoveryDescription}"

TABLE: Final = ResourceType(
    "aws:dynamodb/table:Table",
    service="dynamodb",
    named="name",
    marked=True,
    id="{name}",
    props=table_shape.PROPS,
    create=Op("create_table", at="TableDescription"),
    exists=("ResourceInUseException",),
    reads=(
        Op("describe_table", _TABLE, at="Table", gone=GONE),
        Op("describe_time_to_live", _TABLE, at="{Ttl: TimeToLiveDescription}"),
        Op("describe_continuous_backups", _TABLE, at=_BACKUPS),
    ),
    tagging=Tagging(
        tag=Op("tag_resource", {"ResourceArn": "{arn}"}),
        untag=Op("untag_resource", {"ResourceArn": "{arn}", "TagKeys": "{keys}"}),
        listing=Op("list_tags_of_resource", {"ResourceArn": "{arn}"}, at="Tags"),
    ),
    delete=Op("delete_table", _TABLE, gone=GONE),
    requests=table_shape.requests,
    checks=(checks.table,),
)

RESOURCE_POLICY: Final = ResourceType(
    "aws:dynamodb/resourcePolicy:ResourcePolicy",
    service="dynamodb",
    id="{resourceArn}",
    props=(
        Prop("resourceArn", replace=True),
        Prop("policy", codec=POLICY),
        Prop("confirmRemoveSelfResourceAccess", kept=True),
        Prop("revisionId", output=True, follows=("policy",)),
    ),
    create=Op("put_resource_policy", sends=("resourceArn", "policy")),
    reads=(Op("get_resource_policy", {"ResourceArn": "{id}"}, gone=NO_POLICY),),
    update=Op("put_resource_policy", sends=("resourceArn", "policy")),
    delete=Op("delete_resource_policy", {"ResourceArn": "{id}"}, gone=NO_POLICY),
    checks=(checks.document("policy", shared.MAX_RESOURCE_POLICY_BYTES, "a resource policy", with_spaces=True),),
)


def _replica(inputs: Props) -> Iterator[tuple[str, Props]]:
    """What goes to the table's own region, and to the replica's."""
    name = str(inputs.get("globalTableArn")).rpartition("/")[2]
    given = {"KMSMasterKeyId": "kmsKeyArn", "TableClassOverride": "tableClassOverride"}
    made = {key: inputs[prop] for key, prop in given.items() if prop in inputs}
    created = {"RegionName": inputs.get("region", "the stack's own"), **made}
    yield "update_table", {"TableName": name, "ReplicaUpdates": [{"Create": created}]}
    if "deletionProtectionEnabled" in inputs:
        yield "update_table", {"TableName": name, "DeletionProtectionEnabled": inputs["deletionProtectionEnabled"]}


def _elsewhere(inputs: Props) -> Iterator[Complaint]:
    """Of a table by its ARN, and in another region than that."""
    arn, place = inputs.get("globalTableArn"), inputs.get("region")
    if not isinstance(arn, str) or has_unknown(arn):
        return
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "dynamodb" or not parts[5].startswith("table/"):
        yield refuse("globalTableArn", arn, "the ARN of a table", "Give the table's arn.")
    elif place == parts[3]:
        yield refuse("region", place, f"another region than the table's ({place})", "Name another.")


def _there(actual: Props) -> Props:
    """The table's ARN in the replica's region, and the identity that the AWS plugin makes of it."""
    parts = str(actual["globalTableArn"]).split(":")
    name = parts[-1].removeprefix("table/")
    arn = ":".join([*parts[:3], str(actual["region"]), *parts[4:]])
    return {**actual, "arn": arn, "identity": f"{name}:{parts[3]}"}


REPLICA: Final = ResourceType(
    "aws:dynamodb/tableReplica:TableReplica",
    service="dynamodb",
    id="{identity}",
    props=(
        Prop("globalTableArn", replace=True),
        Prop("kmsKeyArn", computed=True, replace=True),
        Prop("pointInTimeRecovery", default=False),
        Prop("deletionProtectionEnabled", computed=True),
        Prop("tableClassOverride", replace=True),
        Prop("tags", default={}),
        Prop("arn", output=True),
    ),
    requests=_replica,
    checks=(_elsewhere,),
    held={"arn": "{globalTableArn}"},
    tidy=_there,
)


def _insights(inputs: Props) -> Iterator[tuple[str, Props]]:
    names = {"tableName": "TableName", "indexName": "IndexName", "mode": "ContributorInsightsMode"}
    asked = {names[name]: inputs[name] for name in names if name in inputs}
    yield "update_contributor_insights", {**asked, "ContributorInsightsAction": "ENABLE"}


INSIGHTS: Final = ResourceType(
    "aws:dynamodb/contributorInsights:ContributorInsights",
    service="dynamodb",
    id="name:{tableName}/index:{indexName}/{account}",
    props=(Prop("tableName", replace=True), Prop("indexName", replace=True), Prop("mode", computed=True)),
    requests=_insights,
    held={},
)

TYPES: Final = (TABLE, RESOURCE_POLICY, REPLICA, INSIGHTS)
