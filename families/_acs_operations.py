"""ACS: rate limits, usage reports and function invocations."""

from __future__ import annotations

from families import _acs_examples as example
from tablekit.model import AccessPattern, Index, Retention, S, Table, one_of

_RL_AI = Table(
    name="RL_AI",
    purpose="AI requests of each account in its current hour, at most 100",
    hash_key=S("associated_account"),
    classification="internal",
    retention=Retention(reason="One item an account, overwritten by its next window"),
    indexes=(
        Index(
            name="associated_account-index",
            hash_key=S("associated_account"),
            purpose="An account's AI window (repeats the table's key)",
        ),
    ),
    attributes={
        "request_count": "N",
        "window_start": "S",
        "window_end": "S",
        "last_request": "S",
        "limit": "N",
        "reset_time": "S",
        "blocked_until": "S",
        "metadata": "M",
    },
)

_RL_AWS = Table(
    name="RL_AWS",
    purpose="AWS requests of each account in its current hour, at most 1,000",
    hash_key=S("associated_account"),
    classification="internal",
    retention=Retention(reason="One item an account, overwritten by its next window"),
    indexes=(
        Index(
            name="associated_account-index",
            hash_key=S("associated_account"),
            purpose="An account's AWS window (repeats the table's key)",
        ),
    ),
    attributes={
        "aws_requests": "N",
        "window_start": "S",
        "window_end": "S",
        "last_request": "S",
        "limit": "N",
        "reset_time": "S",
        "throttled_requests": "N",
        "metadata": "M",
    },
)

_LLM_REPORTS = Table(
    name="LLMReportData",
    purpose="What the language models did and cost, by account and month",
    hash_key=S("report_id"),
    classification="confidential",
    retention=Retention(reason="Until deleted; the document sets no end"),
    indexes=(
        Index(name="report_id-index", hash_key=S("report_id"), purpose="A report by id (repeats the table's key)"),
    ),
    attributes={
        "account_id": "S",
        "report_period": "S",
        "generated_at": "S",
        "total_requests": "N",
        "total_tokens": "N",
        "total_cost_usd": "N",
        "average_response_time_ms": "N",
        "average_quality_score": "N",
        "model_usage": "M",
        "function_breakdown": "M",
    },
)

_INVOCATIONS = Table(
    name="Invocations",
    purpose="Each run of a Lambda function, for monitoring",
    hash_key=S("id"),
    classification="pii",
    retention=Retention(reason="Until deleted; the document sets no end"),
    indexes=(
        Index(
            name="associated_account-index",
            hash_key=S("associated_account"),
            purpose="The invocations of an account",
        ),
        Index(name="id-index", hash_key=S("id"), purpose="An invocation by id (repeats the table's key)"),
    ),
    attributes={
        "function_name": "S",
        "invoked_at": "S",
        "duration_ms": "N",
        "memory_used_mb": "N",
        "status": one_of("success", "error", "timeout"),
        "error_message": "S",
        "request_id": "S",
        "cold_start": "BOOL",
        "metadata": "M",
    },
)

TABLES = (_RL_AI, _RL_AWS, _LLM_REPORTS, _INVOCATIONS)

_LIMIT_PATTERNS = (
    AccessPattern(
        name="ai-rate-limit",
        purpose="An account's AI requests in its current hour",
        table="RL_AI",
        operation="get",
        key="associated_account = :associated_account",
        example={"associated_account": example.ACCOUNT},
        documented=False,
    ),
    AccessPattern(
        name="start-ai-window",
        purpose="Open an account's next hour of AI requests; of two that try, one does",
        table="RL_AI",
        operation="put",
        condition="attribute_not_exists(associated_account) OR window_end <= :now",
        example={"now": "2024-01-01T01:00:00Z"},
        documented=False,
    ),
    AccessPattern(
        name="count-ai-request",
        purpose="Count an AI request within the open hour; refused at the limit and while blocked",
        table="RL_AI",
        operation="update",
        key="associated_account = :associated_account",
        update="ADD request_count 1 SET last_request = :last_request",
        condition="request_count < limit AND window_end > :last_request AND NOT blocked_until > :last_request",
        example={"associated_account": example.OTHER_ACCOUNT, "last_request": "2024-01-01T00:30:00Z"},
        documented=False,
    ),
    AccessPattern(
        name="block-ai-requests",
        purpose="Block an account's AI requests until a time",
        table="RL_AI",
        operation="update",
        key="associated_account = :associated_account",
        update="SET blocked_until = :blocked_until",
        condition="attribute_exists(associated_account)",
        example={"associated_account": example.ACCOUNT, "blocked_until": "2024-01-01T01:00:00Z"},
        documented=False,
    ),
    AccessPattern(
        name="aws-rate-limit",
        purpose="An account's AWS requests in its current hour",
        table="RL_AWS",
        operation="get",
        key="associated_account = :associated_account",
        example={"associated_account": example.ACCOUNT},
        documented=False,
    ),
    AccessPattern(
        name="start-aws-window",
        purpose="Open an account's next hour of AWS requests; of two that try, one does",
        table="RL_AWS",
        operation="put",
        condition="attribute_not_exists(associated_account) OR window_end <= :now",
        example={"now": "2024-01-01T01:00:00Z"},
        documented=False,
    ),
    AccessPattern(
        name="count-aws-request",
        purpose="Count an AWS request within the open hour; refused at the limit",
        table="RL_AWS",
        operation="update",
        key="associated_account = :associated_account",
        update="ADD aws_requests 1 SET last_request = :last_request",
        condition="aws_requests < limit AND window_end > :last_request",
        example={"associated_account": example.ACCOUNT, "last_request": "2024-01-01T00:55:00Z"},
        documented=False,
    ),
    AccessPattern(
        name="count-throttled-aws-request",
        purpose="Count an AWS request that was throttled",
        table="RL_AWS",
        operation="update",
        key="associated_account = :associated_account",
        update="ADD throttled_requests 1",
        condition="attribute_exists(associated_account)",
        example={"associated_account": example.ACCOUNT},
        documented=False,
    ),
)

_RECORD_PATTERNS = (
    AccessPattern(
        name="llm-report",
        purpose="A usage report by id",
        table="LLMReportData",
        operation="get",
        key="report_id = :report_id",
        example={"report_id": example.REPORT},
        documented=False,
    ),
    AccessPattern(
        name="store-llm-report",
        purpose="Store a new usage report, never over another",
        table="LLMReportData",
        operation="put",
        condition="attribute_not_exists(report_id)",
        documented=False,
    ),
    AccessPattern(
        name="invocation",
        purpose="An invocation by id",
        table="Invocations",
        operation="get",
        key="id = :id",
        example={"id": example.INVOCATION},
        documented=False,
    ),
    AccessPattern(
        name="invocations-of-account",
        purpose="The invocations of an account",
        table="Invocations",
        operation="query",
        index="associated_account-index",
        key="associated_account = :associated_account",
        example={"associated_account": example.ACCOUNT},
    ),
    AccessPattern(
        name="record-invocation",
        purpose="Store an invocation, once",
        table="Invocations",
        operation="put",
        condition="attribute_not_exists(id)",
        documented=False,
    ),
)

ACCESS_PATTERNS = (*_LIMIT_PATTERNS, *_RECORD_PATTERNS)
