"""The house: who may import whom, and that no test hides in a file that is not collected."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAY_IMPORT: dict[str, set[str]] = {
    "tablekit/model": set(),
    "tablekit/contract": {"tablekit.model"},
    "tablekit/functions": set(),
    "tablekit/resources": {"tablekit.model", "tablekit.contract"},
    "tablekit/client": {"tablekit.model", "tablekit.contract"},
    "tablekit/ops": {"tablekit.model", "tablekit.contract", "tablekit.client", "tablekit.resources"},
    "families": {"tablekit.model"},
    "components": {"tablekit.model", "tablekit.contract", "tablekit.resources"},
    "policies": {"tablekit.model", "tablekit.resources", "families"},
    "local": {"tablekit.model"},
    "__main__.py": {"tablekit.model", "tablekit.contract", "components", "families"},
}
NO_LIBRARY = {
    "tablekit/model": {"pulumi", "pulumi_aws", "boto3", "botocore"},
    "tablekit/contract": {"pulumi", "pulumi_aws", "boto3", "botocore"},
    "tablekit/resources": {"pulumi", "pulumi_aws", "boto3", "botocore"},
    "tablekit/functions": {"pulumi", "pulumi_aws", "pydantic"},
    "tablekit/client": {"pulumi", "pulumi_aws"},
    "tablekit/ops": {"pulumi", "pulumi_aws"},
    "families": {"pulumi", "pulumi_aws", "boto3", "botocore"},
}
ROOMS = ("tablekit", "families", "components", "policies", "local", "tests", "benchmarks")


def modules(room: str) -> list[Path]:
    place = ROOT / room
    return sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:  # a relative one stays in its room
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    own = room.replace("/", ".").removesuffix(".py")
    for file in modules(room):
        for name in imported(file):
            ours = name.split(".")[0] in ROOMS and name not in ("tablekit",)
            allowed = any(name == place or name.startswith(f"{place}.") for place in (*MAY_IMPORT[room], own))
            assert not ours or allowed, f"{file.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("room", NO_LIBRARY)
def test_a_room_is_free_of_what_it_must_not_need(room: str) -> None:
    for file in modules(room):
        for name in imported(file):
            assert name.split(".")[0] not in NO_LIBRARY[room], f"{file.relative_to(ROOT)} imports {name}"


def test_components_know_no_system_by_name() -> None:
    names = {file.stem for file in modules("families") if not file.stem.startswith("_")}
    keys = {name.replace("_", "-") for name in names} | names
    for file in modules("components"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in keys, f"{file.name} names {node.value!r}"


def test_every_test_is_collected() -> None:
    for file in modules("tests"):
        tests = [
            node.name
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        assert not tests or file.name.startswith("test_"), f"{file}: its tests are never run"


def test_no_file_is_too_long_to_read() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for room in ROOMS
        for file in modules(room)
        if (lines := len(file.read_text().splitlines())) > 400
    }
    assert not long


def is_own_package(name: str, other: str) -> bool:
    """Whether `other` is the module itself or a package that it is in, which Python imports first in any case."""
    return name == other or (other.endswith("/__init__.py") and name.startswith(other.removesuffix("__init__.py")))


def test_no_two_modules_import_each_other() -> None:
    """Nor in a longer circle: each module can be read, and moved, with those alone that it builds on."""
    files = {str(file.relative_to(ROOT)): file for room in ROOMS for file in modules(room)}
    by_name = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in files}
    graph = {
        name: {it for found in imported(file) if (it := by_name.get(found)) and not is_own_package(name, it)}
        for name, file in files.items()
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
