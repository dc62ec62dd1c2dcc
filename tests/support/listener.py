"""A boto3 client that sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Listener:
    """A boto3 client that notes each call and gives the next answer, or raises it."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.calls = list(answers), []  # type: tuple[list[Any], list[tuple[str, dict[str, Any]]]]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.calls.append((name, request))
            answer = self.answers.pop(0) if self.answers else {}
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call
