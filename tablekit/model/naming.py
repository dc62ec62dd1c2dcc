"""Names: of stages, tables, roles and variables.

Prod keeps a document's names; every other stage puts `{stage}-` in front, unless the document's own name
carries the stage already.
"""

from __future__ import annotations

import re
from typing import Final

from tablekit.model.errors import StageError

PROJECT: Final = "dynamodb-tables"
"""The Pulumi project: in tags, type tokens and the names of settings."""
PROD: Final = "prod"
METRICS: Final = PROJECT
"""The namespace of our own metrics in CloudWatch, in every stage: a table's name has its stage."""
PARAMETER_READS: Final = ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath")
"""The actions that read what `parameter_path` names."""
SMOKE_MARK: Final = "smoke_run"
"""The attribute that every item of the smoke test has, with the run's name as its value, a text."""
RESTORED: Final = "restored."
"""What the name of a table begins with that was restored beside its source. No stage's name has a dot."""
_PARTITIONS: Final = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))
KEY_ID: Final = "00000000-0000-0000-0000-000000000000"
"""What a KMS key is called that AWS has not named yet: as long as it will be."""
STAGE_NAME: Final = re.compile(r"[a-z][a-z0-9]{1,9}")


def check_stage_name(stage: str) -> str:
    """The name, or StageError where it is not one. It has no hyphen, so that `{stage}-` ends it beyond doubt."""
    if not STAGE_NAME.fullmatch(stage):
        raise StageError(
            f"stage {stage!r}: a stage's name is 2 to 10 of a-z and 0-9, a letter first; "
            "name the stack so, as in: pulumi stack init dev"
        )
    return stage


def staged(template: str, stage: str) -> str:
    """A name template (`pse-{table}`, `acsd2p-{stage}-{table}`) with the stage in its place, or in front.

    `{table}` is left standing.
    """
    if "{stage}" in template:
        return template.replace("{stage}", stage)
    return template if stage == PROD else f"{stage}-{template}"


def variable(table: str) -> str:
    """The environment variable of a logical table name: `social-accounts` -> DYNAMODB_SOCIAL_ACCOUNTS_TABLE.

    Letters are upper-cased and everything else but digits becomes an underscore; words are not split.
    """
    return f"DYNAMODB_{re.sub(r'[^A-Z0-9]', '_', table.upper())}_TABLE"


def partition(region: str) -> str:
    """The partition of AWS that a region is in."""
    return next((name for prefix, name in _PARTITIONS if region.startswith(prefix)), "aws")


OWN_KEYS: Final = "alias/dynamodb/"
"""What the alias of a family's own key begins with; the rest is as the path of its parameters."""


def parameter_path(stage: str, family: str) -> str:
    """Where a family's parameters are in SSM; no family's or stage's path is another's beginning up to its slash."""
    return f"/dynamodb/{stage}/{family}"
