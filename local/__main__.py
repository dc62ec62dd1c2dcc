"""`python -m local`: see `python -m local --help`.

./pulumiw starts it by its path, so that the working folder may be any.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from local.cli import main

if __name__ == "__main__":
    main()
