"""The files and streams that commands read and write; a file is there whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from tablekit.ops.errors import FileError

OPEN: Final = 0o666
"""The mode of a new file, less what the umask takes."""
PRIVATE: Final = 0o600
"""The mode of a new file that its owner alone may read."""


def write_files(contents: Mapping[Path, str], fix: str, *, mode: int = OPEN, folders: bool = False) -> None:
    """Write the texts in UTF-8, each beside its place, and move them there once all are written.

    A link's target is written, not the link. A file that is there keeps its mode.

    fix: what a person can do, for messages. mode: of a new file. folders: whether those that are missing are made.
    Raises FileError, with no file written, also where one of them is there and is not a regular file: a device would be
    lost.
    """
    modes = {path: regular(path, fix) for path in contents}
    fresh: dict[Path, str] = {}
    path = Path()
    try:
        for path, text in contents.items():
            target = os.path.realpath(path)
            if folders:
                os.makedirs(os.path.dirname(target), exist_ok=True)
            aside = os.path.join(os.path.dirname(target), f".tablekit.{os.urandom(8).hex()}")
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
            fresh[path] = aside
            _fill(descriptor, text, modes[path])
        for path, aside in fresh.items():
            os.replace(aside, os.path.realpath(path))
    except OSError as error:
        raise _unwritable(path, error, fix) from None
    finally:
        for aside in fresh.values():
            with suppress(FileNotFoundError):
                os.unlink(aside)


@contextmanager
def writing(path: Path, fix: str, mode: int = OPEN) -> Iterator[IO[str]]:
    """A file to write text into that no memory holds: beside its place, and moved there when the block is done.

    As `write_files` otherwise. Raises FileError, with what was there as it was.
    """
    there = regular(path, fix)
    target = os.path.realpath(path)
    aside = os.path.join(os.path.dirname(target), f".tablekit.{os.urandom(8).hex()}")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            if there is not None:
                os.fchmod(file.fileno(), there)
            os.fsync(file.fileno())
        os.replace(aside, target)
    except OSError as error:
        raise _unwritable(path, error, fix) from None
    finally:
        with suppress(FileNotFoundError):
            os.unlink(aside)


def regular(path: Path, fix: str) -> int | None:
    """The mode of a regular file, None where there is nothing. Raises FileError for anything else."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(path, error, fix) from None
    if not stat.S_ISREG(mode):
        raise FileError(f"{path}: is {_kind(mode)}, not a file; {fix}")
    return stat.S_IMODE(mode)


def ensure_writable(path: Path, fix: str) -> None:
    """See that a file which is written at the end of a long work can be. Raises FileError."""
    regular(path, fix)
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        raise FileError(f"{path}: can't be written: there is no folder {folder}; {fix}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileError(f"{path}: can't be written: Permission denied; {fix}")


def check_text(path: Path, text: str, *, make: str, differs: str) -> None:
    """Hold a file against the text that it is to have. make: what writes it. differs: what to say of another text.

    Raises FileError where it can't be read, or has another text.
    """
    try:
        there = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise FileError(f"{path}: {why}; {make}") from None
    if there != text:
        raise FileError(f"{path}: {differs}")


def input_file(path: Path, fix: str) -> os.stat_result:
    """What the system knows of a file that is to be read more than once. fix: what a person can do, for messages.

    Raises FileError where there is none, or something else, which is named.
    """
    try:
        found = os.stat(path)
    except FileNotFoundError:
        if not path.is_symlink():
            raise FileError(f"{path}: no such file; {fix}") from None
        raise FileError(f"{path}: is a link to {os.readlink(path)}, which is not there; {fix}") from None
    except OSError as error:
        why = "is a link that leads back to itself" if error.errno == errno.ELOOP else error.strerror
        raise FileError(f"{path}: {why}; {fix}") from None
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"{path}: is {_kind(found.st_mode)}, not a file; {fix}")
    return found


def _kind(mode: int) -> str:
    """What stands in the place of a file, with its article."""
    kinds = {stat.S_IFDIR: "a directory", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _fill(descriptor: int, text: str, mode: int | None) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _unwritable(path: Path, error: OSError, fix: str) -> FileError:
    return FileError(f"{path}: can't be written: {error.strerror}; {fix}")


def standard_input() -> bytes:
    """All of it. Raises FileError where it is closed or can't be read."""
    if sys.stdin is None:
        raise FileError("standard input: is closed; give a file instead of -")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise FileError(f"standard input: {error.strerror}; give a file instead of -") from None


def to_standard_output(text: str) -> None:
    """Write it in UTF-8, as it would stand in a file. Raises FileError where standard output is closed."""
    if sys.stdout is None:
        raise FileError("standard output: is closed; name a file")
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
