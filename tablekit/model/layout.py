"""A table's layout: keys, indexes, retention and the items it holds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from tablekit.model import limits
from tablekit.model.attributes import Attribute, AttributeLike, Key
from tablekit.model.base import Declared, repeated
from tablekit.model.errors import ExpressionError, MisdeclaredError, did_you_mean
from tablekit.model.templates import Template

StreamViewType = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
GLOBAL_STREAM: Final[StreamViewType] = "NEW_AND_OLD_IMAGES"
"""What replicas are fed from."""
Classification = Literal["pii", "confidential", "internal"]
"""pii: about a person. confidential: business figures or secrets. internal: all else. Nothing here is public."""


class Index(Declared):
    """A secondary index.

    projection: ALL, KEYS_ONLY, or INCLUDE with the non-key attributes named in `include`.
    local: a local secondary index shares the table's hash key and can only be made with the table.
    """

    name: str
    hash_key: Key
    range_key: Key | None = None
    purpose: str = Field(min_length=1)
    projection: Literal["ALL", "KEYS_ONLY", "INCLUDE"] = "ALL"
    include: tuple[str, ...] = ()
    local: bool = False

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The hash key and, where there is one, the range key."""
        return (self.hash_key, self.range_key) if self.range_key else (self.hash_key,)

    @model_validator(mode="after")
    def _servable(self) -> Self:
        if not limits.TABLE_NAME.fullmatch(self.name):
            raise ValueError(f"index {self.name!r}: a name is 3 to 255 of a-z A-Z 0-9 _ . -; rename it")
        if (self.projection == "INCLUDE") != bool(self.include):
            raise ValueError(
                f"index {self.name!r}: projection {self.projection} with {len(self.include)} included attributes; "
                "INCLUDE takes 1 to 20, ALL and KEYS_ONLY none"
            )
        if len(self.include) > limits.MAX_INDEX_NON_KEY_ATTRIBUTES:
            raise ValueError(
                f"index {self.name!r}: {len(self.include)} included attributes; DynamoDB takes at most "
                f"{limits.MAX_INDEX_NON_KEY_ATTRIBUTES} an index: project fewer, or ALL"
            )
        if twice := repeated(self.include):
            raise ValueError(f"index {self.name!r}: attribute {twice[0]!r} is included twice; name it once")
        for name in self.include:
            if not 1 <= len(name.encode()) <= limits.MAX_KEY_ATTRIBUTE_NAME_BYTES:
                raise ValueError(
                    f"index {self.name!r}: included attribute {name[:40]!r} has {len(name.encode())} bytes; "
                    f"allowed are 1 to {limits.MAX_KEY_ATTRIBUTE_NAME_BYTES}: rename it, or project ALL"
                )
        if self.range_key and self.range_key.name == self.hash_key.name:
            raise ValueError(
                f"index {self.name!r}: {self.hash_key.name!r} is hash and range key; take another range key"
            )
        return self


class Retention(Declared):
    """How long an item is kept. days: from its writing, by TTL; None: until it is deleted."""

    days: int | None = Field(default=None, ge=1)
    reason: str = Field(min_length=1)


class Entity(Declared):
    """One kind of item in a table, by the templates of its composite keys.

    keys: key attribute (of the table or of an index) -> template. An index's key that is not named here makes
    the index sparse: such an item is not in it.
    attributes: all that such an item may have besides; empty: any of the table's.
    """

    name: str
    keys: dict[str, str]
    attributes: tuple[str, ...] = ()
    retention: Retention | None = None

    def template(self, attribute: str) -> Template | None:
        """The attribute's template, or None where the entity names none."""
        return Template(self.keys[attribute]) if attribute in self.keys else None


