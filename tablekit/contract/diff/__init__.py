"""What changed between two contracts, and what that asks of the version.

changes   a change and its level: breaking, additive, neutral
rules     how the change of each field is judged: the table rules.md, and how two values are compared
plain     what is compared: without what follows from a change that is reported elsewhere; and what has another name
compare   the walk over two stacks' outputs, and what the version has to do
"""

from __future__ import annotations

from tablekit.contract.diff.changes import Change, Level
from tablekit.contract.diff.compare import Demand, demand, diff

__all__ = ["Change", "Demand", "Level", "demand", "diff"]
