"""The plugin as a process: its port, its version, its leaving; and what its start does not load."""

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


def test_it_leaves_when_the_engine_is_gone(process: subprocess.Popen[bytes]) -> None:
    port_of(process)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(5) == 0


def test_it_leaves_at_once_when_it_is_told_to(process: subprocess.Popen[bytes]) -> None:
    port_of(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0


@pytest.mark.parametrize("module", ["boto3", "botocore", "pulumi_aws", "pydantic", "tablekit.model.table", "moto"])
def test_its_start_does_not_load(module: str) -> None:
    """Each would cost every command between a fifth of a second and a second."""
    code = f"import sys, local.standin.__main__; sys.exit({module!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 0


def test_a_schema_does_not_load_the_whole_sdk() -> None:
    code = (
        "import sys; from local.standin import schema; schema.of('aws:dynamodb/table:Table'); "
        "sys.exit('pulumi_aws' in sys.modules or any(name.endswith('.contributor_insights') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 0
