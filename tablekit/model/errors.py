"""The errors of a declaration.

TablekitError            everything this library raises on purpose; its text is one message for a person
└── ModelError           a declaration or a configuration that cannot be used
    ├── ExpressionError  an expression that is not DynamoDB's grammar
    ├── FamilyError      a family that DynamoDB would refuse, or that breaks a promise of this project
    ├── CatalogueError   families that cannot stand beside each other
    └── StageError       a stage's name or configuration
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

_SHOWN = 5
"""Findings that one message shows: the rest mostly follows from the first."""


class TablekitError(Exception):
    """Root of every error that this library raises on purpose."""


class ModelError(TablekitError):
    """A declaration or a configuration that cannot be used."""


class ExpressionError(ModelError, ValueError):
    """An expression that is not DynamoDB's grammar."""


class FamilyError(ModelError):
    """A family that DynamoDB would refuse, or that breaks a promise of this project."""


class CatalogueError(ModelError):
    """Families that cannot stand beside each other."""


class StageError(ModelError):
    """A stage's name or configuration that cannot be used."""


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Name the nearest allowed word, as `; did you mean 'x'?`, or nothing where none is near."""
    near = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def explain(
    subject: str,
    error: ValidationError,
    fields: Iterable[str] = (),
    spelling: Mapping[str, str] | None = None,
) -> str:
    """Render pydantic's findings as one line each: where, what was given, what is allowed.

    subject: what was being validated, as a person knows it (a file, a family).
    fields: the allowed field names, to suggest one for a misspelt name.
    spelling: field name -> as the person wrote it, where that is another; `fields` have it already.
    """
    lines = []
    spelling = spelling or {}
    found = error.errors(include_url=False)
    # A misspelt name first: what is then missing follows from it. A finding further in makes the one around it, that a
    # list has too few valid items: that says nothing more.
    around = {finding["loc"][:depth] for finding in found for depth in range(len(finding["loc"]))}
    findings = sorted(
        (finding for finding in found if finding["loc"] not in around or finding["type"] != "too_short"),
        key=lambda finding: finding["type"] != "extra_forbidden",
    )
    for finding in findings[:_SHOWN]:
        where = "".join(
            f"[{part}]" if isinstance(part, int) else f".{spelling.get(part, part)}" for part in finding["loc"]
        ).lstrip(".")
        kind, message, given = finding["type"], finding["msg"], finding.get("input")
        if kind == "value_error":
            text = message.removeprefix("Value error, ")
            # A validator's own text names object, value, allowed and fix already.
            lines.append(f"{subject}: {where}: {text}" if where and where not in text else f"{subject}: {text}")
        elif kind == "extra_forbidden":
            name = str(finding["loc"][-1])
            lines.append(f"{subject}: {where}: no such field{did_you_mean(name, fields)}; remove it or mend its name")
        elif kind == "missing":
            lines.append(f"{subject}: {where}: required, and not given; add it")
        else:
            lines.append(f"{subject}: {where}: {given!r} is not allowed: {message[:1].lower()}{message[1:]}")
    if len(findings) > _SHOWN:
        lines.append(f"{subject}: … and {len(findings) - _SHOWN} more")
    return "\n".join(lines)
