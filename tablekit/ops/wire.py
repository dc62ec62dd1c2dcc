"""A DynamoDB call whose body is text already, signed and sent over a connection a thread.

Not by boto3's client: that turns every value of every item into Python and back, and validates, signs and sends for two
milliseconds of processor a call; this takes a sixth (ADR 0047). boto3 still gives endpoint and credentials, renewed
when they run out, urllib3 the connections, and the tests hold the signature against botocore's. It repeats nothing:
what a failure means is its caller's to know.

An answer is believed when it is DynamoDB's, whole, and surely that of its own request. HTTP has no number that tells
which request an answer is of: after one that came twice, each would be taken for the next one's. So two like calls on a
connection, one after the other, ask for their capacity in two forms, and an answer has to have the form that was asked
for. A connection ends with the first answer that is not as it should be.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import ssl
import threading
import urllib.request
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3
from botocore import exceptions
from botocore.httpsession import get_cert_path

from tablekit.client.answers import FlawError, UnreadableAnswerError, consumed, parsed
from tablekit.client.aws import CONNECT_SECONDS, READ_SECONDS, Clients
from tablekit.model.addresses import is_loopback

CONTENT_TYPE = "application/x-amz-json-1.0"
_VERSION = "DynamoDB_20120810"
_TIMEOUT = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)


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


def direct(clients: Clients, region: str) -> Direct:
    """The way to DynamoDB in the region, through the proxy that the environment names for it; never to loopback."""
    endpoint = str(clients.get("dynamodb", region).meta.endpoint_url)
    parts = urlsplit(endpoint)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and (is_loopback(endpoint) or urllib.request.proxy_bypass(parts.hostname or "")):
        proxy = None
    return Direct(clients, region, endpoint, proxy)


class Direct:
    """Signed requests over urllib3, a connection a thread.

    proxy: the address of an HTTP proxy that leads to the endpoint, None where none does.
    """

    def __init__(self, clients: Clients, region: str, endpoint: str, proxy: str | None = None) -> None:
        self.clients, self.region, self.endpoint, self.proxy = clients, region, endpoint, proxy
        self.netloc = urlsplit(endpoint).netloc
        self.target = f"{endpoint}/" if proxy and endpoint.startswith("http:") else "/"
        self.trusted: ssl.SSLContext | None = None
        if endpoint.startswith("https:"):
            bundle = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
            self.trusted = ssl.create_default_context(cafile=bundle or get_cert_path(True))
        self.local = threading.local()
        self.all: set[_Connection] = set()

    def send(self, call: str, body: bytes) -> dict[str, Any]:
        """One call, as `GetItem`; gives its answer in DynamoDB JSON. Raises what boto3's client raises.

        body: a JSON object that is not empty and says nothing of capacity: the answer always holds what was consumed.
        """
        connection = self._connection()
        try:
            return connection.call(self, call, body)
        except BaseException:
            self._end(connection)
            raise

    def _connection(self) -> _Connection:
        connection: _Connection | None = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = _Connection(self._pool())
            self.all.add(connection)
        return connection

    def _end(self, connection: _Connection) -> None:
        self.local.connection = None
        self.all.discard(connection)
        connection.pool.close()

    def _pool(self) -> urllib3.HTTPConnectionPool:
        settings: dict[str, Any] = {"maxsize": 1, "retries": False, "timeout": _TIMEOUT}
        if self.trusted:
            settings["ssl_context"] = self.trusted
        if self.proxy is None:
            return urllib3.connection_from_url(self.endpoint, **settings)
        parts = urlsplit(self.proxy)
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
        headers = urllib3.make_headers(proxy_basic_auth=user)
        manager = urllib3.ProxyManager(self.proxy, proxy_headers=headers, **settings)
        return manager.connection_from_url(self.endpoint)

    def close(self) -> None:
        """Let go of the connections."""
        for connection in self.all:
            connection.pool.close()


class _Connection:
    """One thread's connection to the endpoint.

    urllib3 makes it anew where the last one has ended, or holds bytes that nobody asked for.
    """

    def __init__(self, pool: urllib3.HTTPConnectionPool) -> None:
        self.pool = pool
        self.by_index: dict[str, bool] = {}
        self.tells_apart: dict[str, bool] = {}

    def call(self, way: Direct, call: str, body: bytes) -> dict[str, Any]:
        """One call. Whatever it raises, the connection is not to be used again."""
        by_index = self.by_index.get(call, False)
        self.by_index[call] = not by_index
        body = b'{"ReturnConsumedCapacity":"%b",%b' % (b"INDEXES" if by_index else b"TOTAL", body[1:])
        headers = signed(way.clients.credentials(), way.region, way.netloc, call, body, datetime.now(UTC))
        try:
            answer = self.pool.urlopen("POST", way.target, body, headers, redirect=False, assert_same_host=False)
        except (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.NewConnectionError) as error:
            raise exceptions.EndpointConnectionError(endpoint_url=way.endpoint, error=error) from error
        except urllib3.exceptions.TimeoutError as error:
            raise exceptions.ReadTimeoutError(endpoint_url=way.endpoint, error=error) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise exceptions.ConnectionClosedError(endpoint_url=way.endpoint, error=error) from error
        try:
            content = answered(call, answer.status, answer.data, answer.headers)
            self._check_form(call, by_index, content)
        except FlawError as flaw:
            raise UnreadableAnswerError(endpoint_url=way.endpoint, error=flaw) from None
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
    raise exceptions.ClientError({"Error": {"Code": kind or str(status), "Message": said}}, call)
