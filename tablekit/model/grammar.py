"""Parses the declaration's expressions into their trees. Its parser is imported with the first text that needs it."""

from __future__ import annotations

from functools import cache
from typing import Any

from tablekit.model.errors import ExpressionError
from tablekit.model.expressions import Condition, Literal, Parameter, Path, Update


@cache
def _parse(text: str, start: str) -> Any:
    from tablekit.model.parser import parse

    return parse(text, start)


def parse_condition(text: str) -> Condition:
    """Parse a key condition, filter or condition expression; raises ExpressionError with the column."""
    tree: Any = _parse(text, "condition")
    if isinstance(tree, Path | Parameter | Literal):
        raise ExpressionError(f"expression {text!r} is a value, not a condition")
    return tree  # type: ignore[no-any-return]


def parse_update(text: str) -> Update:
    """Parse an update expression; raises ExpressionError with the column."""
    tree: Update = _parse(text, "update")
    return tree
