"""Where in a program a resource is made: its own lines, without those of the SDK and of this host.

With each resource, the SDK sends the engine the whole stack, twenty frames of which are the same for every resource
here: this host's threads and the SDK's event loop. They were half of a stack's state and a tenth of a preview's time.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from types import FrameType

from pulumi.runtime import resource as sdk
from pulumi.runtime.proto import source_pb2

CONSTRUCTORS = 3
"""`Resource`'s, that of a custom resource or component, and the resource's own: none of them is who makes it."""


def only_of(folder: Path) -> None:
    """From here on, report the lines of programs in the folder only."""

    @functools.cache
    def address(file: str) -> str | None:
        return Path(file).as_uri() if lies_in(file, folder) else None

    def trace() -> source_pb2.StackTrace:
        frame: FrameType | None = sys._getframe(1)
        constructors, found = 0, []
        while frame:
            if constructors < CONSTRUCTORS:
                constructors += frame.f_code.co_name == "__init__"
            elif uri := address(frame.f_code.co_filename):
                position = source_pb2.SourcePosition(uri=uri, line=frame.f_lineno)
                found.append(source_pb2.StackFrame(pc=position))
            frame = frame.f_back
        return source_pb2.StackTrace(frames=found)

    sdk._get_stack_trace = trace


def lies_in(file: str | None, folder: Path) -> bool:
    """Whether a module's file is a part of the program in the folder."""
    if file is None:
        return False
    inside = Path(file)
    # A virtual environment in the project's folder is no part of the program.
    return inside.is_relative_to(folder) and "site-packages" not in inside.parts
