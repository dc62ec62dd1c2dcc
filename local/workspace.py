"""The environment of a run on an emulator: own state, own plug-ins, test credentials, and nothing of the user's own.

A run on the emulator must not find a real account by any way, and must leave no trace in the user's Pulumi folder.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from local import yamlhost
from local.engine import Engine
from local.engine.find import install_language_host
from local.errors import LocalError
from local.files import write_atomically, write_script
from local.progress import run, say
from local.project import ROOT, cache_folder

PASSPHRASE = "local"  # noqa: S105
"""Guards nothing: a state on the emulator has no secrets. `encryptionsalt` in Pulumi.local.yaml belongs to it."""
PLUGIN_VARIABLE = "AWS_PLUGIN"
PLUGINS = ("stand-in", "real")
PLUGIN_SECONDS = 900.0
NO_LOGS = "A file where the engine would make a folder: its own log of every command is off on an emulator.\n"
"""An engine writes a compressed, encrypted log of every command into the folder `logs` of its home, and has no setting
to turn that off. It takes a third of the engine's time. `pulumi --logtostderr -v=9` shows what it would have said."""
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "test"}
STROKE = "?metadata=skip"
"""Of the state's address: no `.attrs` file beside each, which is not written at one stroke, and which an engine that is
killed leaves empty: the state can't be read then."""
FOREIGN = ("PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_HOME", "PULUMI_STACK")
"""Variables of the user's own that would lead a run away from the emulator's state."""


@dataclass(frozen=True)
class Workspace:
    """Where one run on an emulator keeps its things.

    folder: holds the state, in `state`, and is made when it is needed.
    home: the private PULUMI_HOME, with the plug-ins.
    """

    folder: Path
    home: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def environment(self, engine: Engine, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment for the engine; makes the state's folder and sees to the plug-ins."""
        environ = os.environ if environ is None else environ
        self.state.mkdir(parents=True, exist_ok=True)
        home = _prepare_home(self.home, engine, environ)
        return {
            **engine.environment(without_accounts(environ)),
            **CREDENTIALS,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost,::1",
            "no_proxy": "127.0.0.1,localhost,::1",
            "PULUMI_BACKEND_URL": f"{self.state.as_uri()}{STROKE}",
            "PULUMI_HOME": str(home),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # An AWS plug-in on PATH would be taken before the one in the private folder.
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }


def local_workspace(root: Path = ROOT) -> Workspace:
    """The workspace of the stack `local`, in the clone's ignored folder."""
    return Workspace(folder=root / ".local", home=root / ".local" / "pulumi-home")


def without_accounts(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without anything that leads to a real account, or to another state than ours."""
    return {
        name: value
        for name, value in environ.items()
        if name not in FOREIGN and (not name.startswith("AWS_") or name == PLUGIN_VARIABLE)
    }


def chosen_plugin(environ: Mapping[str, str]) -> str:
    """`stand-in` or `real`, as AWS_PLUGIN says; raises `LocalError` for anything else."""
    chosen = environ.get(PLUGIN_VARIABLE) or PLUGINS[0]
    if chosen not in PLUGINS:
        raise LocalError(
            f"{PLUGIN_VARIABLE}: {chosen!r} is not a plug-in; allowed are {' and '.join(PLUGINS)}; "
            f"unset it for the stand-in"
        )
    return chosen


def _prepare_home(home: Path, engine: Engine, environ: Mapping[str, str]) -> Path:
    """Put the plug-ins where the engine looks for installed ones, which it takes without a warning."""
    version = metadata.version("pulumi-aws")
    real = chosen_plugin(environ) == "real"
    if real:
        # Hundreds of megabytes: kept once for all clones.
        home = cache_folder(environ) / "pulumi-home"
    plugin = home / "plugins" / f"resource-aws-v{version}"
    if real:
        if not plugin.is_dir():
            _install_real_plugin(home, version, engine, environ)
    else:
        write_script(
            plugin / "pulumi-resource-aws",
            # -P: the program's folder, in which the engine starts a plug-in, is not to be imported from.
            f"PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -P -m local.standin",
        )
    install_language_host(home / "plugins" / f"language-python-v{metadata.version('pulumi')}")
    if host := yamlhost.built(environ):
        write_script(
            home / "plugins" / f"language-yaml-v{yamlhost.version()}" / host.name, f"exec {shlex.quote(str(host))}"
        )
    if not (logs := home / "logs").exists():
        write_atomically(logs, NO_LOGS)
    return home


def _install_real_plugin(home: Path, version: str, engine: Engine, environ: Mapping[str, str]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    log = home / "install-aws.log"
    say(f"Fetching the AWS plug-in v{version} …")
    command = [str(engine.path), "plugin", "install", "resource", "aws", version]
    environment = {**without_accounts(environ), "PULUMI_HOME": str(home), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    if failed := run(command, "fetching the AWS plug-in", log, PLUGIN_SECONDS, environment, home):
        raise LocalError(
            f"{PLUGIN_VARIABLE}=real: the AWS plug-in v{version} could not be fetched: {failed}; "
            f"unset {PLUGIN_VARIABLE} to use the stand-in"
        )
