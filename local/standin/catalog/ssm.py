"""Systems Manager's types."""

from __future__ import annotations

from typing import Final

from .. import checks
from ..spec import Op, Prop, ResourceType, Tagging

GONE: Final = ("ParameterNotFound",)
_WRITTEN: Final = ("name", "insecureValue", "type", "description", "tier")
_WHICH: Final = {"ResourceType": "Parameter", "ResourceId": "{id}"}

PARAMETER: Final = ResourceType(
    "aws:ssm/parameter:Parameter",
    service="ssm",
    named="name",
    marked=True,
    id="{name}",
    props=(
        Prop("name", replace=True),
        Prop("type"),
        Prop("insecureValue", "Value"),
        Prop("description", default=""),
        Prop("tier", default="Standard", computed=True),
        Prop("tags", default={}),
        Prop("arn", "ARN", output=True),
        Prop("version", output=True, follows=("insecureValue", "type", "description")),
    ),
    create=Op("put_parameter", sends=_WRITTEN),
    exists=("ParameterAlreadyExists",),
    reads=(
        Op("get_parameter", {"Name": "{id}", "WithDecryption": True}, at="Parameter", gone=GONE),
        Op(
            "describe_parameters",
            {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": ["{id}"]}]},
            at="Parameters[0]",
        ),
    ),
    update=Op("put_parameter", {"Overwrite": True}, sends=_WRITTEN),
    tagging=Tagging(
        tag=Op("add_tags_to_resource", _WHICH),
        untag=Op("remove_tags_from_resource", {**_WHICH, "TagKeys": "{keys}"}),
        listing=Op("list_tags_for_resource", _WHICH, at="TagList"),
    ),
    delete=Op("delete_parameter", {"Name": "{id}"}, gone=GONE),
    checks=(checks.parameter,),
)

TYPES: Final = (PARAMETER,)
