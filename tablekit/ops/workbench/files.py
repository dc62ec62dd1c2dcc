"""Writes several files: none where one is in the way or can't be written, and each of them whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tablekit.ops.workbench.errors import WorkbenchError


def write_all(contents: Mapping[Path, str], force: bool) -> None:
    """Write the texts in UTF-8, with the folders they need; all are written aside before the first takes its place.

    force: replace files that are there with other content. Raises WorkbenchError, with nothing written.
    """
    if there := [str(path) for path, content in contents.items() if not force and _differs(path, content)]:
        raise WorkbenchError(
            f"{', '.join(there)}: there already, with other content; nothing was written. "
            "Name another place with --output, or replace with --force"
        )
    fresh: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh[path] = path.with_name(f".{path.name}.{os.getpid()}")
            fresh[path].write_text(content, encoding="utf-8", newline="\n")
        for path, written in fresh.items():
            written.replace(path)
    except OSError as error:
        raise WorkbenchError(f"{error.filename or path}: {error.strerror}; name another place with --output") from None
    finally:
        for written in fresh.values():
            with suppress(OSError):
                written.unlink()


def _differs(path: Path, content: str) -> bool:
    if not path.exists():
        return False
    try:
        return path.read_bytes() != content.encode()
    except OSError:
        return True
