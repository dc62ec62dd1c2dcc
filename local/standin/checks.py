"""What AWS refuses and the emulator accepts, and the words in which it is said. `check_table` has the table's own.

A check takes the inputs (names made up already, unknown values still unknown) and yields complaints. It says nothing
about what is unknown: then the deployment's own check speaks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tablekit.model import limits as shared

from . import limits
from .schema import Complaint
from .values import UNKNOWN, Props, has_unknown, join

Check = Callable[[Props], Iterable[Complaint]]


def refuse(path: str, value: Any, allowed: str, fix: str) -> Complaint:
    """One complaint: where, what it is, what it may be, what to do."""
    text = repr(value)
    return Complaint(path, f"{path} is {text if len(text) <= 80 else text[:77] + '...'}; allowed: {allowed}. {fix}")


def one_of(name: str, allowed: Iterable[str]) -> Check:
    """A property with a closed list of values."""
    choices = tuple(allowed)

    def check(inputs: Props) -> Iterator[Complaint]:
        value = inputs.get(name)
        if value is not None and value is not UNKNOWN and value not in choices:
            yield refuse(name, value, ", ".join(choices), "Take one of these.")

    return check


def within(name: str, allowed: range, unit: str = "") -> Check:
    """A property with a range of whole numbers."""

    def check(inputs: Props) -> Iterator[Complaint]:
        value = inputs.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value not in allowed:
            text = f"{allowed[0]} to {allowed[-1]}{unit}"
            yield refuse(name, value, text, f"Give {name} a value within it.")

    return check


def matching(name: str, pattern: re.Pattern[str], allowed: str) -> Check:
    """A property with a grammar."""

    def check(inputs: Props) -> Iterator[Complaint]:
        value = inputs.get(name)
        if isinstance(value, str) and not pattern.fullmatch(value):
            yield refuse(name, value, allowed, f"Correct {name}.")

    return check


def at_most(name: str, length: int) -> Check:
    """A property with a longest text or list."""

    def check(inputs: Props) -> Iterator[Complaint]:
        value = inputs.get(name)
        if isinstance(value, str | list) and len(value) > length:
            what = "characters" if isinstance(value, str) else "entries"
            yield refuse(name, value, f"at most {length} {what}, it has {len(value)}", f"Shorten {name}.")

    return check


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


# -- IAM -----------------------------------------------------------------------------------------------------

role_name = matching("name", shared.ROLE_NAME, "1 to 64 of A-Z a-z 0-9 + = , . @ _ -")
policy_name = matching("name", limits.POLICY_NAME, "1 to 128 of A-Z a-z 0-9 + = , . @ _ -")
role_description = matching(
    "description",
    limits.DESCRIPTION,
    "letters, digits and signs of Latin-1, so no curly quotes, long dashes or other typographic signs",
)
iam_path = matching("path", limits.IAM_PATH, "a path that begins and ends with /")
trust_policy = document("assumeRolePolicy", shared.MAX_TRUST_POLICY_BYTES, "a trust policy")
role_policy = document("policy", shared.MAX_ROLE_POLICY_BYTES, "an inline policy")


def principals(inputs: Props) -> Iterator[Complaint]:
    """A trust policy names who may assume the role; IAM refuses one that doesn't, or that names a resource."""
    text = inputs.get("assumeRolePolicy")
    if not isinstance(text, str):
        return
    try:
        statements = json.loads(text)["Statement"]
    except (ValueError, KeyError, TypeError):
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
    queries = inputs.get("metricQueries")
    single = [name for name in _OF_ONE_METRIC if inputs.get(name) is not None]
    if queries and single:
        allowed = "either metricName with its period and statistic, or metricQueries"
        yield refuse("metricQueries", f"given together with {', '.join(single)}", allowed, "Drop one of the two.")
    elif queries is None and "metricName" not in inputs:
        yield refuse("metricName", None, "a metric's name, or metricQueries instead", "Name what is watched.")
    elif isinstance(queries, list) and queries:
        yield from _queries(queries)
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
    dimensions = inputs.get("dimensions")
    if isinstance(dimensions, Mapping) and len(dimensions) > limits.MAX_ALARM_DIMENSIONS:
        most = f"at most {limits.MAX_ALARM_DIMENSIONS}"
        yield refuse("dimensions", f"{len(dimensions)} dimensions", most, "Drop some.")
    yield from _period("period", inputs.get("period"), limits.SHORT_PERIODS)


