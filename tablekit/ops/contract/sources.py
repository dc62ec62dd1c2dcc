"""What a word on the command line names, by the word alone, never by what happens to be there.

-                          standard input
stack:NAME                 a stack, asked by `pulumi stack output`
a word with a colon        REV:PATH, a file at a git revision as git itself writes it: HEAD~1:docs/contract/prod.json
a word with a dot or slash a file; also one with a colon that begins with / or ./
any other word             a stack
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tablekit.contract import ContractError
from tablekit.contract.document import Document, read_document
from tablekit.ops import sources
from tablekit.ops.files import standard_input

_STACK: Final = "stack:"
_STACK_NAME: Final = re.compile(r"[\w.-]+(/[\w.-]+){0,2}", re.ASCII)


def document(word: str) -> Document:
    """What the word names. Raises ContractError."""
    if word == "-":
        return read_document(standard_input(), "standard input")
    if word.startswith(_STACK):
        return _stack(word.removeprefix(_STACK))
    if ":" in word and not word.startswith(("/", "./", "../")):
        return _revision(word)
    if "." in word or "/" in word:
        return _file(word)
    return _stack(word)


def _file(word: str) -> Document:
    try:
        content = Path(word).read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ContractError(
            f"{word}: {why}; write a file with: pulumi stack output --json > {word}, or name a stack as {_STACK}NAME"
        ) from None
    return read_document(content, word)


def _revision(word: str) -> Document:
    """git's own words for a file at a revision; a path without ./ is from the repository's root."""
    revision, _, path = word.partition(":")
    if revision.startswith("-") or not path:
        raise ContractError(
            f"{word}: no file of a git revision; write REV:PATH, as HEAD~1:docs/contract/prod.json "
            f"(a file whose name has a colon: ./{word})"
        )
    command = ["git", "cat-file", "blob", word]
    done = sources.run(command, f"it is needed for {word}, or give a file", "give a file", LC_ALL="C")
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ContractError(
            f"{word}: git says {said[0] if said else f'exit code {done.returncode}'!r}; write REV:PATH, the path from "
            f"the repository's root (a file whose name has a colon: ./{word})"
        )
    return read_document(done.stdout, word)


def _stack(name: str) -> Document:
    if not _STACK_NAME.fullmatch(name) or name.startswith("-"):
        raise ContractError(
            f"{name!r} is no name of a stack; write {_STACK}NAME or {_STACK}ORGANIZATION/PROJECT/NAME, REV:PATH, "
            "or a file with its extension (./NAME, where it has none)"
        )
    try:
        text, asked = sources.ask(name, instead="give a file instead")
    except ContractError as error:
        raise ContractError(f"{error} (a file without extension: ./{name})") from None
    return read_document(text, asked)
