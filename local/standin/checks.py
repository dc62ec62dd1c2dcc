"""What AWS refuses and neither the emulator nor the services' published models do.

A check takes the inputs (names made up already, unknown values still unknown) and yields complaints. It says nothing
about what is unknown: then the deployment's own check speaks.
"""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tablekit.model import limits as shared

from . import limits
from .schema import Complaint, refuse
from .table_shape import is_provisioned, keys_of
from .values import UNKNOWN, Props, has_unknown, join

Check = Callable[[Props], Iterable[Complaint]]


# -- any type ------------------------------------------------------------------------------------------------


def document(name: str, size: int, what: str, with_spaces: bool = False) -> Check:
    """A policy: JSON, an object with statements, not too long."""

    def check(inputs: Props) -> Iterator[Complaint]:
        value = inputs.get(name)
        if value is None or has_unknown(value):
            return
        text = value if isinstance(value, str) else json.dumps(value)
        try:
            parsed = json.loads(text)
        except ValueError as error:
            yield refuse(name, text, f"valid JSON ({error})", "Build it with json.dumps.")
            return
        if not isinstance(parsed, Mapping) or "Statement" not in parsed:
            yield refuse(name, text, 'a JSON object with "Version" and "Statement"', "Give it a Statement.")
            return
        length = len(text) if with_spaces else len(re.sub(r"\s", "", text))
        if length > size:
            fix = "Split it, or name fewer resources and actions."
            yield refuse(name, f"{what} of {length} characters", f"at most {size}", fix)

    return check


def tags(inputs: Props) -> Iterator[Complaint]:
    """Tags: how many, and of what characters."""
    given = inputs.get("tags")
    if not isinstance(given, Mapping):
        return
    if len(given) > shared.MAX_TAGS:
        yield refuse("tags", f"{len(given)} tags", f"at most {shared.MAX_TAGS}", "Drop some.")
    for key, value in given.items():
        path = join("tags", key)
        if not shared.TAG_KEY.fullmatch(key) or key.lower().startswith("aws:"):
            allowed = "keys of 1 to 128 letters, digits, spaces and _ . : / = + - @, not beginning with aws:"
            yield refuse(path, key, allowed, "Rename the tag.")
        if isinstance(value, str) and not shared.TAG_VALUE.fullmatch(value):
            allowed = "values of 0 to 256 letters, digits, spaces and _ . : / = + - @"
            yield refuse(path, value, allowed, "Shorten or respell the value.")


def region(inputs: Props) -> Iterator[Complaint]:
    """A region's form."""
    value = inputs.get("region")
    if isinstance(value, str) and not shared.REGION.fullmatch(value):
        yield refuse("region", value, "a region such as eu-west-2", "Correct the region.")


# -- DynamoDB ------------------------------------------------------------------------------------------------


def table(inputs: Props) -> Iterator[Complaint]:
    """A table's name, keys, indexes, capacity and stream."""
    name = inputs.get("name")
    if isinstance(name, str) and not shared.TABLE_NAME.fullmatch(name):
        yield refuse("name", name, "3 to 255 of a-z A-Z 0-9 _ . -", "Rename it.")
    yield from _keys(inputs)
    yield from _indexes(inputs)
    yield from _capacity(inputs)
    on, view = inputs.get("streamEnabled"), inputs.get("streamViewType")
    if view and on is False:
        yield refuse("streamViewType", view, "nothing, as streamEnabled is false", "Drop it, or enable the stream.")
    if inputs.get("replicas") and not on:
        allowed = "true with NEW_AND_OLD_IMAGES, as the table has replicas"
        yield refuse("streamEnabled", on, allowed, "Enable the stream.")


def _listed(inputs: Props) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (f"{name}[{position}]", index)
        for name in ("globalSecondaryIndexes", "localSecondaryIndexes")
        if isinstance(inputs.get(name), list)
        for position, index in enumerate(inputs[name])
        if isinstance(index, Mapping)
    ]


