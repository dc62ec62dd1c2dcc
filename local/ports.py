"""Says which process listens on a port, for the message about a port that is taken."""

from __future__ import annotations

import os
from pathlib import Path

LISTENING = "0A"
"""State of a socket in /proc/net/tcp."""


def holder(port: int) -> str | None:
    """`process 123 (its command line)`, or nothing where it can't be told: another user's, or not on Linux."""
    sockets = _listening_sockets(port)
    for pid in sorted(int(entry) for entry in _names(Path("/proc")) if entry.isdigit()):
        descriptors = Path(f"/proc/{pid}/fd")
        for name in _names(descriptors):
            try:
                target = os.readlink(descriptors / name)
            except OSError:
                continue
            if target in sockets:
                return f"process {pid} ({_command(pid)})"
    return None


def _listening_sockets(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "its command line cannot be read"
    return b" ".join(words).decode(errors="replace").strip()[:120]
