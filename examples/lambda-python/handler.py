"""A Lambda function behind an HTTP API: the messages of a conversation, page by page, and a message's status.

`acs_tables.py` is generated; which tables there are in this function's stage stands in `outputs.json` beside it.
"""

from __future__ import annotations

import base64
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
LONGEST = 1024
"""Bytes of a text that a caller gives: DynamoDB takes no more in a range key."""
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
    limit = query.get("limit", str(MOST))
    if not (limit.isascii() and limit.isdigit() and len(limit) <= len(str(MOST)) and 1 <= int(limit) <= MOST):
        raise ValueError(f"limit is {limit}; it is 1 to {MOST}")
    (conversation,) = _path(event, "conversation_id")
    options = Options(page_size=int(limit), after=_key(query["next"], conversation) if "next" in query else None)
    pages = acs().pages.messages_in_conversation(conversation_id=conversation, options=options)
    page = next(pages)
    return {"messages": page.items, "next": _token(page.more) if page.more else None}


def set_status(event: dict[str, Any]) -> dict[str, Any]:
    """A message with its new status."""
    body = _body(event)
    status = body.get("status") if isinstance(body, dict) else None
    if not isinstance(status, str) or not status:
        raise ValueError('no status; the body is {"status": "…"}')
    _text(status, "status")
    conversation, response = _path(event, "conversation_id", "response_id")
    done = acs().set_message_status(conversation_id=conversation, response_id=response, status=status)
    return {"message": done.item}


def _body(event: dict[str, Any]) -> Any:
    """The body's JSON; API Gateway hands bodies of some types over in base64."""
    try:
        body = event.get("body") or "{}"
        return json.loads(base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body)
    except (ValueError, RecursionError):
        raise ValueError('the body is no JSON; it is {"status": "…"}') from None


def _path(event: dict[str, Any], *names: str) -> list[str]:
    """The path's parameters."""
    found = event.get("pathParameters") or {}
    return [_text(found.get(name, ""), name) for name in names]


def _text(value: str, name: str) -> str:
    """The text, if DynamoDB takes it in a key: it has no empty one there, and none with half a character."""
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds half a character; give whole ones") from None
    if not 1 <= size <= LONGEST:
        raise ValueError(f"{name} has {size} bytes; it has 1 to {LONGEST}")
    return value


def answer(code: int, body: object, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """An answer with a JSON body."""
    return {
        "statusCode": code,
        "headers": {"content-type": "application/json", **(headers or {})},
        "body": json.dumps(body, default=_plain),
    }


def _plain(value: object) -> object:
    """What JSON has no type for: a number of DynamoDB's, a set, and bytes, which are given in base64."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _token(key: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _key(token: str, conversation: str) -> dict[str, Any]:
    """The key in a token of `_token`; both of the table's keys are texts, so JSON holds them."""
    try:
        key = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        key = None
    names = {AcsConversations.HASH_KEY, AcsConversations.RANGE_KEY}
    if (
        not isinstance(key, dict)
        or key.keys() != names
        or key[AcsConversations.HASH_KEY] != conversation
        or not all(isinstance(value, str) and _text(value, "next") for value in key.values())
    ):
        raise ValueError("next is not what an earlier answer gave; begin without it")
    return key