def _keys(inputs: Props) -> Iterator[Complaint]:
    """The attributes listed are exactly those that the table and its indexes use."""
    if inputs.get("hashKey") not in (None, UNKNOWN) and inputs.get("hashKey") == inputs.get("rangeKey"):
        yield refuse("rangeKey", inputs["rangeKey"], "another attribute than hashKey", "Drop it, or name another.")
    owners = [inputs, *(index for _, index in _listed(inputs))]
    keys = ("hashKey", "rangeKey", "keySchemas", "attributes", "globalSecondaryIndexes", "localSecondaryIndexes")
    if has_unknown([owner.get(key) for owner in owners for key in keys]):
        return
    used = {attribute for owner in owners for attribute, _ in keys_of(owner)}
    listed = [entry.get("name") for entry in inputs.get("attributes") or []]
    if sorted(listed) != sorted(used):
        allowed = f"the keys of the table and its indexes, each once ({', '.join(sorted(used))})"
        yield refuse("attributes", listed, allowed, "Add what is missing; other attributes aren't declared.")


def _indexes(inputs: Props) -> Iterator[Complaint]:
    for name, most in (
        ("globalSecondaryIndexes", shared.MAX_GLOBAL_INDEXES),
        ("localSecondaryIndexes", shared.MAX_LOCAL_INDEXES),
    ):
        given = inputs.get(name)
        if isinstance(given, list) and len(given) > most:
            yield refuse(name, f"{len(given)} indexes", f"at most {most} a table", "Drop some.")
    indexes = _listed(inputs)
    names = [index.get("name") for _, index in indexes if index.get("name") is not UNKNOWN]
    if len(set(names)) < len(names):
        yield refuse("globalSecondaryIndexes", names, "each index name once a table", "Rename one.")
    total = 0
    for path, index in indexes:
        if path.startswith("local") and inputs.get("rangeKey") is None:
            fix = "Give the table a rangeKey, or make the index a global one."
            yield refuse(path, index.get("name"), "local indexes only on a table with a rangeKey", fix)
        if index.get("keySchemas") and (index.get("hashKey") or index.get("rangeKey")):
            yield refuse(path, "both keySchemas and hashKey/rangeKey", "one of the two forms", "Drop one.")
        kind, extra = index.get("projectionType"), index.get("nonKeyAttributes")
        if not has_unknown([kind, extra]) and bool(extra) != (kind == "INCLUDE"):
            allowed = f"{'at least one' if kind == 'INCLUDE' else 'none'}, as projectionType is {kind}"
            yield refuse(f"{path}.nonKeyAttributes", extra, allowed, "Change one of the two.")
        total += len(extra) if isinstance(extra, list) else 0
    if total > shared.MAX_TABLE_NON_KEY_ATTRIBUTES:
        allowed = f"at most {shared.MAX_TABLE_NON_KEY_ATTRIBUTES} a table, counted once an index"
        yield refuse("globalSecondaryIndexes", f"{total} non-key attributes", allowed, "Project ALL, or fewer.")


def _capacity(inputs: Props) -> Iterator[Complaint]:
    mode = inputs.get("billingMode")
    if mode is UNKNOWN:
        return
    provisioned = is_provisioned(inputs)
    given = f"as billingMode is {'PROVISIONED (the default)' if provisioned else mode}"
    owners = [("", inputs), *((f"{path}.", index) for path, index in _listed(inputs) if path.startswith("global"))]
    for path, owner in owners:
        for unit in ("readCapacity", "writeCapacity"):
            value = owner.get(unit)
            if value is not UNKNOWN and bool(value) != provisioned:
                allowed = f"{'1 or more' if provisioned else 'nothing'}, {given}"
                yield refuse(f"{path}{unit}", value, allowed, "Change it, or the billingMode.")
        if provisioned and (limit := owner.get("onDemandThroughput")):
            yield refuse(f"{path}onDemandThroughput", limit, f"nothing, {given}", "Drop it, or change the billingMode.")


# -- IAM -----------------------------------------------------------------------------------------------------


def principals(inputs: Props) -> Iterator[Complaint]:
    """A trust policy names who may assume the role; IAM refuses one that doesn't, or that names a resource."""
    text = inputs.get("assumeRolePolicy")
    try:
        statements = json.loads(str(text))["Statement"]
    except (ValueError, KeyError, TypeError):  # it is unknown, or `document` has said so
        return
    for index, one in enumerate(statements if isinstance(statements, list) else [statements]):
        path = f"assumeRolePolicy: Statement[{index}]"
        if not isinstance(one, Mapping) or not ({"Principal", "NotPrincipal"} & set(one)):
            yield Complaint("assumeRolePolicy", f"{path} has no Principal; allowed: one. Name who may assume the role.")
        elif {"Resource", "NotResource"} & set(one):
            yield Complaint("assumeRolePolicy", f"{path} has a Resource; allowed: none in a trust policy. Drop it.")


