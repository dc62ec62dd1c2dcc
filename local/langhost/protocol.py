"""The engine's protocol without the SDK around it: its messages alone take a tenth of the time to load."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

PACKAGES = ("pulumi", "pulumi.runtime")
"""What lies around `pulumi.runtime.proto`, and is the SDK."""


@contextmanager
def without_the_sdk() -> Iterator[None]:
    """Within, `pulumi.runtime.proto` is imported alone. Afterwards the SDK still can be, and has the same messages."""
    if PACKAGES[0] in sys.modules:
        yield
        return
    spec = importlib.util.find_spec(PACKAGES[0])
    for place in spec.submodule_search_locations or () if spec else ():
        for name in PACKAGES:
            empty = ModuleType(name)
            empty.__path__ = [str(Path(place, *name.split(".")[1:]))]
            sys.modules[name] = empty
    try:
        yield
    finally:
        for name in PACKAGES:
            sys.modules.pop(name, None)
