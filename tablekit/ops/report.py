"""A report with a verdict: a table for a person, Markdown for a pull request, JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from rich.console import Console
from rich.text import Text

from tablekit.ops.output import code, escaped, plain, print_table


class Sign(Enum):
    """How what is reported is judged: its style at a terminal, and its sign in Markdown."""

    GOOD = ("green", "✅")
    CAUTION = ("yellow", "⚠️")
    BAD = ("bold red", "⛔")
    NONE = ("dim", "▫️")

    @property
    def style(self) -> str:
        """For a terminal."""
        return self.value[0]

    @property
    def symbol(self) -> str:
        """For Markdown."""
        return self.value[1]

    @classmethod
    def of(cls, exit_code: int) -> Sign:
        """That of a command's exit code: 0, 2 or 3."""
        return {0: cls.GOOD, 2: cls.CAUTION}.get(exit_code, cls.BAD)


@dataclass(frozen=True)
class Judged:
    """A cell of the table that says how its row is judged."""

    text: str
    sign: Sign


@dataclass(frozen=True)
class Sentence:
    """A cell of the table that is read, not copied."""

    text: str


@dataclass(frozen=True)
class Report:
    """What a command found.

    title: of the Markdown. notes: what stands below the table, a heading and its lines; these may be numbered.
    data: the JSON form.
    """

    title: str
    summary: str
    verdict: str
    exit_code: int
    columns: Sequence[str]
    rows: Sequence[Sequence[str | Judged | Sentence]]
    notes: Sequence[tuple[str, Sequence[str]]]
    data: Mapping[str, Any]

    def print(self, as_format: str, to: Console) -> None:
        """Print it as `markdown` or `json`, else for a person: with colours, where the console is a terminal."""
        if as_format == "json":
            print(json.dumps(self.data, indent=2), file=to.file)
        elif as_format == "markdown":
            print(self.markdown(), file=to.file)
        else:
            self._show(to)

    def _show(self, to: Console) -> None:
        if self.rows:
            print_table(to, "", self.columns, [list(map(_cell, row)) for row in self.rows])
        for heading, lines in self.notes:
            to.print(Text("\n".join([plain(heading), *(f"  {plain(line)}" for line in lines)])))
        verdict = Text(self.verdict, style=Sign.of(self.exit_code).style)
        end = f" (exit code {self.exit_code})."
        to.print(Text.assemble(f"{plain(self.summary)} Verdict: ", verdict, end))

    def markdown(self) -> str:
        """For a pull request."""
        sign = Sign.of(self.exit_code).symbol
        lines = [f"### {sign} {escaped(self.title)}: {self.verdict}", "", escaped(self.summary), ""]
        if self.rows:
            lines += [f"| {' | '.join(self.columns)} |", f"|{'---|' * len(self.columns)}"]
            lines += [*(f"| {' | '.join(map(_markdown_cell, row))} |" for row in self.rows), ""]
        for heading, texts in self.notes:
            bullet = "" if texts[0].startswith("1. ") else "- "
            lines += [f"**{escaped(heading)}**", "", *(f"{bullet}{escaped(text)}" for text in texts), ""]
        return "\n".join(lines)


def _cell(cell: str | Judged | Sentence) -> Text:
    if isinstance(cell, Judged):
        return Text(cell.text, style=cell.sign.style)
    return Text(plain(cell.text if isinstance(cell, Sentence) else cell))


def _markdown_cell(cell: str | Judged | Sentence) -> str:
    if isinstance(cell, Judged):
        return f"{cell.sign.symbol} {cell.text}"
    return escaped(cell.text) if isinstance(cell, Sentence) else code(cell)
