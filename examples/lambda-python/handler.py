"""A Lambda function behind an HTTP API: the messages of a conversation, page by page, and a message's status.

`acs_tables.py` is generated; which tables there are in this function's stage stands in `outputs.json` beside it.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from acs_tables import Acs, AcsConversations

from tablekit.client import (
    ConditionFailedError,
    Options,
    ParameterError,
    ThrottledError,
    UnreachableError,
    connect,
)

MOST = 100
"""Messages in one answer."""
LIST = "GET /conversations/{conversation_id}/messages"
SET_STATUS = "PUT /conversations/{conversation_id}/messages/{response_id}/status"


@cache
def acs() -> Acs:
    """The family's tables: made at the first event and kept as long as the container lives."""
    outputs = os.environ.get("TABLEKIT_OUTPUTS") or Path(__file__).with_name("outputs.json")
    return Acs(connect(Path(outputs)))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer an event of API Gateway's payload format 2.0."""
    routes = {LIST: messages, SET_STATUS: set_status}
    route = routes.get(event["routeKey"])
    if route is None:
        return answer(404, {"message": f"no route {event['routeKey']}"})
    try:
        return answer(200, route(event))
    except (ParameterError, ValueError) as error:
        return answer(400, {"message": str(error)})
    except ConditionFailedError:
        return answer(404, {"message": "no such message"})
    except (ThrottledError, UnreachableError):
        return answer(503, {"message": "try again"}, {"retry-after": "1"})


def messages(event: dict[str, Any]) -> dict[str, Any]:
    """One page of a conversation's messages, and where the next one begins."""
    query = event.get("queryStringParameters") or {}
    limit = int(query.get("limit", MOST))
    if not 1 <= limit <= MOST:
        raise ValueError(f"limit is {limit}; it is 1 to {MOST}")
    conversation = event["pathParameters"]["conversation_id"]
    options = Options(page_size=limit, after=_key(query["next"], conversation) if "next" in query else None)
    pages = acs().pages.messages_in_conversation(conversation_id=conversation, options=options)
    page = next(pages)
    return {"messages": page.items, "next": _token(page.more) if page.more else None}


def set_status(event: dict[str, Any]) -> dict[str, Any]:
    """A message with its new status."""
    status = json.loads(event.get("body") or "{}").get("status")
    if not isinstance(status, str) or not status:
        raise ValueError('no status; the body is {"status": "…"}')
    path = event["pathParameters"]
    done = acs().set_message_status(
        conversation_id=path["conversation_id"], response_id=path["response_id"], status=status
    )
    return {"message": done.item}


def answer(code: int, body: object, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """An answer with a JSON body."""
    return {
        "statusCode": code,
        "headers": {"content-type": "application/json", **(headers or {})},
        "body": json.dumps(body, default=_plain),
    }


def _plain(value: object) -> object:
    """What JSON has no type for: a number of DynamoDB's, and a set."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _token(key: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _key(token: str, conversation: str) -> dict[str, Any]:
    """The key in a token of `_token`; both of the table's keys are texts, so JSON holds them."""
    try:
        key = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, dict) or key.get(AcsConversations.HASH_KEY) != conversation:
        raise ValueError("next is not what an earlier answer gave; begin without it")
    return key
