"""Runs a Pulumi program as the official host does, though inside this process."""

from __future__ import annotations

import os
import runpy
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import grpc
from pulumi import RunError

from local.langhost.frames import lies_in, only_of


class Program:
    """One run of a program: its folder, its arguments, and what it must find about itself.

    As a context manager it gives the process back as it was: an `up` runs the program twice, for the preview and for
    the update, and the second run must load the program's modules anew, as it does where each run is a new process.
    """

    def __init__(self, request: Any) -> None:
        self.folder = Path(request.info.program_directory or request.pwd)
        entry = self.folder / (request.info.entry_point or request.program or ".")
        self.file = entry / "__main__.py" if entry.is_dir() else entry
        self.working_folder = request.pwd or str(self.folder)

    def __enter__(self) -> Program:
        self._modules = set(sys.modules)
        self._before = (sys.path[:], sys.argv[:], os.getcwd())
        os.chdir(self.working_folder)
        sys.path[0] = str(self.file.parent)
        sys.argv[:] = [str(self.file)]
        only_of(self.folder)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        sys.path[:], sys.argv[:], working_folder = self._before
        os.chdir(working_folder)
        for name in set(sys.modules) - self._modules:
            if lies_in(getattr(sys.modules[name], "__file__", None), self.folder):
                del sys.modules[name]

    def run(self) -> None:
        """Run the program's main module; raises `RunError` alone, whose text is what a person is shown."""
        if not self.file.is_file():
            raise RunError(f"the program has no {self.file}; `main:` in Pulumi.yaml names its folder")
        try:
            runpy.run_path(str(self.file), run_name="__main__")
        except (RunError, grpc.RpcError):
            raise
        except SystemExit as exit_:
            if exit_.code not in (None, 0):
                raise RunError(f"the program left with exit code {exit_.code}") from exit_
        except BaseException as error:
            raise RunError(f"Program failed with an unhandled exception:\n{self._trace(error)}") from error

    def _trace(self, error: BaseException) -> str:
        """The traceback from the program's first line on, without the frames of this host."""
        at = error.__traceback__
        while at is not None and not at.tb_frame.f_code.co_filename.startswith(str(self.folder)):
            at = at.tb_next
        return "".join(traceback.format_exception(type(error), error, at or error.__traceback__)).rstrip()
