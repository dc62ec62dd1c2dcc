"""What a comparison finds: changes, each with its level."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial


class Level(StrEnum):
    """What a change is to somebody who reads the contract.

    breaking: what worked for a reader of the old contract may fail, or gives something else.
    additive: everything that was there is there as it was, and there is more.
    neutral: no reader can tell, or nothing was promised.
    """

    BREAKING = "breaking"
    ADDITIVE = "additive"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Verdict:
    """How a change is judged, and why, in a sentence without its full stop."""

    level: Level
    why: str


@dataclass(frozen=True)
class Change:
    """One change.

    change: removed, added, renamed or changed.
    family: its key; None where the change is of the contract as a whole.
    object: what it is of, as `index Users/email-index`; field: the one that changed, empty for a whole object.
    was, now: for a person; empty where there was, or is, nothing.
    shape: a field that the contract did not have, which asks for a minor version.
    """

    level: Level
    change: str
    family: str | None
    object: str
    field: str
    was: str
    now: str
    why: str
    shape: bool = False

    @property
    def what(self) -> str:
        """The field that changed, or what happened to the object."""
        return self.field or self.change


breaking = partial(Verdict, Level.BREAKING)
additive = partial(Verdict, Level.ADDITIVE)
neutral = partial(Verdict, Level.NEUTRAL)
