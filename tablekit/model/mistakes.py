"""What is easily written wrong in a family's module, and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from tablekit.model.explain import shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WRITE = {
    "Key": 'S("{name}"); S is for text, N for a number, B for bytes',
    "Attribute": 'its type\'s letters, as "S", "N" or "BOOL", or Attribute(…)',
}
"""Type -> how one is written, where that is not `Type(…)`."""


def advice(finding: ErrorDetails) -> str | None:
    """What is wrong with a value that Python makes of a typical slip, and what to write; None for any other."""
    field, given = finding["loc"][-1] if finding["loc"] else "", finding["input"]
    if finding["type"] == "tuple_type" and isinstance(given, BaseModel | str):
        return (
            f"{shown(given)} stands alone, and a tuple is wanted; a tuple of one has a comma: {field}=({shown(given)},)"
        )
    if finding["type"] == "model_type":
        kind = finding["ctx"]["class_name"]
        if isinstance(given, tuple) and len(given) == 1 and type(given[0]).__name__ == kind:
            return f"a tuple of one {kind} is given, and {kind}(…) itself is wanted; remove the comma behind it"
        write = _WRITE.get(kind, f"{kind}(…)").format(name=given if isinstance(given, str) else "…")
        return f"{shown(given)} is not allowed; write {write}"
    if finding["type"] == "dict_type":
        return f'{shown(given)} is not allowed; write a dictionary, as {field}={{"…": …}}'
    return None
