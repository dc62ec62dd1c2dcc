"""Names of the contract as names of a language; two that become one are an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tablekit.ops.errors import CodegenError

_WORD: Final = re.compile(r"[A-Za-z0-9]+")
IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""What both languages take for a name, their keywords apart; letters beyond ASCII are left out on purpose."""


def snake(text: str) -> str:
    """`messages-in-conversation` -> messages_in_conversation; a letter or digit stays as it is."""
    return _begun(re.sub(r"[^A-Za-z0-9_]", "_", text))


def pascal(*texts: str) -> str:
    """`social-accounts` -> SocialAccounts; several texts make one name."""
    return _begun("".join(word[0].upper() + word[1:] for text in texts for word in _WORD.findall(text)))


def camel(text: str) -> str:
    """`messages-in-conversation` -> messagesInConversation."""
    name = "".join(word[0].upper() + word[1:] for word in _WORD.findall(text))
    return _begun(name[:1].lower() + name[1:])


def _begun(name: str) -> str:
    """A name begins with no digit, and has one character or more."""
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"


class Scope:
    """The names of one place in the generated code, each given to one thing.

    where: how messages call the place. reserved: names that mean something else there; they get an underscore behind.
    """

    def __init__(self, where: str, reserved: Iterable[str] = ()) -> None:
        self._where, self._reserved = where, frozenset(reserved)
        self._taken: dict[str, str] = {}

    def give(self, name: str, thing: str) -> str:
        """The name to use for a thing. Raises CodegenError where another thing has it."""
        while name in self._reserved:
            name += "_"
        if name in self._taken:
            raise CodegenError(
                f"{self._where}: {self._taken[name]} and {thing} would both be called {name!r}; rename one of them, or "
                "generate the families one by one with --family"
            )
        self._taken[name] = thing
        return name