# -- CloudWatch ----------------------------------------------------------------------------------------------


_OF_ONE_METRIC = ("metricName", "namespace", "period", "statistic", "extendedStatistic", "dimensions", "unit")


def alarm(inputs: Props) -> Iterator[Complaint]:
    """One metric, or queries, not both; each whole."""
    missing = inputs.get("treatMissingData")
    if missing not in (None, UNKNOWN, *limits.MISSING_DATA):
        yield refuse("treatMissingData", missing, ", ".join(limits.MISSING_DATA), "Take one of these.")
    queries = inputs.get("metricQueries")
    single = [name for name in _OF_ONE_METRIC if inputs.get(name) is not None]
    if queries and single:
        allowed = "either metricName with its period and statistic, or metricQueries"
        yield refuse("metricQueries", f"given together with {', '.join(single)}", allowed, "Drop one of the two.")
    elif queries is None and "metricName" not in inputs:
        yield refuse("metricName", None, "a metric's name, or metricQueries instead", "Name what is watched.")
    elif isinstance(queries, list) and queries:
        yield from _queries([(i, query) for i, query in enumerate(queries) if isinstance(query, Mapping)])
    elif "metricName" in inputs:
        yield from _single_metric(inputs)
    yield from _evaluation(inputs)


def _single_metric(inputs: Props) -> Iterator[Complaint]:
    for name in ("namespace", "period"):
        if inputs.get(name) is None:
            yield refuse(name, None, "a value, as metricName is given", f"Give {name}.")
    given = [name for name in ("statistic", "extendedStatistic") if inputs.get(name) is not None]
    if len(given) != 1:
        yield refuse("statistic", given or None, "exactly one of statistic and extendedStatistic", "Give one.")
    yield from _statistic("extendedStatistic", inputs.get("extendedStatistic"))
    yield from _period("period", inputs.get("period"), limits.SHORT_PERIODS)


def _period(path: str, value: Any, short: tuple[int, ...]) -> Iterator[Complaint]:
    if isinstance(value, int) and value not in short and (value < limits.PERIOD_STEP or value % limits.PERIOD_STEP):
        allowed = f"{', '.join(map(str, short))} or a multiple of {limits.PERIOD_STEP} seconds"
        yield refuse(path, value, allowed, "Round the period.")


def _statistic(path: str, value: Any, plain: tuple[str, ...] = ()) -> Iterator[Complaint]:
    if isinstance(value, str) and value not in plain and not limits.EXTENDED_STATISTIC.fullmatch(value):
        yield refuse(path, value, ", ".join([*plain, "a percentile such as p99, or tm90, wm90, iqm …"]), "Correct it.")


def _queries(queries: list[tuple[int, Mapping[str, Any]]]) -> Iterator[Complaint]:
    metrics = [query for _, query in queries if query.get("metric") is not None]
    if len(metrics) > shared.MAX_ALARM_METRICS:
        most = f"at most {shared.MAX_ALARM_METRICS}"
        yield refuse("metricQueries", f"{len(metrics)} metrics", most, "Watch fewer, or two alarms.")
    returns = [query.get("returnData") for _, query in queries]
    if returns.count(True) != 1 and not has_unknown(returns):
        found = f"{returns.count(True)} queries with returnData"
        yield refuse("metricQueries", found, "exactly one with returnData true", "Set it on the one that is watched.")
    ids = [query.get("id") for _, query in queries]
    for index, query in queries:
        path, name, metric = f"metricQueries[{index}]", query.get("id"), query.get("metric")
        if isinstance(name, str) and (not limits.QUERY_ID.fullmatch(name) or ids.count(name) > 1):
            allowed = "an id of its own that begins with a small letter and has letters, digits and _"
            yield refuse(f"{path}.id", name, allowed, "Rename it.")
        if (metric is None) == (query.get("expression") is None):
            found = "neither metric nor expression" if metric is None else "both metric and expression"
            yield refuse(path, found, "exactly one of the two", "Give one.")
        if isinstance(metric, Mapping):
            yield from _period(f"{path}.metric.period", metric.get("period"), limits.QUERY_PERIODS)
            yield from _statistic(f"{path}.metric.stat", metric.get("stat"), limits.STATISTICS)
        yield from _period(f"{path}.period", query.get("period"), limits.QUERY_PERIODS)


