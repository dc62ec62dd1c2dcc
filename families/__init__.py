"""The five systems' tables, as data: one module a system, each with its FAMILY.

A new system is one new module here. Sample items lie beside, in `samples/<family>/<table>.jsonl`.
"""

from __future__ import annotations

import sys

from tablekit.model import Catalogue, load_package


def catalogue() -> Catalogue:
    """Every family of this package, checked alone and beside each other."""
    return load_package(sys.modules[__name__])
