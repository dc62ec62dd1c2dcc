"""How many calls run at a time, and how long to wait before one is tried again."""

from __future__ import annotations

import random
import threading
import time

BASE_SECONDS = 0.05
CAP_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
"""How long nothing may succeed, throttled or failing, before a load gives up."""
HOLD_SECONDS = 0.2
"""Throttled answers within this time are of one and the same excess: the pace is lowered once for them."""
_FIRST = 8
_DECREASE = 0.6


def backoff(attempt: int, draw: random.Random | None = None) -> float:
    """Seconds to wait before an attempt, the first repetition being 1: full jitter, so that callers spread out."""
    most: float = min(CAP_SECONDS, BASE_SECONDS * 2.0 ** min(attempt, 16))
    return (draw or random).uniform(0.0, most)


class Pace:
    """Calls at a time: grows while all goes well, shrinks by a part when throttled (AIMD), between 1 and `most`.

    Until the first throttled answer it grows by one a call, then by one a round.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(min(_FIRST, most))
        self.throttled = 0
        self._running = 0
        self._lowered = 0.0
        self._success = time.monotonic()
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            while self._running >= int(self.limit):
                self._changed.wait()
            self._running += 1

    def __exit__(self, *error: object) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify()

    def went_well(self) -> None:
        """A call was answered in full."""
        with self._changed:
            self._success = time.monotonic()
            if self.limit < self.most:
                self.limit = min(float(self.most), self.limit + (1.0 / self.limit if self.throttled else 1.0))
                self._changed.notify()

    def went_partly(self) -> None:
        """A call was answered in part, the rest throttled."""
        with self._changed:
            self._success = time.monotonic()
        self.was_throttled()

    def was_throttled(self) -> None:
        """A call was throttled."""
        with self._changed:
            self.throttled += 1
            now = time.monotonic()
            if now - self._lowered > HOLD_SECONDS:
                self._lowered = now
                self.limit = max(1.0, self.limit * _DECREASE)

    def is_stuck(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Whether no call has succeeded for too long."""
        return time.monotonic() - self._success > seconds
