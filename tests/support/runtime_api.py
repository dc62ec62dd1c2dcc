"""A function under AWS's own runtime client: the Runtime API on loopback, an invocation at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

SECONDS = 120
"""How long an invocation may take, and is told that it may."""


@dataclass(frozen=True)
class Answer:
    """How an invocation ended. failed: its error's type; empty where it returned. value: what it gave, or said."""

    failed: str
    value: Any


@dataclass
class Runtime:
    """A started function. `invoke` sends an event."""

    process: subprocess.Popen[bytes] | None = None
    events: Queue[tuple[str, bytes]] = field(default_factory=Queue)
    answers: Queue[Answer] = field(default_factory=Queue)

    def invoke(self, event: object) -> Answer:
        """Send an event and wait for what becomes of it; the end of the process is a failure too."""
        self.events.put((str(uuid.uuid4()), json.dumps(event).encode()))
        for _ in range(SECONDS * 10):
            with suppress(Empty):
                return self.answers.get(timeout=0.1)
            if self.process and self.process.poll() is not None:
                return Answer("Ended", f"the process ended with {self.process.returncode}")
        raise TimeoutError(f"no answer in {SECONDS} s")


@contextmanager
def started(files: Mapping[str, str], handler: str, folder: Path, region: str, **environment: str) -> Iterator[Runtime]:
    """The function in a process of its own, until the block ends. files: its code, which lies in the folder.

    environment: beside what Lambda gives each function. Its log is the folder's `log`.
    """
    task = folder / "task"
    task.mkdir()
    for name, text in files.items():
        (task / name).write_text(text)
    runtime = Runtime()
    server = _Server(("127.0.0.1", 0), _api(runtime))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    given = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "LAMBDA_TASK_ROOT": str(task),
        "PYTHONPATH": str(task),
        "PATH": os.defpath,
        "TZ": ":UTC",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "test",
        **environment,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler], cwd=task, env=given, stdout=log, stderr=log
        )
        runtime.process = process
        try:
            yield runtime
        finally:
            process.terminate()
            process.wait(10)
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A function that was ended is no fault of the server's."""


def _api(runtime: Runtime) -> type[BaseHTTPRequestHandler]:
    """The four calls of the Runtime API that a runtime makes."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            invocation, event = runtime.events.get()
            self._answer(
                200,
                event,
                {
                    "Lambda-Runtime-Aws-Request-Id": invocation,
                    "Lambda-Runtime-Deadline-Ms": str(int((time.time() + SECONDS) * 1000)),
                    "Lambda-Runtime-Invocation-Id": invocation,
                    "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
                    "Content-Type": "application/json",
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-2:123456789012:function:function",
                },
            )

        def do_POST(self) -> None:
            body = self._body()
            if self.path.endswith("/response"):
                runtime.answers.put(Answer("", json.loads(body)))
            else:  # of an invocation, or of the runtime's own start
                said = json.loads(body)
                runtime.answers.put(Answer(said["errorType"], said["errorMessage"]))
            self._answer(202, b"{}", {})

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))
            found = b""
            while size := int(self.rfile.readline(), 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return found

        def _answer(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Nothing is logged."""

    return Handler
