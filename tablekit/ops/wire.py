"""A DynamoDB call whose body is text already, signed and sent over a connection a thread.

Not by boto3's client: that turns every value of every item into Python and back, and validates, signs and sends for
1.5 ms of processor a call, however it is set up; this takes a fifth. boto3 still gives endpoint and credentials,
renewed when they run out, and the tests hold the signature against botocore's. It repeats nothing: what a failure means
is its caller's to know.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import ssl
import threading
import urllib.request
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.httpsession import get_cert_path

from tablekit.client.aws import CONNECT_SECONDS, READ_SECONDS, Clients

CONTENT_TYPE = "application/x-amz-json-1.0"
_VERSION = "DynamoDB_20120810"


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


def direct(clients: Clients, region: str) -> Direct | None:
    """The way to DynamoDB in the region; None where the environment names a proxy for it, which boto3 knows to use."""
    endpoint = str(clients.get("dynamodb", region).meta.endpoint_url)
    parts = urlsplit(endpoint)
    if parts.scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    return Direct(clients, region, endpoint)


class Direct:
    """Signed requests over http.client, a connection a thread."""

    def __init__(self, clients: Clients, region: str, endpoint: str) -> None:
        self.clients, self.region, self.endpoint = clients, region, endpoint
        parts = urlsplit(endpoint)
        self.host, self.port, self.netloc = parts.hostname or "", parts.port, parts.netloc
        self.trusted: ssl.SSLContext | None = None
        if parts.scheme == "https":
            bundle = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
            self.trusted = ssl.create_default_context(cafile=bundle or get_cert_path(True))
        self.local = threading.local()
        self.all: list[http.client.HTTPConnection] = []

    def send(self, call: str, body: bytes) -> dict[str, Any]:
        """One call, as `GetItem`; gives its answer in DynamoDB JSON. Raises what boto3's client raises."""
        headers = signed(self.clients.credentials(), self.region, self.netloc, call, body, datetime.now(UTC))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        connection = self._connection()
        try:
            connection.sock.sendall(f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = http.client.HTTPResponse(connection.sock, method="POST")
            answer.begin()
            content = answer.read()
            if answer.will_close:
                connection.close()
        except TimeoutError as error:
            connection.close()
            raise exceptions.ReadTimeoutError(endpoint_url=self.endpoint, error=error) from error
        except (http.client.HTTPException, OSError) as error:
            connection.close()
            raise exceptions.ConnectionClosedError(endpoint_url=self.endpoint, error=error) from error
        except BaseException:
            connection.close()  # what is left of the answer must not be the next one's
            raise
        return answered(call, answer.status, content)

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self.local, "connection", None)
        if connection is None:
            if self.trusted:
                connection = http.client.HTTPSConnection(
                    self.host, self.port, timeout=CONNECT_SECONDS, context=self.trusted
                )
            else:
                connection = http.client.HTTPConnection(self.host, self.port, timeout=CONNECT_SECONDS)
            self.local.connection = connection
            self.all.append(connection)
        if connection.sock is None:
            self._connect(connection)
        return connection

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise exceptions.EndpointConnectionError(endpoint_url=self.endpoint, error=error) from error
        connection.sock.settimeout(READ_SECONDS)

    def close(self) -> None:
        """Let go of the connections."""
        for connection in self.all:
            connection.close()


def answered(call: str, status: int, content: bytes) -> dict[str, Any]:
    """What an answer says; raises botocore's ClientError where it is an error, or none."""
    try:
        answer = json.loads(content) if content else {}
    except ValueError:
        answer = {}
    if status == 200 and isinstance(answer, dict):
        return answer
    kind = str(answer.get("__type", status)).rpartition("#")[2] if isinstance(answer, dict) else str(status)
    said = str(answer.get("message") or answer.get("Message") or "") if isinstance(answer, dict) else ""
    raise exceptions.ClientError({"Error": {"Code": kind, "Message": said}}, call)
