"""A table: its layout, and what is asked of it."""

from __future__ import annotations

from typing import Self

from pydantic import ValidationInfo, field_validator, model_validator

from tablekit.model import servable
from tablekit.model.errors import MisdeclaredError
from tablekit.model.events import Archive, Events, declared_problems
from tablekit.model.expressions import attributes
from tablekit.model.layout import Entity, TableLayout
from tablekit.model.patterns import AccessPattern


class Table(TableLayout):
    """One table of a family.

    name: the logical name, without the family's prefix; a contract with consumers, never changed.
    attributes: the documented attributes and their types; key attributes need not be repeated.
    ttl: the attribute whose time, in seconds since 1970, DynamoDB deletes an item after; None: TTL is off.
    ttl_was: for a table whose TTL is to go off, the attribute that it was on; else None. It may stay for good.
    secrets: attributes that hold credentials; no index may project them, and no read-only role reads them.
    events: which changes become events. archive: that what TTL deletes is kept. Where a stage switches them on.
    stream_readers: what else reads the table's stream, of the system's own; two readers of all are the most.
    patterns: every query and write of the table.
    """

    events: Events | None = None
    archive: Archive | None = None
    patterns: tuple[AccessPattern, ...] = ()

    def written_by(self, pattern: AccessPattern) -> tuple[Entity, ...]:
        """The entities whose items a put or batch write of the table writes."""
        return tuple(each for each in self.entities if pattern.body and pattern.entity in (None, each.name))

    def is_guarded(self, pattern: AccessPattern) -> bool:
        """Whether the pattern reads where the secrets are: in the table or, through a local index, in the table too."""
        index = self.index(pattern.index) if pattern.index else None
        return bool(self.secrets) and pattern.reads and (index is None or index.local)

    def gives_secrets(self, pattern: AccessPattern) -> bool:
        """Whether the pattern reads a secret, or may: where it doesn't name what it reads, all is read."""
        read = {*pattern.projection, *(name for tree in pattern.trees.values() for name in attributes(tree))}
        return self.is_guarded(pattern) and (not pattern.projection or not read.isdisjoint(self.secrets))

    @field_validator("patterns")
    @classmethod
    def _bound(cls, patterns: tuple[AccessPattern, ...], validated: ValidationInfo) -> tuple[AccessPattern, ...]:
        return tuple(pattern.of_table(validated.data.get("name", "")) for pattern in patterns)

    @model_validator(mode="after")
    def _streams(self) -> Self:
        for problem in declared_problems(self.events, self.archive, self):
            raise ValueError(f"table {self.name!r}: {problem}")
        return self

    @model_validator(mode="after")
    def _serves_its_patterns(self) -> Self:
        for pattern in self.patterns:
            for problem in servable.problems(pattern, self):
                raise MisdeclaredError(f"table {self.name!r}: access pattern {pattern.name!r}: {problem}", pattern)
        return self
