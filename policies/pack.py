"""The rules of all topics."""

from __future__ import annotations

from typing import Final

from policies import access, alarms, indexes, parameters, schema, stack, tables
from policies.rule import Rule

NAME: Final = "dynamodb-table-families"
TOPICS: Final = (tables, schema, indexes, access, alarms, parameters, stack)
RULES: Final = tuple(found for topic in TOPICS for found in vars(topic).values() if isinstance(found, Rule))
"""Those of a topic in the order in which its module has them."""
