"""Rules on functions: they run when they should, for nobody else, and what they say is kept and ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies.resource import Resource, of_type
from policies.rule import Finding, rule
from policies.run import Run
from tablekit.resources import EVENT_RULE, EVENT_TARGET, FUNCTION, LOG_GROUP, PERMISSION


@rule("function-log")
def log(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Each function has a log group that ends: one that Lambda makes is kept, and paid for, for ever."""
    days = {
        (each.get("name"), each.get("region")): each.get("retentionInDays", default=0)
        for each in of_type(resources, LOG_GROUP)
    }
    for each in of_type(resources, FUNCTION):
        name = f"/aws/lambda/{each.get('name')}"
        if not days.get((name, each.get("region"))):
            text = f"log group {name!r} is not there, or keeps for ever; give it retentionInDays"
            yield Finding(f"{each.label}: {text}", each.urn)


@rule("function-invoker", PERMISSION)
def invoker(permission: Resource, run: Run) -> Iterator[str]:
    """A permission names for whom: a service alone is every account's, whose rules then start the function."""
    if "*" in (principal := permission.get("principal", default="")):
        yield f"principal is {principal!r}; name a service or an account"
    source = permission.get("sourceArn", default="")
    if principal.endswith(".amazonaws.com") and "*" in source.split(":")[4:5]:
        yield f"sourceArn is {source!r}, of any account; name the rule, or another one thing"
    if principal.endswith(".amazonaws.com") and not source and not permission.get("sourceAccount"):
        yield "sourceArn and sourceAccount are not given; name the rule, or another one thing"


@rule("function-schedule")
def schedule(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """A schedule is on and starts something: one that is off, or has no target, shows when figures are missed."""
    heard = {(each.get("rule"), each.get("region")) for each in of_type(resources, EVENT_TARGET) if each.get("arn")}
    for each in of_type(resources, EVENT_RULE):
        if not each.get("scheduleExpression"):
            continue
        if (each.get("name"), each.get("region")) not in heard:
            yield Finding(f"{each.label}: has no target; give it the function that it is to start", each.urn)
        if each.get("state", default="ENABLED") == "DISABLED":
            yield Finding(f"{each.label}: state is 'DISABLED'; remove it", each.urn)
