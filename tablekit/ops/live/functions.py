"""Functions on AWS against what is derived: how they run, who may start them, and how long their log is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tablekit.client import Clients, ResourceNotFoundError
from tablekit.model.staged import Account
from tablekit.resources import FUNCTION, LOG_GROUP, PERMISSION, Expected

Rows = Iterator[tuple[str, Any, Any]]


def _function(clients: Clients, expected: Expected, account: Account) -> Rows:
    """Not its code: AWS gives a hash of the zip file that the plug-in made of it."""
    wanted = expected.inputs
    client = clients.get("lambda", wanted["region"])
    found = client.get_function_configuration(FunctionName=wanted["name"])
    for name in ("role", "runtime", "handler", "architectures", "memorySize", "timeout"):
        yield name, found.get(f"{name[0].upper()}{name[1:]}"), wanted[name]
    reserved = client.get_function_concurrency(FunctionName=wanted["name"]).get("ReservedConcurrentExecutions")
    yield "reserved concurrency", reserved, wanted.get("reservedConcurrentExecutions")
    variables = (found.get("Environment") or {}).get("Variables") or {}
    yield "environment", variables, (wanted.get("environment") or {}).get("variables") or {}


def _permission(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    policy = clients.get("lambda", wanted["region"]).get_policy(FunctionName=wanted["function"])["Policy"]
    statements = {each.get("Sid"): each for each in json.loads(policy).get("Statement", [])}
    found = statements.get(wanted["statementId"], {})
    yield "statements", sorted(statements), [wanted["statementId"]]
    yield "who may start it", (found.get("Principal") or {}).get("Service"), wanted["principal"]
    source = ((found.get("Condition") or {}).get("ArnLike") or {}).get("AWS:SourceArn")
    yield "for whom", source, wanted["sourceArn"]


def _log_group(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    pages = clients.pages("logs", wanted["region"], "describe_log_groups", logGroupNamePrefix=wanted["name"])
    groups = (each for page in pages for each in page["logGroups"])
    found = next((each for each in groups if each["logGroupName"] == wanted["name"]), None)
    if found is None:
        raise ResourceNotFoundError(f"log group {wanted['name']!r} is not there")
    yield "retention, days", found.get("retentionInDays"), wanted["retentionInDays"]


READ: Final[Mapping[str, tuple[str, str, Callable[[Clients, Expected, Account], Rows]]]] = {
    FUNCTION: ("name", "lambda:GetFunctionConfiguration and lambda:GetFunctionConcurrency", _function),
    PERMISSION: ("function", "lambda:GetPolicy", _permission),
    LOG_GROUP: ("name", "logs:DescribeLogGroups", _log_group),
}
"""By type: the input that is its name on AWS, what a role needs to look at it, and what is compared."""
