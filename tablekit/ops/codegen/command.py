"""`tablekit codegen`."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tablekit.ops.errors import CodegenError
from tablekit.ops.files import check_text, to_standard_output, write_files
from tablekit.ops.sources import Outputs, Stack


class Language(StrEnum):
    """What the code is written in."""

    PYTHON = "python"
    TYPESCRIPT = "typescript"


To = Annotated[
    Language, typer.Argument(help="python: a module over tablekit.client; typescript: one that stands alone.")
]
Families = Annotated[
    list[str] | None, typer.Option("--family", help="A family to generate code for; may be repeated. Default: all.")
]
Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write; - is standard output.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 unless --output is as generated.")]


def codegen(
    language: To,
    family: Families = None,
    outputs: Outputs = None,
    stack: Stack = None,
    output: Output = Path("-"),
    check: Check = False,
) -> None:
    """Generate typed constants and access patterns for another team's code.

    From a stack's outputs (--outputs or --stack), else from the families that are installed; both give the same text,
    which holds for every stage. Exit code 0: written, or as generated; 1: neither, and one message says why.
    """
    from tablekit.ops.codegen import python, source, typescript

    if check and str(output) == "-":
        raise CodegenError("--check compares a file; name it with --output")
    families = source.found(family or [], outputs, stack)
    command = " ".join(["tablekit codegen", language, *(f"--family {shlex.quote(each.key)}" for each in families)])
    text = {Language.PYTHON: python, Language.TYPESCRIPT: typescript}[language].module(families, command)
    if check:
        make = f"with: {command} --output {shlex.quote(str(output))}"
        check_text(output, text, make=f"make it {make}", differs=f"not as generated; make it anew {make}")
        typer.echo(f"{output}: as generated")
    elif str(output) == "-":
        to_standard_output(text)
    else:
        write_files({output: text}, "name another place with --output")
