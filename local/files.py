"""Files are written at one stroke, and a failure says which file it was and what to do."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.errors import LocalError

FULL = (errno.ENOSPC, errno.EDQUOT)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
MISPLACED = (errno.ENOTDIR, errno.EEXIST, errno.EISDIR)


def write_atomically(file: Path, text: str, mode: int = 0o644) -> None:
    """Write a file so that no reader ever sees half of it; nothing is left of a write that fails."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(mode)
        fresh.replace(file)
    except OSError as error:
        error.filename = str(file)  # not the one beside it, which nobody knows
        raise
    finally:
        fresh.unlink(missing_ok=True)


def write_script(file: Path, command: str) -> None:
    """Write a shell script that runs a command with the words that it is given, if it isn't there already."""
    text = f'#!/bin/sh\n{command} "$@"\n'
    if not file.exists() or file.read_text() != text:
        write_atomically(file, text, 0o755)


@contextmanager
def locked(place: Path, wait: bool) -> Iterator[bool]:
    """Hold the lock of a file, made if need be, or of a folder; it goes with the process that holds it.

    Gives whether it was free; without `wait` the block runs either way.
    """
    descriptor = os.open(place, os.O_RDONLY if place.is_dir() else os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
            if wait:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield free
    finally:
        os.close(descriptor)


@contextmanager
def of(thing: Path | str) -> Iterator[None]:
    """What fails in the block and doesn't say of which file fails as this one's: a write to a full disk names none."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(thing)
        raise


def explained(error: OSError) -> LocalError:
    """What the system refused, as one message: the file, the reason, what to do."""
    # Every other write names its file.
    name = error.filename or ("standard output" if error.errno in (*FULL, errno.EPIPE, errno.EIO) else "the system")
    way = "see to it, and run this again"
    if error.errno in FULL:
        way = "free some space there, and run this again; it goes on from where it was"
    elif error.errno in DENIED:
        way = "give yourself the right to write there, and run this again"
    elif error.errno in MISPLACED:
        way = "a file is where a folder is needed, or the other way round: move it away, and run this again"
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache and str(name).startswith(cache):
        way += f"; the cache is there because XDG_CACHE_HOME is {cache!r}"
    return LocalError(f"{name}: {error.strerror or error}: {way}")
