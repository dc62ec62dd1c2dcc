"""The language host's server. It answers the engine's first questions at once, and loads the SDK for the others.

The engine starts a language host twice for each command: once to ask its version, and once for the work. The first
costs a command what the SDK takes to load, a third of a second, so what it asks is answered without the SDK.
"""

from __future__ import annotations

import functools
import gc
import io
import os
import platform
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from types import FrameType
from typing import TYPE_CHECKING, Any

import grpc

from local.langhost.protocol import without_the_sdk

if TYPE_CHECKING:
    from local.langhost.plugins import PluginRunner

MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes; the engine's own limit for one message."""
COLLECT_EVERY = (100_000, 20, 20)
"""Thresholds of the garbage collector. A run keeps nearly all that it makes, so looking for garbage as often as Python
does by itself finds none and takes a quarter of the run's processor time (measured with 332 resources)."""
WORKERS = 32
"""Calls answered at a time. A running plug-in holds one for its whole life, so a handful would be used up by packs."""


class Answers(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc's stubs have no base for it
    """The handler of each call of the service `LanguageRuntime`, by its name."""

    def __init__(self) -> None:
        self._plugins: PluginRunner | None = None

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """The handler of a call, which is named as `/pulumirpc.LanguageRuntime/Run`."""
        name = handler_call_details.method.rsplit("/", 1)[-1]
        if name in AT_ONCE:
            return grpc.unary_unary_rpc_method_handler(lambda request, context: AT_ONCE[name]())
        if name in NOTHING_TO_SAY:
            return grpc.unary_stream_rpc_method_handler(lambda request, context: iter(()))
        return self._run_plugin if name == "RunPlugin" else self._with_the_sdk.service(handler_call_details)

    @functools.cached_property
    def _run_plugin(self) -> Any:
        with without_the_sdk():
            from pulumi.runtime.proto import language_pb2

            from local.langhost.plugins import PluginRunner

        self._plugins = PluginRunner()
        # A program comes next, when the plug-in is up: the SDK loads while that does.
        threading.Thread(target=lambda: self._with_the_sdk, daemon=True).start()
        return grpc.unary_stream_rpc_method_handler(
            self._plugins.run,
            request_deserializer=language_pb2.RunPluginRequest.FromString,
            response_serializer=language_pb2.RunPluginResponse.SerializeToString,
        )

    @functools.cached_property
    def _with_the_sdk(self) -> Any:
        from pulumi.runtime.proto import language_pb2_grpc

        from local.langhost.host import LanguageHost

        registered = _Registered()
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(), registered)
        return registered.handlers[0]

    def stop(self) -> None:
        """End every plug-in that still runs."""
        if self._plugins:
            self._plugins.stop()


class _Registered:
    """Takes what the generated code would register with a server."""

    def __init__(self) -> None:
        self.handlers: list[Any] = []

    def add_generic_rpc_handlers(self, handlers: tuple[Any, ...]) -> None:
        self.handlers.extend(handlers)

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Any]) -> None:
        """The same handlers once more, for servers that look them up by name."""


def _version() -> bytes:
    """A `PluginInfo`: the SDK's version."""
    return _texts(metadata.version("pulumi"))


def _about() -> bytes:
    """An `AboutResponse`: the executable and its version."""
    return _texts(sys.executable, platform.python_version())


def _nothing() -> bytes:
    """An empty answer of any type.

    That of `GetRequiredPackages` names no package: the engine then asks for each as the program's first resource of it
    comes, by its exact version.
    """
    return b""


AT_ONCE: dict[str, Callable[[], bytes]] = {
    "Handshake": _nothing,
    "GetPluginInfo": _version,
    "About": _about,
    "GetRequiredPackages": _nothing,
    "RuntimeOptionsPrompts": _nothing,
    "Cancel": _nothing,
}
"""The calls that need no SDK, with the answer in its wire form: its message classes come with the whole SDK only."""
NOTHING_TO_SAY = {"InstallDependencies"}
"""The calls whose answer is a stream, and an empty one: a plug-in runs in the environment that is there already."""


def _texts(*values: str) -> bytes:
    """A message whose fields 1, 2, … are these texts, as protocol buffers write them: tag, length, content."""
    message = bytearray()
    for number, value in enumerate(values, start=1):
        content = value.encode()
        message.append(number << 3 | 2)
        size = len(content)
        while size > 127:
            message.append(size & 127 | 128)
            size >>= 7
        message.append(size)
        message += content
    return bytes(message)


def serve(engine_address: str) -> None:
    """Answer the engine until it interrupts this process or is gone.

    engine_address: where the engine listens; not called, since each run brings the addresses that it needs.
    """
    gc.set_threshold(*COLLECT_EVERY)
    answers = Answers()
    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), handlers=[answers], options=limits)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def leave(_number: int = 0, _frame: FrameType | None = None) -> None:
        answers.stop()
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
