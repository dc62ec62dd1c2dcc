"""Runs a Pulumi plug-in that is a folder of Python (a policy pack, a component package) in a child process."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import grpc
from pulumi.runtime.proto import language_pb2

GRACE_SECONDS = 2.0
"""How long a plug-in may take to leave when asked. The engine gives this host five seconds in all."""


class PluginRunner:
    """Starts plug-ins, passes on what they print, and lets none outlive this process."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()

    def run(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Run one plug-in; yields its output as it comes and its exit code as the last message."""
        folder = Path(request.info.program_directory) / request.info.entry_point
        process = subprocess.Popen(
            # Unbuffered: the engine waits for the port, which is the first line that a plug-in prints.
            [sys.executable, "-u", str(folder), *request.args],
            cwd=request.pwd or None,
            env=dict(pair.split("=", 1) for pair in request.env if "=" in pair) or None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._running.add(process)
        context.add_callback(lambda: self._stop(process))
        try:
            yield from _output(process)
            yield language_pb2.RunPluginResponse(exitcode=process.wait())
        finally:
            self._stop(process)

    def stop(self) -> None:
        """End every plug-in that still runs."""
        for process in tuple(self._running):
            self._stop(process)

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_SECONDS)
        if process.poll() is None:
            process.kill()
            process.wait()
        self._running.discard(process)


def _output(process: subprocess.Popen[bytes]) -> Iterator[Any]:
    """Both streams of a process as messages, in the order in which they come, until both have ended."""
    assert process.stdout is not None
    assert process.stderr is not None
    chunks: queue.Queue[tuple[str, bytes]] = queue.Queue()

    def read(name: str, stream: IO[bytes]) -> None:
        while chunk := os.read(stream.fileno(), 65536):
            chunks.put((name, chunk))
        chunks.put((name, b""))

    streams = {"stdout": process.stdout, "stderr": process.stderr}
    for name, stream in streams.items():
        threading.Thread(target=read, args=(name, stream), daemon=True).start()
    open_streams = len(streams)
    while open_streams:
        name, chunk = chunks.get()
        if chunk:
            is_error = name == "stderr"
            response = language_pb2.RunPluginResponse
            yield response(stderr=chunk) if is_error else response(stdout=chunk)
        else:
            open_streams -= 1
