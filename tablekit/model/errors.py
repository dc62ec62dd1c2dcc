"""The errors of a declaration.

TablekitError            everything this library raises on purpose; its text is one message for a person
└── ModelError           a declaration or a configuration that cannot be used
    ├── ExpressionError  an expression that is not DynamoDB's grammar
    ├── FamilyError      a family that DynamoDB would refuse, or that breaks a promise of this project
    ├── MisdeclaredError a problem of one declared object, found by what it stands in
    ├── CatalogueError   families that cannot stand beside each other
    └── StageError       a stage's name or configuration
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TablekitError(Exception):
    """Root of every error that this library raises on purpose."""


class ModelError(TablekitError):
    """A declaration or a configuration that cannot be used."""


class ExpressionError(ModelError, ValueError):
    """An expression that is not DynamoDB's grammar."""


class FamilyError(ModelError):
    """A family that DynamoDB would refuse, or that breaks a promise of this project."""


class MisdeclaredError(ModelError, ValueError):
    """A problem of one declared object, found by what it stands in: of a table's index, of a family's pattern.

    about: the object, which may be declared elsewhere than where the problem shows.
    """

    def __init__(self, text: str, about: object) -> None:
        super().__init__(text)
        self.about = about


class CatalogueError(ModelError):
    """Families that cannot stand beside each other."""


class StageError(ModelError):
    """A stage's name or configuration that cannot be used."""


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Name the nearest allowed word, as `; did you mean 'x'?`, or nothing where none is near."""
    near = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
