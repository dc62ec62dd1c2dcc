"""Backups by AWS Backup: what a family declares, what a stage sets, and whether the two fit together.

A rule that keeps longer or shorter than its vault's lock allows is deployed without a word, and then each of its jobs
fails: every rule and every copy is held against the lock of the vault that it goes to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, StrictInt, model_validator

from tablekit.model import limits
from tablekit.model.base import Declared, Region, Settings, repeated

Days = Annotated[StrictInt, Field(ge=1, le=limits.MAX_BACKUP_DAYS)]
_EXAMPLE: Final = "cron(0 3 * * ? *), which is each day at 3:00 UTC"
_FIELD: Final = re.compile(r"[0-9A-Z*?,/#L-]+")


_RANGES: Final = (range(60), range(24), range(1, 32), range(1, 13), range(1, 8), range(1970, 2200))


def cron_fields(text: str, example: str) -> list[str]:
    """Minute, hour, day, month, weekday and year of a schedule, as AWS has them. Raises ValueError.

    example: how it is written.
    """
    inside = re.fullmatch(r"cron\((.*)\)", text)
    parts = inside[1].split(" ") if inside else []
    if len(parts) != 6 or not all(map(_FIELD.fullmatch, parts)):
        raise ValueError(f"{text!r} is not minute, hour, day, month, weekday and year; write it as {example}")
    if [parts[2], parts[4]].count("?") != 1:
        raise ValueError(f"{text!r}: one of day and weekday, and not both, is ?; write it as {example}")
    for part, allowed in zip(parts, _RANGES, strict=True):
        if part.isdigit() and int(part) not in allowed:
            raise ValueError(f"{text!r}: {part} is not one of {allowed[0]} to {allowed[-1]}; write it as {example}")
    return parts


def _cron(text: str) -> str:
    minute = cron_fields(text, _EXAMPLE)[0]
    if not minute.isdigit():
        raise ValueError(f"{text!r}: the minute is one of 0 to 59, as AWS Backup runs once an hour at most; {_EXAMPLE}")
    return text


class BackupRule(Declared):
    """When all tables of a family are backed up, and how long each backup is kept.

    schedule: in UTC. cold_after_days: when it goes to cold storage, where AWS has it paid for 90 days at least.
    """

    name: str = Field(pattern=r"^[a-zA-Z0-9_.-]{1,50}$")
    schedule: Annotated[str, AfterValidator(_cron)]
    delete_after_days: Days
    cold_after_days: Days | None = None

    @model_validator(mode="after")
    def _long_enough_in_the_cold(self) -> Self:
        cold, least = self.cold_after_days, limits.MIN_COLD_DAYS
        if cold is not None and self.delete_after_days < cold + least:
            raise ValueError(
                f"rule {self.name!r} goes to cold storage after {cold} days and is deleted after "
                f"{self.delete_after_days}; AWS takes {cold + least} or more, as it stays there {least} days: keep it "
                "longer, or leave cold_after_days away"
            )
        return self


class Backups(Declared):
    """What a document asks for. purpose: its words."""

    purpose: str = Field(min_length=1)
    rules: tuple[BackupRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if twice := repeated(rule.name for rule in self.rules):
            raise ValueError(f"two rules are named {twice[0]!r}; rename one")
        return self


DEFAULT: Final = (
    BackupRule(name="daily", schedule="cron(0 3 * * ? *)", delete_after_days=35),
    BackupRule(name="monthly", schedule="cron(0 4 1 * ? *)", delete_after_days=365),
)
"""The rules of a family that declares none."""


class LockDays(Settings):
    """How long a locked vault's backups are kept: neither shorter nor longer."""

    at_least: Days = 30
    at_most: Days = 400

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if self.at_least > self.at_most:
            raise ValueError(f"atLeast {self.at_least} is more than atMost {self.at_most}; swap them")
        return self


class BackupVault(Settings):
    """A stage's vaults, one a family.

    lock: nobody shortens what is kept: with governance but for who may change the lock, with compliance nobody ever,
        AWS itself included. lock_days: of the vault; copy_lock_days: of the one that copies go to, else the same.
    copy_to: the region that each backup is copied to. grace_days: how long a compliance lock can be taken back.
    """

    lock: Literal["none", "governance", "compliance"] = "governance"
    lock_days: LockDays | None = None
    copy_to: Region | None = None
    copy_lock_days: LockDays | None = None
    grace_days: Annotated[StrictInt, Field(ge=limits.MIN_LOCK_GRACE_DAYS, le=limits.MAX_BACKUP_DAYS)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.grace_days is not None and self.lock != "compliance":
            raise ValueError(f"graceDays are of a compliance lock, and lock is {self.lock}; remove them")
        if self.lock == "none" and (self.lock_days or self.copy_lock_days):
            raise ValueError("lock days are given, and lock is none; make it governance, or remove them")
        if self.copy_lock_days and not self.copy_to:
            raise ValueError("copyLockDays are given, and copyTo is not; name the region that copies go to, or remove")
        return self

    def kept(self, copy: bool) -> LockDays | None:
        """The lock's range of the vault, or of the one that copies go to; None without a lock."""
        own = self.lock_days or LockDays()
        return None if self.lock == "none" else (self.copy_lock_days or own) if copy else own

    def problems(self, family: str, region: str, vault: str, rules: tuple[BackupRule, ...]) -> Iterator[str]:
        """What would make a family's backups fail. vault: its name in the stage. region: the family's."""
        if not limits.VAULT_NAME.fullmatch(vault):
            yield (
                f"family {family!r}: its vault would be called {vault!r}; a name is 2 to 47 of a-z A-Z 0-9 _ -, with "
                "which its restoring role has 64: give the family a shorter key"
            )
        if self.copy_to == region:
            yield f"copyTo is {region}, where the tables of family {family!r} are; name another region"
        for rule in rules:
            for copy in (False, True) if self.copy_to else (False,):
                kept, place = self.kept(copy), f"copies to {self.copy_to}" if copy else "backups"
                if kept and not kept.at_least <= rule.delete_after_days <= kept.at_most:
                    yield (
                        f"family {family!r}, rule {rule.name!r}: {place} are kept {rule.delete_after_days} days, and "
                        f"their vault's lock takes {kept.at_least} to {kept.at_most}: every job would fail; change "
                        f"{'copyLockDays' if copy and self.copy_lock_days else 'lockDays'}, or the rule"
                    )
