"""A proxy on loopback in front of a DynamoDB of ours, which does to its calls what a network and a busy service do.

It speaks HTTP, so that it can answer in the server's place; each `Fault` says what, and a `Choose` when.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from zlib import crc32

TYPE = "application/x-amz-json-1.0"


class Fault(Enum):
    """What happens to a call. Of the answers with status 200 that are none, the call is not carried out."""

    THROTTLED = "refused as throttled, not carried out"
    FAILED = "answered with a 500, not carried out"
    FAILED_AFTER = "carried out, and answered with a 500"
    DROPPED = "the connection ends, not carried out"
    DROPPED_AFTER = "carried out, and the connection ends before the answer"
    RESET = "the connection is reset, not carried out"
    PARTIAL = "a part of a batch is carried out, the rest comes back as unprocessed"
    SLOW = "carried out after a while"
    CHUNKED = "carried out, and answered in chunks"
    EXPIRED = "refused for an expired token"
    CLOCK = "refused for a signature of another time"
    GARBAGE = "a 200 of bytes that mean nothing"
    HTML = "a 200 with the page of some other server"
    PORTAL = "a redirection to some other server"
    EMPTY = "a 200 without content"
    NO_OBJECT = "a 200 with JSON that is not an object"
    EMPTY_OBJECT = "a 200 with {}"
    TRUNCATED = "a 200 that ends before the length that it gave"
    CUT = "a 200 with half of its JSON, of the length that it gave"
    CHECKSUM = "a 200 that says success, with the checksum of another"
    DOUBLED = "carried out, and answered twice"
    SHIFTED = "carried out; the answer comes again as that of the next call, which is not carried out"


_REFUSALS = {
    Fault.THROTTLED: (400, "ProvisionedThroughputExceededException", "The level of throughput was exceeded"),
    Fault.FAILED: (500, "InternalServerError", "The request processing has failed"),
    Fault.EXPIRED: (400, "ExpiredTokenException", "The security token included in the request is expired"),
    Fault.CLOCK: (400, "InvalidSignatureException", "Signature not yet current: 20260101T000000Z"),
}
_HTML = b"<!DOCTYPE html><html><body>Welcome! Please sign in.</body></html>"
_SUCCESS = b'{"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"t","CapacityUnits":25.0}]}'
_UNREADABLE = {
    Fault.GARBAGE: b"\x00\xff\x1f\x8b garbage \r\n\r\n",
    Fault.HTML: _HTML,
    Fault.EMPTY: b"",
    Fault.NO_OBJECT: b"[]",
    Fault.EMPTY_OBJECT: b"{}",
    Fault.CUT: _SUCCESS[: len(_SUCCESS) // 2],
}
UNREADABLE = (*_UNREADABLE, Fault.TRUNCATED, Fault.CHECKSUM)
"""Answers that nothing can be made of."""
ALL = tuple(fault for fault in Fault if fault not in (Fault.EXPIRED, Fault.CLOCK))
"""What passes; a load lives through any of them."""
Carry = Callable[[str, bytes], tuple[int, bytes]]
"""Carries out a call: operation and body -> status and content of the answer."""
Choose = Callable[[str], Fault | None]
"""Operation -> what happens to a call of it."""


def at_random(rate: float, *faults: Fault, operation: str = "BatchWriteItem", seed: int = 7) -> Choose:
    """One of the faults for that share of an operation's calls."""
    draw = random.Random(seed)
    lock = threading.Lock()

    def choose(called: str) -> Fault | None:
        with lock:
            return draw.choice(faults) if called == operation and draw.random() < rate else None

    return choose


def always(fault: Fault) -> Choose:
    """That fault, for every call."""
    return lambda operation: fault


@dataclass
class Proxy:
    """A running proxy. calls: by operation; done: faults that were injected; signers: access keys of the calls."""

    endpoint: str
    calls: Counter[str]
    done: Counter[Fault]
    signers: set[str]


def _raw(status: int, content: bytes, checksum: int | None = None, length: int | None = None) -> bytes:
    """An answer as it goes over the wire. checksum, length: where they are not to be the content's own."""
    head = (
        f"HTTP/1.1 {status} {responses[status]}\r\nContent-Type: {TYPE}\r\n"
        f"Content-Length: {len(content) if length is None else length}\r\n"
    )
    head += "" if checksum is None else f"x-amz-crc32: {checksum}\r\n"
    head += "Location: http://127.0.0.1:9/\r\n" if status == 302 else ""
    return f"{head}\r\n".encode() + content


