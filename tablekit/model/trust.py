"""Whom a stage trusts with its roles."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from tablekit.model.base import Settings

SENDS_ITS_ACCOUNT = frozenset(
    {
        "codebuild.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "lambda.amazonaws.com",
        "pipes.amazonaws.com",
        "scheduler.amazonaws.com",
        "states.amazonaws.com",
    }
)
"""Services that say for which account they assume a role (`aws:SourceAccount`), as AWS's own examples of trust policies
show. Of any other it is not known, and a role whose condition is never met is no use to it."""
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com")


def _role_arn(arn: str) -> str:
    if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+", arn):
        raise ValueError(
            f"{arn!r} is not the ARN of a role or user; name exact ones, never *, as arn:aws:iam::<account>:role/<name>"
        )
    return arn


RoleArn = Annotated[str, AfterValidator(_role_arn)]
"""The ARN of a role or user."""


class Foreign(Settings):
    """A role or user of another account that may assume a role, by what else it must show.

    external_id: what it gives as ExternalId with its request.
    organization: the id of the one that its account is of, as `o-a1b2c3d4e5`.
    """

    principal: RoleArn
    external_id: str | None = None
    organization: str | None = None

    @model_validator(mode="after")
    def _shows(self) -> Self:
        if self.external_id is None and self.organization is None:
            raise ValueError(
                f"{self.principal!r} is of another account, and its ARN alone opens nothing; give an externalId that "
                "the two of you agree on, or its organization"
            )
        if self.external_id is not None and not re.fullmatch(r"[\w+=,.@:/-]{2,1224}", self.external_id, re.ASCII):
            raise ValueError(
                f"externalId {self.external_id!r} is not 2 to 1224 letters, digits or + = , . @ : / - _; give a longer "
                "one of these"
            )
        if self.organization is not None and not re.fullmatch(r"o-[a-z0-9]{10,32}", self.organization):
            raise ValueError(
                f"organization {self.organization!r} is not an organization's id; write it as o-a1b2c3d4e5"
            )
        return self


class Trust(Settings):
    """Who may assume a role; never `*`.

    services: by name, as `lambda.amazonaws.com`.
    principals: ARNs of roles or users of the stage's own account.
    foreign: roles or users of other accounts, each with what else it must show.
    """

    services: tuple[str, ...] = ()
    principals: tuple[RoleArn, ...] = ()
    foreign: tuple[Foreign, ...] = ()

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.services and not self.principals and not self.foreign:
            raise ValueError("trusts nobody; give services, principals or foreign")
        for service in self.services:
            if not _SERVICE.fullmatch(service):
                raise ValueError(f"service {service!r} is not a service's name; write it as lambda.amazonaws.com")
        return self

    def account_problems(self, accounts: Collection[str]) -> Iterator[str]:
        """What does not fit the accounts that the stage may be deployed to."""
        own = " or ".join(accounts)
        for arn in self.principals:
            if (account := _account(arn)) not in accounts:
                yield (
                    f"{arn!r} is of account {account}, and the stage's own is {own}; name it in foreign, with an "
                    "externalId or its organization"
                )
        for each in self.foreign:
            if _account(each.principal) in accounts:
                yield f"{each.principal!r} is of the stage's own account; name it in principals"


def _account(arn: str) -> str:
    return arn.split(":")[4]
