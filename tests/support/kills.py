"""`python -m tests.support.kills --count 60`: what `make up` makes of an `up` that was ended half-way.

Each round runs `python -m local up` on a copy of the project, cut to two families; ends one of its processes, or all,
by a signal at some moment; and then has `up` alone put it right. It prints a line a round; exit code 1 if one was not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml
from botocore.exceptions import BotoCoreError, ClientError

from local.emulator import PORT
from local.project import ROOT
from tests.support import aws

PROGRAM = ("tablekit", "families", "components", "policies", "local", "__main__.py", "Pulumi.yaml", "Pulumi.local.yaml")
FAMILIES = ("cloudstro", "formbridge")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TARGETS = {
    "python": "-m local up",
    "engine": "bin/pulumi ",
    "language host": "langhost/__main__.py",
    "stand-in": "local.standin",
    "emulator": "local.emulator_process",
}
"""What is in the command line of each process of an `up`."""
ALL = "all"
TERMINAL = "terminal"
"""What a ctrl-C or the end of a terminal reaches: all but the emulator, which is a session of its own."""
SECONDS = 300.0


@dataclass
class Clone:
    """A copy of the project, whose stack `local` has an emulator on a port of its own."""

    folder: Path
    port: int

    def set(self, **settings: Any) -> None:
        """Change settings of the stage `local`."""
        file = self.folder / "Pulumi.local.yaml"
        content = yaml.safe_load(file.read_text())
        content["config"] |= {f"dynamodb-tables:{name}": value for name, value in settings.items()}
        file.write_text(yaml.safe_dump(content))

    @property
    def log(self) -> Path:
        """What the last command said."""
        return self.folder.parent / "log"

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """`python -m local …`, started; it leads a process group of its own, as a terminal's command does."""
        self.log.unlink(missing_ok=True)  # an engine that was left may still write into the one before
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "local", *words],
                cwd=self.folder,
                env={**os.environ, "PULUMI_OPTION_COLOR": "never"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self, *words: str) -> tuple[int, str]:
        """`python -m local …`, run to its end: exit code and all that it said."""
        process = self.start(*words)
        return process.wait(SECONDS), self.log.read_text()

    def pulumi(self, *words: str) -> str:
        """`./pulumiw … -s local`."""
        command = [sys.executable, str(self.folder / "local"), "pulumi", *words, "-s", "local"]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True).stdout

    def client(self, service: str, region: str) -> Any:
        """A boto3 client for the emulator."""
        return aws.client(f"http://127.0.0.1:{self.port}", service, region)

    def tables(self, region: str = "us-east-1") -> list[str]:
        """The emulator's tables; none while there is no emulator."""
        try:
            return list(self.client("dynamodb", region).list_tables()["TableNames"])
        except (BotoCoreError, ClientError):  # it may be ended at any moment
            return []

    def processes(self) -> dict[str, psutil.Process]:
        """The processes that there are of an `up`, by what they are."""
        found = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                line, folder = " ".join(process.cmdline()), process.cwd()
                ours = folder.startswith(str(self.folder)) or str(self.folder) in line
                for name, part in TARGETS.items():
                    if ours and part in line and process.status() != psutil.STATUS_ZOMBIE:
                        found[name] = process
        return found

    def disagreements(self) -> list[str]:
        """What state and emulator do not both have: tables, alarms, topics and roles."""
        resources = json.loads(self.pulumi("stack", "export"))["deployment"]["resources"]
        there: set[str] = set()
        for region in {found["outputs"]["region"] for found in resources if "region" in found.get("outputs", {})}:
            there |= set(self.tables(region))
            pages = self.client("cloudwatch", region).get_paginator("describe_alarms").paginate()
            there |= {alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]}
            topics = self.client("sns", region).get_paginator("list_topics").paginate()
            there |= {topic["TopicArn"] for page in topics for topic in page["Topics"]}
        there |= {role["RoleName"] for role in self.client("iam", "us-east-1").list_roles()["Roles"]}
        kinds = ("dynamodb/table:", "cloudwatch/metricAlarm:", "sns/topic:", "iam/role:")
        known = {found["id"] for found in resources if found["type"].removeprefix("aws:").startswith(kinds)}
        return sorted(known ^ there)


