"""How much a table and its indexes take: provisioned, moved by use and by the clock; or on demand, up to a maximum.

A table has one mode at a time. An index is as its table, unless the table's setting names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StrictInt, model_validator

from tablekit.model import limits
from tablekit.model.backups import cron_fields
from tablekit.model.base import Settings, repeated
from tablekit.model.errors import did_you_mean

SIDES: Final = (("read", "Read"), ("write", "Write"))
"""Reads and writes, as settings and as AWS have them."""
TableClass = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
Units = Annotated[StrictInt, Field(ge=1)]
"""Units a second."""


def _schedule(text: str) -> str:
    cron_fields(text, "cron(0 8 ? * MON-FRI *), which is each weekday at 8:00")
    return text


def _timezone(name: str) -> str:
    known = available_timezones()
    if known and name not in known:
        raise ValueError(f"{name!r} is not a time zone{did_you_mean(name, known)}; write it as Europe/London")
    return name


def _maximum(units: int) -> int:
    if units == 0 or units < -1:
        raise ValueError(f"{units} is not a maximum; give 1 or more, or -1 to lift one that the table has")
    return units


Maximum = Annotated[StrictInt, AfterValidator(_maximum)]


class UpTo(Settings):
    """The ceilings of autoscaling, of reads, writes or both."""

    read: Units | None = None
    write: Units | None = None


class Floor(Settings):
    """A floor that holds from a time on, until another's time comes."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    schedule: Annotated[str, AfterValidator(_schedule)]
    timezone: Annotated[str, AfterValidator(_timezone)] = "UTC"
    read: Units | None = None
    write: Units | None = None


class IndexCapacity(Settings):
    """Provisioned capacity; with up_to it is the floor of autoscaling, until one of the floors has its time."""

    read: Units
    write: Units
    up_to: UpTo = UpTo()
    floors: tuple[Floor, ...] = ()

    @model_validator(mode="after")
    def _under_its_ceiling(self) -> Self:
        if twice := repeated(floor.name for floor in self.floors):
            raise ValueError(f"two floors are named {twice[0]!r}; rename one")
        for side, _ in SIDES:
            own, most = getattr(self, side), getattr(self.up_to, side)
            if most is not None and own > most:
                raise ValueError(f"{side} {own} is the floor, and upTo.{side} {most} is below it; raise the ceiling")
            for floor in self.floors:
                units = getattr(floor, side)
                if units is not None and most is None:
                    raise ValueError(
                        f"floor {floor.name!r} is of {side}, and upTo.{side} is not given: only autoscaling has "
                        "floors; give it, or remove the floor"
                    )
                if units is not None and units > most:
                    raise ValueError(
                        f"floor {floor.name!r} is {units} of {side}, and upTo.{side} {most}: raise the one, or lower "
                        "the other"
                    )
        for floor in self.floors:
            if floor.read is None and floor.write is None:
                raise ValueError(f"floor {floor.name!r} has neither read nor write; give one, or both")
        return self

    @property
    def scaled(self) -> bool:
        """Whether autoscaling moves any of it."""
        return self.up_to.read is not None or self.up_to.write is not None


class Provisioned(IndexCapacity):
    """A table's provisioned capacity. target: how much of it is used, in percent, before it is moved."""

    target: Annotated[StrictInt, Field(ge=limits.SCALING_TARGET[0], le=limits.SCALING_TARGET[-1])] = 70
    indexes: dict[str, IndexCapacity] = {}

    @model_validator(mode="after")
    def _target_of_autoscaling(self) -> Self:
        if "target" in self.model_fields_set and not self.autoscaled:
            raise ValueError(f"target {self.target} is autoscaling's, and upTo is not given; give it, or remove target")
        return self

    def of(self, index: str | None) -> IndexCapacity:
        """That of an index, or of the table itself."""
        return self.indexes.get(index or "", self)

    @property
    def autoscaled(self) -> bool:
        """Whether autoscaling moves any of it, an index's or the table's."""
        return self.scaled or any(index.scaled for index in self.indexes.values())


class Caps(Settings):
    """The most that is served on demand, units a second; -1 lifts a maximum that is there: left out, it stays."""

    max_read: Maximum | None = None
    max_write: Maximum | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.max_read is None and self.max_write is None:
            raise ValueError("neither maxRead nor maxWrite is given; give one, or both, or remove the key")
        return self


class OnDemand(Caps):
    """A table's maximum on demand."""

    indexes: dict[str, Caps] = {}

    def of(self, index: str | None) -> Caps:
        """That of an index, or of the table itself."""
        return self.indexes.get(index or "", self)


class Warm(Settings):
    """What is served at once without growing first, units a second. AWS takes no less than it gives every table."""

    read: Annotated[StrictInt, Field(ge=limits.MIN_WARM_THROUGHPUT[0])]
    write: Annotated[StrictInt, Field(ge=limits.MIN_WARM_THROUGHPUT[1])]


class WarmThroughput(Warm):
    """A table's."""

    indexes: dict[str, Warm] = {}

    def of(self, index: str | None) -> Warm:
        """That of an index, or of the table itself."""
        return self.indexes.get(index or "", self)


def index_problems(
    settings: Mapping[str, Mapping[str, Provisioned | OnDemand | WarmThroughput]], indexes: Mapping[str, set[str]]
) -> Iterator[tuple[str, str]]:
    """Pairs of a setting and its problem: indexes that it names and the table has not.

    settings: by name, what each table is set. indexes: by table, those that have capacity of their own.
    """
    for key, tables in settings.items():
        for table, given in tables.items():
            for name in given.indexes:
                if name not in indexes[table]:
                    allowed = ", ".join(sorted(indexes[table])) or "none"
                    hint = did_you_mean(name, indexes[table])
                    yield key, f"{table}: no global index {name!r}{hint}; allowed are {allowed}"
