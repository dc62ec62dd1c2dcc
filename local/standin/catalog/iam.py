"""IAM's types: global ones, so none has a region."""

from __future__ import annotations

from typing import Final

from .. import checks, limits
from ..codecs import BAG, POLICY, Codec, Field, records
from ..spec import Op, Prop, ResourceType, Step, Sweep, Tagging

NO_ENTITY: Final = ("NoSuchEntity", "NoSuchEntityException")

ROLE: Final = ResourceType(
    "aws:iam/role:Role",
    service="iam",
    named="name",
    marked=True,
    id="{name}",
    props=(
        Prop("name", "RoleName", replace=True),
        Prop("namePrefix", kept=True, replace=True),
        Prop("path", default="/", replace=True),
        Prop("assumeRolePolicy", "AssumeRolePolicyDocument", POLICY),
        Prop("description", default=""),
        Prop("maxSessionDuration", default=3600),
        Prop("permissionsBoundary", "PermissionsBoundary.PermissionsBoundaryArn", default=""),
        Prop("forceDetachPolicies", kept=True, default=False),
        Prop("tags", default={}),
        Prop(
            "inlinePolicies",
            codec=records(Field("name", "PolicyName"), Field("policy", "PolicyDocument", POLICY)),
            output=True,
        ),
        Prop("managedPolicyArns", codec=BAG, output=True),
        Prop("arn", "Arn", output=True),
        Prop("uniqueId", "RoleId", output=True),
        Prop(
            "createDate",
            "CreateDate",
            Codec(decode=lambda v: v if isinstance(v, str) else f"{v:%Y-%m-%dT%H:%M:%SZ}"),
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
    reads=(
        Op("get_role", {"RoleName": "{id}"}, at="Role", gone=NO_ENTITY),
        Op(
            "list_attached_role_policies",
            {"RoleName": "{id}"},
            at="{ManagedPolicyArns: AttachedPolicies[].PolicyArn}",
            gone=NO_ENTITY,
        ),
    ),
    collects={
        "InlinePolicies": Sweep(
            Op("list_role_policies", {"RoleName": "{id}"}, at="PolicyNames"),
            Op("get_role_policy", {"RoleName": "{id}", "PolicyName": "{item}"}),
        )
    },
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
    tagging=Tagging(tag=Op("tag_role", {"RoleName": "{id}"}), untag=Op("untag_role", {"RoleName": "{id}"})),
    before_delete=(
        Sweep(
            Op("list_attached_role_policies", {"RoleName": "{id}"}, at="AttachedPolicies[].PolicyArn", gone=NO_ENTITY),
            Op("detach_role_policy", {"RoleName": "{id}", "PolicyArn": "{item}"}, gone=NO_ENTITY),
            when="forceDetachPolicies",
        ),
        Sweep(
            Op("list_role_policies", {"RoleName": "{id}"}, at="PolicyNames", gone=NO_ENTITY),
            Op("delete_role_policy", {"RoleName": "{id}", "PolicyName": "{item}"}, gone=NO_ENTITY),
            when="forceDetachPolicies",
        ),
    ),
    delete=Op("delete_role", {"RoleName": "{id}"}, gone=NO_ENTITY),
    checks=(
        checks.role_name,
        checks.iam_path,
        checks.trust_policy,
        checks.principals,
        checks.within("maxSessionDuration", limits.MAX_SESSION_SECONDS, " seconds"),
        checks.at_most("description", 1000),
        checks.role_description,
    ),
)

ROLE_POLICY: Final = ResourceType(
    "aws:iam/rolePolicy:RolePolicy",
    service="iam",
    named="name",
    id="{role}:{name}",
    props=(
        Prop("name", "PolicyName", replace=True),
        Prop("namePrefix", kept=True, replace=True),
        Prop("role", "RoleName", replace=True),
        Prop("policy", "PolicyDocument", POLICY),
    ),
    create=Op("put_role_policy", sends=("name", "role", "policy")),
    reads=(Op("get_role_policy", {"RoleName": "{role}", "PolicyName": "{name}"}, gone=NO_ENTITY),),
    update=Op("put_role_policy", sends=("name", "role", "policy")),
    delete=Op("delete_role_policy", {"RoleName": "{role}", "PolicyName": "{name}"}, gone=NO_ENTITY),
    checks=(checks.policy_name, checks.role_policy),
)

_OLD_VERSIONS: Final = Sweep(
    Op("list_policy_versions", {"PolicyArn": "{id}"}, at="Versions[?!IsDefaultVersion].VersionId", gone=NO_ENTITY),
    Op("delete_policy_version", {"PolicyArn": "{id}", "VersionId": "{item}"}, gone=NO_ENTITY),
)
"""IAM keeps at most five versions of a policy, and deletes only a policy that has one."""

MANAGED_POLICY: Final = ResourceType(
    "aws:iam/policy:Policy",
    service="iam",
    named="name",
    id="{arn}",
    props=(
        Prop("name", "PolicyName", replace=True),
        Prop("namePrefix", kept=True, replace=True),
        Prop("path", default="/", replace=True),
        Prop("description", default="", replace=True),
        Prop("policy", "PolicyDocument", POLICY),
        Prop("delayAfterPolicyCreationInMs", kept=True),
        Prop("tags", default={}),
        Prop("arn", "Arn", output=True),
        Prop("policyId", "PolicyId", output=True),
        Prop("attachmentCount", "AttachmentCount", output=True),
        Prop("defaultVersion", "DefaultVersionId", hidden=True),
    ),
    create=Op("create_policy", sends=("name", "path", "description", "policy"), at="Policy"),
    reads=(
        Op("get_policy", {"PolicyArn": "{id}"}, at="Policy", gone=NO_ENTITY),
        Op(
            "get_policy_version",
            {"PolicyArn": "{id}", "VersionId": "{defaultVersion}"},
            at="{PolicyDocument: PolicyVersion.Document}",
            gone=NO_ENTITY,
        ),
    ),
    steps=(
        Step(
            ("policy",),
            Op("create_policy_version", {"PolicyArn": "{id}", "PolicyDocument": "{policy}", "SetAsDefault": True}),
            before=_OLD_VERSIONS,
        ),
    ),
    tagging=Tagging(tag=Op("tag_policy", {"PolicyArn": "{id}"}), untag=Op("untag_policy", {"PolicyArn": "{id}"})),
    before_delete=(_OLD_VERSIONS,),
    delete=Op("delete_policy", {"PolicyArn": "{id}"}, gone=NO_ENTITY),
    checks=(checks.policy_name, checks.iam_path, checks.managed_policy, checks.at_most("description", 1000)),
)

ROLE_POLICY_ATTACHMENT: Final = ResourceType(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    id="{role}/{policyArn}",
    props=(Prop("role", "RoleName", replace=True), Prop("policyArn", replace=True)),
    create=Op("attach_role_policy", sends=("role", "policyArn")),
    reads=(
        Op(
            "list_attached_role_policies",
            {"RoleName": "{role}"},
            at="AttachedPolicies[?PolicyArn=='{policyArn}'] | [0]",
            gone=NO_ENTITY,
        ),
    ),
    delete=Op("detach_role_policy", {"RoleName": "{role}", "PolicyArn": "{policyArn}"}, gone=NO_ENTITY),
)

TYPES: Final = (ROLE, ROLE_POLICY, MANAGED_POLICY, ROLE_POLICY_ATTACHMENT)
