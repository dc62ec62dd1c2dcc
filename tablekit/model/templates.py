"""Key templates: how a composite key value is made, as `TENANT#{tenant_id}#{shard_id}`."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tablekit.model.errors import ExpressionError

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Template:
    """A string with `{field}` places. A text without any is itself a template that gives just that text."""

    text: str

    @cached_property
    def parts(self) -> tuple[tuple[str, str | None], ...]:
        """Pairs of literal text and the field that follows it, None at the end.

        Raises ExpressionError for unbalanced braces, or for a field that is not a plain name.
        """
        try:
            parsed = list(string.Formatter().parse(self.text))
        except ValueError as error:
            raise ExpressionError(f"key template {self.text!r}: {error}; write {{name}} for a field") from None
        for _, field, spec, conversion in parsed:
            if field is not None and (spec or conversion or not _FIELD.fullmatch(field)):
                raise ExpressionError(
                    f"key template {self.text!r}: field {field!r} is not a plain name; "
                    "a field is {name}, letters, digits and underscores"
                )
        return tuple((literal, field) for literal, field, _, _ in parsed)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The field names in order, each once."""
        return tuple(dict.fromkeys(field for _, field in self.parts if field is not None))

    @cached_property
    def head(self) -> str:
        """The literal text before the first field."""
        return self.parts[0][0] if self.parts else ""

    def format(self, values: dict[str, Any]) -> str:
        """The text with each field's value in its place; KeyError for a field without one."""
        return "".join(literal + (str(values[field]) if field else "") for literal, field in self.parts)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches exactly the texts that the template can give, each field being one character or more."""
        pieces, seen = [], set()
        for literal, field in self.parts:
            pieces.append(re.escape(literal))
            if field and field in seen:
                pieces.append(f"(?P={field})")
            elif field:
                seen.add(field)
                pieces.append(f"(?P<{field}>.+?)")
        return re.compile("".join(pieces), re.DOTALL)

    def parse(self, text: str) -> dict[str, str] | None:
        """The field values that give this text (the shortest first where several would), or None."""
        found = self.pattern.fullmatch(text)
        return found.groupdict() if found else None
