"""The rules of all topics."""

from __future__ import annotations

from typing import Final

from policies import access, alarms, audit, backups, capacity, copies, events, functions, indexes, stack, tables
from policies.rule import Rule

NAME: Final = "dynamodb-table-families"
TOPICS: Final = (stack, tables, capacity, indexes, access, alarms, backups, copies, events, audit, functions)
RULES: Final = tuple(found for topic in TOPICS for found in vars(topic).values() if isinstance(found, Rule))
"""Those of a topic in the order in which its module has them."""
