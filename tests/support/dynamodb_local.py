"""DynamoDB Local, AWS's own engine, on loopback: its jars come by Maven coordinates, Java is the machine's."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.support.fetched import NotFetchedError, fetched

_POM = Path(__file__).with_name("dynamodb-local.pom.xml")
_MAIN = Path(__file__).with_name("LoopbackDynamoDb.java")
_START_SECONDS = 60
EXPIRING = "-Dexpiry.pause.millis=20"
"""An option for `server` with which it expires items as fast as it can; by itself it takes 20 in ten seconds."""
_SHORT_LIFE = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def jars() -> Path:
    """The folder of its jars. Raises `NotFetchedError`, also where there is no JDK to run them."""
    for tool in ("javac", "mvn"):
        if shutil.which(tool) is None:
            raise NotFetchedError(f"DynamoDB Local needs {tool} on PATH, and there is none")
    command = ["mvn", "-q", "-B", "-f", str(_POM), "dependency:copy-dependencies"]
    return fetched("dynamodb-local", "DynamoDB Local", [_POM], lambda it: [[*command, f"-DoutputDirectory={it}"]])


@contextmanager
def server(*options: str) -> Iterator[str]:
    """A server in memory on a free port of 127.0.0.1, stopped at the end; gives its endpoint URL.

    It ends with this process too, whatever ends that: its standard input is then closed.

    options: Java's; by default those that a short life asks for, with which it takes less than half of the processor's
    time. Raises `NotFetchedError`.
    """
    folder = jars()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["java", *(options or _SHORT_LIFE), f"-Djava.library.path={folder}", "-cp", f"{folder}/*", str(_MAIN)]
    arguments = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    with tempfile.TemporaryFile() as log, _running([*command, *arguments], log) as process:
        _wait(process, port, log)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: IO[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            log.seek(0)
            raise RuntimeError(f"DynamoDB Local ended with {process.returncode}:\n{log.read().decode()[-2000:]}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"DynamoDB Local did not answer on port {port} within {_START_SECONDS} s")
