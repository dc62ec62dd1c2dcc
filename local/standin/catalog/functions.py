"""Lambda's types, and the log groups that functions write to."""

from __future__ import annotations

from typing import Final

from .. import function_checks as checks
from ..codecs import BAG, MAP, ZIPPED, Codec
from ..spec import Op, Prop, ResourceType, Step, Tagging

GONE: Final = ("ResourceNotFoundException",)
_VARIABLES: Final = Codec(
    lambda value: {"Variables": value.get("variables") or {}}, lambda value: {"variables": value.get("Variables") or {}}
)
_SETTINGS: Final = ("role", "handler", "runtime", "description", "timeout", "memorySize", "environment")

FUNCTION: Final = ResourceType(
    "aws:lambda/function:Function",
    service="lambda",
    named="name",
    marked=True,
    id="{name}",
    props=(
        Prop("name", "FunctionName", replace=True),
        Prop("role"),
        Prop("handler"),
        Prop("runtime"),
        Prop("architectures", codec=BAG, default=["x86_64"]),
        Prop("code", "Code.ZipFile", ZIPPED, kept=True),
        Prop("description", default=""),
        Prop("timeout", default=3),
        Prop("memorySize", default=128),
        Prop("environment", codec=_VARIABLES, default={"variables": {}}),
        Prop("reservedConcurrentExecutions", default=-1),
        Prop("tags", default={}),
        Prop("arn", "FunctionArn", output=True),
        Prop("codeSha256", output=True, follows=("code",)),
        Prop("version", output=True),
    ),
    create=Op("create_function", sends=("name", "code", "architectures", *_SETTINGS)),
    exists=("ResourceConflictException",),
    reads=(
        Op("get_function_configuration", {"FunctionName": "{name}"}, gone=GONE),
        Op("get_function_concurrency", {"FunctionName": "{name}"}),
    ),
    update=Op("update_function_configuration", {"FunctionName": "{name}"}, sends=_SETTINGS),
    steps=(
        Step(("code",), Op("update_function_code", {"FunctionName": "{name}", "ZipFile": "{value}"}), each=True),
        Step(
            ("reservedConcurrentExecutions",),
            Op("put_function_concurrency", {"FunctionName": "{name}"}, sends=("reservedConcurrentExecutions",)),
            unset=Op("delete_function_concurrency", {"FunctionName": "{name}"}),
            at_creation=True,
        ),
    ),
    tagging=Tagging(
        tag=Op("tag_resource", {"Resource": "{arn}"}),
        untag=Op("untag_resource", {"Resource": "{arn}", "TagKeys": "{keys}"}, gone=GONE),
        listing=Op("list_tags", {"Resource": "{arn}"}, at="Tags"),
        codec=MAP,
    ),
    delete=Op("delete_function", {"FunctionName": "{name}"}, gone=GONE),
    checks=(checks.function,),
)

PERMISSION: Final = ResourceType(
    "aws:lambda/permission:Permission",
    service="lambda",
    named="statementId",
    id="{statementId}",
    import_id="{function}/{statementId}",
    props=(
        Prop("function", "Resource", Codec(decode=lambda arn: arn.rpartition(":")[2]), replace=True),
        Prop("statementId", replace=True),
        Prop("action", replace=True),
        Prop("principal", "Principal.Service", replace=True),
        Prop("sourceArn", 'Condition.ArnLike."AWS:SourceArn"', replace=True),
        Prop("sourceAccount", 'Condition.StringEquals."AWS:SourceAccount"', replace=True),
    ),
    create=Op(
        "add_permission",
        {
            "FunctionName": "{function}",
            "StatementId": "{statementId}",
            "Action": "{action}",
            "Principal": "{principal}",
            "SourceArn": "{sourceArn}",
            "SourceAccount": "{sourceAccount}",
        },
    ),
    reads=(
        Op(
            "get_policy",
            {"FunctionName": "{function}"},
            parsed="Policy",
            at="Policy.Statement[?Sid=='{statementId}'] | [0]"
            ".{StatementId: Sid, Action: Action, Principal: Principal, Condition: Condition, Resource: Resource}",
            gone=GONE,
        ),
    ),
    delete=Op("remove_permission", {"FunctionName": "{function}", "StatementId": "{statementId}"}, gone=GONE),
)
"""A statement of the function's policy, which is one text."""

LOG_GROUP: Final = ResourceType(
    "aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    named="name",
    marked=True,
    id="{name}",
    props=(
        Prop("name", "logGroupName", replace=True),
        Prop("retentionInDays", "retentionInDays", default=0),
        Prop("kmsKeyId", "kmsKeyId"),
        Prop("tags", default={}),
        Prop("arn", "arn", Codec(decode=lambda arn: arn.removesuffix(":*")), output=True),
    ),
    create=Op("create_log_group", sends=("name", "kmsKeyId")),
    exists=("ResourceAlreadyExistsException",),
    reads=(
        Op(
            "describe_log_groups",
            {"logGroupNamePrefix": "{name}"},
            at="logGroups[?logGroupName=='{name}'] | [0]",
            gone=GONE,
        ),
    ),
    steps=(
        Step(
            ("retentionInDays",),
            Op("put_retention_policy", {"logGroupName": "{name}"}, sends=("retentionInDays",)),
            unset=Op("delete_retention_policy", {"logGroupName": "{name}"}),
            at_creation=True,
        ),
    ),
    tagging=Tagging(
        tag=Op("tag_resource", {"resourceArn": "{arn}"}),
        untag=Op("untag_resource", {"resourceArn": "{arn}", "tagKeys": "{keys}"}, gone=GONE),
        listing=Op("list_tags_for_resource", {"resourceArn": "{arn}"}, at="tags"),
        codec=MAP,
        named="tags",
        added="tags",
    ),
    delete=Op("delete_log_group", {"logGroupName": "{name}"}, gone=GONE),
    checks=(checks.log_group,),
)

TYPES: Final = (FUNCTION, PERMISSION, LOG_GROUP)
