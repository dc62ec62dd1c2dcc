"""ACS: e-mail conversations, their threads, and what is computed about them."""

from __future__ import annotations

from decimal import Decimal

from families import _acs_examples as example
from tablekit.model import AccessPattern, Attribute, Index, N, Retention, S, Table, one_of

_CONVERSATIONS = Table(
    name="Conversations",
    purpose="The single e-mails of each conversation",
    hash_key=S("conversation_id"),
    range_key=S("response_id"),
    classification="pii",
    retention=Retention(reason="Until deleted; the document sets no end"),
    indexes=(
        Index(
            name="associated_account-index",
            hash_key=S("associated_account"),
            purpose="The conversations of an account",
        ),
        Index(
            name="associated_account-is_first_email-index",
            hash_key=S("associated_account"),
            range_key=N("is_first_email"),
            purpose="An account's first e-mails apart from its follow-ups",
        ),
        Index(
            name="conversation_id-index",
            hash_key=S("conversation_id"),
            purpose="A conversation by id (repeats the table's key)",
        ),
        Index(name="message_id-index", hash_key=S("message_id"), purpose="The conversation of a message"),
        Index(name="response_id-index", hash_key=S("response_id"), purpose="The conversation of a response"),
    ),
    attributes={
        "sender_email": "S",
        "recipient_email": "S",
        "subject": "S",
        "body": "S",
        "timestamp": "S",
        "is_first_email": Attribute(type="N", note="1 or 0; a BOOL, as the document has it, is refused in a key"),
        "thread_id": "S",
        "status": one_of("received", "processed", "responded", "scheduled"),
        "ai_response": "S",
        "ev_score": "N",
        "metadata": "M",
    },
)

_THREADS = Table(
    name="Threads",
    purpose="State, attributes and AI settings of each conversation as a whole",
    hash_key=S("conversation_id"),
    classification="pii",
    retention=Retention(reason="Until deleted; closed threads are archived by status"),
    indexes=(
        Index(
            name="associated_account",
            hash_key=S("associated_account"),
            purpose="The threads of an account (the document names it without -index)",
        ),
        Index(
            name="conversation_id-index",
            hash_key=S("conversation_id"),
            purpose="A thread by its conversation (repeats the table's key)",
        ),
    ),
    attributes={
        "thread_id": "S",
        "created_at": "S",
        "updated_at": "S",
        "status": one_of("active", "closed", "archived"),
        "subject": "S",
        "participants": "L",
        "message_count": "N",
        "last_message_at": "S",
        "attributes": Attribute(
            type="M",
            note="urgency high, medium or low; category support, sales or general; priority a number from 1 to 10; "
            "sentiment positive, neutral or negative",
        ),
        "ai_settings": "M",
    },
)

_EV_DATA = Table(
    name="EVDataCollection",
    purpose="The latest expected-value calculation of each conversation",
    hash_key=S("conversation_id"),
    classification="confidential",
    retention=Retention(reason="One item a conversation, overwritten by its next calculation"),
    indexes=(
        Index(
            name="conversation_id-index",
            hash_key=S("conversation_id"),
            purpose="A calculation by its conversation (repeats the table's key)",
        ),
    ),
    attributes={
        "ev_score": "N",
        "calculation_date": "S",
        "factors": "M",
        "algorithm_version": "S",
        "confidence_score": "N",
        "recommendations": "L",
        "metadata": "M",
    },
)

_LLM_DATA = Table(
    name="LLMDataCollection",
    purpose="The latest prompt and answer of the language model for each conversation",
    hash_key=S("conversation_id"),
    classification="pii",
    retention=Retention(reason="One item a conversation, overwritten by its next prompt"),
    indexes=(
        Index(
            name="conversation_id-index",
            hash_key=S("conversation_id"),
            purpose="An exchange by its conversation (repeats the table's key)",
        ),
    ),
    attributes={
        "model_used": "S",
        "prompt_tokens": "N",
        "response_tokens": "N",
        "total_tokens": "N",
        "response_time_ms": "N",
        "quality_score": "N",
        "generated_at": "S",
        "prompt": "S",
        "response": "S",
        "metadata": "M",
    },
)

TABLES = (_CONVERSATIONS, _THREADS, _EV_DATA, _LLM_DATA)

