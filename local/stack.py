"""One stack on an emulator: what its state says, and the engine's commands on it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from local.changes import Changes, read
from local.engine import Engine
from local.errors import DeploymentError, UnreadableStateError
from local.progress import say
from local.project import PROJECT_FILE

STEADY = ("--yes", "--skip-preview", "--suppress-progress", "--suppress-outputs")
"""No question, for no one answers it in CI, no dots between the lines, and no list of outputs."""
EVENT_LOG = {"PULUMI_DEBUG_COMMANDS": "true"}
"""Lets the engine write its events, as the Automation API has it do."""

ONE_CHECKPOINT = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""Has an update write the state once, at its end, and not twice for each resource. That saves two thirds of the
processor time of a first `up` of 332 resources (43 s to 14 s). An update that is killed has written nothing then, which
only an emulator's stack can bear: the next one takes over what was made (`local.recovery`)."""
ENDING = (signal.SIGTERM, signal.SIGHUP)
SIGNALLED = 128
"""Exit codes above it tell of the signal that ended a process, as a shell does."""


@dataclass(frozen=True)
class Stack:
    """A stack, the engine for it and the environment that leads to its state.

    folder: the Pulumi project's.
    config_file: the configuration to use, if not the stack's own in the project's folder.
    """

    name: str
    engine: Engine
    environment: Mapping[str, str]
    folder: Path
    config_file: Path | None = None

    def change(
        self, command: str, *options: str, environment: Mapping[str, str] | None = None, verbose: bool = False
    ) -> Changes:
        """Run `up`, `refresh` or `destroy`; raises `DeploymentError` if it fails.

        verbose: the engine shows each resource as it goes; otherwise what it warns of or fails at, when it has ended.
        """
        config = ("--config-file", str(self.config_file)) if self.config_file else ()
        with tempfile.TemporaryDirectory(prefix="pulumi-") as folder:
            log, events = Path(folder) / "log", Path(folder) / "events"
            words = [command, *STEADY, "--stack", self.name, *config, "--event-log", str(events), *options]
            set_here = {**self.environment, **ONE_CHECKPOINT, **EVENT_LOG, **(environment or {})}
            code = run_in_the_open(self.engine, words, set_here, self.folder, None if verbose else log)
            if not verbose and (said := _told(log.read_text(errors="replace"), failed=code != 0)):
                say(said)
            if code == 0:
                return read(events)
        how = "failed, for the reason above; fix that and run it again"
        if SIGNALLED < code < SIGNALLED + signal.NSIG:
            how = f"was ended by signal {code - SIGNALLED}; run it again, and it goes on from there"
        raise DeploymentError(f"stack {self.name}: `pulumi {command}` {how}", code)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command that changes no resource, for its answer; nothing is shown."""
        return self._quietly([*words, "--stack", self.name], self.folder)

    def run_checked(self, *words: str) -> str:
        """As `run`, and gives what it printed; raises `DeploymentError` with the engine's own words if it fails."""
        result = self.run(*words)
        if result.returncode != 0:
            said = (result.stderr.strip() or _errors(result.stdout)).removeprefix("error: ")
            raise DeploymentError(f"stack {self.name}: `pulumi {' '.join(words)}` failed: {said}", result.returncode)
        return result.stdout

    def deployment(self) -> dict[str, Any] | None:
        """The state as `pulumi stack export` gives it; nothing if there is no such stack.

        Raises `UnreadableStateError`, in the engine's words.
        """
        result = self.run("stack", "export")
        if result.returncode == 0:
            deployment: dict[str, Any] = json.loads(result.stdout).get("deployment") or {}
            return deployment
        if "no stack named" in result.stderr:
            return None
        raise UnreadableStateError(result.stderr.strip().removeprefix("error: "))

    def create(self, config: Path, within: Path) -> None:
        """Make the stack, empty.

        within: a folder for temporary files.

        It is made in a folder that holds no more than the project's file and a copy of the configuration, since making
        a stack may write a salt into the stack's file, and the project's own is committed.
        """
        with tempfile.TemporaryDirectory(prefix="stack-", dir=within) as made:
            shutil.copy(self.folder / PROJECT_FILE, made)
            shutil.copy(config, Path(made) / f"Pulumi.{self.name}.yaml")
            result = self._quietly(["stack", "init", "--no-select", "--stack", self.name], Path(made))
            if result.returncode != 0:
                raise DeploymentError(f"stack {self.name}: cannot be made: {result.stderr.strip()}", result.returncode)
            if config == self.config_file:
                shutil.copy(Path(made) / f"Pulumi.{self.name}.yaml", config)

    def outputs(self) -> str:
        """The stack's outputs as JSON."""
        return self.run_checked("stack", "output", "--json")

    def _quietly(self, words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.engine.path), *words, "--non-interactive", "--color", "never"],
            cwd=folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def _told(text: str, failed: bool) -> str:
    """What is shown of the engine's words on an update: where it failed what broke, otherwise its warnings alone."""
    sections = dict(re.findall(r"^(Diagnostics|Policies):\n(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL))
    if failed:
        return "\n".join(f"{name}:\n{said.rstrip()}" for name, said in sections.items()) or text.rstrip()
    told = [said for said in _not_held(sections.get("Diagnostics", "")) if said]
    if advisories := sections.get("Policies", "").count("[advisory]"):
        told.append(f"The policy pack has {advisories} advisory findings; --verbose (make … VERBOSE=1) shows them.")
    return "\n".join(told)


_NOT_HELD = re.compile(
    r"^  \S+ \(\S+\):\n +warning: aws:\w+/(\w+):\w+ '(\S+)': the emulator does not hold it\..*\n\n?", re.MULTILINE
)


def _not_held(said: str) -> list[str]:
    """The engine's diagnostics, and in one line the resources that the emulator has not at all."""
    names: dict[str, list[str]] = {}
    for kind, name in sorted(_NOT_HELD.findall(said)):
        names.setdefault(kind, []).append(name)
    rest = _NOT_HELD.sub("", said).rstrip()
    those = "; ".join(f"{kind} {', '.join(each)}" for kind, each in names.items())
    whole = f"The emulator does not hold {those}: the stack's state alone has them; on AWS they are made."
    return [rest, whole if names else ""]


def _errors(text: str) -> str:
    """What a failed command printed; of a plan in JSON the errors alone, those of the program included."""
    try:
        diagnostics = json.loads(text)["diagnostics"]
        found = "\n".join(d["message"].strip() for d in diagnostics if d["severity"] in ("error", "info#err"))
    except (ValueError, LookupError, TypeError):
        found = ""
    return found or text.strip()


def leave_in_order() -> None:
    """Have the signals that end this process do it as an exception: what was started is stopped on the way out."""
    for number in ENDING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda received, _frame: sys.exit(SIGNALLED + received))


def run_in_the_open(
    engine: Engine, words: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path | None = None
) -> int:
    """Run the engine with this process's own streams, or into the file `log`, and give its exit code.

    An interrupt from the terminal reaches the engine by itself, and it needs its time to write the state: this process
    waits for it, and is interrupted only then. A SIGTERM is passed on, and the terminal's end as one.
    """
    with log.open("wb") if log else nullcontext() as output:
        process = subprocess.Popen(
            [str(engine.path), *words], cwd=folder, env=dict(environment), stdout=output, stderr=output
        )
    with _signals_kept(process) as kept:
        code = process.wait()
    if signal.SIGINT in kept:
        raise KeyboardInterrupt
    if kept:
        raise SystemExit(SIGNALLED + kept[0])
    return code if code >= 0 else SIGNALLED - code


@contextmanager
def _signals_kept(process: subprocess.Popen[bytes]) -> Iterator[list[int]]:
    kept: list[int] = []

    def keep(number: int, _frame: FrameType | None) -> None:
        kept.append(number)
        if number != signal.SIGINT:
            with suppress(ProcessLookupError):
                process.terminate()

    # One that is ignored stays so: that is what nohup is for.
    heard = [number for number in (signal.SIGINT, *ENDING) if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, keep) for number in heard}
    try:
        yield kept
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
