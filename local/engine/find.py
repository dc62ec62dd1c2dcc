"""Finds an engine that is on this machine already, and says whether it will do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from local.errors import EngineBusyError, EngineError
from local.files import write_script
from local.project import ROOT

LANGUAGE_HOST = "pulumi-language-python"
OVERRIDE = "PULUMI_ENGINE"
"""Environment variable: the path of the one `pulumi` to use, or BUILT."""
BUILT = "built"
"""The engine built from its Go modules, whatever else there is: each module has its checksum in go.sum."""
VERSION_SECONDS = 60.0

Version = tuple[int, int, int]


@dataclass(frozen=True)
class Engine:
    """A `pulumi` that can run this project.

    path: the executable, absolute.
    version: as it says itself, without the leading v.
    source: where it is from, for a person to read.
    """

    path: Path
    version: str
    source: str

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment to run it in: `environ`, with the engine first on PATH, and what our language host needs."""
        return {
            **environ,
            "PATH": os.pathsep.join([str(self.path.parent), environ.get("PATH", os.defpath)]),
            "LOCAL_LANGHOST_PYTHON": sys.executable,
            "LOCAL_LANGHOST": str(ROOT / "local" / "langhost" / "__main__.py"),
        }


def wanted_version() -> str:
    """The engine's version that this project is made for: that of the installed SDK."""
    return metadata.version("pulumi")


def parse_version(text: str) -> Version | None:
    """`v3.258.0` as numbers; nothing for what is no released version, such as a build of a commit."""
    match = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", text.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def suits(version: str, wanted: str) -> bool:
    """Whether an engine of one version runs programs of the SDK's: same major version, and not older."""
    have, need = parse_version(version), parse_version(wanted)
    return have is not None and need is not None and have[0] == need[0] and have >= need


def ask_version(path: Path) -> str:
    """What `pulumi version` prints; raises `EngineError` where it cannot be run, `EngineBusyError` where it is slow."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        result = subprocess.run(
            [str(path), "version"],
            capture_output=True,
            text=True,
            timeout=VERSION_SECONDS,
            env=environment,
            check=False,
        )
    except OSError as error:
        raise EngineError(f"{path}: cannot be run: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise EngineBusyError(
            f"{path}: did not say its version within {VERSION_SECONDS:.0f} s: wait until the machine is less busy and "
            f"run this again, or name another engine by {OVERRIDE}"
        ) from error
    if result.returncode != 0:
        raise EngineError(f"{path}: `version` left with exit code {result.returncode}: {result.stderr.strip()[-200:]}")
    return result.stdout.strip().removeprefix("v")


def examine(path: Path, source: str) -> Engine:
    """The engine at a path; raises `EngineError` if it is not one that will do."""
    version = ask_version(path)
    wanted = wanted_version()
    if not suits(version, wanted):
        raise EngineError(f"{path}: is version {version}; {wanted} or a later {wanted.split('.')[0]}.x is needed")
    return Engine(path.absolute(), version, source)


def install_language_host(folder: Path) -> Path:
    """Put our language host into a folder under the name that the engine looks for; gives the folder back.

    It is a script that runs the Python and the module that `Engine.environment` names, so that an engine in the cache
    serves every clone.
    """
    python = "${LOCAL_LANGHOST_PYTHON:?start Pulumi by ./pulumiw of the project}"
    write_script(folder / LANGUAGE_HOST, f'exec "{python}" "$LOCAL_LANGHOST"')
    return folder
