"""The files beside a load: its checkpoint, and the bad lines that it sets aside."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from tablekit.ops.errors import SeedError
from tablekit.ops.files import PRIVATE, regular, write_files

_OTHER_CHECKPOINT = "name another place with --checkpoint"


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
        """Write it so that it is there whole or not at all. Raises FileError."""
        write_files({path: self.model_dump_json()}, _OTHER_CHECKPOINT)

    def check(self, path: Path, load: Checkpoint, items: int | None) -> None:
        """See that it is of this load. Raises SeedError.

        path: its own, for messages. load: the checkpoint of the load at its beginning. items: those that the file has
        before `offset`; None where no item ends there.
        """
        there = "no item ends there" if items is None else f"the file has {items or 0:,}"
        for same, problem in (
            (self.table == load.table, f"is of table {self.table}, this load of {load.table}"),
            (self.table_id == load.table_id, "the table was made anew since the load was interrupted"),
            (self.digest == load.digest, "the file has changed since the load was interrupted"),
            (
                self.items == items,
                f"is damaged: it says {self.items:,} items before byte {self.offset:,}, and {there}",
            ),
        ):
            if not same:
                raise SeedError(f"{path}: {problem}; delete the checkpoint to begin anew")


Kept = TypeVar("Kept", bound=BaseModel)


def read_checkpoint(path: Path, kind: type[Kept]) -> Kept | None:
    """The checkpoint in a file; None where there is no file. Raises SeedError, FileError for anything else."""
    if regular(path, _OTHER_CHECKPOINT) is None:
        return None
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}; {_OTHER_CHECKPOINT}") from None
    except ValidationError as error:
        first = error.errors()[0]
        why = ": ".join([*map(str, first["loc"]), first["msg"]])
        raise SeedError(
            f"{path}: is not a checkpoint of this command ({why}); {_OTHER_CHECKPOINT}, or delete it"
        ) from None


@contextmanager
def setting_aside(path: Path | None) -> Iterator[Rejects | None]:
    """Rejects for that path; None without one. Raises SeedError where one of the two files exists or can't be made."""
    if path is None:
        yield None
        return
    paths = (path, Path(f"{path}.reasons"))
    for each in paths:
        if os.path.lexists(each):
            raise SeedError(f"--rejects {path}: {each} exists, and no file is overwritten; name one that does not")
    try:
        spools = [tempfile.TemporaryFile(dir=path.parent) for _ in paths]  # noqa: SIM115 - closed below
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield Rejects(paths, spools)
    finally:
        for spool in spools:
            with suppress(OSError):  # of a full disk, which `put` has reported: nobody wants the rest of it any more
                spool.close()


class Rejects:
    """Records as they stood in their file, to come into `path`, and why each is bad, to come into `path.reasons`.

    Until `write` they are in `spools`, files without a name, which go with the process: a load that is interrupted
    leaves nothing that the next one would find in its way.
    """

    def __init__(self, paths: Sequence[Path], spools: Sequence[IO[bytes]]) -> None:
        self.paths, self._spools = paths, spools
        self.count = 0

    def put(self, raw: bytes, reason: str, header: bytes) -> None:
        """Take one. header: the first line of their file. Raises SeedError."""
        try:
            if not self.count:
                self._spools[0].write(header)
            self.count += 1
            self._spools[0].write(raw if raw.endswith(b"\n") else raw + b"\n")
            self._spools[1].write(reason.encode(errors="replace") + b"\n")
        except OSError as error:
            raise _unwritable(self.paths[0], error) from None

    def clear(self) -> None:
        """Forget what was taken."""
        self.count = 0
        for spool in self._spools:
            spool.seek(0)
            spool.truncate()

    def write(self) -> None:
        """Make the two files, if there is a record for them. Raises SeedError, with neither of them made."""
        made: list[Path] = []
        for path, spool in zip(self.paths, self._spools, strict=True) if self.count else ():
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
                with os.fdopen(descriptor, "wb") as file:
                    made.append(path)
                    spool.seek(0)
                    shutil.copyfileobj(spool, file)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                for each in made:
                    each.unlink()
                raise SeedError(
                    f"{path}: {error.strerror}; the good lines are stored, the bad ones are in no file: "
                    "run the same command again with another --rejects"
                ) from None


def _unwritable(path: Path, error: OSError) -> SeedError:
    return SeedError(f"{path}: {error.strerror}; name another place with --rejects")
