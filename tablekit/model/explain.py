"""What pydantic finds wrong with a declaration or a file, as a person reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from reprlib import Repr
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tablekit.model.base import DESCRIPTION, KEBAB
from tablekit.model.errors import MisdeclaredError, did_you_mean

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    Advice = Callable[[ErrorDetails], str | None]

_SHOWN = 5
"""Findings that one message shows: the rest mostly follows from the first."""
_FORMS = {
    KEBAB: "a name is words of a-z and 0-9 joined by -, a letter first, as 'orders-of-customer'",
    DESCRIPTION: "IAM takes 1 to 1000 characters of Latin-1 here; write - for a long dash, ' for a curved quote",
}
"""A field's regular expression -> what it asks for."""
_KINDS = {"tuple_type": "list", "dict_type": "object", "model_type": "object"}
"""Where pydantic has a word of Python's: the word that who writes YAML or TypeScript knows too."""
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 120


_WRITE = {
    "Key": 'S("{name}"); S is for text, N for a number, B for bytes',
    "Attribute": 'its type\'s letters, as "S", "N" or "BOOL", or Attribute(…)',
}
"""Type -> how one is written, where that is not `Type(…)`."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    loc: the way to it, field by field, as pydantic has it. where: that way in the person's spelling.
    text: what is wrong, what is allowed, how to fix it. about: the object at fault, where it is one further in.
    """

    loc: tuple[int | str, ...]
    where: str
    text: str
    about: object = None

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


def explain(
    subject: str,
    error: ValidationError,
    model: type[BaseModel] | None = None,
    by_alias: bool | None = None,
) -> str:
    """The findings as one line each: where, what was given, what is allowed.

    subject: what was validated, as a person knows it (a file, a family). model, by_alias: see `findings`.
    """
    return joined(f"{subject}: {finding}" for finding in findings(error, model, by_alias))


def joined(lines: Iterable[str]) -> str:
    """The first lines, and how many more there are."""
    found = list(lines)
    more = [f"… and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return "\n".join([*found[:_SHOWN], *more])


def findings(
    error: ValidationError,
    model: type[BaseModel] | None = None,
    by_alias: bool | None = None,
    advice: Advice | None = None,
) -> list[Finding]:
    """What was found, the likely cause of the rest first.

    model: what was validated, for the names of the fields that a misspelt one could be.
    by_alias: whether it was validated by the fields' aliases; by default as the model itself says.
    advice: gives the text for what it knows, None for the rest.
    """
    found = error.errors(include_url=False)
    # A misspelt name first: what is then missing follows from it. A finding further in makes the one around it, that a
    # list has too few valid items: that says nothing more.
    around = {one["loc"][:depth] for one in found for depth in range(len(one["loc"]))}
    return [
        _finding(one, model, by_alias, advice)
        for one in sorted(
            (one for one in found if one["loc"] not in around or one["type"] != "too_short"),
            key=lambda one: one["type"] != "extra_forbidden",
        )
    ]


def _finding(one: ErrorDetails, model: type[BaseModel] | None, by_alias: bool | None, advice: Advice | None) -> Finding:
    loc, kind, message = one["loc"], one["type"], one["msg"]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    where = where.lstrip(".")
    context = one.get("ctx", {})
    if kind == "value_error":
        # A validator's own text names object, value, allowed and fix already.
        text = message.removeprefix("Value error, ")
        cause = context.get("error")
        about = cause.about if isinstance(cause, MisdeclaredError) else None
        return Finding(loc, "" if text.startswith(where) else where, text, about)
    if advice and (text := advice(one) or ""):
        return Finding(loc, where, text)
    if kind == "extra_forbidden":
        names = list(_fields(_model_at(model, loc[:-1], by_alias), by_alias))
        near = did_you_mean(str(loc[-1]), names)
        there = f"; there are {', '.join(names)}" if names and not near else ""
        return Finding(loc, where, f"no such field{near}{there}; remove it or fix its name")
    if kind == "missing":
        return Finding(loc, where, "required, and not given; add it")
    allowed = f"{message[:1].lower()}{message[1:]}"
    if kind == "string_pattern_mismatch":
        allowed = _FORMS.get(context["pattern"], allowed)
    elif kind in _KINDS:
        allowed = f"input should be a valid {_KINDS[kind]}"
    elif kind == "literal_error":
        allowed += did_you_mean(str(one["input"]), re.findall(r"'([^']*)'", context["expected"]))
    return Finding(loc, where, f"{shown(one['input'])} is not allowed: {allowed}")


def advice(finding: ErrorDetails) -> str | None:
    """What is wrong with a value that Python makes of a typical slip, and what to write; None for any other."""
    field, given = finding["loc"][-1] if finding["loc"] else "", finding["input"]
    if finding["type"] == "tuple_type" and isinstance(given, BaseModel | str):
        return (
            f"{shown(given)} stands alone, and a tuple is wanted; a tuple of one has a comma: {field}=({shown(given)},)"
        )
    if finding["type"] == "model_type":
        kind = finding["ctx"]["class_name"]
        if isinstance(given, tuple) and len(given) == 1 and type(given[0]).__name__ == kind:
            return f"a tuple of one {kind} is given, and {kind}(…) itself is wanted; remove the comma behind it"
        write = _WRITE.get(kind, f"{kind}(…)").format(name=given if isinstance(given, str) else "…")
        return f"{shown(given)} is not allowed; write {write}"
    if finding["type"] == "dict_type":
        return f'{shown(given)} is not allowed; write a dictionary, as {field}={{"…": …}}'
    return None


def shown(value: object) -> str:
    """A value as Python writes it, cut where it is long; of a declared object its type alone."""
    if isinstance(value, BaseModel):
        return f"{type(value).__name__}(…)"
    return str(value)[:120] if isinstance(value, Decimal) else _SHORT.repr(value)


def _fields(model: type[BaseModel] | None, by_alias: bool | None) -> dict[str, FieldInfo]:
    """Its fields, by their names as they are given."""
    if model is None:
        return {}
    if by_alias is None:
        by_alias = model.model_config.get("validate_by_alias", True)
    return {(by_alias and field.alias) or name: field for name, field in model.model_fields.items()}


def _model_at(model: type[BaseModel] | None, loc: Iterable[int | str], by_alias: bool | None) -> type[BaseModel] | None:
    """The model of what stands there; None where it is none."""
    keys = 0
    for part in loc:
        if keys:  # a place in a tuple, or a key of a map
            keys -= 1
            continue
        fields = _fields(model, by_alias)
        if part not in fields:
            return None
        model, keys = _held(fields[str(part)].annotation)
    return model if not keys else None


def _held(annotation: Any, keys: int = 0) -> tuple[type[BaseModel] | None, int]:
    """The model that a field's type holds, and how many keys or places lead to one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, keys
    inner = keys + (get_origin(annotation) in (tuple, list, dict))
    for argument in get_args(annotation):
        found, depth = _held(argument, inner)
        if found:
            return found, depth
    return None, 0
