"""`python -m benchmarks.plan`: measure, print, and leave with 0 whatever the figures are."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.errors import BenchmarkError
from benchmarks.plan import cdk, flat, growth
from benchmarks.plan.engine import Bench
from benchmarks.plan.report import CDK, FLAT, PROJECT, Report, Size
from benchmarks.plan.resources import Planned, planned
from benchmarks.plan.timing import Command, in_turns
from families import catalogue
from local import emulator
from local.engine import ensure
from local.errors import LocalError
from local.progress import say
from tests.support.fetched import NotFetchedError

WIDTH = 110
"""Columns of the report where it goes to no terminal: the widest line has 100."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True)
class Prepared:
    """One size, ready to be measured: what it plans, and each peer's command."""

    times: int
    resources: list[Planned]
    commands: dict[str, Command]

    @property
    def tables(self) -> int:
        return sum(resource.type == "aws:dynamodb/table:Table" for resource in self.resources)


@app.command()
def main(
    sizes: Annotated[str, typer.Option(help="Multiples of the families to measure, as 1,3,10.")] = "1,3,10",
    runs: Annotated[int, typer.Option(min=1, help="Runs of each command; their median counts.")] = 3,
    parallel: Annotated[int, typer.Option(min=1, help="The engine's operations at a time, for both programs.")] = 16,
    skip_cdk: Annotated[bool, typer.Option("--skip-cdk", help="Leave `cdk synth` out; nothing is fetched.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every figure there.")] = None,
) -> None:
    """Time the project's preview, a flat program's, and `cdk synth`, of the same resources, in turns."""
    multiples = _multiples(sizes)
    notes: list[str] = []
    packages = _packages(skip_cdk, notes)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, emulator.throw_away(Path(name)) as served:
        bench = Bench(Path(name), ensure(), served.endpoint, parallel)
        prepared = [_prepare(bench, times, packages) for times in multiples]
        first = os.getloadavg()[0]
        commands = [command for size in prepared for command in size.commands.values()]
        timings = iter(in_turns(commands, runs, lambda place: say(_turn(place, runs, len(commands)))))
        measured = tuple(
            Size(size.times, size.tables, len(size.resources), {peer: next(timings) for peer in size.commands})
            for size in prepared
        )
        report = Report(measured, runs, parallel, (first, os.getloadavg()[0]), tuple(notes))
    report.show(Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH))
    if json_file:
        json_file.write_text(json.dumps(report.as_json(), indent=2) + "\n", encoding="utf-8")


def _multiples(text: str) -> list[int]:
    try:
        multiples = sorted({int(part) for part in text.split(",")})
    except ValueError:
        multiples = []
    if not multiples or not 1 <= multiples[0] <= multiples[-1] <= 99:
        raise typer.BadParameter(f"{text!r}: give whole numbers from 1 to 99 with commas between, as 1,3,10")
    return multiples


def _packages(skip_cdk: bool, notes: list[str]) -> Path | None:
    if skip_cdk:
        notes.append("cdk synth was left out, as asked by --skip-cdk.")
        return None
    try:
        return cdk.fetch()
    except NotFetchedError as missing:
        notes.append(f"cdk synth was left out: {missing}")
        return None


def _prepare(bench: Bench, times: int, packages: Path | None) -> Prepared:
    """Make the peers of one size, and see that all of them plan the same."""
    say(f"Preparing {times} times the families …")
    commands = {}
    program = bench.copy_of_the_project(f"project-{times}")
    growth.multiply(program / "families", times)
    stack = bench.stack(program, {"dynamodb-tables:families": list(_keys(times))})
    resources = planned(bench.preview(stack, "--json").run())
    commands[PROJECT] = bench.preview(stack)

    flat_program = bench.folder / f"flat-{times}" / "program"
    flat.write(flat_program, resources)
    flat_stack = bench.stack(flat_program, None)
    _same(resources, planned(bench.preview(flat_stack, "--json").run()))
    commands[FLAT] = bench.preview(flat_stack)

    if packages:
        folder = bench.folder / f"cdk-{times}"
        cdk.write(folder, resources)
        commands[CDK] = cdk.synth(packages, folder)
        commands[CDK].run()
        cdk.check(folder, resources)
    return Prepared(times, resources, commands)


def _keys(times: int) -> Iterator[str]:
    for number in range(1, times + 1):
        for family in catalogue():
            yield growth.key(family.key, number)


def _same(own: list[Planned], others: list[Planned]) -> None:
    one, other = ({resource.identity for resource in plan} for plan in (own, others))
    if one != other or len(own) != len(others):
        differing = sorted(identity[:2] for identity in one ^ other)
        raise BenchmarkError(f"the flat program does not plan what the project does; they differ in {differing[:5]}")


def _turn(place: int, runs: int, commands: int) -> str:
    return (
        f"Run {place} of {runs}, {commands} commands …" if place else f"A run to fill the caches, {commands} commands …"
    )


if __name__ == "__main__":
    try:
        app()
    except (BenchmarkError, LocalError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
