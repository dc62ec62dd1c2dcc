"""Runs a command that a message gave, word by word as it stands there."""

from __future__ import annotations

import json
import shlex
from typing import Any

import boto3
from botocore import xform_name


def aws(command: str) -> dict[str, Any]:
    """Run `[env NAME=VALUE…] aws SERVICE CALL --option value …` by boto3: no test machine needs the AWS command line.

    The names of its options and the form of their values are those of botocore's own model, as in the command line.
    """
    words = shlex.split(command)
    start = words.index("aws")
    environment = dict(word.split("=", 1) for word in words[1:start])
    service, call, *rest = words[start + 1 :]
    options = dict(zip((word.removeprefix("--") for word in rest[::2]), rest[1::2], strict=True))
    client = boto3.client(
        service,  # type: ignore[call-overload]
        region_name=options.pop("region"),
        endpoint_url=options.pop("endpoint-url"),
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    method = call.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    members = {xform_name(name, "-"): (name, shape) for name, shape in model.input_shape.members.items()}
    given = {}
    for option, value in options.items():
        name, shape = members[option]
        given[name] = value if shape.type_name == "string" else json.loads(value)
    answer: dict[str, Any] = getattr(client, method)(**given)
    return answer
