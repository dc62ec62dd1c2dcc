"""What came out: rates, memory, and the promises, as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
import statistics
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.seed.peer import BATCH_WRITER, OURS
from benchmarks.seed.servers import STUB


@dataclass
class Case:
    """One peer, one server, one latency, one size, and its runs: seconds, peak bytes and processor seconds of each."""

    peer: str
    server: str
    milliseconds: float
    items: int
    seconds: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Items a second, of the median run."""
        return self.items / statistics.median(self.seconds)


@dataclass(frozen=True)
class Target:
    """What was promised. value: None where it wasn't measured."""

    text: str
    limit: float
    value: float | None
    least: bool

    @property
    def verdict(self) -> str:
        """Whether it was kept."""
        if self.value is None:
            return "not measured"
        kept = self.value >= self.limit if self.least else self.value <= self.limit
        return "met" if kept else "not met"


@dataclass(frozen=True)
class Report:
    """One run of the benchmark. load: processes that wanted a processor, before the first and the last run."""

    cases: list[Case]
    load: tuple[float, float]
    notes: tuple[str, ...]

    def case(self, peer: str, server: str, milliseconds: float, items: int) -> Case | None:
        """The case, if it was measured."""
        wanted = (peer, server, milliseconds, items)
        return next((c for c in self.cases if (c.peer, c.server, c.milliseconds, c.items) == wanted), None)

    def ratio(self, case: Case) -> float | None:
        """Our rate as a multiple of this case's, of the same size and in the same circumstances."""
        own = self.case(OURS, case.server, case.milliseconds, case.items)
        return own.rate / case.rate if own and case.peer != OURS else None

    def targets(self) -> list[Target]:
        """The promises of rate, at the largest size that both did, and of memory, over all sizes."""
        found = []
        for server, milliseconds in dict.fromkeys((case.server, case.milliseconds) for case in self.cases):
            theirs = [
                c for c in self.cases if (c.peer, c.server, c.milliseconds) == (BATCH_WRITER, server, milliseconds)
            ]
            largest = max(theirs, key=lambda case: case.items, default=None)
            text = f"our rate / batch_writer's, {server}, {milliseconds:g} ms"
            limit = 8.0 if milliseconds else 1.3
            found.append(Target(text, limit, self.ratio(largest) if largest else None, True))
        own = sorted((c for c in self.cases if c.peer == OURS and c.server == STUB), key=lambda case: case.items)
        if own and own[0].items != own[-1].items:
            few = [max(case.peak) for case in own if case.items == own[0].items]
            many = [max(case.peak) for case in own if case.items == own[-1].items]
            text = f"our peak memory at {own[-1].items:,} / at {own[0].items:,} items"
            found.append(Target(text, 1.2, max(many) / max(few), False))
        return found

    def as_json(self) -> dict[str, Any]:
        """Every figure: seconds, bytes, items a second."""
        return {
            "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
            "load": list(self.load),
            "notes": list(self.notes),
            "cases": [{**vars(case), "rate": case.rate, "ratio": self.ratio(case)} for case in self.cases],
            "targets": [{**vars(target), "verdict": target.verdict} for target in self.targets()],
        }

    def show(self, console: Console) -> None:
        """Print it."""
        table = Table(title="Loading, medians", title_justify="left")
        for name in ("server", "latency", "items", "", "items/s", "peak MiB", "processor µs/item", "ours / it"):
            table.add_column(name, justify="left" if name in ("server", "") else "right", no_wrap=True)
        for case in self.cases:
            ratio = self.ratio(case)
            table.add_row(
                case.server,
                f"{case.milliseconds:g} ms",
                f"{case.items:,}",
                case.peer,
                f"{case.rate:,.0f}",
                f"{max(case.peak) / 2**20:.0f}",
                f"{statistics.median(case.processor) / case.items * 1e6:.0f}",
                f"{ratio:.1f}" if ratio else "",
            )
        console.print(table)
        for target in self.targets():
            value = "-" if target.value is None else f"{target.value:.2f}"
            bound = "at least" if target.least else "at most"
            console.print(f"{target.text}: {value} ({bound} {target.limit:g}: {target.verdict})")
        console.print(f"{os.cpu_count()} processors, load {self.load[0]:.1f} before and {self.load[1]:.1f} after")
        for note in self.notes:
            console.print(note)
