"""Signals that ask a command to end, as the one exception that it handles already."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """SIGTERM and SIGHUP as ctrl-C: KeyboardInterrupt in the main thread, with the signal as its argument.

    One that is ignored, as SIGHUP is under nohup, stays so. In another thread nothing is changed.
    """

    def interrupt(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number))

    with _handled({each: interrupt for each in _SIGNALS if signal.getsignal(each) is not signal.SIG_IGN}):
        yield


@contextmanager
def signals_ignored() -> Iterator[None]:
    """Neither ctrl-C nor SIGTERM nor SIGHUP ends what is done within, as cleaning up. In another thread they do."""
    with _handled(dict.fromkeys((signal.SIGINT, *_SIGNALS), signal.SIG_IGN)):
        yield


@contextmanager
def first_ctrl_c_noted() -> Iterator[list[signal.Signals]]:
    """The first ctrl-C within only comes into the list; the next one is a KeyboardInterrupt again.

    What is being done is not cut off, and no ctrl-C is lost: an exception is, where it comes as a file is finalized.
    """
    noted: list[signal.Signals] = []

    def note(number: int, _frame: object) -> None:
        if noted:
            raise KeyboardInterrupt
        noted.append(signal.Signals(number))

    with _handled({signal.SIGINT: note}):
        yield noted


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Any]) -> Iterator[None]:
    """The signals have these handlers, and then those that they had. Only the main thread may set any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, handler) for each, handler in handlers.items()}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def signal_of(interrupt: KeyboardInterrupt) -> signal.Signals:
    """The signal that made it: SIGINT where it has no argument."""
    return next((each for each in interrupt.args if isinstance(each, signal.Signals)), signal.SIGINT)
