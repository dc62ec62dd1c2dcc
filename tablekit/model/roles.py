"""Roles: who may use a family's tables, in terms of its access patterns."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from tablekit.model.base import DESCRIPTION, KEBAB, Declared, repeated


class Reach(Declared):
    """A role's reach into another family: some of that family's access patterns, on exact tables.

    option: the name of a stage setting that must be on (`options`), or None: always.
    A reach that writes needs an option: it is off until somebody decides.
    """

    family: str
    patterns: tuple[str, ...] = Field(min_length=1)
    purpose: str = Field(min_length=1)
    option: str | None = Field(default=None, pattern=KEBAB)


class TenantScope(Declared):
    """Binds a role to the tenant of its session: its tag's value fills `{tenant}` in the leading keys.

    leading_keys: hash key values, of tables and indexes, that belong to the tenant; `*` matches any text.
    separator: the character that ends a tenant's id in a key; no tenant id ([A-Za-z0-9_-]+) may contain it.

    In the patterns' key templates the tenant is the field `{<tag>_id}`.
    """

    tag: str = "tenant"
    leading_keys: tuple[str, ...] = Field(min_length=1)
    separator: str = Field(default="#", pattern=r"^[^A-Za-z0-9_*?$-]$")

    @field_validator("leading_keys")
    @classmethod
    def _bound(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            if key.count("{tenant}") != 1:
                raise ValueError(
                    f"leading key {key!r} must hold {{tenant}} once, or it would open every tenant's items"
                )
            if set("*?$") & set(key.replace("{tenant}", "").removesuffix("*")):
                raise ValueError(
                    f"leading key {key!r} has *, ? or $, which IAM reads as wildcards and variables; "
                    "write the text out, with * at the very end at most"
                )
        return keys

    @model_validator(mode="after")
    def _ends(self) -> Self:
        for key in self.leading_keys:
            rest = key.split("{tenant}")[1]
            if rest and not rest.startswith(self.separator):
                raise ValueError(
                    f"leading key {key!r}: {rest!r} follows the tenant without {self.separator!r}, so a tenant whose "
                    f"id begins the same would match; put {self.separator!r} after {{tenant}}"
                )
        return self

    def matches(self, hash_value: str, field: str) -> bool:
        """Whether a key template's value, `{field}` being the tenant, is within the leading keys."""
        value = hash_value.replace(f"{{{field}}}", "\0")
        return any(
            re.fullmatch(re.escape(key.replace("{tenant}", "\0")).replace(r"\*", ".*"), value, re.DOTALL)
            for key in self.leading_keys
        )


class Role(Declared):
    """An IAM role of a family.

    access: read-write takes every access pattern, read-only those that read and give no attribute that is declared a
        secret.
    patterns: names of the patterns to take; empty: all that `access` covers.
    physical: the role's name in prod where a document gives one; else `<family>-<name>-role`.
    describe: may also call DescribeTable on the family's tables, for a system's own diagnostics.
    assumed_by: the family's role that assumes this one, unless the stage's `trust` says otherwise; a tenant's role
        needs a caller that gives the session its tenant tag, which no service does.
    metrics_namespace: may put custom metrics into this CloudWatch namespace.
    """

    name: str = Field(pattern=KEBAB)
    purpose: str = Field(pattern=DESCRIPTION)
    access: Literal["read-write", "read-only"]
    patterns: tuple[str, ...] = ()
    physical: str | None = None
    describe: bool = False
    reaches: tuple[Reach, ...] = ()
    metrics_namespace: str | None = None
    tenant: TenantScope | None = None
    assumed_by: str | None = None

    @model_validator(mode="after")
    def _reaches_differ(self) -> Self:
        if twice := repeated(reach.option or reach.family for reach in self.reaches):
            raise ValueError(
                f"role {self.name!r}: two reaches are both of {twice[0]!r}; name their patterns in one, "
                "or give each an option of its own"
            )
        return self

    @model_validator(mode="after")
    def _tenant_reads(self) -> Self:
        if self.tenant and self.access != "read-only":
            raise ValueError(
                f"role {self.name!r}: a tenant's role is read-only; one that writes could plant another tenant's "
                "index keys: set access to read-only"
            )
        if self.tenant and (self.reaches or self.metrics_namespace or self.describe):
            raise ValueError(
                f"role {self.name!r}: a tenant's role has nothing but its tenant's items; leave out reaches, "
                "metrics_namespace and describe, or give them to another role"
            )
        if self.tenant and not self.assumed_by:
            raise ValueError(f"role {self.name!r}: name in assumed_by the role that gives a session its tenant tag")
        if self.tenant and not self.patterns:
            raise ValueError(f"role {self.name!r}: name the patterns that lie within the tenant's leading keys")
        return self
