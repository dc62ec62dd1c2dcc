"""The functions (invokes): what a program may ask without making anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from . import clients
from .clients import Clients
from .errors import unknown_token
from .values import Props


def _caller(made: Clients) -> Props:
    answer = clients.call(made.get("sts", made.config.region), "get_caller_identity")
    account = str(answer["Account"])
    return {"accountId": account, "arn": answer["Arn"], "userId": answer["UserId"], "id": account}


def _partition(made: Clients) -> Props:
    china = made.config.region.startswith("cn-")
    partition, suffix = ("aws-cn", "amazonaws.com.cn") if china else ("aws", "amazonaws.com")
    reverse = ".".join(reversed(suffix.split(".")))
    return {"id": partition, "partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


FUNCTIONS: Final[dict[str, Callable[[Clients], Props]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getPartition:getPartition": _partition,
}
"""Token → function; neither takes an argument that matters here."""


def invoke(token: str, made: Clients) -> Props:
    """One call."""
    if token not in FUNCTIONS:
        raise unknown_token(token, "function", list(FUNCTIONS))
    return FUNCTIONS[token](made)
