"""What stands around the tables against the declaration: roles, alarms, parameters; each difference is one line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from tablekit.client import Clients, ResourceNotFoundError, translated
from tablekit.contract import ExportedFamily, expected_family
from tablekit.contract.parameters import Publication
from tablekit.model.alarms import Alarm
from tablekit.model.permissions import POLICY_NAME, role_policy, topic_policy, trust_policy
from tablekit.model.staged import Account, StagedFamily, StagedRole
from tablekit.ops.drift import (
    DEPLOY,
    REFRESH,
    VALUE_LENGTH,
    Problem,
    by_hand,
    deployment,
    difference,
    statements,
    summarize,
)
from tablekit.ops.live import describe
from tablekit.ops.stages import StageSettings

_KIND = "String"


def role_problems(
    clients: Clients, family: StagedFamily, role: StagedRole, settings: StageSettings, account: Account
) -> list[Problem]:
    """Every difference of one role. Raises what the calls raise."""
    name, region = role.name, family.region
    client = clients.get("iam", region)
    try:
        with translated(f"role {name!r}"):
            found = client.get_role(RoleName=name)["Role"]
            pages = clients.pages("iam", region, "list_role_policies", RoleName=name)
            inline = sorted(each for page in pages for each in page["PolicyNames"])
            pages = clients.pages("iam", region, "list_attached_role_policies", RoleName=name)
            attached = sorted(each["PolicyArn"] for page in pages for each in page["AttachedPolicies"])
            policy = None
            if POLICY_NAME in inline:
                policy = client.get_role_policy(RoleName=name, PolicyName=POLICY_NAME)["PolicyDocument"]
    except ResourceNotFoundError:
        text = f"missing, expected role {name!r} as family {family.key!r} declares it: {deployment(family.stage.stage)}"
        return [Problem(text)]

    def remove(call: str, **given: str) -> str:
        return by_hand(settings.endpoint, region, "iam", call, role_name=name, **given)

    # A deployment changes the role's own policy, and takes off no other.
    extra = [remove("delete-role-policy", policy_name=each) for each in inline if each != POLICY_NAME]
    own = () if POLICY_NAME in inline else (REFRESH,)
    problems = difference("inline policies", inline, [POLICY_NAME], *extra, *own)
    detached = [remove("detach-role-policy", policy_arn=each) for each in attached]
    problems += difference("attached policies", attached, [], *detached)
    if settings.from_file:
        boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        problems += difference("permissions boundary", boundary, family.stage.permissions_boundary or None)
        expected = trust_policy(family, role.declared.name, account)
        problems += policy_problems("trust policy", found["AssumeRolePolicyDocument"], expected)
        if policy is not None:
            expected = role_policy(family, role.declared.name, account)
            problems += policy_problems(f"policy {POLICY_NAME!r}", policy, expected)
    return problems


def policy_problems(what: str, found: Any, expected: Mapping[str, Any]) -> list[Problem]:
    """The differences of two policy documents, a line a statement. A list of one and its element are the same."""
    mine, theirs = statements(expected), statements(json.loads(found) if isinstance(found, str) else found)
    problems = []
    for sid in mine | theirs:
        where = f"{what}, statement {sid!r}"
        if sid not in theirs:
            problems.append(Problem(f"{where}: missing, expected {summarize(mine[sid])}"))
        elif sid not in mine:
            problems.append(Problem(f"{where}: found {summarize(theirs[sid])}, expected none"))
        else:
            for field in sorted(mine[sid] | theirs[sid]):
                one, other = theirs[sid].get(field), mine[sid].get(field)
                if one != other:
                    problems.append(Problem(f"{where}, {field}: found {summarize(one)}, expected {summarize(other)}"))
    return problems


def alarm_problems(
    clients: Clients,
    region: str,
    alarms: Sequence[Alarm],
    topic: str | None,
    settings: StageSettings,
    account: Account,
    tellers: Collection[str] = (),
    key: str | None = None,
) -> list[Problem]:
    """Every difference of alarms that go to one topic, and of that. Raises what the calls raise.

    topic: its ARN. tellers: the services that tell it something beside CloudWatch. key: what encrypts it.
    """
    stage = settings.config.stage
    if not alarms and not tellers:
        return difference("alarms' topic", topic, None, DEPLOY)
    problems: list[Problem] = []
    if topic is None:
        problems.append(Problem("alarms' topic: found none in the outputs, expected one", (DEPLOY,)))
    else:
        try:
            with translated(f"topic {topic!r}"):
                attributes = clients.get("sns", region).get_topic_attributes(TopicArn=topic)["Attributes"]
            problems += policy_problems(
                "alarms' topic: policy", attributes["Policy"], topic_policy(topic, account, tellers)
            )
            if settings.from_file:
                problems += difference("alarms' topic: key", attributes.get("KmsMasterKeyId") or None, key)
        except ResourceNotFoundError:
            text = f"alarms' topic {topic!r}: missing, so no alarm reaches anybody: {deployment(stage)}"
            problems.append(Problem(text))
    there = describe.alarms(clients, region, [alarm.name for alarm in alarms])
    for alarm in alarms:
        if alarm.name not in there:
            text = f"alarm {alarm.name!r}: missing, expected on {alarm.metrics[0].name}: {deployment(stage)}"
            problems.append(Problem(text))
            continue
        for what, found, expected in _alarm_rows(there[alarm.name], alarm, topic):
            problems += difference(f"alarm {alarm.name!r}: {what}", found, expected)
    return problems


def _alarm_rows(found: dict[str, Any], alarm: Alarm, topic: str | None) -> Iterator[tuple[str, Any, Any]]:
    """What is compared, as it was found and as it is expected."""
    actions = [topic] if topic else []
    yield "actions", sorted(found.get("AlarmActions") or ()), actions
    over = actions if alarm.severity == "critical" else []
    yield "actions when it is over", sorted(found.get("OKActions") or ()), over
    yield "actions are on", found.get("ActionsEnabled", True), True
    queries = found.get("Metrics") or ()
    one = {"Metric": found, "Stat": found.get("Statistic"), "Period": found.get("Period")}
    there = [
        _metric(
            each["Metric"].get("MetricName"),
            {dimension["Name"]: dimension["Value"] for dimension in each["Metric"].get("Dimensions") or ()},
            each["Stat"],
            each["Period"],
        )
        for each in [query["MetricStat"] for query in queries if "MetricStat" in query] or [one]
    ]
    wanted = [_metric(each.name, each.dimensions, each.statistic, alarm.period) for each in alarm.metrics]
    yield "metrics", sorted(there), sorted(wanted)
    yield (
        "expression",
        next((query["Expression"] for query in queries if query.get("Expression")), None),
        alarm.expression,
    )
    threshold = f"{found.get('ComparisonOperator')} {float(found.get('Threshold') or 0):g}"
    yield "threshold", threshold, f"GreaterThanThreshold {alarm.threshold:g}"
    periods = found.get("EvaluationPeriods")
    yield "periods", (found.get("DatapointsToAlarm") or periods, periods), (alarm.periods, alarm.looks_at)
    yield "missing data", found.get("TreatMissingData"), alarm.missing_data


def _metric(name: str | None, dimensions: Mapping[str, str], statistic: str | None, period: int | None) -> str:
    given = ", ".join(sorted(f"{each}={value}" for each, value in dimensions.items()))
    return f"{statistic} of {name}({given}) in {period} s"


def parameter_problems(
    clients: Clients, family: StagedFamily, exported: ExportedFamily, settings: StageSettings
) -> list[Problem]:
    """Every difference of what is under the family's path. Raises what the calls raise.

    exported: the family in the outputs, which is what should be published.
    """
    publication = Publication(family)
    expected = publication.values(exported.model_dump(by_alias=True))
    there = describe.parameters(clients, family)
    repair = deployment(family.stage.stage)
    problems = []
    for name in sorted(expected.keys() | there.keys()):
        if name not in there:
            problems.append(Problem(f"parameter {name!r}: missing, expected {summarize(expected[name])}: {repair}"))
        elif name not in expected:
            text = f"parameter {name!r}: found {summarize(there[name][1])}, expected none: delete it"
            delete = by_hand(settings.endpoint, family.region, "ssm", "delete-parameter", name=name)
            problems.append(Problem(text, (delete,)))
        elif there[name] != (_KIND, expected[name]):
            kind, value = there[name]
            found = f"a {kind}" if kind != _KIND else _differing(value, expected[name])
            wanted = f"a {_KIND}" if kind != _KIND else _differing(expected[name], value)
            problems.append(Problem(f"parameter {name!r}: found {found}, expected {wanted}: {repair}"))
    return problems


def deployed_family(clients: Clients, family: StagedFamily, account: Account) -> ExportedFamily:
    """The family as a deployment in the account has exported it: its streams are called as they are on AWS."""
    exported = expected_family(family, account, key_arns=_own_keys(clients, family))
    client = clients.get("dynamodb", family.region)
    found = dict(exported.tables)
    for key, table in family.tables.items():
        with translated(f"table {table.name!r}"), suppress(client.exceptions.ResourceNotFoundException):
            if table.stream:
                stream = client.describe_table(TableName=table.name)["Table"].get("LatestStreamArn")
                found[key] = found[key].model_copy(update={"stream_arn": stream})
    return exported.model_copy(update={"tables": found})


def _own_keys(clients: Clients, family: StagedFamily) -> dict[str, str] | None:
    """The ARNs of the family's own keys, by region; None where it has none. Raises what the calls raise."""
    if family.key_alias is None:
        return None
    found = {}
    for region in family.regions:
        with translated(f"key {family.key_alias!r} in {region}"):
            found[region] = clients.get("kms", region).describe_key(KeyId=family.key_alias)["KeyMetadata"]["Arn"]
    return found


def _differing(text: str, other: str) -> str:
    """The text from shortly before where it differs from the other."""
    same = next((place for place, (one, two) in enumerate(zip(text, other, strict=False)) if one != two), len(other))
    start = max(0, same - VALUE_LENGTH // 4)
    return ("…" if start else "") + summarize(text[start:])
