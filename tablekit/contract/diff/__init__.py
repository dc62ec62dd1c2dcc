"""What changed between two contracts, and what that asks of the version.

changes   a change and its level: breaking, additive, neutral
rules     how the change of each field is judged: a table
renames   which removed object is an added one under another name
plain     what is compared: without what follows from a change that is reported elsewhere
compare   the walk over two stacks' outputs
verdict   the whole: what is compared with what, and what the version has to do
"""

from __future__ import annotations

from tablekit.contract.diff.changes import Change, Level
from tablekit.contract.diff.verdict import Demand, demand, diff

__all__ = ["Change", "Demand", "Level", "demand", "diff"]
