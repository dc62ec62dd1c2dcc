"""Reaches a stage's tables: AWS clients, and declared access patterns run by name.

    from pathlib import Path
    from tablekit.client import connect

    acs = connect(Path("outputs.json")).family("acs")
    for message in acs.run("messages-in-conversation", conversation_id="27ed7fbc").items: ...

All that is known of a pattern comes from the stack's outputs, or from SSM by `connect_parameters`; a family's
declaration needs not be installed. A Scan is made only by a pattern that is declared as one.
"""

from __future__ import annotations

from tablekit.client.aws import Clients, translated
from tablekit.client.connection import Connection, FamilyTables, connect, connect_parameters
from tablekit.client.errors import (
    AccessDeniedError,
    CallError,
    ConditionFailedError,
    NoCredentialsError,
    ParameterError,
    PatternError,
    RefusedError,
    ResourceNotFoundError,
    ThrottledError,
    UnreachableError,
    UnreadableError,
)
from tablekit.client.results import Attributes, Capacity, Item, Options, Result, from_dynamodb, to_dynamodb

__all__ = [
    "AccessDeniedError",
    "Attributes",
    "CallError",
    "Capacity",
    "Clients",
    "ConditionFailedError",
    "Connection",
    "FamilyTables",
    "Item",
    "NoCredentialsError",
    "Options",
    "ParameterError",
    "PatternError",
    "RefusedError",
    "ResourceNotFoundError",
    "Result",
    "ThrottledError",
    "UnreachableError",
    "UnreadableError",
    "connect",
    "connect_parameters",
    "from_dynamodb",
    "to_dynamodb",
    "translated",
]
