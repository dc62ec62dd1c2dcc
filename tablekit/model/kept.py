"""Keeps what is made of a package's source beside its bytecode, as that is kept: until the source changes."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")
_MODEL = Path(__file__).parent
_SIZE = 32
"""Bytes of a hash. The file begins with two: of the sources it was made of, and of its content."""


def kept(package: Path, versions: Iterable[str], make: Callable[[], _T]) -> _T:
    """What `make` made at an earlier start of Python, or makes now.

    package: the folder of the modules it is made of. It is made anew where one of these, or of this library's, or one
    of the versions is another than then, and kept only where Python keeps bytecode. Whoever can change it can change
    the bytecode as well, so it is trusted as that is.
    """
    file = Path(cache_from_source(str(package / "__init__.py"))).with_suffix(".kept")
    source = _fingerprint(package, versions)
    with suppress(OSError):
        content = file.read_bytes()
        payload = content[2 * _SIZE :]
        if content[: 2 * _SIZE] == source + _hash(payload):
            found: _T = pickle.loads(payload)  # noqa: S301 - see above
            return found
    made = make()
    if not sys.dont_write_bytecode:
        payload = pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
        with suppress(OSError):  # a read-only folder, as for bytecode
            _write(file, source + _hash(payload) + payload)
    return made


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_SIZE).digest()


def _fingerprint(package: Path, versions: Iterable[str]) -> bytes:
    """A hash of the sources, by name and content, and of the versions."""
    found = hashlib.blake2b(digest_size=_SIZE)
    for text in (sys.version, *versions):
        found.update(f"{text}\0".encode())
    for folder in (_MODEL, package):
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py"):
                source = (folder / name).read_bytes()
                found.update(f"{name}\0{len(source)}\0".encode() + source)
    return found.digest()


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(file)
