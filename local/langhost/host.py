"""What the engine asks of a language with the whole SDK at hand: to run a program, and what that is made of."""

from __future__ import annotations

import json
import os
import threading
from importlib import metadata
from typing import Any

import grpc
from pulumi import RunError
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2

from local.langhost.program import Program


class LanguageHost(LanguageServer):
    """The language's service, on the one that the SDK has for inline programs."""

    def __init__(self) -> None:
        self._one_run = threading.Lock()

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        found = {distribution.name: distribution.version for distribution in metadata.distributions()}
        if not request.transitiveDependencies:
            found = {name: version for name, version in found.items() if name.startswith("pulumi")}
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=n, version=v) for n, v in sorted(found.items())]
        )

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        # As Pulumi's own host does, for programs that read the whole configuration.
        os.environ["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        with self._one_run, Program(request) as program:
            self.program = program.run
            try:
                result = super().Run(request, context)  # type: ignore[no-untyped-call]
            except RunError:
                # The run has failed and said so. This is a task that failed with it, met as the SDK clears the rest up.
                return language_pb2.RunResponse(bail=True)
        if result.error:
            # The SDK has logged the message already. Without `bail` the engine would print it a second time.
            return language_pb2.RunResponse(bail=True)
        return result
