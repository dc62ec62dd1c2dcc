"""Servers of a benchmark in processes of their own, on loopback, and the latency in front of them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from benchmarks.errors import BenchmarkError

START_SECONDS = 30.0


@contextmanager
def delayed(endpoint: str, milliseconds: float) -> Iterator[str]:
    """The endpoint, every answer of it that much later; itself for none."""
    if not milliseconds:
        yield endpoint
        return
    with process("benchmarks.latency", str(urlsplit(endpoint).port), str(milliseconds)) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def process(module: str, *words: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", module, str(port), *words], stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchmarkError(f"{module} did not start")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()
