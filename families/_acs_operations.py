"""ACS: rate limits, usage reports and function invocations."""

from __future__ import annotations

from tablekit.model import Index, Retention, S, Table, get, one_of, put, query, update

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
    patterns=(
        get(
            "ai-rate-limit",
            "An account's AI requests in its current hour",
            key="associated_account = :associated_account",
        ),
        put(
            "start-ai-window",
            "Open an account's next hour of AI requests; of two that try, one does",
            condition="attribute_not_exists(associated_account) OR window_end <= :now",
        ),
        update(
            "count-ai-request",
            "Count an AI request within the open hour; refused at the limit and while blocked",
            key="associated_account = :associated_account",
            update="ADD request_count 1 SET last_request = :last_request",
            condition="request_count < limit AND window_end > :last_request AND NOT blocked_until > :last_request",
        ),
        update(
            "block-ai-requests",
            "Block an account's AI requests until a time",
            key="associated_account = :associated_account",
            update="SET blocked_until = :blocked_until",
            condition="attribute_exists(associated_account)",
            example={"blocked_until": "2024-01-01T01:00:00Z"},
        ),
        query(
            "ai-rate-limit-through-index",
            "By associated_account, through the index that repeats the table's key; the table gives the same for less",
            index="associated_account-index",
            key="associated_account = :associated_account",
        ),
    ),
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
    patterns=(
        get(
            "aws-rate-limit",
            "An account's AWS requests in its current hour",
            key="associated_account = :associated_account",
        ),
        put(
            "start-aws-window",
            "Open an account's next hour of AWS requests; of two that try, one does",
            condition="attribute_not_exists(associated_account) OR window_end <= :now",
        ),
        update(
            "count-aws-request",
            "Count an AWS request within the open hour; refused at the limit",
            key="associated_account = :associated_account",
            update="ADD aws_requests 1 SET last_request = :last_request",
            condition="aws_requests < limit AND window_end > :last_request",
        ),
        update(
            "count-throttled-aws-request",
            "Count an AWS request that was throttled",
            key="associated_account = :associated_account",
            update="ADD throttled_requests 1",
            condition="attribute_exists(associated_account)",
        ),
        query(
            "aws-rate-limit-through-index",
            "By associated_account, through the index that repeats the table's key; the table gives the same for less",
            index="associated_account-index",
            key="associated_account = :associated_account",
        ),
    ),
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
    patterns=(
        get("llm-report", "A usage report by id", key="report_id = :report_id"),
        put(
            "store-llm-report",
            "Store a new usage report, never over another",
            condition="attribute_not_exists(report_id)",
        ),
        query(
            "llm-report-through-index",
            "By report_id, through the index that repeats the table's key; the table gives the same for less",
            index="report_id-index",
            key="report_id = :report_id",
        ),
    ),
)

_INVOCATIONS = Table(
    name="Invocations",
    purpose="Each run of a Lambda function, for monitoring",
    hash_key=S("id"),
    classification="pii",
    retention=Retention(reason="Until deleted; the document sets no end"),
    indexes=(
        Index(
            name="associated_account-index", hash_key=S("associated_account"), purpose="The invocations of an account"
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
    patterns=(
        get("invocation", "An invocation by id", key="id = :id"),
        query(
            "invocations-of-account",
            "The invocations of an account",
            index="associated_account-index",
            key="associated_account = :associated_account",
        ),
        put("record-invocation", "Store an invocation, once", condition="attribute_not_exists(id)"),
        query(
            "invocation-through-index",
            "By id, through the index that repeats the table's key; the table gives the same for less",
            index="id-index",
            key="id = :id",
        ),
    ),
)

TABLES = (_RL_AI, _RL_AWS, _LLM_REPORTS, _INVOCATIONS)
