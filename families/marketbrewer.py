"""MarketBrewer (document 002): business profiles and all that pages are generated from.

Five tables named `seo_…` in us-east-1. Jobs, pages and workers are SQLite's, and no tables here.

What shaped it:
- deletes only mark, and businesses and questionnaires are updated by version: UpdateItem, which the document's policy
  lacks, is granted, DeleteItem and CreateTable, which it has, are not; a batch write can delete too, so that it is
  another role's (ADR 0017);
- composite keys stay as documented; versions are put in order by an index on the number, and an area's slug holds its
  state (ADR 0018);
- the list of businesses is a declared scan (ADR 0019).
"""

from __future__ import annotations

from families import _marketbrewer_content, _marketbrewer_profiles
from tablekit.model import Family, Role

_TABLES = (*_marketbrewer_profiles.TABLES, *_marketbrewer_content.TABLES)
_PATTERNS = tuple(pattern for table in _TABLES for pattern in table.patterns)

FAMILY = Family(
    key="marketbrewer",
    title="MarketBrewer",
    document="002 DynamoDB Setup for Business Profiles (MarketBrewer)",
    table_name="seo_{table}",
    region="us-east-1",
    owner="marketbrewer-team",
    cost_centre="marketbrewer",
    tags={"system": "MarketBrewer"},
    tables=_TABLES,
    roles=(
        Role(
            name="app",
            purpose="The server: every access pattern but the batch loads, and its status command",
            access="read-write",
            patterns=tuple(pattern.name for pattern in _PATTERNS if pattern.operation != "batch-write"),
            describe=True,
        ),
        Role(
            name="sync",
            purpose="The set-up script: reads for export, and loads from SQLite, which a batch write may also undo",
            access="read-write",
            patterns=tuple(
                pattern.name
                for pattern in _PATTERNS
                if pattern.reads or pattern.operation == "batch-write" or pattern.name.startswith("sync-")
            ),
            describe=True,
        ),
        Role(
            name="readonly",
            purpose="Support and analysis: every read, and the status command",
            access="read-only",
            describe=True,
        ),
    ),
)
