"""Tier audit: what checkers made by others say. They are programs of their own; some are fetched once a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.audit import AuditMissingError, environment
from tests.support.typescript import TypeScript, TypeScriptMissingError
from tests.support.typescript import environment as typescript_environment


@pytest.fixture(scope="session")
def checkers() -> Path:
    """The folder with checkov and parliament; skips, with the reason, where they can't be had."""
    try:
        return environment()
    except AuditMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def typescript() -> TypeScript:
    """TypeScript's compiler and the AWS SDK for JavaScript; skips, with the reason, where they can't be had."""
    try:
        return typescript_environment()
    except TypeScriptMissingError as error:
        pytest.skip(str(error))
