"""A family's contract and variables in SSM Parameter Store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws

from components.resource import register, token
from tablekit.contract.parameters import Publication
from tablekit.model.staged import StagedFamily
from tablekit.resources.stack import parameters


class FamilyParameters(pulumi.ComponentResource):
    """What a family publishes for programs without the stack's outputs, in its region: one parameter a variable, and
    its contract in as many as it takes.

    name: what its resources' names begin with; its own is that with `-parameters`.
    exported: the family's part of the contract. Output: path, what the parameters' names begin with.
    """

    def __init__(
        self,
        name: str,
        family: StagedFamily,
        exported: pulumi.Output[dict[str, Any]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("FamilyParameters"), f"{name}-parameters", None, opts)
        self.publication = Publication(family)
        values: dict[str, pulumi.Input[str]] = {**self.publication.variables}
        for number, part in enumerate(self.publication.parts, 1):
            values[part] = exported.apply(_part(self.publication, number))
        for expected in parameters(name, family, values):
            register(aws.ssm.Parameter, expected, self)
        self.register_outputs({"path": self.publication.path})


def _part(publication: Publication, number: int) -> Callable[[dict[str, Any]], str]:
    """A part's text, once the family is made."""
    return lambda exported: publication.part(exported, number)
