"""The policy pack's program: the engine starts it, and this alone builds and serves the pack."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    # The engine runs this folder as a program. Imports go from the clone's root: `policies`, `tablekit`, `families`.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from policies.pack import NAME, RULES
from policies.server import Analyzer, serve

if __name__ == "__main__":
    serve(Analyzer(NAME, RULES))
