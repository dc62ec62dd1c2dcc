"""Environment variables as text. Nothing here reads or writes anything.

A value is any text of UTF-8 without NUL. What not every reader of a format would take alike is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from tablekit.ops.errors import VariableError

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NO_TEXT: Final = re.compile("[\\0\ud800-\udfff]")
_BARE: Final = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")
"""A value that every reader of .env files takes as it is, also `docker run --env-file`, which knows no quotes."""
_NOT_LITERAL: Final = re.compile(r"['\r]|\$\{|\\(?:\\|$)")
"""What some readers change even in single quotes: `${…}` (python-dotenv), two backslashes or one before the quote."""
_NOT_IN_DOUBLE: Final = re.compile(r'["\r\\$`]')
_RUNNERS_OWN: Final = re.compile(r"(GITHUB|RUNNER)_.*|NODE_OPTIONS", re.IGNORECASE)
"""What a GitHub runner lets no step set."""


class Format(StrEnum):
    """How variables are written."""

    DOTENV = "dotenv"
    SHELL = "shell"
    JSON = "json"
    GITHUB = "github"


def write(variables: Mapping[str, str], as_format: Format) -> str:
    """The variables as text that ends with a line break, in their order. Raises VariableError."""
    for name, value in variables.items():
        if not _NAME.fullmatch(name):
            raise VariableError(
                f"variable {name!r} is no name of one: letters, digits and _, no digit first; rename it"
            )
        if _NO_TEXT.search(value):
            raise VariableError(
                f"variable {name}: {value!r} holds NUL or half a character, which no environment takes; fix it"
            )
    if as_format is Format.JSON:
        return json.dumps(dict(variables), indent=2) + "\n"
    line = _LINES[as_format]
    return "".join(f"{line(name, value)}\n" for name, value in variables.items())


def _dotenv(name: str, value: str) -> str:
    """For python-dotenv, Node.js, Docker Compose and a POSIX shell: bare, in single quotes or else in double ones.

    Within quotes nothing is escaped, as these readers disagree on every escape.
    """
    if _BARE.fullmatch(value):
        return f"{name}={value}"
    if not _NOT_LITERAL.search(value):
        return f"{name}='{value}'"
    if not _NOT_IN_DOUBLE.search(value):
        return f'{name}="{value}"'
    raise VariableError(
        f"variable {name}: readers of .env files disagree on {value!r}, whatever the quotes; "
        f"take --format {Format.SHELL} or {Format.JSON}"
    )


def _shell(name: str, value: str) -> str:
    """For a POSIX shell's `.` and `eval`."""
    return f"export {name}={shlex.quote(value)}"


def _github(name: str, value: str) -> str:
    """For the file that $GITHUB_ENV names; a value of several lines stands before a delimiter that is none of them."""
    if _RUNNERS_OWN.fullmatch(name):
        raise VariableError(f"variable {name}: a GitHub runner lets no step set it; rename it")
    if not re.search(r"[\r\n]", value):
        return f"{name}={value}"
    # No text can hold the hash of itself on purpose; still, it is looked at.
    delimiter = f"END_{hashlib.sha256(value.encode()).hexdigest()[:16]}"
    while delimiter in value:
        delimiter += "_"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}"


_LINES: Final[dict[Format, Callable[[str, str], str]]] = {
    Format.DOTENV: _dotenv,
    Format.SHELL: _shell,
    Format.GITHUB: _github,
}
