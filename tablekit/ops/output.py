"""How commands speak: in colours and tables at a terminal, elsewhere a line a row, nothing wrapped or padded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table as Grid
from rich.text import Text


def console(stderr: bool = False) -> Console:
    """Standard output or standard error. What is printed there is text: no markup is looked for."""
    return Console(stderr=stderr, soft_wrap=True, markup=False, highlight=False)


def counted(number: int, one: str, several: str = "") -> str:
    """As `1 table`, `2 tables`. several: where that is not `one` with an s."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def print_table(
    to: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[str | Text]], footer: Sequence[str] = ()
) -> None:
    """A table at a terminal, numbers to the right; elsewhere a line a row, cells with a tab between them."""
    cells = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    if not to.is_terminal:
        for line in ([title], columns, *([cell.plain for cell in row] for row in cells), footer):
            if any(line):
                print("\t".join(plain(cell) for cell in line), file=to.file)
        return
    grid = Grid(
        title=title or None, title_justify="left", box=box.SIMPLE_HEAD, show_footer=bool(footer), pad_edge=False
    )
    for place, column in enumerate(columns):
        numbers = all(row[place].plain.isdigit() for row in cells)
        end = footer[place] if footer else ""
        grid.add_column(column, footer=end, justify="right" if numbers else "left", overflow="fold")
    for row in cells:
        grid.add_row(*row)
    to.print(grid, soft_wrap=False)


def complain(what: object) -> None:
    """One message on standard error, red on a terminal. Where that is gone or full, nobody can be told."""
    with suppress(OSError):
        console(stderr=True).print(f"tablekit: {what}", style="red")


class _Rate(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:,.0f} {self.unit}/s")


@contextmanager
def progress_bar(
    what: str, total: int | None, unit: str, to: Console | None = None, quiet: bool = False
) -> Iterator[Callable[..., None]]:
    """A bar on standard error, where that is a terminal; gives a function that takes how far it is, and of how much."""
    to = to or console(stderr=True)
    if quiet or not to.is_terminal:
        yield lambda done, of=total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), _Rate(unit))
    with Progress(*columns, TimeRemainingColumn(), console=to, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done, of=total: progress.update(task, completed=done, total=of)


def plain(text: str) -> str:
    """Text from elsewhere on one line, and nothing in it that a terminal takes for a command."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def escaped(text: str) -> str:
    """Text that Markdown and HTML leave as it is, on one line."""
    text = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{letter}" if letter in "\\|*_[]" else letter for letter in text).replace("`", "\\`")


def code(text: str) -> str:
    """Text as Markdown's code, in a cell of a table; empty where there is none."""
    text = plain(text).replace("`", "'").replace("|", "\\|")
    return f"`{text}`" if text else ""
