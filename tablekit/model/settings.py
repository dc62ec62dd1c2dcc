"""The parts of a stage's configuration that have a form of their own."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictInt, model_validator

from tablekit.model.base import Declared


class Settings(Declared):
    """Base of what a stage's file sets: as `Declared`, with the file's camelCase names, and without conversions."""

    model_config = ConfigDict(validate_by_alias=True)


def _role_arn(arn: str) -> str:
    if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+", arn):
        raise ValueError(
            f"{arn!r} is not the ARN of a role or user; name exact ones, never *, as arn:aws:iam::<account>:role/<name>"
        )
    return arn


RoleArn = Annotated[str, AfterValidator(_role_arn)]
"""The ARN of a role or user."""


class Trust(Settings):
    """Who may assume a role: service names (`lambda.amazonaws.com`), and ARNs of roles or users; never `*`."""

    services: tuple[str, ...] = ()
    principals: tuple[RoleArn, ...] = ()

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.services and not self.principals:
            raise ValueError("trusts nobody; give services or principals")
        for service in self.services:
            if not _SERVICE.fullmatch(service):
                raise ValueError(f"service {service!r} is not a service's name; write it as lambda.amazonaws.com")
        return self


class Subscription(Settings):
    """A subscriber of the alarms' topics."""

    protocol: Literal["email", "email-json", "https", "sqs", "lambda", "sms"]
    endpoint: str

    @model_validator(mode="after")
    def _fits(self) -> Self:
        form, example = _ENDPOINTS[self.protocol]
        if not form.fullmatch(self.endpoint):
            raise ValueError(f"endpoint {self.endpoint!r} does not fit protocol {self.protocol}; write it as {example}")
        return self


class Capacity(Settings):
    """Provisioned capacity of a table and each of its indexes, units a second."""

    read: StrictInt = Field(ge=1)
    write: StrictInt = Field(ge=1)


def check_key_arn(arn: str, region: str) -> str:
    """The ARN of a KMS key in the region; ValueError where it is not one."""
    if not re.fullmatch(rf"arn:aws[a-z-]*:kms:{re.escape(region)}:\d{{12}}:key/[\w-]+", arn):
        raise ValueError(f"{arn!r} is not a key's ARN in {region}; write it as arn:aws:kms:{region}:<account>:key/<id>")
    return arn


_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com")
_ENDPOINTS = {
    "email": (re.compile(r"[^@\s]+@[^@\s]+"), "ops@example.com"),
    "email-json": (re.compile(r"[^@\s]+@[^@\s]+"), "ops@example.com"),
    "https": (re.compile(r"https://[^\s/]+\S*"), "https://example.com/alarms"),
    "sqs": (re.compile(r"arn:aws[a-z-]*:sqs:\S+"), "arn:aws:sqs:<region>:<account>:<queue>"),
    "lambda": (re.compile(r"arn:aws[a-z-]*:lambda:\S+"), "arn:aws:lambda:<region>:<account>:function:<name>"),
    "sms": (re.compile(r"\+\d{6,15}"), "+441632960000"),
}
