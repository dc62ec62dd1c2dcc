"""`python -m local.standin <engine address>`: serves the stand-in AWS plugin and prints its port."""

from __future__ import annotations

import os
import signal
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from .clients import MAX_CONNECTIONS
from .plugin import Plugin

MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes; the engine's own limit for one message."""


def serve(plugin: Plugin) -> tuple[grpc.Server, int]:
    """A server with the plugin on a free port of the loopback address."""
    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(ThreadPoolExecutor(MAX_CONNECTIONS), options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
    port = int(server.add_insecure_port("127.0.0.1:0"))
    server.start()
    return server, port


def main() -> None:
    """Serves until the engine stops it, or is gone: it holds the other end of our standard input."""

    def leave(*_: Any) -> None:
        os._exit(0)  # at once: an idle worker thread must not hold up the command

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    addresses = [word for word in sys.argv[1:] if not word.startswith("-")]
    if not addresses:
        sys.exit("error: no address of an engine is given; the Pulumi engine starts this plugin itself")
    server, port = serve(Plugin(addresses[0]))
    print(port, flush=True)
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        sys.stdin.buffer.read()
        leave()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
