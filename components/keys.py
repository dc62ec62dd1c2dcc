"""A family's own keys."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.resource import register, token
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import KEY, copies


class FamilyKeys(pulumi.ComponentResource):
    """A customer-managed key in each region that the family needs one in, with its alias; none where the stage makes
    none.

    name: what their names begin with; its own is that with `-keys`. Keys are retained, and protected, as tables are:
    what is under a key is unreadable once it is deleted.
    Outputs: arns, by region; made, what others come after.
    """

    arns: dict[str, pulumi.Output[str]]
    made: list[pulumi.Resource]

    def __init__(
        self, name: str, family: StagedFamily, account: Account, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token("FamilyKeys"), f"{name}-keys", None, opts)
        self.arns, self.made = {}, []
        key: aws.kms.Key | None = None
        for expected in copies.keys(name, family, account):
            if expected.type == KEY:
                retain = family.stage.retain_on_delete
                key = register(aws.kms.Key, expected, self, protect=expected.protect, retain_on_delete=retain)
                self.arns[expected.inputs["region"]] = key.arn
            elif key is not None:
                self.made.append(register(aws.kms.Alias, expected, self, key.key_id))
        self.register_outputs({"arns": self.arns})
