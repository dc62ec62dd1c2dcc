"""DynamoDB's types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tablekit.model import limits as shared

from .. import checks, table_shape
from ..codecs import POLICY
from ..spec import Op, Prop, ResourceType, Tagging
from ..values import Props

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

TYPES: Final = (TABLE, RESOURCE_POLICY, INSIGHTS)
