"""Systems Manager's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from .. import checks, limits
from ..codecs import Codec
from ..spec import Op, Prop, ResourceType, Tagging
from ..values import Props

GONE: Final = ("ParameterNotFound",)
_WRITTEN: Final = (
    "name",
    "value",
    "insecureValue",
    "type",
    "description",
    "keyId",
    "allowedPattern",
    "tier",
    "dataType",
)


def _one_value(known: Props, actual: Props) -> Props:
    """The open form of the value is only shown to those who wrote it in the open."""
    return {key: value for key, value in actual.items() if key != "insecureValue" or known.get(key) is not None}


@dataclass(frozen=True)
class Tiers(Codec):
    """Intelligent-Tiering is whatever tier there is."""

    def equal(self, wanted: Any, actual: Any) -> bool:
        return wanted in (actual, "Intelligent-Tiering")


_TIERS: Final = Tiers()


def _lowered(there: Props, wanted: Props) -> set[str]:
    """A parameter's tier is never lowered: it is another parameter."""
    lowered = there.get("tier") == "Advanced" and wanted.get("tier") == "Standard"
    return {"tier"} if lowered else set()


PARAMETER: Final = ResourceType(
    "aws:ssm/parameter:Parameter",
    service="ssm",
    named="name",
    marked=True,
    id="{name}",
    props=(
        Prop("name", replace=True),
        Prop("type"),
        Prop("value", computed=True),
        Prop("insecureValue", "Value"),
        Prop("description", default=""),
        Prop("keyId", computed=True),
        Prop("allowedPattern", default=""),
        Prop("tier", default="Standard", computed=True, planned=_TIERS),
        Prop("dataType", default="text", computed=True, replace=True),
        Prop("overwrite", kept=True),
        Prop("tags", default={}),
        Prop("arn", "ARN", output=True),
        Prop("version", output=True, follows=("value", "insecureValue", "type", "description")),
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
        tag=Op("add_tags_to_resource", {"ResourceType": "Parameter", "ResourceId": "{id}"}),
        untag=Op("remove_tags_from_resource", {"ResourceType": "Parameter", "ResourceId": "{id}"}),
        listing=Op("list_tags_for_resource", {"ResourceType": "Parameter", "ResourceId": "{id}"}, at="TagList"),
    ),
    delete=Op("delete_parameter", {"Name": "{id}"}, gone=GONE),
    replaces=_lowered,
    tidy=_one_value,
    secrets=("value",),
    checks=(
        checks.parameter_name,
        checks.parameter_value,
        checks.one_of("type", limits.PARAMETER_TYPES),
        checks.one_of("tier", limits.PARAMETER_TIERS),
        checks.at_most("description", 1024),
    ),
)

TYPES: Final = (PARAMETER,)
