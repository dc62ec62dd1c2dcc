"""What an answer of DynamoDB's has to be before it is believed.

botocore takes any text with status 200 for an answer: garbage, HTML and nothing at all are then an empty one, and what
was to be written counts as written. Here such a call is repeated, and ends as an error where that doesn't help.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Mapping
from functools import partial
from typing import Any

from botocore import exceptions

CHECKSUM = "x-amz-crc32"
_FLAW = "tablekit-flaw"
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0
"""Seconds before a call is repeated, at most; doubled each time."""
_SHOWN = 60


class UnreadableAnswerError(exceptions.HTTPClientError):
    """An answer that is not DynamoDB's, or not whole: whether the call was carried out is not known."""

    fmt = "{endpoint_url} gave {error}"


class FlawError(ValueError):
    """What is wrong with an answer, as `an empty answer`."""


def parsed(content: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object of an answer. headers: the answer's own. Raises FlawError."""
    checksum = headers.get(CHECKSUM)
    if checksum is not None and checksum != str(zlib.crc32(content)):
        raise FlawError("an answer that its checksum does not fit")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        start = content[:_SHOWN].decode(errors="replace")
        raise FlawError(f"an answer that is not JSON: {start!r}" if content else "an empty answer") from None
    if not isinstance(found, dict):
        raise FlawError(f"a JSON {type(found).__name__}, not an object")
    return found


def consumed(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer's capacity, of the first table where it is of several. Raises FlawError where it holds none."""
    found = answer.get("ConsumedCapacity")
    if isinstance(found, list) and found:
        found = found[0]
    if not isinstance(found, dict) or not isinstance(found.get("CapacityUnits"), int | float):
        raise FlawError("an answer without the capacity that was asked for")
    return found


def watch(client: Any, capacity: bool) -> None:
    """Have a boto3 client of DynamoDB repeat calls whose answer is unreadable, as often as it is configured to.

    It then raises UnreadableAnswerError. capacity: an answer must also hold the capacity that was asked for; some
    emulators leave it out.
    """
    attempts = client.meta.config.retries["total_max_attempts"]
    client.meta.events.register("before-parse.dynamodb", _before_parse)
    client.meta.events.register_first("needs-retry.dynamodb", partial(_needs_retry, attempts, capacity))


def _before_parse(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] != 200:
        return
    try:
        parsed(response_dict["body"], response_dict["headers"])
    except FlawError as flaw:
        response_dict["body"] = b"{}"
        customized_response_dict[_FLAW] = str(flaw)


def _needs_retry(
    most: int,
    capacity: bool,
    response: tuple[Any, dict[str, Any]] | None,
    endpoint: Any,
    operation: Any,
    attempts: int,
    request_dict: dict[str, Any],
    **_: Any,
) -> float | None:
    """The seconds to wait before the call is repeated; None where its answer can be read."""
    if response is None or response[0].status_code != 200:
        return None
    answer = response[1]
    flaw = answer.get(_FLAW)
    if not flaw and operation.name == "DescribeTable" and "Table" not in answer:
        flaw = "an answer without a table"
    if not flaw and capacity and json.loads(request_dict["body"]).get("ReturnConsumedCapacity", "NONE") != "NONE":
        try:
            consumed(answer)
        except FlawError as error:
            flaw = str(error)
    if not flaw:
        return None
    if attempts >= most:
        raise UnreadableAnswerError(endpoint_url=endpoint.host, error=flaw)
    return random.uniform(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempts))  # noqa: S311 - jitter is no secret
