"""The kinds of change, each with its level: the table in `changes.md`, which docs/guard.md shows.

A change is refused where the plan loses data, or can't succeed on AWS as it is. It needs approval where it can succeed
and loses nothing by itself, and yet somebody will feel it or a safeguard goes. Everything else is safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final, Literal

Verdict = Literal["safe", "needs approval", "refused"]
TABLE: Final = Path(__file__).with_name("changes.md")


class Level(IntEnum):
    """How a change is judged; its number is the command's exit code."""

    SAFE = 0
    APPROVAL = 2
    REFUSED = 3

    @property
    def text(self) -> Verdict:
        """For people."""
        return _TEXTS[self]


_TEXTS: Final[dict[Level, Verdict]] = {
    Level.SAFE: "safe",
    Level.APPROVAL: "needs approval",
    Level.REFUSED: "refused",
}


@dataclass(frozen=True)
class Change:
    """A kind of change. means: what it does, in a line. fix: what to do instead or besides."""

    key: str
    level: Level
    means: str
    fix: str


def _read() -> dict[str, Change]:
    levels = {text: level for level, text in _TEXTS.items()}
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines()[2:]:
        key, verdict, means, fix = (cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|"))
        found[key.strip("`")] = Change(key.strip("`"), levels[verdict], means, fix)  # type: ignore[index]
    return found


CHANGES: Final = _read()
"""The kinds of change, by key, in the table's order."""


@dataclass(frozen=True)
class Finding:
    """One change of a table. detail: what exactly, with names and values.

    hopeless: AWS or its plugin doesn't make it whoever allows it, so that no allowance helps.
    """

    change: str
    detail: str
    hopeless: bool = False

    @property
    def level(self) -> Level:
        """How it is judged, if nobody allows it."""
        return CHANGES[self.change].level