@contextmanager
def clone(folder: Path, families: tuple[str, ...] = FAMILIES) -> Iterator[Clone]:
    """A copy of the project under a folder, with nothing deployed; it is stopped after the block."""
    copied = folder / "clone"
    copied.mkdir()
    for name in PROGRAM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copied / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(ROOT / name, copied)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    for file in (copied / "Pulumi.local.yaml", copied / "local" / "emulator.py"):
        file.write_text(file.read_text().replace(str(PORT), str(port)))
    made = Clone(copied, port)
    made.set(families=list(families))
    try:
        yield made
    finally:
        made.run("down")


def strike(made: Clone, target: str, number: int, ready: Callable[[], bool]) -> str:
    """Run `up` and end one of its processes, or several, by a signal once it is ready.

    Says how that `up` ended; nothing if it had ended before.
    """
    process = made.start("up")
    struck: list[str] = []
    while process.poll() is None and not struck:
        if ready():
            found = made.processes()
            meant = {ALL: list(found), TERMINAL: [name for name in found if name != "emulator"]}.get(target, [target])
            for name in meant:
                if name in found:
                    with suppress(psutil.NoSuchProcess):
                        found[name].send_signal(number)
                        struck.append(name)
        time.sleep(0.02)
    code = process.wait(SECONDS)
    return f"exit {code}" if struck else ""


def put_right(made: Clone, twice: bool = True) -> str:
    """Have `up` alone put it right; what is wrong then, or nothing. twice: a second `up` must have nothing to do."""
    code, said = made.run("up")
    if code:
        return f"up: exit {code}: {said[-600:]}"
    if found := made.disagreements():
        return f"state and emulator disagree: {', '.join(found)}"
    if not twice:
        return ""
    code, said = made.run("up")
    changes = re.findall(r"\d+ (?!unchanged)[a-z]+", said.rpartition("stack local: ")[2].partition("\n")[0])
    return f"second up: exit {code}, {', '.join(changes)}" if code or changes else ""


def main() -> None:
    """Run the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="the same seed draws the same rounds")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    failed = 0
    # Ended by SIGTERM it leaves nothing behind either; and the deafness of nohup and `&` is not to be inherited.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="kills-") as name, clone(Path(name)) as made:
        started = time.monotonic()
        made.run("up")
        lasts = time.monotonic() - started
        print(f"seed {options.seed}; an `up` of {', '.join(FAMILIES)} takes {lasts:.1f} s", flush=True)
        number = 0
        while number < options.count:
            first = bool(number % 2)
            target, sign = draw.choice([*TARGETS, TERMINAL, ALL]), draw.choice(SIGNALS)
            if first:
                made.run("down")
            # Whatever is deployed, there is something to do.
            made.set(alarms=draw.choice(("all", "tables")), pointInTimeRecoveryDays=draw.randint(1, 35))
            at, begun = draw.uniform(0.0, lasts), time.monotonic()
            how = strike(made, target, sign, lambda begun=begun, at=at: time.monotonic() - begun > at)  # type: ignore[misc]
            if not how:  # it was quicker this time: drawn anew
                lasts = min(lasts, time.monotonic() - begun)
                continue
            wrong = put_right(made)
            number, failed = number + 1, failed + bool(wrong)
            print(
                f"{number:3}  {'first' if first else 'second':6}  {target:13}  {signal.Signals(sign).name:7}  "
                f"{at:4.1f} s  {how:8}  {wrong or 'put right'}",
                flush=True,
            )
    print(f"{options.count - failed} of {options.count} put right by `up` alone")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
