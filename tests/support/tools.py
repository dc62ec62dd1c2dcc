"""What tests fetch or build once a machine, by the tier that uses it.

All of a tier's tools are there before its first test makes anything. What a test finds on this machine is then the same
on a new one, where it would depend on which tests ran before. `python -m tests.support.tools` installs all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from local import engine, yamlhost
from local.errors import EngineError
from local.progress import say
from local.project import ROOT
from tests.support import consumer, dynamodb_local, ruler, typescript
from tests.support.fetched import NotFetchedError, from_npm, from_pip

T = TypeVar("T")


def checkers() -> Path:
    """The folder with checkov and parliament, apart from the project's own as they need other versions of packages."""
    return from_pip("audit", "the checkers of requirements/audit.txt", ROOT / "requirements" / "audit.txt")


def iam_simulate() -> tuple[str, Path]:
    """node, and the folder with the second judge of IAM policies."""
    return from_npm("iam-simulate", "the second judge of IAM policies", ROOT / "requirements" / "iam-simulate")


def yaml_host() -> Path:
    """The language host of Pulumi YAML: the official distribution's, or one that is built."""
    official = engine.ensure().path.resolve().parent / yamlhost.HOST
    return official if official.exists() else yamlhost.ensure()


TOOLS: dict[str, tuple[Callable[[], Any], ...]] = {
    "audit": (
        checkers,
        iam_simulate,
        typescript.environment,
        consumer.dependencies,
        lambda: consumer.dependencies("cli"),
    ),
    "dataplane": (
        dynamodb_local.jars,
        ruler.jars,
        typescript.environment,
        consumer.dependencies,
    ),
    "engine": (engine.ensure, yaml_host, dynamodb_local.jars),
}


def install(tiers: Iterable[str]) -> None:
    """Fetch or build what these tiers use. What fails is reported here, and skips or fails the tests that need it."""
    for tier in sorted(set(tiers) & set(TOOLS)):
        for tool in TOOLS[tier]:
            try:
                tool()
            except (NotFetchedError, EngineError) as error:
                say(f"Tests of tier {tier} go without: {error}")


def need(tool: Callable[[], T]) -> T:
    """What a tool's function gives; skips the test, with the reason, where it can't be fetched."""
    try:
        return tool()
    except (NotFetchedError, EngineError) as error:
        pytest.skip(str(error))


if __name__ == "__main__":
    install(TOOLS)