def _period(path: str, value: Any, short: tuple[int, ...]) -> Iterator[Complaint]:
    if not isinstance(value, int) or value in short:
        return
    if value < limits.PERIOD_STEP or value % limits.PERIOD_STEP:
        allowed = f"{', '.join(map(str, short))} or a multiple of {limits.PERIOD_STEP} seconds"
        yield refuse(path, value, allowed, "Round the period.")


def _queries(queries: list[Any]) -> Iterator[Complaint]:
    entries = [(i, q) for i, q in enumerate(queries) if isinstance(q, Mapping)]
    metrics = [q for _, q in entries if q.get("metric") is not None]
    if len(metrics) > shared.MAX_ALARM_METRICS:
        most = f"at most {shared.MAX_ALARM_METRICS}"
        yield refuse("metricQueries", f"{len(metrics)} metrics", most, "Watch fewer, or two alarms.")
    returning = [q for _, q in entries if q.get("returnData") is True]
    if len(returning) != 1 and not has_unknown([q.get("returnData") for _, q in entries]):
        found = f"{len(returning)} queries with returnData"
        yield refuse("metricQueries", found, "exactly one with returnData true", "Set it on the one that is watched.")
    ids = [q.get("id") for _, q in entries]
    for index, query in entries:
        path = f"metricQueries[{index}]"
        name = query.get("id")
        if isinstance(name, str) and (not re.fullmatch(r"[a-z][a-zA-Z0-9_]{0,254}", name) or ids.count(name) > 1):
            allowed = "an id of its own that begins with a small letter and has letters, digits and _"
            yield refuse(f"{path}.id", name, allowed, "Rename it.")
        both = query.get("metric") is not None, query.get("expression") is not None
        if both[0] == both[1]:
            found = "both metric and expression" if both[0] else "neither metric nor expression"
            yield refuse(path, found, "exactly one of the two", "Give one.")
        if isinstance(query.get("metric"), Mapping):
            yield from _period(f"{path}.metric.period", query["metric"].get("period"), limits.QUERY_PERIODS)
            yield from _statistic(f"{path}.metric.stat", query["metric"].get("stat"))
        yield from _period(f"{path}.period", query.get("period"), limits.QUERY_PERIODS)


def _statistic(path: str, value: Any) -> Iterator[Complaint]:
    if isinstance(value, str) and value not in limits.STATISTICS and not limits.EXTENDED_STATISTIC.fullmatch(value):
        yield refuse(path, value, f"{', '.join(limits.STATISTICS)} or a percentile such as p99", "Take one of these.")


def extended_statistic(inputs: Props) -> Iterator[Complaint]:
    """A percentile or a trimmed statistic, spelt as CloudWatch does."""
    value = inputs.get("extendedStatistic")
    if isinstance(value, str) and not limits.EXTENDED_STATISTIC.fullmatch(value):
        yield refuse("extendedStatistic", value, "a percentile such as p99, or tm90, wm90, iqm …", "Correct it.")


