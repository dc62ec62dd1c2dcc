"""A poller in a pipe's place: reads a stream, applies the filters and the input as they are registered, and delivers.

`python -m tests.support.pipe FILE` runs one until it is ended, by whatever signal: FILE says where all is, and
`checkpoints` in its folder how far each shard was delivered. It delivers at least once, as Pipes does.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from tests.support import aws
from tests.support.ruler import Ruler, ruler
from tests.support.runtime_api import started

_PATH = re.compile(r'"<\$\.([\w.-]+)>"|<\$\.([\w.-]+)>')
"""In quotes a text, without them an object."""


class FunctionFailedError(Exception):
    """The function raised, or its process ended."""


def record(found: Mapping[str, Any], stream: str) -> dict[str, Any]:
    """A record of the Streams API as a pipe has it: other names, times as numbers, what is binary in base64."""
    change = json.loads(json.dumps(found["dynamodb"], default=_json))
    by = found.get("userIdentity")
    return {
        "eventID": found["eventID"],
        "eventName": found["eventName"],
        "eventSource": "aws:dynamodb",
        "eventSourceARN": stream,
        "dynamodb": change,
        **({"userIdentity": {"type": by["Type"], "principalId": by["PrincipalId"]}} if by else {}),
    }


def _json(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.timestamp()


def rendered(template: str, event: Mapping[str, Any]) -> str:
    """An input template with its paths looked up; KeyError for one that leads nowhere."""

    def at(path: str) -> Any:
        return reduce(lambda inside, name: inside[name], path.split("."), event)

    return _PATH.sub(lambda found: json.dumps(str(at(found[1])) if found[1] else at(found[2])), template)


@dataclass
class Poller:
    """pipe: its inputs, as they are registered. deliver: a batch; raises where it can't be delivered."""

    pipe: Mapping[str, Any]
    stream: str
    client: Any
    judge: Ruler
    deliver: Callable[[list[dict[str, Any]]], None]
    checkpoints: Path

    def once(self) -> int:
        """Read each shard as far as it goes now; gives how many records there were."""
        source = self.pipe["sourceParameters"]
        patterns = [each["pattern"] for each in source["filterCriteria"]["filters"]]
        size, seen = int(source["dynamodbStreamParameters"]["batchSize"]), 0
        for shard in self._shards():
            for records in self._read(shard):
                seen += len(records)
                passed = self.judge.any_of(patterns, records)
                batch = [each for each, through in zip(records, passed, strict=True) if through]
                for start in range(0, len(batch), size):
                    some = batch[start : start + size]
                    self._until_delivered(some)
                    self._keep(shard, some[-1]["dynamodb"]["SequenceNumber"])
                self._keep(shard, records[-1]["dynamodb"]["SequenceNumber"])
        return seen

    def _until_delivered(self, batch: list[dict[str, Any]]) -> None:
        """In halves after a failure, as AUTOMATIC_BISECT has it."""
        try:
            self.deliver(batch)
        except FunctionFailedError:
            half = len(batch) // 2
            for part in (batch[:half], batch[half:]) if half else (batch,):
                self._until_delivered(part)

    def _shards(self) -> list[str]:
        """Parents before their children."""
        described = self.client.describe_stream(StreamArn=self.stream)["StreamDescription"]["Shards"]
        return [each["ShardId"] for each in described]

    def _read(self, shard: str) -> Iterator[list[dict[str, Any]]]:
        after = self._kept().get(shard)
        start = {"ShardIteratorType": "TRIM_HORIZON"}
        if after:
            start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
        iterator = self.client.get_shard_iterator(StreamArn=self.stream, ShardId=shard, **start).get("ShardIterator")
        while iterator:
            answer = self.client.get_records(ShardIterator=iterator, Limit=1000)
            if not answer["Records"]:
                return
            yield [record(each, self.stream) for each in answer["Records"]]
            iterator = answer.get("NextShardIterator")

    def _kept(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.checkpoints.read_text()) if self.checkpoints.exists() else {}
        return found

    def _keep(self, shard: str, sequence: str) -> None:
        """All or nothing, as it may be killed here too."""
        new = self.checkpoints.with_suffix(".new")
        new.write_text(json.dumps({**self._kept(), shard: sequence}))
        os.replace(new, self.checkpoints)


def to_bus(pipe: Mapping[str, Any], client: Any) -> Callable[[list[dict[str, Any]]], None]:
    """Delivers to an event bus."""
    parameters = pipe["targetParameters"]
    bus = parameters["eventbridgeEventBusParameters"]

    def deliver(batch: list[dict[str, Any]]) -> None:
        entries = [
            {
                "EventBusName": pipe["target"].rpartition("/")[2],
                "Source": bus["source"],
                "DetailType": bus["detailType"],
                "Detail": rendered(parameters["inputTemplate"], each),
            }
            for each in batch
        ]
        assert client.put_events(Entries=entries)["FailedEntryCount"] == 0

    return deliver


def to_function(
    files: Mapping[str, str], handler: str, folder: Path, moto: str
) -> Callable[[list[dict[str, Any]]], None]:
    """Delivers to a function, which is started anew after it ended. Its process is in the folder's file `pid`."""
    running: list[Any] = []

    def deliver(batch: list[dict[str, Any]]) -> None:
        if not running:
            place = Path(tempfile.mkdtemp(dir=folder))
            running.append(started(files, handler, place, "eu-west-1", AWS_ENDPOINT_URL=moto))
            running.append(running[0].__enter__())
            (folder / "pid").write_text(str(running[1].process.pid))
        if (answer := running[1].invoke(batch)).failed:
            running[0].__exit__(None, None, None)
            running.clear()
            raise FunctionFailedError(answer)

    return deliver


def main(file: Path) -> None:
    """Run until ended. What the file says: pipe, stream, dynamodb, moto and, for a function's pipe, files, handler."""
    asked = json.loads(file.read_text())
    pipe = asked["pipe"]
    if "files" in asked:
        deliver = to_function(asked["files"], asked["handler"], file.parent, asked["moto"])
    else:
        deliver = to_bus(pipe, aws.client(asked["moto"], "events"))
    streams = aws.client(asked["dynamodb"], "dynamodbstreams")
    with ruler() as judge:
        poller = Poller(pipe, asked["stream"], streams, judge, deliver, file.with_name("checkpoints"))
        while True:
            if not poller.once():
                time.sleep(0.2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
