"""Tier audit: what checkers made by others say. They are programs of their own; some are fetched once a machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import tools, typescript
from tests.support.iam.second import Second, second_judge


@pytest.fixture(scope="session")
def checkers() -> Path:
    """The folder with checkov and parliament."""
    return tools.need(tools.checkers)


@pytest.fixture(scope="session")
def second() -> Iterator[Second]:
    """The second judge of policies."""
    with second_judge(*tools.need(tools.iam_simulate)) as judge:
        yield judge


@pytest.fixture(scope="session", name="typescript")
def typescript_() -> typescript.TypeScript:
    """TypeScript's compiler and the AWS SDK for JavaScript."""
    return tools.need(typescript.environment)
