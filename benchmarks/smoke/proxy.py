"""A TCP proxy on loopback that lets every request wait, in a process of its own.

`python -m benchmarks.smoke.proxy PORT MILLISECONDS` prints the port it listens on, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ADDRESS = "127.0.0.1"
_BYTES = 1 << 16


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Each piece goes on after the delay, however many are under way."""
    loop = asyncio.get_running_loop()
    while data := await reader.read(_BYTES):
        loop.call_later(delay, writer.write, data) if delay else writer.write(data)
    loop.call_later(delay, writer.close)


async def _serve(port: int, delay: float) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            server_reader, server_writer = await asyncio.open_connection(ADDRESS, port)
            await asyncio.gather(_forward(reader, server_writer, delay), _forward(server_reader, writer, 0))

    server = await asyncio.start_server(accept, ADDRESS, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)  # whatever connections are open still


@contextmanager
def latency(port: int, milliseconds: int) -> Iterator[str]:
    """The address of a proxy before a port of this machine."""
    command = [sys.executable, "-m", "benchmarks.smoke.proxy", str(port), str(milliseconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield f"http://{ADDRESS}:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()
            process.wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]) / 1000))
