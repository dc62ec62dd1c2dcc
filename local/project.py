"""Where things are: the project's folder, its name, its stages' files and the folders that git ignores."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.errors import ProjectError
from tablekit.model.errors import StageError
from tablekit.model.settings_file import read_settings

ROOT = Path(__file__).resolve().parents[1]
"""The clone's folder, which is the Pulumi project's folder too."""
PROJECT_FILE = "Pulumi.yaml"


def read_yaml(file: Path) -> dict[str, Any]:
    """Read one mapping; raises `ProjectError` where there is none."""
    if not os.path.lexists(file):
        raise ProjectError(f"{file}: no such file; it belongs to the project, restore it from git")
    try:
        return read_settings(file)
    except StageError as error:
        raise ProjectError(str(error)) from error


def project_name(root: Path = ROOT) -> str:
    """The project's name, which is the namespace of its configuration as well."""
    name = read_yaml(root / PROJECT_FILE).get("name")
    if not isinstance(name, str) or not name:
        raise ProjectError(f"{root / PROJECT_FILE}: name is {name!r}; a text is expected, e.g. name: dynamodb-tables")
    return name


def stage_file(stage: str, root: Path = ROOT) -> Path:
    """The configuration file of a stage; raises `ProjectError`, which lists the stages there are."""
    file = root / f"Pulumi.{stage}.yaml"
    if "/" not in stage and os.path.lexists(file):
        return file
    known = sorted(found.name.removeprefix("Pulumi.").removesuffix(".yaml") for found in root.glob("Pulumi.*.yaml"))
    raise ProjectError(f"stage {stage!r}: no file {file.name}; the stages are {', '.join(known) or 'none'}")


def cache_folder(environ: Mapping[str, str] | None = None) -> Path:
    """The user's cache folder for this project. What is kept there outlives a clone and is shared by all of them."""
    environ = os.environ if environ is None else environ
    base = environ.get("XDG_CACHE_HOME", "")
    # The XDG specification has relative paths ignored.
    parent = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    return parent / "dynamodb-tables"
