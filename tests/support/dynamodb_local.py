"""DynamoDB Local, AWS's own engine, on loopback: its jars come by Maven coordinates, Java is the machine's."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import boto3
from botocore.client import BaseClient

_POM = Path(__file__).with_name("dynamodb-local.pom.xml")
_MAIN = Path(__file__).with_name("LoopbackDynamoDb.java")
_START_SECONDS = 60
_FETCH_SECONDS = 600


def missing() -> str | None:
    """Why DynamoDB Local can't run here, or None where it can."""
    for tool in ("javac", "mvn"):
        if shutil.which(tool) is None:
            return f"DynamoDB Local needs {tool} on PATH, and there is none"
    return None


def jars() -> Path:
    """The folder of its jars in the user's cache, fetched at the first call."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dynamodb-tables"
    version = _POM.read_text().split("<artifactId>DynamoDBLocal</artifactId>")[1].split("<version>")[1].split("<")[0]
    folder = cache / f"dynamodb-local-{version}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = cache / f"dynamodb-local-{version}.{os.getpid()}"
        copied = subprocess.run(
            ["mvn", "-q", "-B", "-f", _POM, "dependency:copy-dependencies", f"-DoutputDirectory={fresh}"],
            capture_output=True,
            text=True,
            timeout=_FETCH_SECONDS,
            stdin=subprocess.DEVNULL,
        )
        if copied.returncode:
            raise RuntimeError(f"maven could not fetch DynamoDB Local:\n{copied.stdout[-2000:]}{copied.stderr[-2000:]}")
        try:
            fresh.rename(folder)
        except OSError:
            shutil.rmtree(fresh)  # another run was faster
    return folder


@contextmanager
def server() -> Iterator[str]:
    """A server in memory on a free port of 127.0.0.1, stopped at the end; gives its endpoint URL."""
    folder = jars()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["java", f"-Djava.library.path={folder}", "-cp", f"{folder}/*", str(_MAIN)]
    arguments = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    with tempfile.TemporaryFile() as log, _running([*command, *arguments], log) as process:
        _wait(process, port, log)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
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


def client(endpoint: str) -> BaseClient:
    """A boto3 client for such a server; it takes any credentials."""
    made: BaseClient = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    return made
