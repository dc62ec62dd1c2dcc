"""A stage's own file, `Pulumi.<stage>.yaml`, what it sets, and the stage's clients: stage local is on an emulator."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import boto3

from tablekit.client.aws import CONNECT_SECONDS, Clients
from tablekit.client.errors import UnreachableError
from tablekit.model.addresses import EXAMPLE, is_loopback
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import StageError
from tablekit.model.naming import PROD
from tablekit.model.settings_file import read_settings
from tablekit.model.stage import EVERY_SERVICE, LOCAL, StageConfig
from tablekit.model.stage_settings import load_stage, read_endpoints, stage_settings

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


@dataclass(frozen=True)
class StageSettings:
    """A stage's settings. from_file: whether they come from its file, and everything can be compared.

    unchecked: one line each for what can't be compared. productive: whether a test must not write there.
    endpoint: where the stage's calls go, if not to AWS.
    """

    config: StageConfig
    from_file: bool
    unchecked: tuple[str, ...]
    endpoint: str | None

    @property
    def emulated(self) -> bool:
        """Whether the stage's calls go to an emulator."""
        return bool(self.endpoint and is_loopback(self.endpoint))

    @property
    def productive(self) -> bool:
        """Whether the settings say prod: its name, or tables that nobody may delete."""
        return self.config.stage == PROD or self.config.protect or self.config.deletion_protection


def settings(
    stage: str,
    file: Path,
    folders: Sequence[Path],
    catalogue: Catalogue,
    families: Sequence[str],
    endpoint: str | None = None,
) -> StageSettings:
    """What a stage's file sets. Raises StageError.

    folders: where Pulumi.yaml may be, besides beside the file. families: the stage's, where nothing names them.
    endpoint: as `address_of` gives it.
    """
    projects = (each for folder in (file.parent, *folders) if (each := folder / "Pulumi.yaml").is_file())
    project = next((read_settings(each) for each in projects), {})
    given, aws, hidden = stage_settings(read_settings(file), project)
    given.setdefault("families", list(families))
    if endpoint:
        aws["endpoints"] = dict.fromkeys(EVERY_SERVICE, endpoint)
        if stage != LOCAL and is_loopback(endpoint):
            given["rehearsal"] = True
    config = load_stage(stage, given, aws, catalogue)
    unchecked = tuple(f"{key} is encrypted in {file.name}, and was taken for not set" for key in hidden)
    return StageSettings(config, True, unchecked, endpoint or config.endpoints.get("dynamodb"))


def clients(
    stage: str,
    folders: Sequence[Path],
    connections: int = 64,
    endpoint: str | None = None,
    file: Path | None = None,
    session: boto3.Session | None = None,
) -> Clients:
    """AWS clients for a stage: for AWS as boto3 finds it, or for an emulator; the parameters are `address_of`'s.

    session: where credentials come from, where that is not boto3's usual search.

    Raises StageError as that does, and UnreachableError where no emulator answers.
    """
    address = address_of(stage, folders, endpoint, file)
    if address is not None:
        _ensure_answers(stage, address)
    return Clients(address, session, connections, capacity=True)


def address_of(
    stage: str, folders: Sequence[Path], endpoint: str | None = None, file: Path | None = None
) -> str | None:
    """Where a stage's calls go, None for AWS. Stage local: to `endpoint`, else where AWS_ENDPOINT_URL or its file says.

    endpoint, file: as they were given on the command line. Raises StageError where nothing says where stage local is,
    or it is not on this machine: before anything is called.
    """
    if stage != LOCAL:
        return endpoint
    if endpoint:
        return on_this_machine("--endpoint", endpoint)
    if file is None and (given := configured()):
        return given
    file = file or find(LOCAL, folders)
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


def _ensure_answers(stage: str, address: str) -> None:
    parts = urlsplit(address)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise UnreachableError(
            f"stage {stage!r}: nothing answers at {address} ({why}); is the emulator up? make up, or name another "
            "address by AWS_ENDPOINT_URL"
        ) from None


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
