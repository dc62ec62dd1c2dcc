"""A family's published parameters against the stack's outputs; each difference is one line."""

from __future__ import annotations

from tablekit.client import Clients, translated
from tablekit.contract import ExportedFamily
from tablekit.contract.parameters import Publication
from tablekit.model.staged import StagedFamily
from tablekit.ops.drift import Problem, by_hand, deployment
from tablekit.ops.smoke.settings import Settings

_AT_ONCE = 10
"""Parameters that one GetParametersByPath gives at most."""
_SHOWN = 80
_KIND = "String"


def parameter_problems(
    clients: Clients, family: StagedFamily, exported: ExportedFamily, settings: Settings
) -> list[Problem]:
    """Every difference of what is under the family's path. Raises what the calls raise.

    exported: the family in the outputs, which is what should be published.
    """
    publication = Publication(family)
    region = family.region
    expected = publication.values(exported.model_dump(by_alias=True))
    there = _there(clients, publication.path, region)
    repair = deployment(family.stage.stage)
    problems = []
    for name in sorted(expected.keys() | there.keys()):
        if name not in there:
            problems.append(Problem(f"parameter {name!r}: missing, expected {_shown(expected[name])}: {repair}"))
        elif name not in expected:
            text = f"parameter {name!r}: found {_shown(there[name][1])}, expected none: delete it"
            delete = by_hand(settings.endpoint, region, "ssm", "delete-parameter", name=name)
            problems.append(Problem(text, (delete,)))
        elif there[name] != (_KIND, expected[name]):
            kind, value = there[name]
            found = f"a {kind}" if kind != _KIND else _differing(value, expected[name])
            wanted = f"a {_KIND}" if kind != _KIND else _differing(expected[name], value)
            problems.append(Problem(f"parameter {name!r}: found {found}, expected {wanted}: {repair}"))
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