@contextmanager
def proxy(target: str | Carry, choose: Choose, slow_seconds: float = 0.2) -> Iterator[Proxy]:
    """A proxy before the server at `target`, or before a function in its place, while the block runs.

    It listens on a free port of 127.0.0.1.
    """
    calls: Counter[str] = Counter()
    done: Counter[Fault] = Counter()
    signers: set[str] = set()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        """One connection. again: the last answer, where it is to come as that of the next call too."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        again = b""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            fault = choose(operation)
            with lock:
                calls[operation] += 1
                signers.add(self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0])
                if fault:
                    done[fault] += 1
            if self.again:
                self._shifted()
            elif fault in _REFUSALS:
                status, kind, message = _REFUSALS[fault]
                self._answer(status, json.dumps({"__type": f"com.amazonaws#{kind}", "message": message}).encode())
            elif fault in _UNREADABLE:
                self.wfile.write(_raw(200, _UNREADABLE[fault]))
            elif fault is Fault.PORTAL:
                self.wfile.write(_raw(302, _HTML))
            elif fault is Fault.CHECKSUM:
                self.wfile.write(_raw(200, _SUCCESS, crc32(_SUCCESS) ^ 1))
            elif fault is Fault.TRUNCATED:
                self.wfile.write(_raw(200, _SUCCESS[:-9], length=len(_SUCCESS)))
                self.close_connection = True
            elif fault is Fault.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
            elif fault is Fault.DROPPED:
                self.close_connection = True
            else:
                self._carried_out(operation, body, fault)

        def _carried_out(self, operation: str, body: bytes, fault: Fault | None) -> None:
            if fault is Fault.SLOW:
                time.sleep(slow_seconds)
            held = None
            if fault is Fault.PARTIAL:
                body, held = _split(body)
            status, content = self._forward(body) if isinstance(target, str) else target(operation, body)
            if fault is Fault.DROPPED_AFTER:
                self.close_connection = True
                return
            if fault is Fault.FAILED_AFTER:
                status, content = 500, json.dumps({"__type": "com.amazonaws#InternalServerError"}).encode()
            if held is not None and status == 200:
                content = json.dumps({**json.loads(content), "UnprocessedItems": held}).encode()
            if fault is Fault.CHUNKED:
                half = len(content) // 2
                parts = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (content[:half], content[half:], b""))
                self.wfile.write(b"HTTP/1.1 %d OK\r\nTransfer-Encoding: chunked\r\n\r\n%b" % (status, parts))
                return
            self._answer(status, content, 2 if fault is Fault.DOUBLED else 1)
            if fault is Fault.SHIFTED:
                self.again = _raw(status, content, crc32(content))

        def _shifted(self) -> None:
            """The last answer once more, then that of this call: it failed."""
            self.wfile.write(self.again)
            self.again = b""
            time.sleep(0.01)
            self._answer(500, b'{"__type": "com.amazonaws#InternalServerError"}')

        def _forward(self, body: bytes) -> tuple[int, bytes]:
            parts = urlsplit(str(target))
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
            left_out = ("host", "content-length", "connection", "accept-encoding")
            headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
            try:
                connection.request("POST", self.path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            finally:
                connection.close()

        def _answer(self, status: int, content: bytes, times: int = 1) -> None:
            self.wfile.write(_raw(status, content, crc32(content)) * times)

        def log_message(self, *arguments: object) -> None:
            """Nothing is logged: tests have their own eyes."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that was killed is no fault of the proxy's."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Proxy(f"http://127.0.0.1:{server.server_port}", calls, done, signers)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _split(body: bytes) -> tuple[bytes, dict[str, list[object]]]:
    """A batch of which half is carried out, and the other half."""
    request = json.loads(body)
    ((table, writes),) = request["RequestItems"].items()
    half = max(1, len(writes) // 2)
    held = {table: writes[half:]} if writes[half:] else {}
    return json.dumps({**request, "RequestItems": {table: writes[:half]}}).encode(), held
