"""What the engine starts as a process of its own, a plug-in or a language host: a server that prints its port."""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes; the engine's own limit for one message."""


def serve(add: Callable[[grpc.Server], None], workers: int) -> tuple[grpc.Server, int]:
    """A server on a free port of the loopback address; `add` gives it its service, `workers` answer at a time."""
    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(ThreadPoolExecutor(workers), options=limits)
    add(server)
    port = int(server.add_insecure_port("127.0.0.1:0"))
    server.start()
    return server, port


def stay(server: grpc.Server, port: int, before_leaving: Callable[[], None] = lambda: None) -> None:
    """Print the port, and answer the engine until it interrupts this process or is gone."""

    def leave(*_: Any) -> None:
        before_leaving()
        os._exit(0)  # at once: an idle worker thread must not hold up the command

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    print(port, flush=True)
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        # The engine holds the other end. Its end means that the engine is gone, even where it was killed outright.
        sys.stdin.buffer.read()
        leave()
    server.wait_for_termination()
