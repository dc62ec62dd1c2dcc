"""Pulumi components that make a table family of its declaration. They know no system by name.

`TableFamily` is the whole: its tables (`FamilyTable`), roles (`AccessRoles`) and alarms (`FamilyAlarms`), what else
watches it (`FamilyDashboard`, `FamilyBudget`), its backups (`FamilyBackups`), its events (`FamilyEvents`), and what is
published of it (`FamilyParameters`). `AccountAlarms`, `StageDashboard` and `ItemCounts` are a whole stage's.
`deploy` is a whole program: a stage's configuration, its families, and the contract as the stack's outputs.
"""

from __future__ import annotations

from components.access import AccessRoles
from components.alarms import AccountAlarms, FamilyAlarms
from components.backups import FamilyBackups
from components.events import FamilyEvents
from components.family import TableFamily
from components.functions import ItemCounts
from components.parameters import FamilyParameters
from components.stack import deploy
from components.table import FamilyTable
from components.watches import FamilyBudget, FamilyDashboard, StageDashboard

__all__ = [
    "AccessRoles",
    "AccountAlarms",
    "FamilyAlarms",
    "FamilyBackups",
    "FamilyBudget",
    "FamilyDashboard",
    "FamilyEvents",
    "FamilyParameters",
    "FamilyTable",
    "ItemCounts",
    "StageDashboard",
    "TableFamily",
    "deploy",
]
