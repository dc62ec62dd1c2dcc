"""Loads under mixes of faults: what is sent is stored, or the load stops cleanly and the next one completes it.

`python -m tests.support.faults --items 50000` runs every mix at full size, each load a process of its own, prints a
table, and leaves with 1 where an item was lost. `make test` runs the same mixes with a few hundred items.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from families import catalogue
from tests.support.deployed import Deployed, deploy
from tests.support.loading import write_lines
from tests.support.proxy import Choose, Fault, at_random, proxy
from tests.support.stub_table import StubTables

FAMILY, TABLE = "formbridge", "FormBridgeData"
WORDS = ("--family", FAMILY, "--table", TABLE)
SLOW_SECONDS = 0.05
RUNS = 4
"""Loads of a file, at most: the first one, and those that resume it."""

UNREADABLE = (
    Fault.GARBAGE,
    Fault.HTML,
    Fault.EMPTY,
    Fault.NO_OBJECT,
    Fault.EMPTY_OBJECT,
    Fault.TRUNCATED,
    Fault.CUT,
    Fault.CHECKSUM,
)
ALL = tuple(fault for fault in Fault if fault not in (Fault.EXPIRED, Fault.CLOCK))
MIXES: dict[str, tuple[float, tuple[Fault, ...]]] = {
    "throttled": (0.3, (Fault.THROTTLED,)),
    "server errors": (0.2, (Fault.FAILED,)),
    "server errors after execution": (0.2, (Fault.FAILED_AFTER,)),
    "connections closed": (0.2, (Fault.DROPPED,)),
    "connections closed after execution": (0.2, (Fault.DROPPED_AFTER,)),
    "resets": (0.2, (Fault.RESET,)),
    "chunked": (0.5, (Fault.CHUNKED,)),
    "slow": (0.2, (Fault.SLOW,)),
    "partly unprocessed": (0.3, (Fault.PARTIAL,)),
    "garbage": (0.2, (Fault.GARBAGE,)),
    "HTML and redirections": (0.2, (Fault.HTML, Fault.PORTAL)),
    "empty": (0.2, (Fault.EMPTY,)),
    "other JSON": (0.2, (Fault.NO_OBJECT, Fault.EMPTY_OBJECT)),
    "truncated": (0.2, (Fault.TRUNCATED,)),
    "half of the JSON": (0.2, (Fault.CUT,)),
    "wrong checksum": (0.2, (Fault.CHECKSUM,)),
    "doubled": (0.2, (Fault.DOUBLED,)),
    "shifted": (0.2, (Fault.SHIFTED,)),
    "doubled, throttled": (0.3, (Fault.DOUBLED, Fault.THROTTLED)),
    "shifted, partly unprocessed, slow": (0.3, (Fault.SHIFTED, Fault.PARTIAL, Fault.SLOW)),
    "doubled, chunked, closed after execution": (0.3, (Fault.DOUBLED, Fault.CHUNKED, Fault.DROPPED_AFTER)),
    "unreadable of every kind": (0.3, UNREADABLE),
    "unreadable, doubled, shifted": (0.3, (*UNREADABLE, Fault.DOUBLED, Fault.SHIFTED)),
    "everything": (0.5, ALL),
}


@dataclass(frozen=True)
class Outcome:
    """What came of a file under one mix. exits: the loads' exit codes. said: the last one's standard error."""

    sent: int
    stored: int
    exits: tuple[int, ...]
    faults: int
    calls: int
    seconds: float
    said: str

    @property
    def whole(self) -> bool:
        """Whether all is stored, and the loads say so: the last one ended well, those before it not."""
        return self.stored == self.sent and self.exits[-1] == 0 and all(self.exits[:-1])


def load(mix: str, items: int, folder: Path, alone: bool, choose: Choose | None = None) -> Outcome:
    """Load a file of so many items under a mix of faults. alone: in a process of its own."""
    file = write_lines(folder / "items.jsonl", [{"PK": f"order-{n:07}", "SK": "META", "n": n} for n in range(items)])
    tables = StubTables()
    started = time.monotonic()
    exits: list[int] = []
    with proxy(tables.carry, choose or at_random(MIXES[mix][0], *MIXES[mix][1]), SLOW_SECONDS) as server:
        deployed = deploy(server.endpoint, [catalogue().family(FAMILY)], folder)
        while len(exits) < RUNS and (not exits or exits[-1]):
            code, said = _run(deployed, alone, "seed", str(file), *WORDS)
            exits.append(code)
    (stored,) = (len(keys) for keys in tables.keys.values())
    seconds = time.monotonic() - started
    return Outcome(items, stored, tuple(exits), server.done.total(), server.calls["BatchWriteItem"], seconds, said)


def _run(deployed: Deployed, alone: bool, *words: str) -> tuple[int, str]:
    if not alone:
        shown = deployed.tablekit(*words)
        return shown.exit_code, shown.stderr
    done = subprocess.run(
        deployed.command(*words), env=deployed.environment(), capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def main() -> int:
    """Run every mix; gives the exit code."""
    parser = argparse.ArgumentParser(description="Load a file under every mix of faults.")
    parser.add_argument("--items", type=int, default=50_000, help="items of the file")
    parser.add_argument("--mix", action="append", choices=MIXES, help="only this mix; may be repeated")
    given = parser.parse_args()
    table = Table("mix", title=f"{given.items:,} items", title_justify="left")
    for name in ("sent", "stored", "exit codes", "calls", "faults", "seconds"):
        table.add_column(name, justify="right")
    lost = False
    for mix in given.mix or MIXES:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            found = load(mix, given.items, Path(folder), alone=True)
        lost = lost or not found.whole
        codes = " ".join(map(str, found.exits))
        table.add_row(
            mix, f"{found.sent:,}", f"{found.stored:,}", codes, f"{found.calls:,}", f"{found.faults:,}",
            f"{found.seconds:.1f}",
        )  # fmt: skip
        print(f"{mix}: {found.stored:,} of {found.sent:,} {found.said.strip()}", file=sys.stderr, flush=True)
    Console(width=120).print(table)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
