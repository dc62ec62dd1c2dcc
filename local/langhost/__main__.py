"""The process that the engine starts as `pulumi-language-python`: a server that prints its port.

It is started by its path, so that nothing has to be on `PYTHONPATH` that a program would see as well.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import language_pb2_grpc

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from local.langhost.host import LanguageHost

MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes; the engine's own limit for one message."""
WORKERS = 32
"""Calls answered at a time. A running plug-in holds one for its whole life, so a handful would be used up by packs."""


def main() -> None:
    """Answer the engine until it interrupts this process or is gone."""
    # A run keeps nearly all that it makes: looking for garbage as often as Python does takes a quarter of its time.
    gc.set_threshold(100_000, 20, 20)
    host = LanguageHost()
    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=limits)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def leave(*_: Any) -> None:
        host.plugins.stop()
        os._exit(0)

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    print(port, flush=True)
    # The engine holds the other end of stdin. Its end means that the engine is gone, even where it was killed outright.
    sys.stdin.buffer.read()
    leave()


if __name__ == "__main__":
    main()
