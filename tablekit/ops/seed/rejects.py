"""Bad lines that a load sets aside: kept while it runs, and put into files of their own when it is done."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tablekit.ops.errors import SeedError


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

    def write(self) -> None:
        """Make the two files, if there is a record for them. Raises SeedError, with neither of them made."""
        made: list[Path] = []
        for path, spool in zip(self.paths, self._spools, strict=True) if self.count else ():
            try:
                with path.open("xb") as file:
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
