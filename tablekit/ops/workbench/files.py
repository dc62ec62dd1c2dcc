"""Writes several files: none where one is in the way or can't be written, and each of them whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tablekit.ops.errors import WorkbenchError
from tablekit.ops.files import regular, write_files

_MEND: Final = "name another place with --output"


def write_all(contents: Mapping[Path, str], force: bool) -> None:
    """Write the texts in UTF-8, with the folders they need; all are written aside before the first takes its place.

    force: replace files that are there with other content. Raises WorkbenchError and FileError, with nothing written.
    """
    there = [path for path in contents if regular(path, _MEND) is not None]
    if not force and (other := [str(path) for path in there if _differs(path, contents[path])]):
        raise WorkbenchError(
            f"{', '.join(other)}: there already, with other content; nothing was written. "
            "Name another place with --output, or replace with --force"
        )
    write_files(contents, _MEND, folders=True)


def _differs(path: Path, content: str) -> bool:
    try:
        return path.read_bytes() != content.encode()
    except OSError:
        return True
