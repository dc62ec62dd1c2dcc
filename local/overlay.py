"""A stage's own configuration, turned to an emulator: for a rehearsal, and no more changed than that takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SERVICES = (
    "dynamodb",
    "iam",
    "sts",
    "cloudwatch",
    "sns",
    "kms",
    "s3",
    "ssm",
    "applicationautoscaling",
    "budgets",
    "backup",
    "events",
    "pipes",
    "glue",
    "sqs",
    "cloudtrail",
    "accessanalyzer",
    "costexplorer",
    "lambda",
    "logs",
)
"""The services that the program uses, as pulumi-aws names them in `endpoints`."""
KEPT = ("aws:region", "aws:allowedAccountIds", "aws:forbiddenAccountIds", "aws:defaultTags", "aws:ignoreTags")
"""Settings of the AWS provider that a rehearsal shares with the stage. The others say how to reach its account."""
SECRETS = ("encryptionsalt", "encryptedkey", "secretsprovider")


def endpoints(address: str) -> list[dict[str, str]]:
    """The value of `aws:endpoints` that sends every service to one address."""
    return [dict.fromkeys(SERVICES, address)]


def for_emulator(stage: Mapping[str, Any], project: str, address: str) -> tuple[dict[str, Any], list[str]]:
    """The content of a stage's file for a rehearsal, and the names of the settings that had to be left out of it.

    Left out, and named, is what only the stage's own key or service could read: secrets and ESC environments. On an
    emulator no family's tables are there before.
    """
    config = stage.get("config") or {}
    left_out = sorted(key for key, value in config.items() if _is_secret(value))
    if "environment" in stage:
        left_out.append("environment")
    kept = {
        key: value
        for key, value in config.items()
        if key not in (*left_out, f"{project}:existingFamilies") and (not key.startswith("aws:") or key in KEPT)
    }
    emulated = {
        "aws:accessKey": "test",
        "aws:secretKey": "test",
        "aws:skipCredentialsValidation": True,
        "aws:skipMetadataApiCheck": True,
        "aws:skipRegionValidation": True,
        "aws:endpoints": endpoints(address),
        f"{project}:rehearsal": True,
    }
    rest = {key: value for key, value in stage.items() if key not in ("config", "environment", *SECRETS)}
    return {**rest, "config": {**kept, **emulated}}, left_out


def account(stage: Mapping[str, Any]) -> str | None:
    """The first account that a stage allows, 12 digits; nothing if it names none."""
    allowed = (stage.get("config") or {}).get("aws:allowedAccountIds")
    if isinstance(allowed, str):
        try:
            allowed = json.loads(allowed)
        except ValueError:
            allowed = [allowed]
    if not isinstance(allowed, list) or not allowed:
        return None
    # YAML reads an id without quotes as a number.
    return f"{allowed[0]:012d}" if isinstance(allowed[0], int) else str(allowed[0])


def _is_secret(value: object) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"secure"} or any(_is_secret(inner) for inner in value.values())
    return isinstance(value, list) and any(_is_secret(inner) for inner in value)
