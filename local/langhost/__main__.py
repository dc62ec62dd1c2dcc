"""The process that the engine starts as `pulumi-language-python`: a server that prints its port.

It is started by its path, so that nothing has to be on `PYTHONPATH` that a program would see as well.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from pulumi.runtime.proto import language_pb2_grpc

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from local.langhost.host import LanguageHost
from local.serving import serve, stay

WORKERS = 32
"""Calls answered at a time. A running plug-in holds one for its whole life, so a handful would be used up by packs."""

if __name__ == "__main__":
    # A run keeps nearly all that it makes: looking for garbage as often as Python does takes a quarter of its time.
    gc.set_threshold(100_000, 20, 20)
    host = LanguageHost()
    add = language_pb2_grpc.add_LanguageRuntimeServicer_to_server
    stay(*serve(lambda server: add(host, server), WORKERS), before_leaving=host.plugins.stop)
