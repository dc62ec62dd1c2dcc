"""How far a load has come, in a file beside it, so that it goes on from there after an interruption."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from tablekit.ops.errors import FileError, SeedError
from tablekit.ops.files import regular, write_files

SECONDS = 1.0
"""How often it is written while a load runs."""


class Checkpoint(BaseModel):
    """Everything before `offset` is stored in the table. Loads that compare keep none: they begin again.

    digest: SHA-256 of the file, unpacked. table: its ARN. table_id: another for a table of that name made anew.
    offset: bytes, unpacked. line: lines before it. items: stored so far.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    digest: str
    table: str
    table_id: str
    offset: NonNegativeInt = 0
    line: NonNegativeInt = 0
    items: NonNegativeInt = 0
    version: Literal[1] = 1

    def write(self, path: Path) -> None:
        """Write it so that it is there whole or not at all. Raises SeedError."""
        try:
            write_files({path: self.model_dump_json()}, "name another place with --checkpoint")
        except FileError as error:
            raise SeedError(str(error)) from None

    def check(self, path: Path, load: Checkpoint, items: int | None) -> None:
        """See that it is of this load. Raises SeedError.

        path: its own, for messages. load: the checkpoint of the load at its beginning. items: those that the file has
        before `offset`; None where no item ends there.
        """
        if self.table != load.table:
            raise SeedError(f"{path}: is of table {self.table}, this load of {load.table}; delete it to begin anew")
        if self.table_id != load.table_id:
            raise SeedError(f"{path}: the table was made anew since the load was interrupted; delete it to begin anew")
        if self.digest != load.digest:
            raise SeedError(
                f"{path}: the file has changed since the load was interrupted; delete the checkpoint to begin anew"
            )
        if self.items != items:
            there = "no item ends there" if items is None else f"the file has {items:,}"
            raise SeedError(
                f"{path}: is damaged: it says {self.items:,} items before byte {self.offset:,}, and {there}; "
                "delete it to begin anew"
            )


def read_checkpoint(path: Path) -> Checkpoint | None:
    """The checkpoint in a file; None where there is no file. Raises SeedError where it holds something else."""
    way_out = "name another place with --checkpoint"
    try:
        return Checkpoint.model_validate_json(path.read_bytes()) if regular(path, way_out) is not None else None
    except FileError as error:
        raise SeedError(str(error)) from None
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}; {way_out}") from None
    except ValidationError as error:
        first = error.errors()[0]
        why = ": ".join([*map(str, first["loc"]), first["msg"]])
        raise SeedError(f"{path}: is not a checkpoint of a load ({why}); {way_out}, or delete it") from None
