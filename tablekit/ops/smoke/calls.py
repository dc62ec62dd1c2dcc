"""The API calls that were really made, as botocore sends them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Call = tuple[str, str | None]
"""An API operation, and the index that it names."""

_ID = "tablekit-smoke"


class Recorder:
    """Listens to boto3 clients; every thread hears its own calls only."""

    def __init__(self) -> None:
        self._local = threading.local()

    def listen(self, client: Any) -> None:
        """Hear a client from now on; a second time changes nothing."""
        client.meta.events.register("provide-client-params.dynamodb", self._heard, unique_id=f"{_ID}-{id(self)}")

    @contextmanager
    def calls(self) -> Iterator[list[Call]]:
        """The calls that this thread makes within."""
        made: list[Call] = []
        self._local.made = made
        try:
            yield made
        finally:
            self._local.made = None

    def _heard(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        made = getattr(self._local, "made", None)
        if made is not None:
            made.append((model.name, params.get("IndexName")))
