"""What came out: ratios and growth, judged by the targets, as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.plan.timing import Ratio, Timing

PROJECT, FLAT, CDK = "this project", "flat program", "cdk synth"


@dataclass(frozen=True)
class Size:
    """One size's timings, by peer. times: the multiple of the families; resources: those of AWS, tables included."""

    times: int
    tables: int
    resources: int
    timings: Mapping[str, Timing]

    def ratio(self, peer: str) -> Ratio | None:
        """The project's time as a multiple of a peer's, if that peer was measured."""
        return Ratio.of(self.timings[PROJECT], self.timings[peer]) if peer in self.timings else None


@dataclass(frozen=True)
class Target:
    """What was promised. value: None where it wasn't measured."""

    text: str
    limit: float
    value: float | None

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        return "met" if self.value <= self.limit else "not met"


@dataclass(frozen=True)
class Report:
    """One run of the benchmark, sizes ascending.

    load: how many processes wanted a processor in the minute before the first and before the last run.
    """

    sizes: tuple[Size, ...]
    runs: int
    parallel: int
    load: tuple[float, float]
    notes: tuple[str, ...] = ()

    def growth(self, peer: str, size: Size) -> float | None:
        """How many times as long a peer takes at a size as at the least one."""
        least = self.sizes[0]
        return size.timings[peer].median / least.timings[peer].median if peer in size.timings else None

    def targets(self) -> tuple[Target, ...]:
        """The promises: the ratios at the least size, which is the project's own, and the growth to ten times that."""
        least = self.sizes[0]
        cdk, flat = least.ratio(CDK), least.ratio(FLAT)
        ten = next((size for size in self.sizes if size.times == 10 * least.times), None)
        return (
            Target("preview / cdk synth", 0.75, cdk.value if cdk else None),
            Target("preview / flat program", 1.15, flat.value if flat else None),
            Target("preview of 10 times the tables / of the tables", 12.0, self.growth(PROJECT, ten) if ten else None),
        )

    def as_json(self) -> dict[str, Any]:
        """Every figure, raw ones included, seconds throughout."""
        return {
            "machine": _machine(),
            "load": {"first": self.load[0], "last": self.load[1]},
            "runs": self.runs,
            "parallel": self.parallel,
            "notes": list(self.notes),
            "sizes": [self._size_as_json(size) for size in self.sizes],
            "targets": [
                {"target": each.text, "limit": each.limit, "value": each.value, "verdict": each.verdict}
                for each in self.targets()
            ],
        }

    def show(self, console: Console) -> None:
        """Print it."""
        console.print(self._table())
        console.print(self._verdicts())
        machine = _machine()
        console.print(
            f"{self.runs} runs each, in turns; {machine['processors']} processors, Python {machine['python']}, "
            f"--parallel {self.parallel}; load {self.load[0]:.1f} at the first run, {self.load[1]:.1f} at the last"
        )
        if max(self.load) > machine["processors"] + 1.5:
            console.print("[yellow]The machine is busy with other things: trust the ratios, not the seconds.[/]")
        for note in self.notes:
            console.print(f"[yellow]{note}[/]")

    def _table(self) -> Table:
        table = Table(title="Seconds to plan, medians", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("", "tables", "resources", "", "seconds", "least, most", "processor", "project / it", "growth"):
            table.add_column(name, justify="left" if not name else "right", no_wrap=True)
        for size in self.sizes:
            for peer, timing in size.timings.items():
                first = peer == PROJECT
                ratio = None if first else size.ratio(peer)
                growth = self.growth(peer, size)
                table.add_row(
                    f"{size.times} x" if first else "",
                    str(size.tables) if first else "",
                    str(size.resources) if first else "",
                    peer,
                    f"{timing.median:.2f}",
                    f"{min(timing.seconds):.2f}, {max(timing.seconds):.2f}",
                    f"{timing.processor_median:.2f}",
                    f"{ratio.value:.2f} ({ratio.least:.2f}, {ratio.greatest:.2f})" if ratio else "",
                    f"{growth:.1f} x" if growth and size is not self.sizes[0] else "",
                    end_section=peer == list(size.timings)[-1],
                )
        return table

    def _verdicts(self) -> Table:
        table = Table(title="Targets", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("target", "at most", "is", ""):
            table.add_column(name, justify="left" if name in ("target", "") else "right", no_wrap=True)
        for target in self.targets():
            value = "-" if target.value is None else f"{target.value:.2f}"
            colour = {"met": "green", "not met": "red"}.get(target.verdict, "yellow")
            table.add_row(target.text, f"{target.limit:g}", value, f"[{colour}]{target.verdict}[/]")
        return table

    def _size_as_json(self, size: Size) -> dict[str, Any]:
        ratios = {peer: size.ratio(peer) for peer in size.timings if peer != PROJECT}
        return {
            "times": size.times,
            "tables": size.tables,
            "resources": size.resources,
            "peers": {
                peer: {
                    "median": timing.median,
                    "seconds": timing.seconds,
                    "processorMedian": timing.processor_median,
                    "processorSeconds": timing.processor,
                    "growth": self.growth(peer, size),
                }
                for peer, timing in size.timings.items()
            },
            "ratios": {
                peer: {"value": ratio.value, "least": ratio.least, "greatest": ratio.greatest}
                for peer, ratio in ratios.items()
                if ratio
            },
        }


def _machine() -> dict[str, Any]:
    return {"processors": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
