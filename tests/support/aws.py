"""boto3 for tests: clients of a server on loopback, by one session with keys that nobody has; and `aws …` by boto3."""

from __future__ import annotations

import json
import shlex
from typing import Any, Final

import boto3
from botocore import xform_name

from tablekit.client import Clients

KEYS: Final = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
SESSION: Final = boto3.Session("test", "test")
"""Shared, as each session reads botocore's files for itself: more time than most tests take."""


def client(endpoint: str, service: str = "dynamodb", region: str = "eu-west-1") -> Any:
    """A client of the server at an address."""
    return SESSION.client(service, region_name=region, endpoint_url=endpoint)  # type: ignore[call-overload]


def clients(endpoint: str) -> Clients:
    """What the library's client takes."""
    return Clients(endpoint, SESSION)


def run(command: str) -> dict[str, Any]:
    """Run a message's `[env NAME=VALUE…] aws SERVICE CALL --option value …`, without the AWS command line.

    The names of its options and the form of their values are those of botocore's own model, as there.
    """
    words = shlex.split(command)
    start = words.index("aws")
    environment = dict(word.split("=", 1) for word in words[1:start])
    service, call, *rest = words[start + 1 :]
    options = dict(zip((word.removeprefix("--") for word in rest[::2]), rest[1::2], strict=True))
    assert environment == KEYS
    used = client(options.pop("endpoint-url"), service, options.pop("region"))
    method = call.replace("-", "_")
    model = used.meta.service_model.operation_model(used.meta.method_to_api_mapping[method])
    members = {xform_name(name, "-"): (name, shape) for name, shape in model.input_shape.members.items()}
    given = {}
    for option, value in options.items():
        name, shape = members[option]
        given[name] = value if shape.type_name == "string" else json.loads(value)
    answer: dict[str, Any] = getattr(used, method)(**given)
    return answer
