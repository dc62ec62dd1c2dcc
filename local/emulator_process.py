"""The emulator's own process: moto's server on a loopback address, and a file that says where it listens.

Started by `local.emulator` as `python -m local.emulator_process`; nothing else is meant to import it.
"""

from __future__ import annotations

import argparse
import errno
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path

ADDRESS = "127.0.0.1"
THREADS = 8
"""Calls answered at a time: Python runs one after the other anyway."""
CONNECTIONS = 1000
"""Open at a time; clients keep theirs."""
PORT_TAKEN = 98
"""Exit code: something else listens on the port already."""


def main() -> None:
    """Serve until a signal, or until the starter is gone where it asked for that."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--file", type=Path, required=True, help="where to write who and where it is")
    parser.add_argument("--token", required=True, help="goes into the file, by which the starter knows it for its own")
    parser.add_argument("--bound", action="store_true", help="leave at the end of stdin")
    options = parser.parse_args()

    # Nobody calls from a browser's page, and answering for one is a thirtieth of each call.
    os.environ.setdefault("MOTO_DISABLE_GLOBAL_CORS", "true")
    # Only now: the import takes a second, and whoever imports this module for its constants needn't wait for it.
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from waitress import create_server

    from local.files import write_atomically

    # It warns of calls that wait for a thread, which is nothing unusual here.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    settings = {"threads": THREADS, "connection_limit": CONNECTIONS, "asyncore_use_poll": True}
    try:
        # Unlike moto's own server it keeps connections and threads: two thirds of what a call takes, on either side.
        server = create_server(application, host=ADDRESS, port=options.port, **settings)
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(PORT_TAKEN if error.errno in (errno.EADDRINUSE, errno.EACCES) else 1)
    for number in (signal.SIGTERM, signal.SIGINT):
        # Nothing is worth saving: its tables live in memory.
        signal.signal(number, lambda *_: os._exit(0))
    if options.bound:
        threading.Thread(target=_leave_with_the_starter, daemon=True).start()
    facts = {"pid": os.getpid(), "port": server.effective_port, "token": options.token}
    write_atomically(options.file, json.dumps(facts))
    server.run()


def _leave_with_the_starter() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
