"""`tablekit env`: a family's environment variables, from a contract, in the format of who reads them.

A value is any text of UTF-8 without NUL. What not every reader of a format would take alike is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from tablekit.contract import Contract, family_of
from tablekit.contract.reader import REGION, variables_of
from tablekit.ops import sources
from tablekit.ops.errors import VariableError
from tablekit.ops.files import PRIVATE, regular, to_standard_output, write_files
from tablekit.ops.sources import Outputs, Stack

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NO_TEXT: Final = re.compile("[\\0\ud800-\udfff]")
_BARE: Final = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")
"""A value that every reader of .env files takes as it is, also `docker run --env-file`, which knows no quotes."""
_NOT_LITERAL: Final = re.compile(r"['\r]|\$\{|\\(?:\\|$)")
"""What some readers change even in single quotes: `${…}` (python-dotenv), two backslashes or one before the quote."""
_NOT_IN_DOUBLE: Final = re.compile(r'["\r\\$`]')
_RUNNERS_OWN: Final = re.compile(r"(GITHUB|RUNNER)_.*|NODE_OPTIONS", re.IGNORECASE)
"""What a GitHub runner lets no step set."""


class Format(StrEnum):
    """How variables are written."""

    DOTENV = "dotenv"
    SHELL = "shell"
    JSON = "json"
    GITHUB = "github"


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


def write(variables: Mapping[str, str], as_format: Format) -> str:
    """The variables as text that ends with a line break, in their order. Raises VariableError."""
    for name, value in variables.items():
        if not _NAME.fullmatch(name):
            raise VariableError(
                f"variable {name!r} is no name of one: letters, digits and _, no digit first; rename it"
            )
        if _NO_TEXT.search(value):
            raise VariableError(
                f"variable {name}: {value!r} holds NUL or half a character, which no environment takes; fix it"
            )
    if as_format is Format.JSON:
        return json.dumps(dict(variables), indent=2) + "\n"
    line = _LINES[as_format]
    return "".join(f"{line(name, value)}\n" for name, value in variables.items())


def _dotenv(name: str, value: str) -> str:
    """For python-dotenv, Node.js, Docker Compose and a POSIX shell: bare, in single quotes or else in double ones.

    Within quotes nothing is escaped, as these readers disagree on every escape.
    """
    if _BARE.fullmatch(value):
        return f"{name}={value}"
    if not _NOT_LITERAL.search(value):
        return f"{name}='{value}'"
    if not _NOT_IN_DOUBLE.search(value):
        return f'{name}="{value}"'
    raise VariableError(
        f"variable {name}: readers of .env files disagree on {value!r}, whatever the quotes; "
        f"take --format {Format.SHELL} or {Format.JSON}"
    )


def _shell(name: str, value: str) -> str:
    """For a POSIX shell's `.` and `eval`."""
    return f"export {name}={shlex.quote(value)}"


def _github(name: str, value: str) -> str:
    """For the file that $GITHUB_ENV names; a value of several lines stands before a delimiter that is none of them."""
    if _RUNNERS_OWN.fullmatch(name):
        raise VariableError(f"variable {name}: a GitHub runner lets no step set it; rename it")
    if not re.search(r"[\r\n]", value):
        return f"{name}={value}"
    # No text can hold the hash of itself on purpose; still, it is looked at.
    delimiter = f"END_{hashlib.sha256(value.encode()).hexdigest()[:16]}"
    while delimiter in value:
        delimiter += "_"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}"


_LINES: Final[dict[Format, Callable[[str, str], str]]] = {
    Format.DOTENV: _dotenv,
    Format.SHELL: _shell,
    Format.GITHUB: _github,
}
