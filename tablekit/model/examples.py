"""Whether a pattern's example values are ones that a parameter of their type can have, through boto3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from tablekit.model.attributes import AttributeType
from tablekit.model.items import is_number, name_problem
from tablekit.model.limits import MAX_DIGITS, MAX_LEVELS

_KINDS: dict[str, tuple[type, ...]] = {
    "S": (str,),
    "N": (int, Decimal),
    "B": (bytes,),
    "BOOL": (bool,),
    "NULL": (type(None),),
    "M": (dict,),
    "L": (list, tuple),
    "SS": (set, frozenset),
    "NS": (set, frozenset),
    "BS": (set, frozenset),
}
_ANY = tuple(dict.fromkeys(kind for kinds in _KINDS.values() for kind in kinds))


def example_problems(
    example: Mapping[str, Any], types: Mapping[str, AttributeType], what: str = "example"
) -> list[str]:
    """Why boto3 or the service refuses one of the values. what: what the messages call a value."""
    found: list[str] = []
    for name, value in example.items():
        type_, place = types.get(name), f"{what} {name}"
        allowed = _KINDS[type_] if type_ else _ANY
        if isinstance(value, float):
            found += _value_problems(place, value)
        elif not isinstance(value, allowed) or (isinstance(value, bool) and type_ not in ("BOOL", None)):
            found.append(f"{place}={value!r} is no {type_}; give {_names(allowed)}")
        elif type_ in ("SS", "NS", "BS"):
            found += _set_problems(place, value, type_)
        else:
            found += _value_problems(place, value)
    return found


def _names(kinds: tuple[type, ...]) -> str:
    return " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)


def _value_problems(place: str, value: Any, level: int = 1) -> Iterator[str]:
    if level > MAX_LEVELS:
        yield f"{place[:48]}… lies deeper than {MAX_LEVELS} levels, DynamoDB's most; make it flatter"
    elif isinstance(value, float):
        advice = f'write Decimal("{value}")' if value - value == 0 else 'write a finite number, as Decimal("0.5")'
        yield f"{place}={value!r} is a float, which boto3 refuses; {advice}"
    elif isinstance(value, int | Decimal) and not isinstance(value, bool) and not _is_held(value):
        yield (
            f"{place}={value!r} is no number that DynamoDB holds; it holds finite ones of up to 38 digits: "
            'give one, as Decimal("0.5")'
        )
    elif isinstance(value, dict):
        for name, element in value.items():
            if not isinstance(name, str):
                yield f"{place}: key {name!r} of a map is a {type(name).__name__}; keys are str: quote it"
            elif problem := name_problem(name):
                yield f"{place}: {problem}"
            else:
                yield from _value_problems(f"{place}.{name}", element, level + 1)
    elif isinstance(value, list | tuple):
        for position, element in enumerate(value):
            yield from _value_problems(f"{place}[{position}]", element, level + 1)
    elif isinstance(value, set | frozenset):
        of = "NS" if all(isinstance(v, int | Decimal) for v in value) else "SS"
        yield from _set_problems(place, value, "BS" if all(isinstance(v, bytes) for v in value) else of)
    elif not isinstance(value, _ANY):
        yield f"{place}={value!r} is a {type(value).__name__}; give {_names(_ANY)}"


def _is_held(number: int | Decimal) -> bool:
    """Whether boto3, which counts the zeros at a number's end as digits, and DynamoDB take it."""
    return is_number(str(number)) and len(Decimal(number).as_tuple().digits) <= MAX_DIGITS


def _set_problems(place: str, value: Any, type_: str) -> Iterator[str]:
    kinds = _KINDS[type_[0]]
    if not value:
        yield f"{place} is an empty set; DynamoDB takes one element or more: add one, or leave it out"
    for element in sorted(value, key=str):
        if isinstance(element, float):
            yield from _value_problems(place, element)
        elif not isinstance(element, kinds) or isinstance(element, bool):
            yield f"{place}: element {element!r} of a {type_} is no {type_[0]}; give {_names(kinds)}"
        else:
            yield from _value_problems(place, element)
