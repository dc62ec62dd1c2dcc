"""Generated code of declared families, as `tablekit codegen` writes it of a stack's outputs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tablekit.model import Catalogue, Family
from tablekit.ops.codegen import python, source, typescript
from tests.support import declare, tables


def sources(families: Iterable[Family]) -> list[source.Source]:
    """The families as stage dev exports them."""
    catalogue = Catalogue(families)
    contract = tables.outputs(catalogue, declare.stage("dev", catalogue))
    return [source.source(key, exported) for key, exported in sorted(contract.families.items())]


def write(folder: Path, families: Iterable[Family]) -> None:
    """Write `families.py` and `families.ts`."""
    found = sources(families)
    (folder / "families.py").write_text(python.module(found, "tablekit codegen python"))
    (folder / "families.ts").write_text(typescript.module(found, "tablekit codegen typescript"))
