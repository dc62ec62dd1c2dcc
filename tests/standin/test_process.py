"""The plugin as a process: its port, its version, its leaving."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2_grpc

from local.standin import schema

ROOT = Path(__file__).parents[2]


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "local.standin", "127.0.0.1:9"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as started:
        yield started
        started.kill()


def port_of(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_it_prints_its_port_and_answers_with_the_sdks_version(process: subprocess.Popen[bytes]) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port_of(process)}") as channel:
        info = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(Empty())
    assert info.version == schema.sdk_version() == "7.51.1"


@pytest.mark.parametrize("how", ["the engine is gone", "it is told to"])
def test_it_leaves_at_once_when(process: subprocess.Popen[bytes], how: str) -> None:
    port_of(process)
    assert process.stdin is not None
    if how == "it is told to":
        process.send_signal(signal.SIGINT)
    else:
        process.stdin.close()
    assert process.wait(60) == 0