def _evaluation(inputs: Props) -> Iterator[Complaint]:
    periods, wanted = inputs.get("evaluationPeriods"), inputs.get("datapointsToAlarm")
    if not isinstance(periods, int):
        return
    if isinstance(wanted, int) and wanted > periods:
        allowed = f"1 to evaluationPeriods ({periods})"
        yield refuse("datapointsToAlarm", wanted, allowed, "Lower it, or evaluate more periods.")
    queries = [query.get("metric") for query in inputs.get("metricQueries") or [] if isinstance(query, Mapping)]
    lengths = [owner.get("period") for owner in (inputs, *queries) if isinstance(owner, Mapping)]
    longest = max((length for length in lengths if isinstance(length, int)), default=0)
    most = limits.MAX_WINDOW_SECONDS if longest >= 3600 else limits.DAY_SECONDS
    if periods * longest > most:
        found = f"{periods} periods of {longest} s, together {periods * longest} s"
        allowed = f"at most {most} s together (a day; seven days for periods of an hour and more)"
        yield refuse("evaluationPeriods", found, allowed, "Evaluate fewer periods.")


def composite_alarm(inputs: Props) -> Iterator[Complaint]:
    """A rule of functions of alarms, AND, OR, NOT and brackets."""
    rule = inputs.get("alarmRule")
    if not isinstance(rule, str):
        return
    rest = re.sub(r'\b(ALARM|OK|INSUFFICIENT_DATA)\(\s*("[^"]+"|\'[^\']+\'|[\w.:/-]+)\s*\)', "TRUE", rule)
    alarms = rule.count("(") - rest.count("(")
    if alarms > shared.MAX_COMPOSITE_ALARMS:
        yield refuse("alarmRule", f"{alarms} alarms", f"at most {shared.MAX_COMPOSITE_ALARMS}", "Compose in two steps.")
    try:
        # TRUE, FALSE, AND, OR, NOT and brackets are Python's own but for their case.
        ast.parse(re.sub(r"\b(TRUE|FALSE|AND|OR|NOT)\b", lambda word: word[0].lower(), rest).strip(), mode="eval")
        fits = not re.sub(r"\b(TRUE|FALSE|AND|OR|NOT)\b|[\s()]", "", rest)
    except SyntaxError:
        fits = False
    if not fits:
        allowed = 'ALARM("name"), OK("name") and INSUFFICIENT_DATA("name") with AND, OR, NOT and brackets'
        yield refuse("alarmRule", rule, allowed, "Correct the rule.")


def dashboard(inputs: Props) -> Iterator[Complaint]:
    """A name, and a body of the published structure."""
    name, body = inputs.get("dashboardName"), inputs.get("dashboardBody")
    if isinstance(name, str) and not limits.DASHBOARD_NAME.fullmatch(name):
        yield refuse("dashboardName", name, "1 to 255 of A-Z a-z 0-9 _ -", "Rename it.")
    if not isinstance(body, str):
        return
    try:
        problem = next(iter(_dashboards().iter_errors(json.loads(body))), None)
    except ValueError as error:
        yield refuse("dashboardBody", body, f"valid JSON ({error})", "Build it with json.dumps.")
        return
    if problem:
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem.absolute_path)
        allowed = "the structure of a dashboard's body (local/standin/dashboard.schema.json)"
        yield refuse(f"dashboardBody{place}", problem.instance, f"{allowed}: {problem.message:.200}", "Correct it.")


