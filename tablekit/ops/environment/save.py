"""Writes a text to a file, whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from tablekit.ops.environment.errors import VariableError

_NEW = 0o600
"""The mode of a new file: what stands in a .env file beside table names is often secret."""


def save(path: Path, text: str, replace: bool) -> None:
    """Write the file beside its place and move it there. Raises VariableError.

    replace: whether one that is there may go; it keeps its mode. A link's target is written, not the link.
    """
    target = path.resolve()
    try:
        mode = target.stat().st_mode if target.exists() else stat.S_IFREG | _NEW
        if not stat.S_ISREG(mode):
            raise VariableError(f"{path}: is no regular file; leave --output out, or give -, for standard output")
        if target.exists() and not replace:
            raise VariableError(
                f"{path}: is there already, and all that it holds would go; give --replace, another file, or append "
                f"to it: tablekit env … >> {path}"
            )
        _replace(target, text, stat.S_IMODE(mode))
    except OSError as error:
        raise VariableError(f"{path}: can't be written: {error.strerror}; give another file") from None


def _replace(target: Path, text: str, mode: int) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
