"""The declaration: families of DynamoDB tables with their access patterns. Pure: no Pulumi, no AWS, no I/O.

`S`, `N` and `B` make keys; `Family`, `Table`, `Index`, `Entity` and `Role` declare a system, `get`, `query`, `put`,
`update`, `delete`, `batch_write` and `scan` a table's access patterns;
`Catalogue` holds several; `load_stage` reads a stage's configuration.
"""

from __future__ import annotations

from tablekit.model.attributes import Attribute, B, Key, N, S, one_of
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import (
    CatalogueError,
    ExpressionError,
    FamilyError,
    ModelError,
    StageError,
    TablekitError,
)
from tablekit.model.events import Archive, Events
from tablekit.model.family import Family
from tablekit.model.layout import Entity, Index, Retention
from tablekit.model.loading import installed, load_package
from tablekit.model.operations import Budget, Figures, Growth, TableLimits
from tablekit.model.patterns import AccessPattern, batch_write, delete, get, put, query, scan, update
from tablekit.model.roles import Reach, Role, TenantScope
from tablekit.model.stage import StageConfig
from tablekit.model.stage_settings import load_stage
from tablekit.model.table import Table

__all__ = [
    "AccessPattern",
    "Archive",
    "Attribute",
    "B",
    "Budget",
    "Catalogue",
    "CatalogueError",
    "Entity",
    "Events",
    "ExpressionError",
    "Family",
    "FamilyError",
    "Figures",
    "Growth",
    "Index",
    "Key",
    "ModelError",
    "N",
    "Reach",
    "Retention",
    "Role",
    "S",
    "StageConfig",
    "StageError",
    "Table",
    "TableLimits",
    "TablekitError",
    "TenantScope",
    "batch_write",
    "delete",
    "get",
    "installed",
    "load_package",
    "load_stage",
    "one_of",
    "put",
    "query",
    "scan",
    "update",
]
