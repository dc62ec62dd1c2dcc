"""Conditions: the operators that these policies use, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from tests.support.iam.patterns import Context, PolicyError, matches, resolved

Test = Callable[[tuple[str, ...], tuple[str, ...], Context], bool]
"""A request's values of a key (none: the key is absent), the policy's values, the request's context."""


def operator(name: str) -> Test:
    """The test that an operator stands for; PolicyError where it is none of those known here."""
    if name == "Null":
        return _null
    qualifier, colon, plain = name.rpartition(":")
    found = _PLAIN.get(plain)
    if found is None or qualifier not in ("", "ForAllValues", "ForAnyValue") or (colon and not qualifier):
        raise PolicyError(f"condition operator {name!r} is not known here")
    wild, negated = found
    if qualifier and negated:
        raise PolicyError(f"condition operator {name!r}: a negated one over a set of values is not known here")
    return {
        "": partial(_single, wild, negated),
        "ForAllValues": partial(_all, wild),
        "ForAnyValue": partial(_any, wild),
    }[qualifier]


_PLAIN = {
    "StringEquals": (False, False),
    "StringNotEquals": (False, True),
    "StringLike": (True, False),
    "StringNotLike": (True, True),
}
"""Whether `*` and `?` are wildcards, and whether it is a negation."""


def _null(given: tuple[str, ...], wanted: tuple[str, ...], context: Context) -> bool:
    if wanted not in (("true",), ("false",)):
        raise PolicyError(f"Null takes true or false, not {wanted}")
    return (wanted == ("true",)) is (not given)


def _single(wild: bool, negated: bool, given: tuple[str, ...], wanted: tuple[str, ...], context: Context) -> bool:
    """An absent key fails an operator and meets its negation."""
    if len(given) > 1:
        raise PolicyError(f"the request has {len(given)} values of a key that the policy compares as one")
    if negated and any(resolved(pattern, context) is None for pattern in wanted):
        raise PolicyError("a negated operator with a variable that has no value is not known here")
    fits = bool(given) and _fits(wild, given[0], wanted, context)
    return not fits if negated else fits


def _all(wild: bool, given: tuple[str, ...], wanted: tuple[str, ...], context: Context) -> bool:
    """True where the key is absent, too: that is what `Null` has to be there for."""
    return all(_fits(wild, value, wanted, context) for value in given)


def _any(wild: bool, given: tuple[str, ...], wanted: tuple[str, ...], context: Context) -> bool:
    return any(_fits(wild, value, wanted, context) for value in given)


def _fits(wild: bool, value: str, wanted: Iterable[str], context: Context) -> bool:
    return any(matches(pattern, value, context, wild=wild) for pattern in wanted)
