"""A stage's own file, `Pulumi.<stage>.yaml`, and the AWS clients of a stage: stage local is on an emulator."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tablekit.client.aws import Clients
from tablekit.model.addresses import EXAMPLE, is_loopback
from tablekit.model.errors import StageError
from tablekit.model.settings_file import read_settings
from tablekit.model.stage import LOCAL, read_endpoints, stage_settings

_VARIABLES: Final = ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL")


def places(outputs: Path | None = None) -> tuple[Path, ...]:
    """Folders in which a stage's file is looked for. outputs: the file of its outputs, where there is one."""
    here = _here()
    beside = (here / outputs).parents[:2] if outputs else ()
    return (here, *filter(None, [clone()]), *beside)


def clone() -> Path | None:
    """The project's folder, where the working folder is within it: the one with ./pulumiw."""
    here = _here()
    for folder in (here, *here.parents):
        if (folder / "pulumiw").is_file() and (folder / "Pulumi.yaml").is_file():
            return folder
    return None


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise StageError("the working folder is gone; change to another one") from None


def find(stage: str, folders: Sequence[Path]) -> Path | None:
    """The stage's file, in the first of the folders that has one."""
    return next((file for each in folders if os.path.lexists(file := each / f"Pulumi.{stage}.yaml")), None)


def clients(stage: str, folders: Sequence[Path], connections: int = 64) -> Clients:
    """AWS clients for a stage: for AWS as boto3 finds it, or for the emulator that stage local is on.

    Raises StageError where that is nowhere said, or is not on this machine: before anything is called.
    """
    return Clients(emulator(folders) if stage == LOCAL else None, connections=connections, capacity=True)


def emulator(folders: Sequence[Path]) -> str:
    """The address of stage local: that of AWS_ENDPOINT_URL, else that of its file. Raises StageError."""
    if given := configured():
        return given
    file = find(LOCAL, folders)
    if file is None:
        looked = ", ".join(dict.fromkeys(map(str, folders)))
        raise StageError(
            f"stage {LOCAL!r} is on an emulator, and nothing says where: there is no Pulumi.{LOCAL}.yaml in {looked}; "
            f"run the command in the project's folder, or set AWS_ENDPOINT_URL={EXAMPLE}"
        )
    try:
        _, aws, _ = stage_settings(read_settings(file), {})
        url = read_endpoints(aws.get("endpoints")).get("dynamodb", "")
    except ValueError as error:
        raise StageError(f"{file}: aws:endpoints: {error}") from None
    return on_this_machine(f"{file}: aws:endpoints: dynamodb", url)


def configured() -> str | None:
    """The address that the environment gives to stage local, None where it gives none. Raises StageError."""
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None
    for name in _VARIABLES:
        if url := os.environ.get(name):
            return on_this_machine(name, url)
    return None


def on_this_machine(where: str, url: str) -> str:
    """The address of stage local. where: who gives it, for messages. Raises StageError where it leads elsewhere."""
    if not is_loopback(url):
        raise StageError(
            f"{where} is {url!r}, which is not on this machine; stage {LOCAL!r} takes loopback addresses only, "
            f"as {EXAMPLE}"
        )
    return url
