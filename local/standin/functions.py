"""The functions (invokes): what a program may ask without making anything."""

from __future__ import annotations

from . import clients
from .clients import Clients
from .errors import StandInError, unknown_token
from .values import Props

CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
PARTITION = "aws:index/getPartition:getPartition"
TABLE = "aws:dynamodb/getTable:getTable"


def table(name: str, found: tuple[str, Props] | None) -> Props:
    """A table's answer. found: it as the stand-in reads it, None where it is not there."""
    if found is None:
        raise StandInError(f"reading DynamoDB Table ({name}): couldn't find resource")
    indexes = [_several(each) for each in found[1].get("globalSecondaryIndexes") or ()]
    given = {key: value for key, value in found[1].items() if value is not None}
    return {**_several(given), "id": name, "globalSecondaryIndexes": indexes}


def _several(owner: Props) -> Props:
    """A function gives lists of one where the resource has one or none."""
    rest = {key: value for key, value in owner.items() if key not in ("onDemandThroughput", "warmThroughput")}
    lists = {f"{key}s": [owner[key]] if owner.get(key) else [] for key in ("onDemandThroughput", "warmThroughput")}
    return {"nonKeyAttributes": [], "rangeKey": "", **rest, **lists}


def invoke(token: str, made: Clients) -> Props:
    """One call that takes no argument."""
    if token == CALLER:
        answer = clients.call(made.get("sts", made.config.region), "get_caller_identity")
        account = str(answer["Account"])
        return {"accountId": account, "arn": answer["Arn"], "userId": answer["UserId"], "id": account}
    if token == PARTITION:
        china = made.config.region.startswith("cn-")
        partition, suffix = ("aws-cn", "amazonaws.com.cn") if china else ("aws", "amazonaws.com")
        reverse = ".".join(reversed(suffix.split(".")))
        return {"id": partition, "partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}
    raise unknown_token(token, "function", [CALLER, PARTITION, TABLE])
