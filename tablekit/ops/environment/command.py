"""`tablekit env`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from tablekit.contract import Contract, family_of
from tablekit.contract.reader import REGION, variables_of
from tablekit.ops import sources
from tablekit.ops.environment.formats import Format, write
from tablekit.ops.errors import VariableError
from tablekit.ops.files import PRIVATE, regular, to_standard_output, write_files
from tablekit.ops.sources import Outputs, Stack

Family = Annotated[
    list[str] | None, typer.Option("--family", help="This family's variables; may be repeated. Default: all.")
]
AsFormat = Annotated[
    Format, typer.Option("--format", help="A .env file, a shell's exports, JSON, or what goes into $GITHUB_ENV.")
]
Output = Annotated[
    Path, typer.Option("--output", "-o", help="The file to write, at once and whole; - is standard output.")
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace the file where it is there already.")]
FromParameters = Annotated[
    str | None,
    typer.Option(
        "--from-parameters", metavar="STAGE", help="Read the stage's families from SSM instead of a stack's outputs."
    ),
]
Region = Annotated[
    str | None, typer.Option("--region", help="Where --from-parameters reads; default: AWS_REGION, or the profile's.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("env")(env)


def env(
    family: Family = None,
    outputs: Outputs = None,
    stack: Stack = None,
    from_parameters: FromParameters = None,
    region: Region = None,
    as_format: AsFormat = Format.DOTENV,
    output: Output = Path("-"),
    replace: Replace = False,
) -> None:
    """Print the environment variables of families: their tables' names, and AWS_REGION. Never a secret.

    Two families that give one variable different values (both have users, or their regions differ) are refused: name
    one with --family. docs/consume/environment.md says who reads which format.

    Exit code 0: written. 1: not, and nothing is written. 2: AWS did not carry out a call.
    """
    families = family or []
    if from_parameters:
        contract = _published(from_parameters, families, region, outputs, stack)
    elif region:
        raise VariableError("--region belongs to --from-parameters; give it, or leave --region out")
    else:
        contract = sources.outputs(outputs, stack)
    text = write(collect(contract, families), as_format)
    if str(output) == "-":
        to_standard_output(text)
    else:
        _save(output, text, replace)


def _save(file: Path, text: str, replace: bool) -> None:
    """Write the file, which is its owner's: what stands in a .env file beside table names is often secret."""
    fix = "give another file, or -, for standard output"
    if regular(file, fix) is not None and not replace:
        raise VariableError(
            f"{file}: is there already, and all that it holds would go; give --replace, another file, or append to it: "
            f"tablekit env … >> {file}"
        )
    write_files({file: text}, fix, mode=PRIVATE)


def _published(
    stage: str, families: list[str], region: str | None, outputs: Path | None, stack: str | None
) -> Contract:
    if outputs or stack:
        raise VariableError(
            f"both --from-parameters {stage} and {outputs or stack} are named; give one (TABLEKIT_OUTPUTS names a file)"
        )
    if not families:
        raise VariableError("--from-parameters reads family by family; name one with --family")
    from tablekit.client import connect_parameters
    from tablekit.ops.stages import clients, places

    aws = clients(stage, places())
    read = {key: connect_parameters(stage, key, region, aws).contract for key in dict.fromkeys(families)}
    return Contract(stage=stage, families={key: each.families[key] for key, each in read.items()})


def collect(contract: Contract, families: Iterable[str] = ()) -> dict[str, str]:
    """Variable -> value of these families, all of the contract where none is named; AWS_REGION is the last.

    Raises ContractError for a family that isn't there, and VariableError where two families give one variable
    different values: the second would silently win.
    """
    found: dict[str, tuple[str, str]] = {}
    clashes: list[str] = []
    for key in tuple(dict.fromkeys(families)) or tuple(contract.families):
        for name, value in variables_of(family_of(contract, key)).items():
            before, owner = found.setdefault(name, (value, key))
            if before != value:
                clashes.append(f"{name} is {before!r} of {owner} and {value!r} of {key}")
    if clashes:
        raise VariableError(f"{'; '.join(clashes)}: one environment can't hold both; name one of them with --family")
    last = {REGION: found.pop(REGION)} if REGION in found else {}
    return {name: value for name, (value, _) in {**found, **last}.items()}
