"""Key templates: how a composite key value is made, as `TENANT#{tenant_id}#{shard_id}`."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from tablekit.model.errors import ExpressionError

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIGITS = re.compile(r"0[1-9]\d?")
_ONE, _MORE = "one character", "any characters"
"""What may stand in a field's place: steps that no single character equals."""


def compose(templates: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, str]:
    """The key attributes that these fields give. templates: key attribute -> its template.

    Raises KeyError for a field that is missing.
    """
    return {name: Template(text).render(fields) for name, text in templates.items()}


def decompose(templates: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, str] | None:
    """The fields that give these key attributes: the inverse of `compose`.

    None where a key is missing or not of its template's form, or two keys name one field and differ in it.
    """
    found: dict[str, str] = {}
    for name, text in templates.items():
        fields = Template(text).parse(keys[name]) if name in keys else None
        if fields is None or any(found.get(field, value) != value for field, value in fields.items()):
            return None
        found |= fields
    return found


@dataclass(frozen=True)
class Template:
    """A string with `{field}` places. A text without any is itself a template that gives just that text."""

    text: str

    @cached_property
    def parts(self) -> tuple[tuple[str, str | None], ...]:
        """Pairs of literal text and the field that follows it, None at the end.

        Raises ExpressionError for unbalanced braces, or for a field that is not a plain name.
        """
        return tuple((literal, field) for literal, field, _, _ in self._parsed)

    @cached_property
    def widths(self) -> dict[str, int]:
        """The digits of each field that is written `{number:03}`, so that texts sort as the numbers do."""
        return {field: int(spec) for _, field, spec, _ in self._parsed if field and spec}

    @cached_property
    def _parsed(self) -> list[tuple[str, str | None, str | None, str | None]]:
        try:
            parsed = list(string.Formatter().parse(self.text))
        except ValueError as error:
            raise ExpressionError(f"key template {self.text!r}: {error}; write {{name}} for a field") from None
        for _, field, spec, conversion in parsed:
            if field is not None and (
                conversion or not _FIELD.fullmatch(field) or (spec and not _DIGITS.fullmatch(spec))
            ):
                raise ExpressionError(
                    f"key template {self.text!r}: field {field!r} is not a plain name; "
                    "a field is {name}, letters, digits and underscores, or {name:03} for a number of three digits"
                )
        return parsed

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The field names in order, each once."""
        return tuple(dict.fromkeys(field for _, field in self.parts if field is not None))

    @cached_property
    def head(self) -> str:
        """The literal text before the first field."""
        return self.parts[0][0] if self.parts else ""

    def render(self, values: Mapping[str, Any]) -> str:
        """The text with each field's value in its place; KeyError for a field without one."""
        return "".join(literal + (self._text(field, values[field]) if field else "") for literal, field in self.parts)

    def is_plain(self, values: Mapping[str, Any]) -> bool:
        """Whether the text that these values give is taken apart into just them."""
        return self.parse(self.render(values)) == {field: self._text(field, values[field]) for field in self.fields}

    def fits(self, field: str, value: Any) -> bool:
        """Whether the field takes the value: one character or more, and no more digits than it has."""
        text = _text(value)
        return (
            0 < len(text) <= self.widths[field] and text.isascii() and text.isdigit()
            if field in self.widths
            else bool(text)
        )

    def _text(self, field: str, value: Any) -> str:
        return _text(value).zfill(self.widths.get(field, 0))

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

    def meets(self, other: Template, prefix: bool = False) -> bool:
        """Whether both can give one text, each field being one character or more, whatever the fields' names.

        prefix: whether `other` can give a text that begins with one of this template's.
        """
        mine, others = [*self._steps, *([_MORE] if prefix else [])], other._steps
        seen, todo = set(), [(0, 0)]
        while todo:
            at = todo.pop()
            if at in seen:
                continue
            seen.add(at)
            mine_at, other_at = at
            step = mine[mine_at] if mine_at < len(mine) else None
            against = others[other_at] if other_at < len(others) else None
            if step is None and against is None:
                return True
            if step == _MORE or against == _MORE:
                # It gives no further character, or takes the one that the other side gives.
                todo += [(mine_at + 1, other_at)] if step is not None else []
                todo += [(mine_at, other_at + 1)] if against is not None else []
            elif step is not None and against is not None and (step == against or _ONE in (step, against)):
                todo.append((mine_at + 1, other_at + 1))
        return False

    @cached_property
    def _steps(self) -> list[str]:
        """The text's characters; for a field, any one character and then any number of them."""
        steps: list[str] = []
        for literal, field in self.parts:
            steps += [*literal, *([_ONE, _MORE] if field else [])]
        return steps


def _text(value: Any) -> str:
    return number_text(value) if isinstance(value, Decimal) else str(value)


def number_text(number: Decimal) -> str:
    """A number's one text, as the service holds 1, 1.0 and 1E0 for one number."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
