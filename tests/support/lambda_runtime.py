"""A function under AWS's own runtime client: a process of its own, which asks a Runtime API on loopback for events."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.project import ROOT
from tests.support.aws import KEYS
from tests.support.fetched import from_pip

_SECONDS = 60.0
"""How long a function may take for one event."""


class FunctionFailedError(Exception):
    """The function raised, or its process ended."""


def client() -> Path:
    """The `bin` folder of an environment with the runtime client. Raises `NotFetchedError`."""
    return from_pip("lambda", "AWS's runtime client of functions", ROOT / "requirements" / "lambda.txt")


class _Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        number, event = self.server.events.get()
        said = {
            "Lambda-Runtime-Aws-Request-Id": str(number),
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + _SECONDS) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
            "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
            "Content-Type": "application/json",
        }
        self._answer(200, json.dumps(event).encode(), said)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.put((self.path.rsplit("/", 1)[1], body))
        self._answer(202, b"{}", {})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base names it
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Api)
        self.events: queue.Queue[tuple[int, Any]] = queue.Queue()
        self.answers: queue.Queue[tuple[str, bytes]] = queue.Queue()


@dataclass
class Runtime:
    """A function's process, started when it is first needed, and anew after it ended.

    code: the folder with its files. handler: `file.name`. The file `pid` in the folder says its process.
    """

    code: Path
    handler: str
    environment: Mapping[str, str] = field(default_factory=dict)
    _running: tuple[_Server, subprocess.Popen[bytes]] | None = None

    def invoke(self, event: Any) -> Any:
        """What the function gives. Raises FunctionFailedError, also where its process was killed."""
        server, process = self._running or self._start()
        server.events.put((1, event))
        for _ in range(int(_SECONDS * 10)):
            try:
                kind, body = server.answers.get(timeout=0.1)
            except queue.Empty:
                if process.poll() is not None:
                    self.stop()
                    raise FunctionFailedError(f"its process ended with {process.returncode}") from None
                continue
            if kind == "error":
                raise FunctionFailedError(body.decode())
            return json.loads(body)
        self.stop()
        raise FunctionFailedError(f"no answer in {_SECONDS} s")

    def _start(self) -> tuple[_Server, subprocess.Popen[bytes]]:
        server = _Server()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        own = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_address[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_REGION": "eu-west-1",
            "LAMBDA_TASK_ROOT": str(self.code),
            **KEYS,
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        command = [str(client() / "python"), "-m", "awslambdaric", self.handler]
        process = subprocess.Popen(command, cwd=self.code, env={**kept, **own, **self.environment})
        (self.code / "pid").write_text(str(process.pid))
        self._running = server, process
        return self._running

    def stop(self) -> None:
        """End the process, if it runs."""
        if self._running:
            server, process = self._running
            self._running = None
            process.kill()
            process.wait()
            server.shutdown()
            server.server_close()
