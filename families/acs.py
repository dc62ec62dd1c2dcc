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

from families import _acs_examples as example
from families import _acs_mail, _acs_operations, _acs_organizations, _acs_users
from tablekit.model import AccessPattern, Family, Role

_REPEATED_KEYS = (
    # access pattern, table, index, its key and the table's, example
    ("user-through-index", "Users", "id-index", "id", example.USER),
    ("conversation-through-index", "Conversations", "conversation_id-index", "conversation_id", example.CONVERSATION),
    ("thread-through-index", "Threads", "conversation_id-index", "conversation_id", example.CONVERSATION),
    ("ai-rate-limit-through-index", "RL_AI", "associated_account-index", "associated_account", example.ACCOUNT),
    ("aws-rate-limit-through-index", "RL_AWS", "associated_account-index", "associated_account", example.ACCOUNT),
    ("ev-data-through-index", "EVDataCollection", "conversation_id-index", "conversation_id", example.CONVERSATION),
    ("llm-data-through-index", "LLMDataCollection", "conversation_id-index", "conversation_id", example.CONVERSATION),
    ("llm-report-through-index", "LLMReportData", "report_id-index", "report_id", example.REPORT),
    ("invocation-through-index", "Invocations", "id-index", "id", example.INVOCATION),
)

_THROUGH_INDEX = tuple(
    AccessPattern(
        name=name,
        purpose=f"By {key}, through the index that repeats the table's key; the table gives the same for less",
        table=table,
        operation="query",
        index=index,
        key=f"{key} = :{key}",
        example={key: value},
    )
    for name, table, index, key, value in _REPEATED_KEYS
)

FAMILY = Family(
    key="acs",
    title="ACS",
    document="001 DynamoDB Tables Documentation (ACS)",
    table_name="acsd2p-{stage}-{table}",
    owner="acs-team",
    cost_centre="acs",
    tags={"system": "ACS"},
    tables=(*_acs_users.TABLES, *_acs_organizations.TABLES, *_acs_mail.TABLES, *_acs_operations.TABLES),
    access_patterns=(
        *_acs_users.ACCESS_PATTERNS,
        *_acs_organizations.ACCESS_PATTERNS,
        *_acs_mail.ACCESS_PATTERNS,
        *_acs_operations.ACCESS_PATTERNS,
        *_THROUGH_INDEX,
    ),
    roles=(
        Role(name="app", purpose="The ACS functions: every access pattern", access="read-write"),
        Role(name="readonly", purpose="Support and analysis: every read", access="read-only"),
    ),
)
