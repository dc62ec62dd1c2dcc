"""The process that the engine starts as `pulumi-language-python`.

It is started by its path, so that nothing has to be on `PYTHONPATH` that a program would see as well.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from local.langhost.server import serve

if __name__ == "__main__":
    # The engine's address is the last argument; options for tracing and logging may stand before it.
    serve(sys.argv[-1] if len(sys.argv) > 1 else "")
