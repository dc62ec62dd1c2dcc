"""The process that Pulumi starts for the component package: it is started by this folder's path.

`tablekit` and this package lie in the folder above, which is all that has to be on the path: the folder itself must not
be, or its modules would be taken for others of their name.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from components.package import serve

if __name__ == "__main__":
    serve(sys.argv[1:])
