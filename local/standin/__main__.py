"""`python -m local.standin <engine address>`: serves the stand-in AWS plugin and prints its port."""

from __future__ import annotations

import sys

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from local.serving import serve, stay

from .clients import MAX_CONNECTIONS
from .plugin import Plugin


def start(plugin: Plugin) -> tuple[grpc.Server, int]:
    """A server with the plugin, and its port."""
    add = provider_pb2_grpc.add_ResourceProviderServicer_to_server
    return serve(lambda server: add(plugin, server), MAX_CONNECTIONS)


if __name__ == "__main__":
    addresses = [word for word in sys.argv[1:] if not word.startswith("-")]
    if not addresses:
        sys.exit("error: no address of an engine is given; the Pulumi engine starts this plugin itself")
    stay(*start(Plugin(addresses[0])))
