"""AWS's own matcher of event patterns: its jar comes by Maven coordinates, Java is the machine's."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.fetched import NotFetchedError, fetched

_POM = Path(__file__).with_name("event-ruler.pom.xml")
_MAIN = Path(__file__).with_name("Ruler.java")


class RefusedPatternError(Exception):
    """AWS takes no such pattern; the text is its reason."""


def jars() -> Path:
    """The folder of its jars. Raises `NotFetchedError`, also where there is no JDK to run them."""
    for tool in ("javac", "mvn"):
        if shutil.which(tool) is None:
            raise NotFetchedError(f"AWS's event ruler needs {tool} on PATH, and there is none")
    command = ["mvn", "-q", "-B", "-f", str(_POM), "dependency:copy-dependencies"]
    return fetched("event-ruler", "AWS's event ruler", [_POM], lambda it: [[*command, f"-DoutputDirectory={it}"]])


@dataclass
class Ruler:
    """A matcher that runs."""

    process: subprocess.Popen[str]

    def matched(self, pattern: str, events: Sequence[Any]) -> list[bool]:
        """Of each event whether it matches. Raises RefusedPatternError."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps({"pattern": pattern, "events": events}), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        if "refused" in answer:
            raise RefusedPatternError(answer["refused"])
        return [each == "1" for each in answer["matched"]]

    def any_of(self, patterns: Sequence[str], events: Sequence[Any]) -> list[bool]:
        """Of each event whether any of the patterns lets it through, as the filters of a pipe."""
        return [any(each) for each in zip(*(self.matched(pattern, events) for pattern in patterns), strict=True)]


@contextmanager
def ruler() -> Iterator[Ruler]:
    """A matcher, ended with the block. Raises `NotFetchedError`."""
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{jars()}/*", str(_MAIN)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Ruler(process)
        assert process.stdin
        process.stdin.close()
