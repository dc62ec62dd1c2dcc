"""`python -m local.standin <engine address>`: serves the stand-in AWS plugin and prints its port."""

from __future__ import annotations

import os
import stat
import sys
import threading

from pulumi.provider.experimental import server

from . import schema
from .provider import StandIn
from .servicer import StandInServicer


def _leave_with_the_engine() -> None:
    """Ends this process when the engine is gone: it holds the other end of our standard input."""
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        return

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Serves until the engine stops it."""
    _leave_with_the_engine()
    version = schema.sdk_version()
    # `server.main` builds this module's servicer; ours completes it and has no other way in.
    server.ProviderServicer = StandInServicer  # type: ignore[assignment, misc]
    server.main(sys.argv[1:], version, StandIn(version))
    sys.stdout.flush()
    os._exit(0)  # at once: an idle worker thread must not hold up the command


if __name__ == "__main__":
    main()