def _evaluation(inputs: Props) -> Iterator[Complaint]:
    periods, wanted = inputs.get("evaluationPeriods"), inputs.get("datapointsToAlarm")
    if isinstance(periods, int) and periods < 1:
        yield refuse("evaluationPeriods", periods, "1 or more", "Raise it.")
    if isinstance(periods, int) and isinstance(wanted, int) and not 1 <= wanted <= periods:
        allowed = f"1 to evaluationPeriods ({periods})"
        yield refuse("datapointsToAlarm", wanted, allowed, "Lower it, or evaluate more periods.")
    queries = [q["metric"] for q in inputs.get("metricQueries") or [] if isinstance(q, Mapping) and q.get("metric")]
    nested = [metric.get("period") for metric in queries if isinstance(metric, Mapping)]
    lengths = [p for p in [inputs.get("period"), *nested] if isinstance(p, int)]
    if not isinstance(periods, int) or not lengths:
        return
    longest = max(lengths)
    most = limits.MAX_WINDOW_SECONDS if longest >= 3600 else limits.DAY_SECONDS
    if periods * longest > most:
        found = f"{periods} periods of {longest} s, together {periods * longest} s"
        allowed = f"at most {most} s together (a day; seven days for periods of an hour and more)"
        yield refuse("evaluationPeriods", found, allowed, "Evaluate fewer periods.")


# -- SNS, SSM ------------------------------------------------------------------------------------------------


topic_name = matching("name", limits.TOPIC_NAME, "1 to 256 of A-Z a-z 0-9 _ -")


def parameter_value(inputs: Props) -> Iterator[Complaint]:
    """A parameter has a value, of its tier's size."""
    name, value = "insecureValue", inputs.get("insecureValue")
    if value is None:
        yield refuse(name, None, "a text", "Give it.")
    if not isinstance(value, str):
        return
    size = limits.PARAMETER_TIERS.get(str(inputs.get("tier", "Standard")), 8192)
    if len(value.encode()) > size:
        found = f"{len(value.encode())} bytes"
        yield refuse(name, found, f"at most {size} bytes in this tier", "Shorten it, or take the Advanced tier.")
    if "{{" in value:
        yield refuse(name, value, "a text without {{, which means another parameter", "Spell it otherwise.")


def parameter_name(inputs: Props) -> Iterator[Complaint]:
    """Letters, digits and _ . - in at most 15 levels, and not AWS's own beginnings."""
    name, region = inputs.get("name"), inputs.get("region")
    if not isinstance(name, str):
        return
    if not limits.PARAMETER_NAME.fullmatch(name):
        allowed = "A-Z a-z 0-9 _ . -, in levels by /, which then stands before the first too"
        yield refuse("name", name, allowed, "Correct the name.")
    if re.match(r"/?(aws|ssm)", name, re.IGNORECASE):
        yield refuse("name", name, "a name that does not begin with aws or ssm, in capitals or not", "Rename it.")
    if (levels := name.strip("/").count("/") + 1) > limits.MAX_PARAMETER_LEVELS:
        most = f"at most {limits.MAX_PARAMETER_LEVELS} levels, it has {levels}"
        yield refuse("name", name, most, "Shorten the hierarchy.")
    arn = f"arn:aws:ssm:{region if isinstance(region, str) else 'us-east-1'}:{'0' * 12}:parameter/{name.lstrip('/')}"
    if len(arn) > limits.MAX_PARAMETER_NAME:
        most = f"at most {limits.MAX_PARAMETER_NAME} characters with its ARN's beginning, it has {len(arn)}"
        yield refuse("name", name, most, "Shorten the name.")


# -- KMS, Application Auto Scaling ---------------------------------------------------------------------------


def alias_name(inputs: Props) -> Iterator[Complaint]:
    """An alias begins with `alias/`, and those of AWS with `alias/aws/`."""
    name = inputs.get("name")
    if isinstance(name, str) and (not re.fullmatch(r"alias/[\w/-]{1,250}", name) or name.startswith("alias/aws/")):
        yield refuse("name", name, "alias/ and then letters, digits, _ - /, not beginning with aws/", "Rename it.")


def capacity_bounds(inputs: Props) -> Iterator[Complaint]:
    """The least capacity is not above the most."""
    least, most = inputs.get("minCapacity"), inputs.get("maxCapacity")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield refuse("minCapacity", least, f"at most maxCapacity ({most})", "Lower it, or raise the other.")
