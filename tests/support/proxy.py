"""A proxy on loopback in front of a DynamoDB of ours, which does to its calls what a network and a busy service do.

It speaks HTTP, so that it can answer in the server's place; each `Fault` says what, and `Faults` when.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

TYPE = "application/x-amz-json-1.0"


class Fault(Enum):
    """What happens to a call."""

    THROTTLED = "refused as throttled, not carried out"
    FAILED = "answered with a 500, not carried out"
    FAILED_AFTER = "carried out, and answered with a 500"
    DROPPED = "the connection ends, not carried out"
    DROPPED_AFTER = "carried out, and the connection ends before the answer"
    PARTIAL = "a part of a batch is carried out, the rest comes back as unprocessed"
    SLOW = "carried out after a while"
    EXPIRED = "refused for an expired token"
    CLOCK = "refused for a signature of another time"


_REFUSALS = {
    Fault.THROTTLED: (400, "ProvisionedThroughputExceededException", "The level of throughput was exceeded"),
    Fault.FAILED: (500, "InternalServerError", "The request processing has failed"),
    Fault.EXPIRED: (400, "ExpiredTokenException", "The security token included in the request is expired"),
    Fault.CLOCK: (400, "InvalidSignatureException", "Signature not yet current: 20260101T000000Z"),
}
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
    """A running proxy. calls: by operation; done: faults that were injected."""

    endpoint: str
    calls: Counter[str]
    done: Counter[Fault]


@contextmanager
def proxy(target: str, choose: Choose, slow_seconds: float = 0.2) -> Iterator[Proxy]:
    """A proxy before the server at `target`, on a free port of 127.0.0.1, while the block runs."""
    parts = urlsplit(target)
    calls: Counter[str] = Counter()
    done: Counter[Fault] = Counter()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            fault = choose(operation)
            with lock:
                calls[operation] += 1
                if fault:
                    done[fault] += 1
            if fault in _REFUSALS:
                status, kind, message = _REFUSALS[fault]
                self._answer(status, json.dumps({"__type": f"com.amazonaws#{kind}", "message": message}).encode())
                return
            if fault is Fault.DROPPED:
                self.close_connection = True
                return
            if fault is Fault.SLOW:
                time.sleep(slow_seconds)
            held = None
            if fault is Fault.PARTIAL:
                body, held = _split(body)
            status, content = self._forward(body)
            if fault is Fault.DROPPED_AFTER:
                self.close_connection = True
                return
            if fault is Fault.FAILED_AFTER:
                status, content = 500, json.dumps({"__type": "com.amazonaws#InternalServerError"}).encode()
            if held is not None and status == 200:
                content = json.dumps({**json.loads(content), "UnprocessedItems": held}).encode()
            self._answer(status, content)

        def _forward(self, body: bytes) -> tuple[int, bytes]:
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
            left_out = ("host", "content-length", "connection", "accept-encoding")
            headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
            try:
                connection.request("POST", self.path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            finally:
                connection.close()

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", TYPE)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

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
        yield Proxy(f"http://127.0.0.1:{server.server_port}", calls, done)
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
