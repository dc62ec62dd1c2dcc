"""The functions (invokes): what a program may ask without making anything. None takes an argument that matters here."""

from __future__ import annotations

from . import clients
from .clients import Clients
from .errors import unknown_token
from .values import Props

CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
PARTITION = "aws:index/getPartition:getPartition"


def invoke(token: str, made: Clients) -> Props:
    """One call."""
    if token == CALLER:
        answer = clients.call(made.get("sts", made.config.region), "get_caller_identity")
        account = str(answer["Account"])
        return {"accountId": account, "arn": answer["Arn"], "userId": answer["UserId"], "id": account}
    if token == PARTITION:
        china = made.config.region.startswith("cn-")
        partition, suffix = ("aws-cn", "amazonaws.com.cn") if china else ("aws", "amazonaws.com")
        reverse = ".".join(reversed(suffix.split(".")))
        return {"id": partition, "partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}
    raise unknown_token(token, "function", [CALLER, PARTITION])
