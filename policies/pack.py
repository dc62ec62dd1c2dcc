"""The rules of all topics."""

from __future__ import annotations

from typing import Final

from policies import access, alarms, indexes, parameters, stack, tables
from policies.rule import Rule

NAME: Final = "dynamodb-table-families"
RULES: Final[tuple[Rule, ...]] = (
    *tables.RULES,
    *indexes.RULES,
    *access.RULES,
    *alarms.RULES,
    *parameters.RULES,
    *stack.RULES,
)
