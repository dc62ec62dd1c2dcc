"""The API calls that were really made, as botocore sends them, and how often it sent them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Call = tuple[str, str | None]
"""An API operation, and the index that it names."""

_ID = "tablekit-smoke"


@dataclass
class Heard:
    """Calls that were made. sent: how often they went out: more than once where an answer was lost."""

    made: list[Call] = field(default_factory=list)
    sent: int = 0

    @property
    def repeated(self) -> bool:
        """Whether a call may have been carried out twice."""
        return self.sent > len(self.made)


class Recorder:
    """Listens to boto3 clients; every thread hears its own calls only."""

    def __init__(self) -> None:
        self._local = threading.local()

    def listen(self, client: Any) -> None:
        """Hear a client from now on; a second time changes nothing."""
        client.meta.events.register("provide-client-params.dynamodb", self._made, unique_id=f"{_ID}-{id(self)}")
        client.meta.events.register("before-send.dynamodb", self._sent, unique_id=f"{_ID}-sent-{id(self)}")

    @contextmanager
    def calls(self) -> Iterator[Heard]:
        """The calls that this thread makes within."""
        heard = self._local.heard = Heard()
        try:
            yield heard
        finally:
            self._local.heard = None

    def _made(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if heard := getattr(self._local, "heard", None):
            heard.made.append((model.name, params.get("IndexName")))

    def _sent(self, **_: Any) -> None:
        if heard := getattr(self._local, "heard", None):
            heard.sent += 1
