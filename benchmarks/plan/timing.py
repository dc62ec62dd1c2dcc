"""Times commands in turns, so that what else the machine does falls on all of them alike."""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.errors import BenchmarkError

SECONDS = 1800.0
"""Bound of one command: the largest takes a minute or two on a busy machine."""


@dataclass(frozen=True)
class Command:
    """A command as its user would give it, and the environment it needs. Its output is kept for a failure's message."""

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]

    def run(self) -> str:
        """Run it to its end; gives what it printed. Raises `BenchmarkError` if it fails."""
        try:
            done = subprocess.run(
                list(self.words),
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise BenchmarkError(f"{self.words[0]}: not done after {SECONDS:.0f} s") from error
        if done.returncode != 0:
            said = "\n".join((done.stdout.strip() + "\n" + done.stderr.strip()).strip().splitlines()[-20:])
            raise BenchmarkError(f"{' '.join(self.words[:3])} … left with exit code {done.returncode}:\n{said}")
        return done.stdout


@dataclass
class Timing:
    """One peer's runs at one size: seconds from start to end, and processor seconds with all that it started."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def processor_median(self) -> float:
        return statistics.median(self.processor)

    def run(self, command: Command) -> None:
        """Run the command once more."""
        before = _children_processor()
        started = time.perf_counter()
        command.run()
        self.seconds.append(time.perf_counter() - started)
        self.processor.append(_children_processor() - before)


@dataclass(frozen=True)
class Ratio:
    """One peer's time as a multiple of another's: of their medians, and the least and greatest within one round."""

    value: float
    least: float
    greatest: float

    @classmethod
    def of(cls, one: Timing, other: Timing) -> Ratio:
        rounds = [a / b for a, b in zip(one.seconds, other.seconds, strict=True)]
        return cls(one.median / other.median, min(rounds), max(rounds))


def in_turns(commands: Sequence[Command], rounds: int, said: Callable[[int], None]) -> list[Timing]:
    """Each command `rounds` times, in the order A B C A B C …, after one round that fills caches and isn't counted."""
    timings = [Timing() for _ in commands]
    for place in range(rounds + 1):
        said(place)
        for command, timing in zip(commands, timings, strict=True):
            (timing if place else Timing()).run(command)
    return timings


def _children_processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
