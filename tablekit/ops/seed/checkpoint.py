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
    """Everything before `offset` is stored in the table.

    digest: SHA-256 of the file, unpacked. table: its ARN. offset: bytes, unpacked. items: stored so far.
    unconditional: whether the load writes without comparing.
    """

    digest: str
    table: str
    offset: int
    line: int
    items: int
    unconditional: bool
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


def read_checkpoint(path: Path, digest: str, table: str) -> Checkpoint | None:
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
    if found.digest != digest:
        raise SeedError(
            f"{path}: the file has changed since the load was interrupted; delete the checkpoint to begin anew"
        )
    return found
