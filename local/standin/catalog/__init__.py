"""The resource types, as data. A new type is an entry in one of these modules: `spec` says what the words mean.

Properties' names and kinds come from the SDK; an entry says only how they map onto boto3's operations.
"""

from __future__ import annotations

from typing import Final

from ..errors import unknown_token
from ..spec import ResourceType
from . import (
    accessanalyzer,
    appautoscaling,
    backup,
    budgets,
    cloudtrail,
    cloudwatch,
    costexplorer,
    dynamodb,
    events,
    functions,
    glue,
    iam,
    kms,
    pipes,
    s3,
    sns,
    sqs,
    ssm,
)

_MODULES: Final = (
    dynamodb,
    iam,
    cloudwatch,
    sns,
    appautoscaling,
    ssm,
    kms,
    budgets,
    backup,
    events,
    functions,
    s3,
    cloudtrail,
    accessanalyzer,
    costexplorer,
    sqs,
    pipes,
    glue,
)

TYPES: Final[dict[str, ResourceType]] = {spec.token: spec for module in _MODULES for spec in module.TYPES}
"""Token → type."""


def lookup(token: str) -> ResourceType:
    """The type of a token."""
    if token not in TYPES:
        raise unknown_token(token, "resource type", list(TYPES))
    return TYPES[token]
