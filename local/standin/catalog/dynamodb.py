"""DynamoDB's types."""

from __future__ import annotations

from typing import Final

from .. import check_table, checks, limits, table_shape
from ..codecs import POLICY
from ..spec import Op, Prop, ResourceType

NO_POLICY: Final = ("PolicyNotFoundException", "ResourceNotFoundException")


TABLE: Final = ResourceType(
    "aws:dynamodb/table:Table",
    service="dynamodb",
    named="name",
    id="{name}",
    props=table_shape.PROPS,
    checks=(check_table.table,),
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
    checks=(checks.document("policy", limits.MAX_RESOURCE_POLICY_BYTES, "a resource policy", with_spaces=True),),
)

TYPES: Final = (TABLE, RESOURCE_POLICY)
