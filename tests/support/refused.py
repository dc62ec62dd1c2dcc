"""What a refused declaration says, as a person reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from tablekit.model import Family
from tablekit.model.explain import explain

Case = tuple[Callable[[], Family], tuple[str, ...]]
"""What builds a broken family, and what its refusal says."""


def assert_refused(case: Case) -> None:
    """Build the family, and hold its one message against what it must say."""
    build, says = case
    with pytest.raises(ValidationError) as error:
        build()
    text = explain("families/shop.py", error.value)
    assert text.startswith("families/shop.py: ")
    assert "\n" not in text
    for part in says:
        assert part in text
