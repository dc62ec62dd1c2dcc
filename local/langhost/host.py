"""What the engine asks of a language with the whole SDK at hand: run a program, run a plug-in, list what they need."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2

from local.langhost.plugins import PluginRunner
from local.langhost.program import Program


class LanguageHost(LanguageServer):
    """The language's service, on the one that the SDK has for inline programs."""

    def __init__(self) -> None:
        self.plugins = PluginRunner()
        self._one_run = threading.Lock()

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
