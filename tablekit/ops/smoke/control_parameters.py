"""A family's published parameters against the stack's outputs; each difference is one line."""

from __future__ import annotations

from tablekit.client import Clients, translated
from tablekit.contract import ExportedFamily
from tablekit.contract.parameters import Publication
from tablekit.model.family import Family
from tablekit.model.stage import StageConfig

_AT_ONCE = 10
"""Parameters that one GetParametersByPath gives at most."""
_SHOWN = 80
_KIND = "String"


def parameter_problems(clients: Clients, family: Family, exported: ExportedFamily, stage: StageConfig) -> list[str]:
    """Every difference of what is under the family's path. Raises what the calls raise.

    exported: the family in the outputs, which is what should be published.
    """
    publication = Publication(family, stage)
    expected = publication.values(exported.model_dump(by_alias=True))
    there = _there(clients, publication.path, stage.region_of(family))
    mend = f"pulumi refresh -s {stage.stage}, then pulumi up"
    problems = []
    for name in sorted(expected.keys() | there.keys()):
        if name not in there:
            problems.append(f"parameter {name!r}: missing, expected {_shown(expected[name])}: {mend}")
        elif name not in expected:
            problems.append(f"parameter {name!r}: found {_shown(there[name][1])}, expected none: delete it")
        elif there[name] != (_KIND, expected[name]):
            kind, value = there[name]
            found = f"a {kind}" if kind != _KIND else _differing(value, expected[name])
            wanted = f"a {_KIND}" if kind != _KIND else _differing(expected[name], value)
            problems.append(f"parameter {name!r}: found {found}, expected {wanted}: {mend}")
    return problems


def _there(clients: Clients, path: str, region: str) -> dict[str, tuple[str, str]]:
    """Type and value by name."""
    with translated(f"{path} in {region}"):
        sizes = {"PageSize": _AT_ONCE}
        pages = clients.pages(
            "ssm", region, "get_parameters_by_path", Path=path, Recursive=True, PaginationConfig=sizes
        )
        return {
            parameter["Name"]: (parameter["Type"], parameter["Value"])
            for page in pages
            for parameter in page["Parameters"]
        }


def _differing(text: str, other: str) -> str:
    """The text from shortly before where it differs from the other."""
    same = next((place for place, (one, two) in enumerate(zip(text, other, strict=False)) if one != two), len(other))
    start = max(0, same - _SHOWN // 4)
    return ("…" if start else "") + _shown(text[start:])


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
