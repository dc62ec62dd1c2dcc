"""Families in SSM as a deployment would leave them: made-up ones of any size, and the six systems'."""

from __future__ import annotations

import json
from typing import Any

from tablekit.contract.parameters import Publication
from tablekit.model import Catalogue, Family
from tests.support import tables
from tests.support.declare import stage, staged


def exported(family: Family, name: str = "dev", **settings: Any) -> dict[str, Any]:
    """The family's outputs in a stage."""
    catalogue = Catalogue([family])
    contract = tables.outputs(catalogue, stage(name, catalogue, publishParameters=True, **settings))
    found: dict[str, Any] = contract.families[family.key].model_dump(by_alias=True)
    return found


def parameters(family: Family, name: str = "dev", **settings: Any) -> dict[str, str]:
    """The family's parameters, by name."""
    return Publication(staged(family, name, publishParameters=True, **settings)).values(
        exported(family, name, **settings)
    )


def changed(text: str, **fields: Any) -> str:
    """A part's text with other fields."""
    return json.dumps({**json.loads(text), **fields})