class TableLayout(Declared):
    """A table without its access patterns. `Table` says what each field means."""

    name: str
    purpose: str = Field(min_length=1)
    hash_key: Key
    range_key: Key | None = None
    indexes: tuple[Index, ...] = ()
    ttl: str | None = None
    ttl_was: str | None = None
    stream: StreamViewType | None = None
    stream_readers: tuple[str, ...] = ()
    classification: Classification
    retention: Retention
    owner: str | None = None
    attributes: dict[str, AttributeLike] = {}
    secrets: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The hash key and, where there is one, the range key."""
        return (self.hash_key, self.range_key) if self.range_key else (self.hash_key,)

    @cached_property
    def all_keys(self) -> dict[str, Key]:
        """Every key attribute of the table and its indexes, by name, in name order."""
        keys = [*self.keys, *(key for index in self.indexes for key in index.keys)]
        return {key.name: key for key in sorted(keys, key=lambda key: key.name)}

    @cached_property
    def types(self) -> dict[str, Attribute]:
        """Every known attribute, the keys included."""
        return {name: Attribute(type=key.type) for name, key in self.all_keys.items()} | self.attributes

    def index(self, name: str) -> Index | None:
        """The index of that name, or None."""
        return next((index for index in self.indexes if index.name == name), None)

    def projected(self, index: Index | None) -> frozenset[str] | None:
        """The attributes that can be read through an index; None: all of them."""
        if index is None or index.projection == "ALL":
            return None
        return frozenset({*index.include, *(key.name for key in (*self.keys, *index.keys))})

    @field_validator("name")
    @classmethod
    def _name(cls, name: str) -> str:
        if not limits.TABLE_NAME.fullmatch(name):
            raise ValueError(f"table {name!r}: a name is 3 to 255 of a-z A-Z 0-9 _ . -; rename it")
        return name

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for problem in (*self._key_problems(), *self._indexes_problems()):
            raise ValueError(f"table {self.name!r}: {problem}")
        for index in self.indexes:
            for problem in self._index_problems(index):
                raise MisdeclaredError(f"table {self.name!r}: index {index.name!r} {problem}", index)
        for problem in self._attribute_problems():
            raise ValueError(f"table {self.name!r}: {problem}")
        for entity in self.entities:
            for problem in self._entity_problems(entity):
                raise MisdeclaredError(f"table {self.name!r}: entity {entity.name!r}{problem}", entity)
        return self

    def _key_problems(self) -> Iterator[str]:
        if self.range_key and self.range_key.name == self.hash_key.name:
            yield f"{self.hash_key.name!r} is hash and range key; take another range key"
        types: dict[str, str] = {}
        for key in (*self.keys, *(key for index in self.indexes for key in index.keys)):
            if types.setdefault(key.name, key.type) != key.type:
                yield (
                    f"key attribute {key.name!r} is {types[key.name]} here and {key.type} there; "
                    "an attribute has one type in a table and all its indexes"
                )
            declared = self.attributes.get(key.name)
            if declared and declared.type != key.type:
                yield (
                    f"attribute {key.name!r} is {declared.type}, its key {key.type}; keys are S, N or B, "
                    "and the service rejects an item whose key attribute has another type: leave it out of attributes"
                )

    def _indexes_problems(self) -> Iterator[str]:
        if twice := repeated(index.name for index in self.indexes):
            yield f"two indexes are named {twice[0]!r}; rename one"
        local = [index for index in self.indexes if index.local]
        for kind, count, most in (
            ("global", len(self.indexes) - len(local), limits.MAX_GLOBAL_INDEXES),
            ("local", len(local), limits.MAX_LOCAL_INDEXES),
        ):
            if count > most:
                yield f"{count} {kind} secondary indexes; DynamoDB takes at most {most}: drop some"
        for index in local:
            if index.hash_key != self.hash_key or index.range_key is None or self.range_key is None:
                yield (
                    f"local index {index.name!r} needs the table's hash key {self.hash_key.name!r}, a range key "
                    "of its own, and a table that has one; make it a global index"
                )
        included = sum(len(index.include) for index in self.indexes)
        if included > limits.MAX_TABLE_NON_KEY_ATTRIBUTES:
            yield (
                f"{included} non-key attributes are projected in all; DynamoDB takes at most "
                f"{limits.MAX_TABLE_NON_KEY_ATTRIBUTES} a table: project fewer, or ALL"
            )

    def _index_problems(self, index: Index) -> Iterator[str]:
        for name in index.include:
            if name in {key.name for key in (*self.keys, *index.keys)}:
                yield f"includes key {name!r}, which it has anyway; remove it"
            elif name not in self.types:
                yield (
                    f"includes {name!r}, which is not a declared attribute{did_you_mean(name, self.types)}; "
                    "declare it in attributes, or leave it out"
                )
        for secret in self.secrets:
            projected = self.projected(index)
            if projected is None or secret in projected:
                yield f"projects the secret {secret!r}; use INCLUDE without it, or KEYS_ONLY"

    def _attribute_problems(self) -> Iterator[str]:
        if self.ttl is not None:
            if len(self.ttl) not in limits.TTL_ATTRIBUTE_LENGTH:
                yield f"TTL attribute of {len(self.ttl)} characters; allowed are 1 to 255: shorten it"
            elif self.ttl in self.all_keys:
                yield f"TTL attribute {self.ttl!r} is a key; a key can't be cleared: use another attribute"
            elif (declared := self.attributes.get(self.ttl)) is None or declared.type != "N":
                yield (
                    f"TTL attribute {self.ttl!r} is {declared.type if declared else 'not declared'}; "
                    "it must be declared as N, a Unix time in seconds"
                )
        if self.ttl_was is not None:
            if len(self.ttl_was) not in limits.TTL_ATTRIBUTE_LENGTH:
                yield f"ttl_was of {len(self.ttl_was)} characters; allowed are 1 to 255: shorten it"
            elif self.ttl is not None:
                yield (
                    f"ttl {self.ttl!r} beside ttl_was {self.ttl_was!r}; DynamoDB takes one change of TTL an hour: "
                    f"deploy ttl_was={self.ttl_was!r} without ttl first, and an hour later ttl={self.ttl!r} without "
                    "ttl_was"
                )
        if self.retention.days is not None and self.ttl is None:
            yield (
                f"retention of {self.retention.days} days is promised, but no TTL attribute deletes; "
                "name one in ttl, or state the retention without days"
            )
        for name in self.attributes:
            if not 1 <= len(name.encode()) <= limits.MAX_ATTRIBUTE_NAME_BYTES:
                yield (
                    f"attribute {name[:40]!r} has a name of {len(name.encode())} bytes; "
                    f"allowed are 1 to {limits.MAX_ATTRIBUTE_NAME_BYTES}: rename it"
                )
        for name in self.secrets:
            if name not in self.attributes:
                yield f"secret {name!r} is not an attribute{did_you_mean(name, self.attributes)}; declare it"
        if twice := repeated(entity.name for entity in self.entities):
            yield f"two entities are named {twice[0]!r}; rename one"

    def _entity_problems(self, entity: Entity) -> Iterator[str]:
        for name, text in entity.keys.items():
            if name not in self.all_keys:
                yield (
                    f" gives a template for {name!r}, which is not a key of the table or of an index"
                    f"{did_you_mean(name, self.all_keys)}; the keys are {', '.join(self.all_keys)}"
                )
            elif self.all_keys[name].type != "S":
                yield (
                    f" gives a template for {name!r}, which is {self.all_keys[name].type}; a template makes a text: "
                    "leave it out"
                )
            try:
                fields = Template(text).fields
            except ExpressionError as error:
                yield f": {error}"
                continue
            for field in fields:
                if field in self.types and self.types[field].type not in ("S", "N"):
                    yield (
                        f": template {text!r} has {field!r}, which is {self.types[field].type}; a key is made of texts "
                        "and numbers: take another field"
                    )
        if entity.retention and entity.retention.days is not None and self.ttl is None:
            yield (
                f": retention of {entity.retention.days} days is promised, but no TTL attribute deletes; "
                "name one in ttl, or state the retention without days"
            )
        for name in entity.attributes:
            if name not in self.types:
                yield (
                    f" has {name!r}, which is not a declared attribute{did_you_mean(name, self.types)}; "
                    "declare it in attributes, or leave it out"
                )
