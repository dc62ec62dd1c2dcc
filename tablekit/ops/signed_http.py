"""The one client of DynamoDB that loads, compares and tests send their items with.

Not boto3's: that turns every value of every item into Python and back, and validates, signs and sends for two
milliseconds of processor a call; this takes a sixth (ADR 0056). boto3 still gives endpoint and credentials, renewed
when they run out, urllib3 the connections, and the tests hold the signature against botocore's.

An answer is believed when it is DynamoDB's, whole, and surely that of its own request. HTTP has no number that tells
which request an answer is of: after one that came twice, each would be taken for the next one's. So two like calls on a
connection, one after the other, ask for their capacity in two forms, and an answer has to have the form that was asked
for. A connection ends with the first answer that is not as it should be.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import random
import ssl
import threading
import time
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import urllib3
from botocore import exceptions
from botocore.httpsession import get_cert_path

from tablekit.client.answers import FlawError, UnreadableAnswerError, consumed, parsed
from tablekit.client.aws import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS, Clients, translated
from tablekit.client.errors import CallError, RefusedError, ThrottledError, UnreachableError, UnreadableError
from tablekit.model.addresses import is_loopback

CONTENT_TYPE: Final = "application/x-amz-json-1.0"
_VERSION: Final = "DynamoDB_20120810"
_TIMEOUT: Final = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
_IN_TWO_FORMS: Final = ("BatchWriteItem", "GetItem", "PutItem")
"""Calls whose capacity every server gives in both forms, or always in that of INDEXES."""
_FAULTS: Final = {"InternalServerError", "InternalFailure", "ServiceUnavailable", "ServiceUnavailableException"}
BASE_SECONDS: Final = 0.05
CAP_SECONDS: Final = 5.0
_log = logging.getLogger(__name__)


def backoff(attempt: int, draw: random.Random | None = None) -> float:
    """Seconds to wait before an attempt, the first repetition being 1: full jitter, so that callers spread out."""
    most: float = min(CAP_SECONDS, BASE_SECONDS * 2.0 ** min(attempt, 16))
    return (draw or random).uniform(0.0, most)


def is_fault(error: Exception) -> bool:
    """Whether the service failed, whatever it was asked."""
    return isinstance(error, RefusedError) and (error.code in _FAULTS or error.code.startswith("5"))


encoded = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=lambda content: base64.b64encode(content).decode()
).encode
"""A request or an item, as `to_dynamodb` has it, in DynamoDB JSON: bytes are base64 there."""


def decoded(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """An item in DynamoDB JSON, as `from_dynamodb` takes it."""
    return {name: _decoded(value) for name, value in item.items()}


def _decoded(value: Mapping[str, Any]) -> dict[str, Any]:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return {kind: base64.b64decode(content)}
        case "BS":
            return {kind: [base64.b64decode(element) for element in content]}
        case "M":
            return {kind: decoded(content)}
        case "L":
            return {kind: [_decoded(inner) for inner in content]}
    return {kind: content}


def signed(credentials: Any, region: str, host: str, call: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a request, signed by AWS's Signature Version 4 (its specification: IAM User Guide).

    credentials: frozen ones of botocore's. host: with the port, where it is not the scheme's own.
    call: as `GetItem`. now: in UTC.
    """
    time = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": CONTENT_TYPE, "host": host, "x-amz-date": time}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    headers["x-amz-target"] = f"{_VERSION}.{call}"
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{time[:8]}/{region}/dynamodb/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(_signing_key(credentials.secret_key, time[:8], region), text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


@lru_cache(maxsize=4)
def _signing_key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "dynamodb", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


class SignedHttpClient:
    """DynamoDB in a region: signed requests over urllib3, a connection a thread; safe to share between threads.

    proxy: the HTTP proxy that the environment names for the endpoint, None where it names none; never to loopback.
    """

    def __init__(self, clients: Clients, region: str) -> None:
        self.clients, self.region = clients, region
        self.endpoint = str(clients.get("dynamodb", region).meta.endpoint_url)
        parts = urlsplit(self.endpoint)
        self.netloc = parts.netloc
        proxy = urllib.request.getproxies().get(parts.scheme)
        if proxy and (is_loopback(self.endpoint) or urllib.request.proxy_bypass(parts.hostname or "")):
            proxy = None
        self.proxy = proxy
        self.target = f"{self.endpoint}/" if proxy and parts.scheme == "http" else "/"
        self._trusted: ssl.SSLContext | None = None
        if parts.scheme == "https":
            bundle = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
            self._trusted = ssl.create_default_context(cafile=bundle or get_cert_path(True))
        self._local = threading.local()
        self._connections: set[_Connection] = set()

    def send(self, call: str, body: bytes) -> dict[str, Any]:
        """One call, as `GetItem`, not repeated; gives its answer in DynamoDB JSON. Raises what boto3's client raises.

        body: a JSON object that is not empty and says nothing of capacity: the answer always holds what was consumed.
        """
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = _Connection(self._pool())
            self._connections.add(connection)
        _log.debug("%s to %s, %d bytes", call, self.endpoint, len(body))
        try:
            return connection.call(self, call, body)
        except BaseException:
            self._local.connection = None
            self._connections.discard(connection)
            connection.pool.close()
            raise

    def call(self, subject: str, call: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """One call that can be made twice, repeated as boto3 would; gives its answer in DynamoDB JSON.

        subject: what it is about, for messages. request: bytes in it become base64. Raises CallError.
        """
        body = encoded(request).encode()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with translated(subject):
                    return self.send(call, body)
            except CallError as error:
                passing = isinstance(error, ThrottledError | UnreachableError | UnreadableError) or is_fault(error)
                if not passing or attempt == ATTEMPTS:
                    raise
                _log.info("%s is repeated: %s", call, error)
            time.sleep(backoff(attempt))
        raise AssertionError

    def _pool(self) -> urllib3.HTTPConnectionPool:
        settings: dict[str, Any] = {"maxsize": 1, "retries": False, "timeout": _TIMEOUT}
        if self._trusted:
            settings["ssl_context"] = self._trusted
        if self.proxy is None:
            return urllib3.connection_from_url(self.endpoint, **settings)
        parts = urlsplit(self.proxy)
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
        headers = urllib3.make_headers(proxy_basic_auth=user)
        manager = urllib3.ProxyManager(self.proxy, proxy_headers=headers, **settings)
        return manager.connection_from_url(self.endpoint)

    def close(self) -> None:
        """Let go of the connections."""
        for connection in self._connections:
            connection.pool.close()


class _Connection:
    """One thread's connection; urllib3 makes it anew where the last one has ended, or holds bytes nobody asked for."""

    def __init__(self, pool: urllib3.HTTPConnectionPool) -> None:
        self.pool = pool
        self.by_index: dict[str, bool] = {}
        self.tells_apart: dict[str, bool] = {}

    def call(self, client: SignedHttpClient, call: str, body: bytes) -> dict[str, Any]:
        """One call. Whatever it raises, the connection is not to be used again."""
        by_index = self.by_index.get(call, False)
        self.by_index[call] = not by_index and call in _IN_TWO_FORMS
        body = b'{"ReturnConsumedCapacity":"%b",%b' % (b"INDEXES" if by_index else b"TOTAL", body[1:])
        headers = signed(client.clients.credentials(), client.region, client.netloc, call, body, datetime.now(UTC))
        place = {"endpoint_url": client.endpoint}
        try:
            answer = self.pool.urlopen("POST", client.target, body, headers, redirect=False, assert_same_host=False)
        except (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.NewConnectionError) as error:
            raise exceptions.EndpointConnectionError(**place, error=error) from error
        except urllib3.exceptions.TimeoutError as error:
            raise exceptions.ReadTimeoutError(**place, error=error) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise exceptions.ConnectionClosedError(**place, error=error) from error
        try:
            content = answered(call, answer.status, answer.data, answer.headers)
            self._check_form(call, by_index, content)
        except FlawError as flaw:
            raise UnreadableAnswerError(**place, error=flaw) from None
        return content

    def _check_form(self, call: str, by_index: bool, answer: dict[str, Any]) -> None:
        is_by_index = "Table" in consumed(answer)
        fits = isinstance(answer["ConsumedCapacity"], list) == call.startswith("Batch")
        # The first answer is surely the first request's. moto's to BatchWriteItem have one form, whatever is asked.
        if fits and self.tells_apart.setdefault(call, not is_by_index):
            fits = is_by_index == by_index
        if not fits:
            raise FlawError("the answer to another request")


def answered(call: str, status: int, content: bytes, headers: Any) -> dict[str, Any]:
    """What an answer says; raises botocore's ClientError where it is an error, FlawError where it is unreadable."""
    try:
        answer = parsed(content, headers)
    except FlawError as flaw:
        if status == 200:
            raise
        answer, why = {}, str(flaw)
    else:
        why = "no error of DynamoDB's"
    if status == 200:
        return answer
    kind = str(answer.get("__type", "")).rpartition("#")[2]
    if not kind and status < 500:
        raise FlawError(f"status {status} with {why}")
    said = str(answer.get("message") or answer.get("Message") or "")
    response: Any = {"Error": {"Code": kind or str(status), "Message": said}, "Item": answer.get("Item")}
    raise exceptions.ClientError(response, call)
