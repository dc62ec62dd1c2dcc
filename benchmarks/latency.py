"""A proxy that holds every answer back: `python -m benchmarks.latency PORT TARGET MILLISECONDS`, on 127.0.0.1.

Bytes go to the server at once and come back later, in order, so a call takes that much longer and a connection carries
one call at a time, as over a network.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable


class Side(asyncio.Protocol):
    """One end of a connection; what it receives goes to `deliver`."""

    def __init__(self, deliver: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        self.deliver, self.ended = deliver, ended

    def data_received(self, data: bytes) -> None:
        self.deliver(data)

    def connection_lost(self, error: Exception | None) -> None:
        self.ended()


class Front(asyncio.Protocol):
    """A client's connection, and the one to the server that is made for it."""

    def __init__(self, target: int, seconds: float) -> None:
        self.target, self.seconds = target, seconds
        self.waiting: list[bytes] = []
        self.back: asyncio.Transport | None = None
        self.loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.connecting = self.loop.create_task(self._connect())

    async def _connect(self) -> None:
        back, _ = await self.loop.create_connection(
            lambda: Side(self._later, self.transport.close), "127.0.0.1", self.target
        )
        self.back = back
        for data in self.waiting:
            back.write(data)

    def _later(self, data: bytes) -> None:
        self.loop.call_later(self.seconds, self.transport.write, data)

    def data_received(self, data: bytes) -> None:
        if self.back:
            self.back.write(data)
        else:
            self.waiting.append(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self.back:
            self.back.close()


async def serve(port: int, target: int, seconds: float) -> None:
    """Listen until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Front(target, seconds), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000))
