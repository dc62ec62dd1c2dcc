"""Functions of AWS Lambda: code, role, log, and what starts one. The code is a file of `tablekit/functions`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final

from tablekit.model.alarms import COUNTED_EVERY, item_counter
from tablekit.model.naming import METRICS
from tablekit.model.permissions import count_statements, function_policy, function_trust
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily
from tablekit.model.statements import Policy
from tablekit.resources.expected import (
    EVENT_RULE,
    EVENT_TARGET,
    FUNCTION,
    LOG_GROUP,
    PERMISSION,
    ROLE,
    ROLE_POLICY,
    Expected,
    document,
    given,
)

POLICY_NAME: Final = "function"
"""The one inline policy of a function's role."""
RUNTIME: Final = "python3.14"
LOG_DAYS: Final = 30


@dataclass(frozen=True)
class Function:
    """A function of a stage.

    name: on AWS, of the function and of what starts it. role: its role's name, which is unique in an account.
    file: its code in tablekit/functions, without `.py`. data: what it reads of `settings.json`, beside its code.
    may: the statements of its policy, without those on its log. memory: MB. timeout: seconds.
    """

    name: str
    role: str
    file: str
    purpose: str
    region: str
    may: tuple[dict[str, Any], ...]
    tags: Mapping[str, str]
    data: Mapping[str, Any] = field(default_factory=dict)
    memory: int = 256
    timeout: int = 120

    def arn(self, account: Account) -> str:
        """The function's ARN."""
        return account.arn("lambda", self.region, f"function:{self.name}")


def function(name: str, made: Function, stage: StageConfig, account: Account) -> Iterator[Expected]:
    """A function with its role and its log, each after what it needs. name: what its resources are called."""
    policy: Policy = function_policy(made.name, made.region, made.may, account)
    role = given(
        name=made.role,
        description=made.purpose,
        assumeRolePolicy=document(function_trust(account)),
        permissionsBoundary=stage.permissions_boundary or None,
        tags=dict(made.tags),
    )
    yield Expected(ROLE, name, role, {"assumeRolePolicy": "policy"})
    own = {"name": POLICY_NAME, "role": made.role, "policy": document(policy)}
    yield Expected(ROLE_POLICY, name, own, {"policy": "policy"})
    log = {"name": f"/aws/lambda/{made.name}", "retentionInDays": LOG_DAYS, "region": made.region}
    yield Expected(LOG_GROUP, name, {**log, "tags": dict(made.tags)})
    code = files("tablekit.functions").joinpath(f"{made.file}.py").read_text(encoding="utf-8")
    inputs = {
        "name": made.name,
        "description": made.purpose,
        "role": account.arn("iam", "", f"role/{made.role}"),
        "runtime": RUNTIME,
        "architectures": ["arm64"],
        "handler": f"{made.file}.handler",
        "code": {f"{made.file}.py": code, "settings.json": json.dumps(made.data, indent=1)},
        "memorySize": made.memory,
        "timeout": made.timeout,
        "region": made.region,
        "tags": dict(made.tags),
    }
    yield Expected(FUNCTION, name, inputs, archives=("code",))


def scheduled(name: str, made: Function, schedule: str, account: Account) -> Iterator[Expected]:
    """What starts a function from time to time. schedule: `rate(6 hours)`, or cron as EventBridge has it."""
    rule = {"name": made.name, "description": f"Starts {made.name}", "scheduleExpression": schedule}
    yield Expected(EVENT_RULE, name, {**rule, "region": made.region, "tags": dict(made.tags)})
    may = {
        "function": made.name,
        "statementId": "schedule",
        "action": "lambda:InvokeFunction",
        "principal": "events.amazonaws.com",
        "sourceArn": account.arn("events", made.region, f"rule/{made.name}"),
        "region": made.region,
    }
    yield Expected(PERMISSION, name, may)
    target = {"rule": made.name, "targetId": "function", "arn": made.arn(account), "region": made.region}
    yield Expected(EVENT_TARGET, name, target)


def item_counts(
    stage: StageConfig, families: Iterable[StagedFamily], region: str, account: Account
) -> Iterator[Expected]:
    """What publishes the items and bytes of a region's tables; nothing in a stage without."""
    here = [family for family in families if family.region == region]
    if not stage.item_counts or not here:
        return
    called = item_counter(stage)
    made = Function(
        name=called,
        role=f"{called}-{region}",
        file="item_counts",
        purpose=f"Publishes items and bytes of the tables of stage {stage.stage}",
        region=region,
        may=count_statements(here, account),
        tags=stage.own_tags,
        data={
            "namespace": METRICS,
            "stage": stage.stage,
            "tables": sorted(table.name for family in here for table in family.tables.values()),
        },
    )
    name = f"item-counts-{region}"
    yield from function(name, made, stage, account)
    yield from scheduled(name, made, f"rate({COUNTED_EVERY // 3600} hours)", account)


def metrics_of(families: Iterable[StagedFamily]) -> int:
    """How many metrics those of all regions publish, together."""
    all_of = list(families)
    owners = [1 + len(table.declared.indexes) for family in all_of for table in family.tables.values()]
    return 2 * sum(owners) + len({family.region for family in all_of})
