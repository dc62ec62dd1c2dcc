"""The language host's service, on the one that the SDK has for inline programs."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from types import FrameType
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from local.langhost.plugins import PluginRunner
from local.langhost.program import Program

MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes; the engine's own limit for one message."""
COLLECT_EVERY = (100_000, 20, 20)
"""Thresholds of the garbage collector. A run keeps nearly all that it makes, so looking for garbage as often as Python
does by itself finds none and takes a quarter of the run's processor time (measured with 332 resources)."""
WORKERS = 32
"""Calls answered at a time. A running plug-in holds one for its whole life, so a handful would be used up by packs."""


class LanguageHost(LanguageServer):
    """What the engine asks of a language: run a program, run a plug-in, and say what they are made of."""

    def __init__(self) -> None:
        self.plugins = PluginRunner()
        self._one_run = threading.Lock()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        # None named: the engine then asks for each as the program's first resource of it comes, by its exact version.
        return language_pb2.GetRequiredPackagesResponse()

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        return iter(())

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        found = {distribution.name: distribution.version for distribution in metadata.distributions()}
        if not request.transitiveDependencies:
            found = {name: version for name, version in found.items() if name.startswith("pulumi")}
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=n, version=v) for n, v in sorted(found.items())]
        )

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._one_run, Program(request) as program:
            self.program = program.run
            result = super().Run(request, context)  # type: ignore[no-untyped-call]
        if result.error:
            # The SDK has logged the message already. Without `bail` the engine would print it a second time.
            return language_pb2.RunResponse(bail=True)
        return result

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        return self.plugins.run(request, context)


def serve(engine_address: str) -> None:
    """Answer the engine until it interrupts this process or is gone.

    engine_address: where the engine listens; not called, since each run brings the addresses that it needs.
    """
    gc.set_threshold(*COLLECT_EVERY)
    host = LanguageHost()
    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=limits)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def leave(_number: int = 0, _frame: FrameType | None = None) -> None:
        host.plugins.stop()
        os._exit(0)

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    print(port, flush=True)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    # The engine holds the other end of stdin. Its end means that the engine is gone, even where it was killed outright.
    while sys.stdin.buffer.read(4096):
        pass
    leave()
