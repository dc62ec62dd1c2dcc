"""Finds declared families: in a package of modules, or in the packages that name themselves by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from types import ModuleType

from pydantic import ValidationError

from tablekit.model.attributes import Attribute, Key
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import CatalogueError, FamilyError, ModelError
from tablekit.model.explain import advice, findings, joined, shown
from tablekit.model.family import Family
from tablekit.model.layout import Entity, Index, Retention
from tablekit.model.origin import Origin, called, declared_at, raised_at
from tablekit.model.patterns import AccessPattern
from tablekit.model.roles import Reach, Role, TenantScope
from tablekit.model.table import Table

ENTRY_POINT = "tablekit.families"

_DECLARED = (Family, Table, Index, Entity, Retention, AccessPattern, Role, Reach, TenantScope, Key, Attribute)
_MODELS = {model.__name__: model for model in _DECLARED}


def load_package(package: ModuleType) -> Catalogue:
    """The catalogue of a package's modules, each of which has a FAMILY; a module named `_…` is passed over.

    Raises FamilyError, whose text names file, line and object, and CatalogueError.
    """
    return Catalogue(_families(package))


def _families(package: ModuleType) -> Iterator[Family]:
    files: dict[str, str] = {}
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if module_info.name.startswith("_"):
            continue
        folder = Path(getattr(module_info.module_finder, "path", ""))
        file = folder / module_info.name / "__init__.py" if module_info.ispkg else folder / f"{module_info.name}.py"
        try:
            module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a module may raise anything; the person who wrote it gets one message
            raise FamilyError(_refusal(error, file, folder)) from error
        family = getattr(module, "FAMILY", None)
        if not isinstance(family, Family):
            raise FamilyError(f"{_shown(file, folder)}: {_no_family(module, family)}")
        if other := files.get(family.key):
            raise FamilyError(f"{_shown(file, folder)}: key {family.key!r} is that of {other}; rename one")
        files[family.key] = _shown(file, folder)
        yield family


def _no_family(module: ModuleType, found: object) -> str:
    """What to do about a module whose FAMILY is not one."""
    if not hasattr(module, "FAMILY"):
        return "no FAMILY is defined; write FAMILY = Family(…), or put _ before the name of a module that is a part"
    if isinstance(found, tuple) and len(found) == 1 and isinstance(found[0], Family):
        return "FAMILY is a tuple of one Family; remove the comma behind Family(…)"
    return f"FAMILY is {shown(found)}, not a Family; write FAMILY = Family(…)"


def _refusal(error: BaseException, module: Path, folder: Path) -> str:
    """What was wrong, a line each: file and line, object, value, what is allowed, how to fix it.

    module: the family's. folder: the package's.
    """
    origin = raised_at(error, folder) or Origin(module, 1)
    if isinstance(error, ValidationError):
        found = findings(error, _MODELS.get(error.title), advice=advice)
        places = [declared_at(one.about, origin) if one.about is not None else None for one in found]
        return joined(
            _at(place or origin, str(one), place.line if place else origin.line_of(one.loc), folder)
            for one, place in zip(found, places, strict=True)
        )
    if isinstance(error, ModelError):
        return _at(origin, str(error), origin.line, folder)
    if isinstance(error, SyntaxError):
        said = error.msg
    elif isinstance(error, TypeError) and origin.call and origin.call.args and called(origin.call) in _MODELS:
        # Python's own words are of pydantic's __init__.
        said = f"{called(origin.call)} takes its fields by name, as name=…"
    else:
        said = f"{type(error).__name__}: {error}"
    return _at(origin, f"can't be loaded: {said}; fix the module", origin.line, folder)


def _at(origin: Origin, text: str, line: int, folder: Path) -> str:
    # A text that names its object itself needs no label of it.
    labels = list(takewhile(lambda label: not text.startswith(label), origin.labels))
    return ": ".join([f"{_shown(origin.file, folder)}:{line}", *labels, text])


def _shown(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder.parent))


def installed() -> Catalogue:
    """The catalogue of every installed package that names one in the entry point group `tablekit.families`.

    Raises CatalogueError where none does, or one can't be loaded, and what loading a package raises.
    """
    from importlib.metadata import entry_points  # takes a tenth of the time that importing all the rest does

    found: list[Family] = []
    for point in entry_points(group=ENTRY_POINT):
        try:
            found += point.load()()
        except (ModelError, KeyboardInterrupt):
            raise
        except BaseException as error:  # as in a family's module
            raise CatalogueError(
                f"entry point {point.name!r} of {ENTRY_POINT!r}: {point.value} can't be loaded: "
                f"{type(error).__name__}: {error}; fix it, or uninstall the package that names it"
            ) from error
    if not found:
        raise CatalogueError(
            f"no families found: no installed package names any in the entry point group {ENTRY_POINT!r}; "
            "run the command from the project's own virtual environment (make .venv/ready), or read a stack's outputs "
            "with --outputs FILE or --stack NAME"
        )
    return Catalogue(found)
