"""How far a load has come, in a file beside it, so that it goes on from there after an interruption."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from tablekit.ops.seed.errors import SeedError

VERSION = 1
SECONDS = 1.0
"""How often it is written while a load runs."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything before `offset` is stored in the table. Loads that compare keep none: they begin again.

    digest: SHA-256 of the file, unpacked. table: its ARN. table_id: another for a table of that name made anew.
    offset: bytes, unpacked. items: stored so far.
    """

    digest: str
    table: str
    offset: int
    line: int
    items: int
    table_id: str = ""
    version: int = VERSION

    def write(self, path: Path) -> None:
        """Write it so that it is there whole or not at all. Raises SeedError."""
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                json.dump(asdict(self), file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as error:
            raise SeedError(f"{path}: {error.strerror}; name another place with --checkpoint") from None


def read_checkpoint(path: Path, digest: str, table: str, table_id: str) -> Checkpoint | None:
    """The checkpoint of this file and table; None where there is none. Raises SeedError where it is another's."""
    try:
        found = Checkpoint(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise SeedError(f"{path}: no checkpoint of a load ({error}); delete it to begin anew") from None
    for what, there, here in (("version", found.version, VERSION), ("table", found.table, table)):
        if there != here:
            raise SeedError(f"{path}: is of {what} {there}, this load of {here}; delete it to begin anew")
    if found.table_id != table_id:
        raise SeedError(f"{path}: the table was made anew since the load was interrupted; delete it to begin anew")
    if found.digest != digest:
        raise SeedError(
            f"{path}: the file has changed since the load was interrupted; delete the checkpoint to begin anew"
        )
    return found
