"""ACS (document 001): mail accounts, their conversations, and the AI that answers them.

13 tables, named `acsd2p-{stage}-…` in every stage, prod too. The document names no region.

What shaped it:
- `is_first_email` is a key of an index and therefore a Number, 1 or 0 (ADR 0020);
- the documented indexes stay under their exact names, those that repeat their table's key included; three attributes
  and the index `user_id-index` of Sessions are there because the documented queries need them (ADR 0021);
- sessions are deleted by `ttl` after 7 days, and readers leave out expired ones before that (ADR 0022);
- an invite's `expires_at` deletes nothing, and its token stands in its own index only (ADR 0023);
- EVDataCollection and LLMDataCollection keep one item a conversation (ADR 0024).
"""

from __future__ import annotations

from families import _acs_mail, _acs_operations, _acs_organizations, _acs_users
from tablekit.model import Budget, Family, Growth, Role

FAMILY = Family(
    key="acs",
    title="ACS",
    document="001 DynamoDB Tables Documentation (ACS)",
    table_name="acsd2p-{stage}-{table}",
    owner="acs-team",
    cost_centre="acs",
    tags={"system": "ACS"},
    budget=Budget(purpose="Usage alerts: set up alerts for cost thresholds, of which the document gives none"),
    growth=Growth(purpose="Alerts: table size approaching limits, of which the document gives none"),
    tables=(*_acs_users.TABLES, *_acs_organizations.TABLES, *_acs_mail.TABLES, *_acs_operations.TABLES),
    roles=(
        Role(name="app", purpose="The ACS functions: every access pattern", access="read-write"),
        Role(name="readonly", purpose="Support and analysis: every read", access="read-only"),
    ),
)
