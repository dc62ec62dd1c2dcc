"""Who lets a finding pass, and why: `policy-allow.toml`, beside the pack's folder."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import ClassVar, Final

from pydantic import Field

from tablekit.model.allowances import Granted
from tablekit.model.errors import TablekitError

FILE: Final = Path(__file__).resolve().parents[1] / "policy-allow.toml"


class AllowanceError(TablekitError):
    """An entry of the file that is wrong."""


class Allowance(Granted):
    """A rule that may be broken by some resources. resource: a Pulumi name, or a pattern of such with * and ?."""

    EXAMPLE: ClassVar[str] = (
        '[[allow]]\nrule = "index-unused"\nresource = "shop-orders"\nby = "A Name"\nreason = "…"\nuntil = 2027-01-31'
    )
    ERROR: ClassVar[type[TablekitError]] = AllowanceError

    rule: str = Field(min_length=1)
    resource: str = Field(min_length=1)

    def fits(self, rule: str, resource: str) -> bool:
        """Whether it is about this rule and this resource."""
        return self.rule == rule and fnmatchcase(resource, self.resource)


def allowances() -> tuple[Allowance, ...]:
    """Those of the file; none where there is no file. Raises AllowanceError."""
    return tuple(Allowance.read_file(FILE)) if FILE.exists() else ()
