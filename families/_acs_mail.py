"""ACS: e-mail conversations, their threads, and what is computed about them."""

from __future__ import annotations

from tablekit.model import Attribute, Index, N, Retention, S, Table, get, one_of, put, query, update

_CONVERSATIONS = Table(
    name="Conversations",
    purpose="The single e-mails of each conversation",
    hash_key=S("conversation_id"),
    range_key=S("response_id"),
    classification="pii",
    retention=Retention(reason="Until deleted; the document sets no end"),
    indexes=(
        Index(
            name="associated_account-index", hash_key=S("associated_account"), purpose="The conversations of an account"
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
    patterns=(
        get(
            "message",
            "One e-mail of a conversation",
            key="conversation_id = :conversation_id AND response_id = :response_id",
        ),
        query("messages-in-conversation", "Every e-mail of a conversation", key="conversation_id = :conversation_id"),
        query(
            "conversations-of-account",
            "Every e-mail of an account, over all its conversations",
            index="associated_account-index",
            key="associated_account = :associated_account",
        ),
        query(
            "first-emails-of-account",
            "The e-mails that began an account's conversations",
            index="associated_account-is_first_email-index",
            key="associated_account = :associated_account AND is_first_email = 1",
        ),
        query(
            "follow-up-emails-of-account",
            "An account's e-mails that followed a first one",
            index="associated_account-is_first_email-index",
            key="associated_account = :associated_account AND is_first_email = 0",
        ),
        query(
            "message-by-message-id",
            "The e-mail with a message id",
            index="message_id-index",
            key="message_id = :message_id",
        ),
        query(
            "message-by-response-id",
            "The e-mail with a response id",
            index="response_id-index",
            key="response_id = :response_id",
        ),
        put(
            "store-message",
            "Store an e-mail once, however often it is delivered",
            condition="attribute_not_exists(conversation_id)",
        ),
        update(
            "set-message-status",
            "Move an e-mail on: processed, scheduled, responded",
            key="conversation_id = :conversation_id AND response_id = :response_id",
            update="SET status = :status",
            condition="attribute_exists(conversation_id)",
        ),
        update(
            "score-message",
            "Store an e-mail's expected value",
            key="conversation_id = :conversation_id AND response_id = :response_id",
            update="SET ev_score = :ev_score",
            condition="attribute_exists(conversation_id)",
        ),
        update(
            "record-ai-response",
            "Store the answer that was generated for an e-mail",
            key="conversation_id = :conversation_id AND response_id = :response_id",
            update="SET ai_response = :ai_response, status = 'responded'",
            condition="attribute_exists(conversation_id)",
        ),
        query(
            "conversation-through-index",
            "By conversation_id, through the index that repeats the table's key; the table gives the same for less",
            index="conversation_id-index",
            key="conversation_id = :conversation_id",
        ),
    ),
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
    patterns=(
        get("thread", "A conversation's thread", key="conversation_id = :conversation_id"),
        query(
            "threads-of-account",
            "The threads of an account",
            index="associated_account",
            key="associated_account = :associated_account",
        ),
        put("create-thread", "Open a conversation's thread, once", condition="attribute_not_exists(conversation_id)"),
        update(
            "count-thread-message",
            "Count a further e-mail of a thread",
            key="conversation_id = :conversation_id",
            update="ADD message_count 1 SET last_message_at = :last_message_at, updated_at = :last_message_at",
            condition="attribute_exists(conversation_id)",
        ),
        update(
            "set-thread-status",
            "Close, archive or reopen a thread",
            key="conversation_id = :conversation_id",
            update="SET status = :status, updated_at = :updated_at",
            condition="attribute_exists(conversation_id)",
        ),
        update(
            "set-thread-attributes",
            "Store how urgent a thread is, what it is about, and how to answer it",
            key="conversation_id = :conversation_id",
            update="SET attributes = :attributes, ai_settings = :ai_settings, updated_at = :updated_at",
            condition="attribute_exists(conversation_id)",
        ),
        query(
            "thread-through-index",
            "By conversation_id, through the index that repeats the table's key; the table gives the same for less",
            index="conversation_id-index",
            key="conversation_id = :conversation_id",
        ),
    ),
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
    patterns=(
        get("ev-data", "A conversation's latest expected-value calculation", key="conversation_id = :conversation_id"),
        put("record-ev-data", "Store a conversation's calculation in place of the one before"),
        query(
            "ev-data-through-index",
            "By conversation_id, through the index that repeats the table's key; the table gives the same for less",
            index="conversation_id-index",
            key="conversation_id = :conversation_id",
        ),
    ),
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
    patterns=(
        get(
            "llm-data",
            "A conversation's latest exchange with the language model",
            key="conversation_id = :conversation_id",
        ),
        put("record-llm-data", "Store a conversation's exchange in place of the one before"),
        query(
            "llm-data-through-index",
            "By conversation_id, through the index that repeats the table's key; the table gives the same for less",
            index="conversation_id-index",
            key="conversation_id = :conversation_id",
        ),
    ),
)

TABLES = (_CONVERSATIONS, _THREADS, _EV_DATA, _LLM_DATA)
