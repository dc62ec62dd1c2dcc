"""Finds declared families: in a package of modules, or in the packages that name themselves by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from pydantic import VERSION, ValidationError

from tablekit.model.attributes import Attribute, Key
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import CatalogueError, FamilyError, ModelError, explain
from tablekit.model.family import Family
from tablekit.model.kept import kept
from tablekit.model.patterns import AccessPattern
from tablekit.model.roles import Reach, Role, TenantScope
from tablekit.model.table import Entity, Index, Retention, Table

ENTRY_POINT = "tablekit.families"

_DECLARED = (Family, Table, Index, Entity, Retention, AccessPattern, Role, Reach, TenantScope, Key, Attribute)
FIELDS = sorted({name for model in _DECLARED for name in model.model_fields})
"""The names of every field that a declaration may have."""


def load_package(package: ModuleType, *, pure: bool = False) -> Catalogue:
    """The catalogue of a package's modules, each of which has a FAMILY; a module named `_…` is passed over.

    pure: the modules are made of themselves and this library alone, so that the checked catalogue can be kept beside
        their bytecode until one of them changes: loading them all takes longer than most of what is done with them.

    Raises FamilyError, whose text names the module's file, and CatalogueError.
    """
    if pure and package.__file__:
        return kept(Path(package.__file__).parent, (VERSION,), lambda: Catalogue(_families(package)))
    return Catalogue(_families(package))


def _families(package: ModuleType) -> Iterator[Family]:
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if module_info.name.startswith("_"):
            continue
        name = f"{package.__name__}.{module_info.name}"
        file = f"{package.__name__.replace('.', '/')}/{module_info.name}.py"
        try:
            module = importlib.import_module(name)
        except ValidationError as error:
            raise FamilyError(explain(file, error, FIELDS)) from None
        except ModelError as error:
            raise FamilyError(f"{file}: {error}") from None
        except Exception as error:  # a module may raise anything; the person who wrote it gets one message
            place = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
            said = f"{type(error).__name__}: {error}"
            raise FamilyError(f"{file}{place}: can't be loaded: {said}; mend the module") from error
        family = getattr(module, "FAMILY", None)
        if not isinstance(family, Family):
            raise FamilyError(
                f"{file}: FAMILY is {type(family).__name__}, not a Family; "
                "define FAMILY = Family(…), or put _ before the module's name"
            )
        yield family


def installed() -> Catalogue:
    """The catalogue of every installed package that names one in the entry point group `tablekit.families`.

    Raises CatalogueError where none does.
    """
    from importlib.metadata import entry_points  # takes a tenth of the time that importing all the rest does

    found = [family for point in entry_points(group=ENTRY_POINT) for family in point.load()()]
    if not found:
        raise CatalogueError(
            f"no families found: no installed package names any in the entry point group {ENTRY_POINT!r}; "
            "run the command from the project's own virtual environment (make .venv/ready), or read a stack's outputs "
            "with --outputs FILE or --stack NAME"
        )
    return Catalogue(found)
