"""IAM's types: global ones, so none has a region."""

from __future__ import annotations

from typing import Final

from tablekit.model import limits

from .. import checks
from ..codecs import POLICY, Codec
from ..spec import Op, Prop, ResourceType, Step, Tagging

NO_ENTITY: Final = ("NoSuchEntity", "NoSuchEntityException")

ROLE: Final = ResourceType(
    "aws:iam/role:Role",
    service="iam",
    named="name",
    marked=True,
    id="{name}",
    props=(
        Prop("name", "RoleName", replace=True),
        Prop("path", default="/", replace=True),
        Prop("assumeRolePolicy", "AssumeRolePolicyDocument", POLICY),
        Prop("description", default=""),
        Prop("maxSessionDuration", default=3600),
        Prop("permissionsBoundary", "PermissionsBoundary.PermissionsBoundaryArn", default=""),
        Prop("tags", default={}),
        Prop("arn", "Arn", output=True),
        Prop("uniqueId", "RoleId", output=True),
        Prop(
            "createDate",
            codec=Codec(decode=lambda v: v if isinstance(v, str) else f"{v:%Y-%m-%dT%H:%M:%SZ}"),
            output=True,
        ),
    ),
    create=Op(
        "create_role",
        {"PermissionsBoundary": "{permissionsBoundary}"},
        sends=("name", "path", "assumeRolePolicy", "description", "maxSessionDuration"),
        at="Role",
    ),
    exists=("EntityAlreadyExists", "EntityAlreadyExistsException"),
    reads=(Op("get_role", {"RoleName": "{id}"}, at="Role", gone=NO_ENTITY),),
    steps=(
        Step(
            ("assumeRolePolicy",),
            Op("update_assume_role_policy", {"RoleName": "{id}", "PolicyDocument": "{assumeRolePolicy}"}),
        ),
        Step(
            ("description", "maxSessionDuration"),
            Op("update_role", {"RoleName": "{id}"}, sends=("description", "maxSessionDuration")),
        ),
        Step(
            ("permissionsBoundary",),
            Op("put_role_permissions_boundary", {"RoleName": "{id}", "PermissionsBoundary": "{permissionsBoundary}"}),
            unset=Op("delete_role_permissions_boundary", {"RoleName": "{id}"}),
        ),
    ),
    tagging=Tagging(
        tag=Op("tag_role", {"RoleName": "{id}"}),
        untag=Op("untag_role", {"RoleName": "{id}", "TagKeys": "{keys}"}),
    ),
    delete=Op("delete_role", {"RoleName": "{id}"}, gone=NO_ENTITY),
    checks=(
        checks.document("assumeRolePolicy", limits.MAX_TRUST_POLICY_BYTES, "a trust policy"),
        checks.principals,
    ),
)

ROLE_POLICY: Final = ResourceType(
    "aws:iam/rolePolicy:RolePolicy",
    service="iam",
    named="name",
    id="{role}:{name}",
    props=(
        Prop("name", "PolicyName", replace=True),
        Prop("role", "RoleName", replace=True),
        Prop("policy", "PolicyDocument", POLICY),
    ),
    create=Op("put_role_policy", sends=("name", "role", "policy")),
    reads=(Op("get_role_policy", {"RoleName": "{role}", "PolicyName": "{name}"}, gone=NO_ENTITY),),
    update=Op("put_role_policy", sends=("name", "role", "policy")),
    delete=Op("delete_role_policy", {"RoleName": "{role}", "PolicyName": "{name}"}, gone=NO_ENTITY),
    checks=(checks.document("policy", limits.MAX_ROLE_POLICY_BYTES, "an inline policy"),),
)

TYPES: Final = (ROLE, ROLE_POLICY)
