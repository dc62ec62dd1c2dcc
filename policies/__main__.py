"""The policy pack's program: the engine starts it, and this alone builds and serves the pack."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

# The engine runs this folder as a program. Imports go from the clone's root: `policies`, `tablekit`, `families`.
sys.path[0] = str(Path(__file__).resolve().parents[1])


def skip_the_sdk() -> None:
    """Let `pulumi.runtime.proto`, the engine's protocol, be imported without the SDK around it.

    The engine waits for the pack before it starts the program, and importing the whole SDK is half of that wait.
    """
    spec = importlib.util.find_spec("pulumi")
    for place in spec.submodule_search_locations or () if spec else ():
        for name, folder in (("pulumi", Path(place)), ("pulumi.runtime", Path(place) / "runtime")):
            module = ModuleType(name)
            module.__path__ = [str(folder)]
            sys.modules[name] = module


def main() -> None:
    """Build the pack, and serve it until the engine is done."""
    parent = os.getppid()  # before all that takes time: the engine may be gone by then
    skip_the_sdk()
    from policies.pack import NAME, RULES
    from policies.server import Analyzer, serve

    serve(Analyzer(NAME, RULES), parent)


if __name__ == "__main__":
    main()
