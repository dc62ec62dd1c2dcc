"""The functions (invokes): what a program may ask without making anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from . import clients
from .clients import Clients
from .errors import UnknownToken
from .values import Props

_DESCRIPTIONS: Final = {
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "eu-central-1": "Europe (Frankfurt)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-2": "US West (Oregon)",
}


def _caller(arguments: Props, made: Clients) -> Props:
    region = made.config.region
    answer = clients.call(made.get("sts", region), "get_caller_identity")
    account = str(answer["Account"])
    return {"accountId": account, "arn": answer["Arn"], "userId": answer["UserId"], "id": account}


def _partition(arguments: Props, made: Clients) -> Props:
    china = made.config.region.startswith("cn-")
    partition, suffix = ("aws-cn", "amazonaws.com.cn") if china else ("aws", "amazonaws.com")
    reverse = ".".join(reversed(suffix.split(".")))
    return {"id": partition, "partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


def _region(arguments: Props, made: Clients) -> Props:
    region = arguments.get("region") or arguments.get("name") or made.config.region
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": _DESCRIPTIONS.get(region, region),
        "endpoint": f"ec2.{region}.amazonaws.com",
    }


FUNCTIONS: Final[dict[str, Callable[[Props, Clients], Props]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}
"""Token → function."""


def invoke(token: str, arguments: Props, made: Clients) -> Props:
    """One call."""
    if token not in FUNCTIONS:
        raise UnknownToken(token, "function", list(FUNCTIONS))
    return FUNCTIONS[token](arguments, made)
