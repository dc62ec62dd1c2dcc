"""What is compared with what, and what the changes ask of the contract's version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from enum import IntEnum
from typing import Any, Final

from tablekit.contract.diff.changes import Change, Level, additive, breaking
from tablekit.contract.diff.compare import compare
from tablekit.contract.diff.rules import COLLECTIONS
from tablekit.contract.document import Document
from tablekit.contract.reader import ContractError
from tablekit.model.errors import did_you_mean

_OF_A_STAGE: Final[dict[str, str | None]] = {
    **dict.fromkeys(("stage", "families.*.region", "families.*.alarms", "families.*.roles.*.name")),
    **dict.fromkeys(f"families.*.tables.*.{name}" for name in ("name", "arn", "kmsKeyArn", "indexes.*.arn")),
    "families.*.roles.*.arn": None,
    "families.*.tables.*.streamArn": "a stream",
    "families.*.env.*": "",
}
"""What is another in every stage, and what is compared in its place: of a stream, whether there is one."""


class Demand(IntEnum):
    """What the changes ask for; its number is the command's exit code."""

    NOTHING = 0
    MINOR = 2
    MAJOR = 3

    @property
    def text(self) -> str:
        """For a person."""
        return {0: "compatible", 2: "needs a minor version", 3: "breaking without a major version"}[self]


def diff(old: Document, new: Document, families: Collection[str] = (), across_stages: bool = False) -> list[Change]:
    """The changes from the old contract to the new one.

    families: only these; all where none is given.
    across_stages: compare two stages, without the names, ARNs, regions and alarms that are each stage's own. That a
    table has a stream in one of them only is a change.
    Raises ContractError where the two can't be compared.
    """
    if old.kind != new.kind:
        raise ContractError(
            f"{old.source} is {_called(old)}, {new.source} is {_called(new)}; compare outputs with outputs"
        )
    if old.kind == "schema":
        if families or across_stages:
            raise ContractError(f"{new.source} is a JSON Schema, which has neither families nor stages: leave that out")
        return list(_schema_changes(old, new))
    if across_stages:
        old, new = (replace(side, outputs=_without_stage(side.content)) for side in (old, new))
    elif old.stage != new.stage:
        raise ContractError(
            f"{old.source} is of stage {old.stage!r}, {new.source} of stage {new.stage!r}: every name differs. "
            "Compare two of one stage, or give --across-stages to compare all but names"
        )
    if families:
        old, new = _only(old, new, families)
    return list(compare(old, new))


def demand(changes: Iterable[Change], old: Document, new: Document) -> Demand:
    """What these changes ask of the version that the new contract has not done."""
    if new.version[0] > old.version[0]:
        return Demand.NOTHING
    changes = list(changes)
    if any(change.level is Level.BREAKING for change in changes):
        return Demand.MAJOR
    return Demand.MINOR if any(change.shape for change in changes) and new.version <= old.version else Demand.NOTHING


def _schema_changes(old: Document, new: Document) -> Iterator[Change]:
    """A schema that changed asks for another version; what the change does is seen of the outputs."""
    was, now = (f"version {side.version_text}" for side in (old, new))
    if old.version != new.version:
        verdict = additive("another version, with a schema of its own")
        if new.version < old.version:
            verdict = breaking("an older version: fields that came since are gone")
        yield Change(verdict.level, "changed", None, "schema", "", was, now, verdict.why)
    elif old.content != new.content:
        why = "a version has one schema, whose readers know what it says"
        yield Change(Level.ADDITIVE, "changed", None, "schema", "", was, f"{now}, another", why, shape=True)


def _called(document: Document) -> str:
    return "a JSON Schema" if document.kind == "schema" else "a stack's outputs"


def _only(old: Document, new: Document, families: Collection[str]) -> tuple[Document, Document]:
    known = {*old.content["families"], *new.content["families"]}
    for family in families:
        if family not in known:
            there = ", ".join(sorted(known)) or "none"
            raise ContractError(f"no family {family!r} on either side{did_you_mean(family, known)}; they have {there}")
    return _filtered(old, families), _filtered(new, families)


def _filtered(document: Document, families: Collection[str]) -> Document:
    kept = {key: family for key, family in document.content["families"].items() if key in families}
    return replace(document, outputs={"contractVersion": document.version_text, "families": kept})


def _without_stage(value: Any, path: str = "") -> Any:
    """The contract without what is another in every stage."""
    if path in _OF_A_STAGE or not isinstance(value, Mapping):
        return _OF_A_STAGE.get(path, value)
    parts = {
        name: _without_stage(inner, f"{path}.{'*' if path in COLLECTIONS else name}".lstrip("."))
        for name, inner in value.items()
    }
    return {name: part for name, part in parts.items() if part is not None}
