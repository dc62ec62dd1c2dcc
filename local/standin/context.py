"""What a handler works with: one request's resource, its region, and the way to the emulator and to the user."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .clients import Clients, ProviderConfig, account_id, call
from .errors import StandInError
from .values import Props

MARK: Final = "aws:standin:urn"
"""The tag by which a resource says which stack made it; never shown, never compared."""

DROPPED: Final = "__emulatorDropped"
"""Key of the state under which a resource's inputs are listed that the emulator did not hold."""

TAKE_OVER: Final = "STANDIN_TAKE_OVER"
"""Environment variable: 1 takes over what this stack made and then lost from its state (a killed update)."""


@dataclass(frozen=True)
class Context:
    """One request: `token` and `name` come from the URN. `in_state`: the stack's state has the resource already."""

    clients: Clients
    service: str
    region: str
    urn: str
    warn: Callable[[str], None] = lambda message: None
    cancelled: threading.Event = field(default_factory=threading.Event)
    in_state: bool = False

    @property
    def config(self) -> ProviderConfig:
        """The provider's configuration."""
        return self.clients.config

    @property
    def token(self) -> str:
        """`aws:service/module:Class`, without the parents' types that a URN puts in front."""
        return type_of(self.urn)

    @property
    def name(self) -> str:
        """The resource's logical name."""
        return self.urn.split("::")[-1]

    def call(self, method: str, **arguments: Any) -> Any:
        """One call of this type's service, in this resource's region."""
        if self.cancelled.is_set():
            raise StandInError(f"{self.name}: stopped before {method}, as the engine asked.")
        return call(self.clients.get(self.service, self.region), method, **arguments)

    @property
    def account(self) -> str:
        """The emulator's account."""
        return account_id(self.clients)

    @property
    def mark(self) -> str:
        """The URN as a tag's value: exact by its hash, readable by the rest, which allows only some characters."""
        readable = re.sub(r"[^\w \-.:/=+@]", "+", self.urn)[-200:]
        return f"{hashlib.sha256(self.urn.encode()).hexdigest()[:16]} {readable}"

    @property
    def take_over(self) -> bool:
        """Whether what this stack made may be taken over: never by a replacement, or its end would delete it."""
        return os.environ.get(TAKE_OVER) == "1" and not self.in_state

    def all_tags(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """The resource's own tags over the provider's default ones."""
        return {**self.config.default_tags, **(inputs.get("tags") or {})}

    def visible(self, tags: Mapping[str, str]) -> dict[str, str]:
        """Tags as the user may see them: without the mark and what the provider is told to ignore."""
        return {
            key: value
            for key, value in tags.items()
            if key != MARK
            and key not in self.config.ignored_tags
            and not key.startswith(self.config.ignored_tag_prefixes or ("\0",))
        }

    def own_tags(self, visible: Mapping[str, str], inputs: Mapping[str, Any]) -> dict[str, str]:
        """The visible tags without those that are the provider's defaults and that the resource does not give."""
        given = inputs.get("tags") or {}
        defaults = self.config.default_tags
        return {k: v for k, v in visible.items() if k in given or defaults.get(k) != v}


def type_of(urn: str) -> str:
    """The type of a URN, without its parents' types."""
    return urn.split("::")[-2].split("$")[-1]


def dropped(state: Props) -> frozenset[str]:
    """The inputs that the emulator did not hold when this state was written."""
    return frozenset(state.get(DROPPED) or ())
