"""The language's service, on the one that the SDK has for inline programs: it runs a program in this process."""

from __future__ import annotations

import json
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi import RunError
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, plugin_pb2

from local.langhost.plugins import PluginRunner


class LanguageHost(LanguageServer):
    """What the engine asks of a language."""

    def __init__(self) -> None:
        self.plugins = PluginRunner()
        self._one_run = threading.Lock()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Nothing: a plug-in runs in the environment that is there already."""
        return iter(())

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        return Empty()

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        found = {distribution.name: distribution.version for distribution in metadata.distributions()}
        if not request.transitiveDependencies:
            found = {name: version for name, version in found.items() if name.startswith("pulumi")}
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=n, version=v) for n, v in sorted(found.items())]
        )

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        return self.plugins.run(request, context)

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        # As Pulumi's own host does, for a program that reads the whole configuration.
        os.environ["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        folder = Path(request.info.program_directory or request.pwd)
        entry = folder / (request.info.entry_point or request.program or ".")
        file = entry / "__main__.py" if entry.is_dir() else entry
        self.program = lambda: run_program(file, folder)
        with self._one_run, _as_a_process_of_its_own(file, folder, request.pwd or str(folder)):
            try:
                result = super().Run(request, context)  # type: ignore[no-untyped-call]
            except RunError:
                # The run has failed and said so. This is a task that failed with it, met as the SDK clears the rest up.
                return language_pb2.RunResponse(bail=True)
        # The SDK has logged the message already. Without `bail` the engine would print it a second time.
        return language_pb2.RunResponse(bail=True) if result.error else result


def run_program(file: Path, folder: Path) -> None:
    """Run a program's main module; raises `RunError` alone, whose text is what a person is shown."""
    if not file.is_file():
        raise RunError(f"the program has no {file}; `main:` in Pulumi.yaml names its folder")
    try:
        runpy.run_path(str(file), run_name="__main__")
    except (RunError, grpc.RpcError):
        raise
    except SystemExit as exit_:
        if exit_.code not in (None, 0):
            raise RunError(f"the program left with exit code {exit_.code}") from exit_
    except BaseException as error:
        # From the program's first line on, without the frames of this host.
        at = error.__traceback__
        while at is not None and not at.tb_frame.f_code.co_filename.startswith(str(folder)):
            at = at.tb_next
        trace = "".join(traceback.format_exception(type(error), error, at or error.__traceback__)).rstrip()
        raise RunError(f"Program failed with an unhandled exception:\n{trace}") from error


@contextmanager
def _as_a_process_of_its_own(file: Path, folder: Path, working_folder: str) -> Iterator[None]:
    """What a program must find about itself; the process is given back as it was.

    An `up` runs the program twice, for the preview and for the update, and the second run must load the program's
    modules anew, as it does where each run is a new process.
    """
    modules, before = set(sys.modules), (sys.path[:], sys.argv[:], os.getcwd())
    os.chdir(working_folder)
    sys.path[0] = str(file.parent)
    sys.argv[:] = [str(file)]
    try:
        yield
    finally:
        sys.path[:], sys.argv[:], working_folder = before
        os.chdir(working_folder)
        for name in set(sys.modules) - modules:
            place = Path(getattr(sys.modules[name], "__file__", None) or os.sep)
            # A virtual environment in the project's folder is no part of the program.
            if place.is_relative_to(folder) and "site-packages" not in place.parts:
                del sys.modules[name]
