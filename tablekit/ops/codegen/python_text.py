"""Python's source text, as ruff formats it with lines of 120."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 120
INDENT = "    "


def string(text: str) -> str:
    """A literal of the text: in double quotes, unless it has some and no single ones."""
    shown = repr(text)
    if shown[0] == '"' or '"' in text:
        return shown
    return '"' + shown[1:-1] + '"'


def docstring(indent: str, *paragraphs: str) -> list[str]:
    """The lines of a docstring; whatever stands in a text ends neither the docstring nor a line of it."""
    width = WIDTH - len(indent) - 6
    safe = [textwrap.wrap(_safe(text), width, break_long_words=False, break_on_hyphens=False) for text in paragraphs]
    lines = [line for part in safe if part for line in (*part, "")][:-1]
    if len(lines) == 1:
        return [f'{indent}"""{lines[0]}"""']
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}" if line else "" for line in lines[1:]), f'{indent}"""']


def _safe(text: str) -> str:
    """The text with neither backslash, quotes in a row nor anything unprintable."""
    plain = "".join(letter if letter.isprintable() and letter != "\\" else " " for letter in text)
    return re.sub(r'"+$', lambda quotes: quotes[0] + ".", plain.strip().replace('"""', '" " "'))


def bracketed(head: str, parts: Sequence[str], tail: str) -> list[str]:
    """`head` `parts` `tail` in one line, or with a line a part where that is too long."""
    line = f"{head}{', '.join(parts)}{tail}"
    if len(line) <= WIDTH or not parts:
        return [line]
    indent = head[: len(head) - len(head.lstrip())]
    return [head, *(f"{indent}{INDENT}{part}," for part in parts), f"{indent}{tail}"]


def is_plain(name: str) -> bool:
    """Whether a class may have it as a field under just this name."""
    return bool(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)) and not keyword.iskeyword(name) and name[:2] != "__"


def literals(texts: Iterable[str]) -> list[str]:
    """A literal each."""
    return [string(text) for text in texts]