_MESSAGE_PATTERNS = (
    AccessPattern(
        name="message",
        purpose="One e-mail of a conversation",
        table="Conversations",
        operation="get",
        key="conversation_id = :conversation_id AND response_id = :response_id",
        example={"conversation_id": example.CONVERSATION, "response_id": example.RESPONSE},
        documented=False,
    ),
    AccessPattern(
        name="messages-in-conversation",
        purpose="Every e-mail of a conversation",
        table="Conversations",
        operation="query",
        key="conversation_id = :conversation_id",
        example={"conversation_id": example.CONVERSATION},
    ),
    AccessPattern(
        name="conversations-of-account",
        purpose="Every e-mail of an account, over all its conversations",
        table="Conversations",
        operation="query",
        index="associated_account-index",
        key="associated_account = :associated_account",
        example={"associated_account": example.ACCOUNT},
    ),
    AccessPattern(
        name="first-emails-of-account",
        purpose="The e-mails that began an account's conversations",
        table="Conversations",
        operation="query",
        index="associated_account-is_first_email-index",
        key="associated_account = :associated_account AND is_first_email = 1",
        example={"associated_account": example.ACCOUNT},
    ),
    AccessPattern(
        name="follow-up-emails-of-account",
        purpose="An account's e-mails that followed a first one",
        table="Conversations",
        operation="query",
        index="associated_account-is_first_email-index",
        key="associated_account = :associated_account AND is_first_email = 0",
        example={"associated_account": example.ACCOUNT},
    ),
    AccessPattern(
        name="message-by-message-id",
        purpose="The e-mail with a message id",
        table="Conversations",
        operation="query",
        index="message_id-index",
        key="message_id = :message_id",
        example={"message_id": example.MESSAGE},
    ),
    AccessPattern(
        name="message-by-response-id",
        purpose="The e-mail with a response id",
        table="Conversations",
        operation="query",
        index="response_id-index",
        key="response_id = :response_id",
        example={"response_id": example.RESPONSE},
    ),
    AccessPattern(
        name="store-message",
        purpose="Store an e-mail once, however often it is delivered",
        table="Conversations",
        operation="put",
        condition="attribute_not_exists(conversation_id)",
        documented=False,
    ),
    AccessPattern(
        name="set-message-status",
        purpose="Move an e-mail on: processed, scheduled, responded",
        table="Conversations",
        operation="update",
        key="conversation_id = :conversation_id AND response_id = :response_id",
        update="SET status = :status",
        condition="attribute_exists(conversation_id)",
        example={
            "conversation_id": example.CONVERSATION,
            "response_id": example.RESPONSE,
            "status": "processed",
        },
        documented=False,
    ),
    AccessPattern(
        name="score-message",
        purpose="Store an e-mail's expected value",
        table="Conversations",
        operation="update",
        key="conversation_id = :conversation_id AND response_id = :response_id",
        update="SET ev_score = :ev_score",
        condition="attribute_exists(conversation_id)",
        example={
            "conversation_id": example.CONVERSATION,
            "response_id": example.RESPONSE,
            "ev_score": Decimal("0.85"),
        },
        documented=False,
    ),
    AccessPattern(
        name="record-ai-response",
        purpose="Store the answer that was generated for an e-mail",
        table="Conversations",
        operation="update",
        key="conversation_id = :conversation_id AND response_id = :response_id",
        update="SET ai_response = :ai_response, status = 'responded'",
        condition="attribute_exists(conversation_id)",
        example={
            "conversation_id": example.CONVERSATION,
            "response_id": example.RESPONSE,
            "ai_response": "Generated AI response",
        },
        documented=False,
    ),
)

_THREAD_PATTERNS = (
    AccessPattern(
        name="thread",
        purpose="A conversation's thread",
        table="Threads",
        operation="get",
        key="conversation_id = :conversation_id",
        example={"conversation_id": example.CONVERSATION},
        documented=False,
    ),
    AccessPattern(
        name="threads-of-account",
        purpose="The threads of an account",
        table="Threads",
        operation="query",
        index="associated_account",
        key="associated_account = :associated_account",
        example={"associated_account": example.ACCOUNT},
    ),
    AccessPattern(
        name="create-thread",
        purpose="Open a conversation's thread, once",
        table="Threads",
        operation="put",
        condition="attribute_not_exists(conversation_id)",
        documented=False,
    ),
    AccessPattern(
        name="count-thread-message",
        purpose="Count a further e-mail of a thread",
        table="Threads",
        operation="update",
        key="conversation_id = :conversation_id",
        update="ADD message_count 1 SET last_message_at = :last_message_at, updated_at = :last_message_at",
        condition="attribute_exists(conversation_id)",
        example={"conversation_id": example.CONVERSATION, "last_message_at": "2024-01-01T00:00:00Z"},
        documented=False,
    ),
    AccessPattern(
        name="set-thread-status",
        purpose="Close, archive or reopen a thread",
        table="Threads",
        operation="update",
        key="conversation_id = :conversation_id",
        update="SET status = :status, updated_at = :updated_at",
        condition="attribute_exists(conversation_id)",
        example={
            "conversation_id": example.CONVERSATION,
            "status": "active",
            "updated_at": "2024-01-01T00:00:00Z",
        },
        documented=False,
    ),
    AccessPattern(
        name="set-thread-attributes",
        purpose="Store how urgent a thread is, what it is about, and how to answer it",
        table="Threads",
        operation="update",
        key="conversation_id = :conversation_id",
        update="SET attributes = :attributes, ai_settings = :ai_settings, updated_at = :updated_at",
        condition="attribute_exists(conversation_id)",
        example={
            "conversation_id": example.CONVERSATION,
            "attributes": {"urgency": "high", "category": "support", "priority": 8, "sentiment": "neutral"},
            "ai_settings": {"auto_response_enabled": True, "response_delay_hours": 2, "max_response_length": 500},
            "updated_at": "2024-01-01T00:00:00Z",
        },
        documented=False,
    ),
)

_COLLECTION_PATTERNS = (
    AccessPattern(
        name="ev-data",
        purpose="A conversation's latest expected-value calculation",
        table="EVDataCollection",
        operation="get",
        key="conversation_id = :conversation_id",
        example={"conversation_id": example.CONVERSATION},
        documented=False,
    ),
    AccessPattern(
        name="record-ev-data",
        purpose="Store a conversation's calculation in place of the one before",
        table="EVDataCollection",
        operation="put",
        documented=False,
    ),
    AccessPattern(
        name="llm-data",
        purpose="A conversation's latest exchange with the language model",
        table="LLMDataCollection",
        operation="get",
        key="conversation_id = :conversation_id",
        example={"conversation_id": example.CONVERSATION},
        documented=False,
    ),
    AccessPattern(
        name="record-llm-data",
        purpose="Store a conversation's exchange in place of the one before",
        table="LLMDataCollection",
        operation="put",
        documented=False,
    ),
)

ACCESS_PATTERNS = (*_MESSAGE_PATTERNS, *_THREAD_PATTERNS, *_COLLECTION_PATTERNS)
