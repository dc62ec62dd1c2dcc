"""BatchWriteItem with a body that is text already, over a connection a thread.

Not by boto3's client: that turns every value of every item into Python and back, and validates, signs and sends for
1.5 ms of processor a call, however it is set up; this takes a quarter. botocore still gives the endpoint, the
credentials (renewed when they run out) and the signature. Where the environment names a proxy for the endpoint, the
client sends after all (`_ThroughClient`), its body replaced by botocore's own event: http.client knows no proxies.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import threading
import urllib.request
from collections.abc import Iterable
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.httpsession import get_cert_path

from tablekit.client.aws import CONNECT_SECONDS, READ_SECONDS, Clients
from tablekit.ops.seed.values import from_boto

CALL = "BatchWriteItem"
TARGET = "DynamoDB_20120810.BatchWriteItem"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})


def put_entry(item: Any) -> str:
    """An item as it stands in a batch."""
    return f'{{"PutRequest":{{"Item":{_encode(item)}}}}}'


def batch_body(table: str, entries: Iterable[str]) -> bytes:
    """The request of a batch."""
    name = json.dumps(table)
    return f'{{"ReturnConsumedCapacity":"TOTAL","RequestItems":{{{name}:[{",".join(entries)}]}}}}'.encode()


class Wire(Protocol):
    """Sends batches."""

    def send(self, body: bytes) -> dict[str, Any]:
        """One call, not repeated; gives its answer in DynamoDB JSON. Raises what boto3's client raises."""

    def close(self) -> None:
        """Let go of the connections."""


def wire(clients: Clients, region: str) -> Wire:
    """The fastest way there is to DynamoDB in the region."""
    endpoint = str(clients.get("dynamodb", region).meta.endpoint_url)
    parts = urlsplit(endpoint)
    proxies = urllib.request.getproxies()
    if parts.scheme in proxies and not urllib.request.proxy_bypass(parts.hostname or ""):
        return _ThroughClient(clients, region)
    return _Direct(clients, region, endpoint)


class _Direct:
    """Signed requests over http.client, a connection a thread."""

    def __init__(self, clients: Clients, region: str, endpoint: str) -> None:
        self.clients, self.region, self.endpoint = clients, region, endpoint
        parts = urlsplit(endpoint)
        self.host, self.port = parts.hostname or "", parts.port
        self.trusted: ssl.SSLContext | None = None
        if parts.scheme == "https":
            bundle = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
            self.trusted = ssl.create_default_context(cafile=bundle or get_cert_path(True))
        self.local = threading.local()
        self.all: list[http.client.HTTPConnection] = []

    def send(self, body: bytes) -> dict[str, Any]:
        request = AWSRequest(
            "POST",
            self.endpoint + "/",
            headers={"X-Amz-Target": TARGET, "Content-Type": "application/x-amz-json-1.0"},
            data=body,
        )
        SigV4Auth(self.clients.credentials(), "dynamodb", self.region).add_auth(request)
        connection = self._connection()
        try:
            connection.request("POST", "/", body, dict(request.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError as error:
            connection.close()
            raise exceptions.ReadTimeoutError(endpoint_url=self.endpoint, error=error) from error
        except (http.client.HTTPException, ConnectionError) as error:
            connection.close()
            raise exceptions.ConnectionClosedError(endpoint_url=self.endpoint, error=error) from error
        except OSError as error:
            connection.close()
            raise exceptions.EndpointConnectionError(endpoint_url=self.endpoint, error=error) from error
        return _answer(answer.status, content)

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
        for connection in self.all:
            connection.close()


def _answer(status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content) if content else {}
    except ValueError:
        answer = {}
    if status == 200 and isinstance(answer, dict):
        return answer
    kind = str(answer.get("__type", status)).rpartition("#")[2] if isinstance(answer, dict) else str(status)
    said = str(answer.get("message") or answer.get("Message") or "") if isinstance(answer, dict) else ""
    raise exceptions.ClientError({"Error": {"Code": kind, "Message": said}}, CALL)


class _ThroughClient:
    """boto3's client, told of the body by botocore's own event before the call is signed."""

    def __init__(self, clients: Clients, region: str) -> None:
        self.client = clients.get("dynamodb", region, ONCE)
        self.local = threading.local()
        self.client.meta.events.register(f"before-call.dynamodb.{CALL}", self._replace, unique_id="seed-body")

    def _replace(self, params: dict[str, Any], **_: Any) -> None:
        params["body"] = self.local.body

    def send(self, body: bytes) -> dict[str, Any]:
        self.local.body = body
        answer: dict[str, Any] = self.client.batch_write_item(RequestItems={})
        for writes in answer.get("UnprocessedItems", {}).values():
            for write in writes:
                write["PutRequest"]["Item"] = from_boto(write["PutRequest"]["Item"])
        return answer

    def close(self) -> None:
        self.client.close()
