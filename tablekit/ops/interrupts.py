"""Signals that ask a command to end, as the one exception that it handles already."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """SIGTERM and SIGHUP as ctrl-C: KeyboardInterrupt in the main thread, with the signal as its argument.

    One that is ignored, as SIGHUP is under nohup, stays so. In another thread nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number))

    before = {each: signal.getsignal(each) for each in _SIGNALS}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def signal_of(interrupt: KeyboardInterrupt) -> signal.Signals:
    """The signal that made it: SIGINT where it has no argument."""
    return next((each for each in interrupt.args if isinstance(each, signal.Signals)), signal.SIGINT)
