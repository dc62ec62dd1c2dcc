"""Attributes, keys and their types, in DynamoDB's own letters."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, field_validator, model_validator

from tablekit.model.base import Declared, repeated
from tablekit.model.limits import MAX_KEY_ATTRIBUTE_NAME_BYTES

KeyType = Literal["S", "N", "B"]
"""The types that a key can have: text, number, bytes."""

AttributeType = Literal["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"]
"""Every type of DynamoDB's, by the letters that stand in an item's JSON."""


class Key(Declared):
    """An attribute that is a hash or range key, of a table or of an index."""

    name: str
    type: KeyType

    @field_validator("name")
    @classmethod
    def _length(cls, name: str) -> str:
        if not 1 <= len(name.encode()) <= MAX_KEY_ATTRIBUTE_NAME_BYTES:
            raise ValueError(
                f"key attribute {name[:40]!r} has {len(name.encode())} bytes; "
                f"allowed are 1 to {MAX_KEY_ATTRIBUTE_NAME_BYTES}: give it a shorter name"
            )
        return name


def S(name: str) -> Key:
    """A text key."""
    return Key(name=name, type="S")


def N(name: str) -> Key:
    """A number key."""
    return Key(name=name, type="N")


def B(name: str) -> Key:
    """A binary key."""
    return Key(name=name, type="B")


class Attribute(Declared):
    """A documented attribute: its type, and its values where the document enumerates them.

    also: further types that it may have, where its items differ in it.
    """

    type: AttributeType
    also: tuple[AttributeType, ...] = ()
    values: tuple[str, ...] = ()
    note: str = ""

    @field_validator("values")
    @classmethod
    def _distinct(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if twice := repeated(values):
            raise ValueError(f"value {twice[0]!r} is listed twice; list each once")
        return values

    @model_validator(mode="after")
    def _texts(self) -> Self:
        if self.values and (self.type != "S" or self.also):
            types = " or ".join((self.type, *self.also))
            raise ValueError(f"values of an attribute that is {types}; only one that is S alone has them: remove them")
        return self


def one_of(*values: str, note: str = "") -> Attribute:
    """A text attribute whose values the document enumerates."""
    return Attribute(type="S", values=values, note=note)


def _from_letters(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


AttributeLike = Annotated[Attribute, BeforeValidator(_from_letters)]
"""An Attribute, or just its type's letters."""