@functools.cache
def _dashboards() -> Any:
    from jsonschema import Draft202012Validator  # here, as only a stage with dashboards needs it

    schema = json.loads(Path(__file__).with_name("dashboard.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


# -- Budgets ---------------------------------------------------------------------------------------------------


def budget(inputs: Props) -> Iterator[Complaint]:
    """A name, a limit, and who hears: of each notification at most one topic and ten addresses."""
    if isinstance(name := inputs.get("name"), str) and re.search(r"[:\\]", name):
        yield refuse("name", name, "a text without : and \\", "Rename it.")
    if inputs.get("limitAmount") is None or inputs.get("limitUnit") is None:
        yield refuse("limitAmount", inputs.get("limitAmount"), "an amount, and limitUnit beside it", "Give both.")
    for place, each in enumerate(inputs.get("notifications") or ()):
        for name, most in (("subscriberSnsTopicArns", 1), ("subscriberEmailAddresses", 10)):
            if isinstance(given := each.get(name), list) and len(given) > most:
                path = f"notifications[{place}].{name}"
                yield refuse(path, f"{len(given)} entries", f"at most {most}", "Drop the others.")


# -- SSM, KMS, Application Auto Scaling ----------------------------------------------------------------------


def parameter(inputs: Props) -> Iterator[Complaint]:
    """A name in at most 15 levels, and a value of its tier's size."""
    name, region, value = inputs.get("name"), inputs.get("region"), inputs.get("insecureValue")
    if isinstance(name, str):
        if not limits.PARAMETER_NAME.fullmatch(name):
            allowed = "A-Z a-z 0-9 _ . -, in levels by /, which then stands before the first too"
            yield refuse("name", name, allowed, "Correct the name.")
        if (levels := name.strip("/").count("/") + 1) > limits.MAX_PARAMETER_LEVELS:
            most = f"at most {limits.MAX_PARAMETER_LEVELS} levels, it has {levels}"
            yield refuse("name", name, most, "Shorten the hierarchy.")
        where = region if isinstance(region, str) else "us-east-1"
        arn = f"arn:aws:ssm:{where}:{'0' * 12}:parameter/{name.lstrip('/')}"
        if len(arn) > limits.MAX_PARAMETER_NAME:
            most = f"at most {limits.MAX_PARAMETER_NAME} characters with its ARN's beginning, it has {len(arn)}"
            yield refuse("name", name, most, "Shorten the name.")
    if isinstance(value, str):
        size, most_bytes = len(value.encode()), limits.PARAMETER_TIERS.get(str(inputs.get("tier", "Standard")), 8192)
        if size > most_bytes:
            allowed = f"at most {most_bytes} bytes in this tier"
            yield refuse("insecureValue", f"{size} bytes", allowed, "Shorten it, or take the Advanced tier.")
        if "{{" in value:
            allowed = "a text without {{, which means another parameter"
            yield refuse("insecureValue", value, allowed, "Spell it otherwise.")


def deletion_window(inputs: Props) -> Iterator[Complaint]:
    """How long a key waits for its deletion."""
    days = inputs.get("deletionWindowInDays")
    if isinstance(days, int) and days not in limits.KEY_DELETION_DAYS:
        allowed = f"{limits.KEY_DELETION_DAYS[0]} to {limits.KEY_DELETION_DAYS[-1]} days"
        yield refuse("deletionWindowInDays", days, allowed, "Give it a value within it.")


def capacity_bounds(inputs: Props) -> Iterator[Complaint]:
    """The least capacity is not above the most."""
    least, most = inputs.get("minCapacity"), inputs.get("maxCapacity")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield refuse("minCapacity", least, f"at most maxCapacity ({most})", "Lower it, or raise the other.")


def tracked_use(inputs: Props) -> Iterator[Complaint]:
    """What DynamoDB's use may be kept at."""
    tracked = inputs.get("targetTrackingScalingPolicyConfiguration")
    value = tracked.get("targetValue") if isinstance(tracked, Mapping) else None
    ours, allowed = inputs.get("serviceNamespace") == "dynamodb", shared.SCALING_TARGET
    if ours and isinstance(value, int | float) and not allowed[0] <= value <= allowed[-1]:
        path = "targetTrackingScalingPolicyConfiguration.targetValue"
        yield refuse(path, value, f"{allowed[0]} to {allowed[-1]}, percent", "Give it a value within it.")


def scheduled_floor(inputs: Props) -> Iterator[Complaint]:
    """A time as AWS has it, and something to do then."""
    schedule, action = inputs.get("schedule"), inputs.get("scalableTargetAction")
    if isinstance(schedule, str):
        inside = re.fullmatch(r"(cron|rate|at)\((.+)\)", schedule)
        if not inside or (inside[1] == "cron" and len(inside[2].split()) != 6):
            allowed = "cron(minute hour day month weekday year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss)"
            yield refuse("schedule", schedule, allowed, "Correct it.")
    if isinstance(action, Mapping) and not action:
        yield refuse("scalableTargetAction", action, "minCapacity, maxCapacity or both", "Give one.")
