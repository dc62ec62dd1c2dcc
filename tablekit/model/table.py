"""A table: its layout, and what is asked of it."""

from __future__ import annotations

from typing import Self

from pydantic import ValidationInfo, field_validator, model_validator

from tablekit.model import servable
from tablekit.model.errors import MisdeclaredError
from tablekit.model.layout import TableLayout
from tablekit.model.patterns import AccessPattern


class Table(TableLayout):
    """One table of a family: a layout, and the access patterns that it serves.

    patterns: every query and write of the table. One that neither the table nor an index of it can serve is refused.
    """

    patterns: tuple[AccessPattern, ...] = ()

    @field_validator("patterns")
    @classmethod
    def _bound(cls, patterns: tuple[AccessPattern, ...], validated: ValidationInfo) -> tuple[AccessPattern, ...]:
        return tuple(pattern.of_table(validated.data.get("name", "")) for pattern in patterns)

    @model_validator(mode="after")
    def _serves_its_patterns(self) -> Self:
        for pattern in self.patterns:
            for problem in servable.problems(pattern, self):
                raise MisdeclaredError(f"table {self.name!r}: access pattern {pattern.name!r}: {problem}", pattern)
        return self
