"""Texts of a policy as patterns: `*`, `?` and the variables `${…}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

Context = Mapping[str, tuple[str, ...]]
"""A request's condition keys, names in lower case, since IAM compares these without case."""

_TOKEN = re.compile(r"\$\{(?P<variable>[^}]*)\}|(?P<wild>[*?])|(?P<text>[^*?$]+|\$)")
_LITERALS = ("*", "?", "$")
_ARN_PARTS = 6


class PolicyError(Exception):
    """A policy that says what this evaluator doesn't know, or what IAM would refuse."""


def variables(pattern: str) -> list[str]:
    """The condition keys that the pattern's variables stand for, in lower case; `${*}` and the like are none."""
    found = []
    for match in _TOKEN.finditer(pattern):
        name = match["variable"]
        if name is None or name in _LITERALS:
            continue
        if not re.fullmatch(r"[a-z0-9-]+:[\w.:/=+@-]+", name, re.IGNORECASE):
            raise PolicyError(f"variable ${{{name}}} in {pattern!r}: none that is known here")
        found.append(name.lower())
    return found


def resolved(pattern: str, context: Context) -> dict[str, str] | None:
    """The values of the pattern's variables; None where the request hasn't one: then the pattern matches nothing."""
    values = {}
    for name in variables(pattern):
        given = context.get(name, ())
        if len(given) > 1:
            raise PolicyError(f"variable ${{{name}}} in {pattern!r} has {len(given)} values; IAM takes one")
        if not given:
            return None
        values[name] = given[0]
    return values


def matches(pattern: str, text: str, context: Context, *, wild: bool = True, case: bool = True) -> bool:
    """Whether the whole text fits the pattern. wild: `*` and `?` are wildcards; a variable's value never has any."""
    if "${" not in pattern:
        return bool(_compiled(pattern, (), wild, case).fullmatch(text))
    values = resolved(pattern, context)
    return values is not None and bool(_compiled(pattern, tuple(values.items()), wild, case).fullmatch(text))


def matches_arn(pattern: str, arn: str, context: Context) -> bool:
    """Whether an ARN fits one of a policy: part by part, so that a wildcard spans no colon but in the last part."""
    if pattern == "*":
        return True
    wanted, given = _parts(pattern), arn.split(":", _ARN_PARTS - 1)
    if len(given) != _ARN_PARTS:
        return False
    # The last part first: it is the one that differs.
    return all(matches(part, text, context) for part, text in zip(reversed(wanted), reversed(given), strict=True))


@cache
def _parts(pattern: str) -> tuple[str, ...]:
    wanted = tuple(pattern.split(":", _ARN_PARTS - 1))
    if len(wanted) != _ARN_PARTS or wanted[0] != "arn":
        raise PolicyError(f"{pattern!r} is no ARN of {_ARN_PARTS} parts, nor *")
    if any("${" in part for part in wanted[:-1]):
        raise PolicyError(f"{pattern!r}: a variable is known here in the last part of an ARN only")
    return wanted


@cache
def _compiled(pattern: str, values: tuple[tuple[str, str], ...], wild: bool, case: bool) -> re.Pattern[str]:
    known = dict(values)
    parts = []
    for match in _TOKEN.finditer(pattern):
        name = match["variable"]
        if match["wild"] and wild:
            parts.append(".*" if match["wild"] == "*" else ".")
        elif name is not None:
            parts.append(re.escape(name if name in _LITERALS else known[name.lower()]))
        else:
            parts.append(re.escape(match["wild"] or match["text"]))
    return re.compile("".join(parts), re.DOTALL if case else re.DOTALL | re.IGNORECASE)
