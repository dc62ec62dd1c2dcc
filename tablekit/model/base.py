"""What every declared thing shares: frozen, and extra fields forbidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tablekit.model.limits import REGION

KEBAB = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""The form of the names that are ours to give: of families, access patterns, roles and options."""

DESCRIPTION = r"^[\t\n\r\x20-\x7e\xa1-\xff]{1,1000}$"
"""What IAM takes as a role's description."""


def _region(name: str) -> str:
    if not REGION.fullmatch(name):
        raise ValueError(f"{name!r} is not a region's name; write it as eu-west-2")
    return name


Region = Annotated[str, AfterValidator(_region)]
"""A region's name."""


class Declared(BaseModel):
    """Base of the declaration's types: immutable, strict about names, compared by value."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        allow_inf_nan=False,
        defer_build=True,
        # Other languages' spelling, for who asks for it by `by_alias`.
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=False,
    )

    # pydantic would take one object for a list of its fields where a tuple of objects is wanted.
    __iter__ = None  # type: ignore[assignment]

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, as pydantic makes it, without what was worked out from the fields that the update changes."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Settings(Declared):
    """Base of what a stage's file sets: as `Declared`, with the file's camelCase names, and without conversions."""

    model_config = ConfigDict(validate_by_alias=True)


def repeated(values: Iterable[Any]) -> list[Any]:
    """The values that occur more than once, each once, in order of their second occurrence."""
    seen: set[Any] = set()
    twice: dict[Any, None] = {}
    for value in values:
        if value in seen:
            twice[value] = None
        seen.add(value)
    return list(twice)
