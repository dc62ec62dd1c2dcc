"""Reads the changes of a table from its stream: a shard's in order, and a shard's before those of its children."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from tablekit.client.aws import translated
from tablekit.ops.copy.sides import Side
from tablekit.ops.errors import CopyError
from tablekit.ops.seed.values import TypedItem
from tablekit.ops.signed_http import encoded

HOURS: Final = 23
"""What a stream keeps for 24 hours has to be read within them."""
_MARGIN_SECONDS: Final = 300
"""What was written shortly before a copy began is carried over again: no two machines have the same time."""
_DESCRIBE_SECONDS: Final = 30
_EMPTY: Final = 3
"""Answers without a record, one after the other, before a shard is taken for read to its end."""


@dataclass(frozen=True)
class Change:
    """A change of an item. old, new: what it was and is, None for nothing. at: epoch seconds."""

    old: TypedItem | None
    new: TypedItem | None
    at: float


@dataclass
class _Shard:
    """position: the last sequence number that was read. mark: the first one behind the stream's end as it was seen.

    tip: the iterator that finds the mark. empty: answers without a record, one after the other.
    """

    id: str
    parent: str | None
    position: str | None = None
    iterator: str | None = None
    done: bool = False
    empty: int = 0
    tip: str | None = None
    mark: str | None = None

    @property
    def is_read(self) -> bool:
        """Whether all was read that was there when its end was looked for."""
        passed = self.mark and self.position and int(self.position) >= int(self.mark)
        return self.done or self.empty >= _EMPTY or bool(passed)


class Stream:
    """The stream of a table. since: epoch seconds, earlier changes are not wanted. positions: of a checkpoint.

    Raises CopyError where there is no stream of the right kind. old: whether items are needed as they were.
    """

    def __init__(self, side: Side, since: float, positions: dict[str, str | None], old: bool) -> None:
        table = side.only
        view = (table.described.get("StreamSpecification") or {}).get("StreamViewType")
        if view != "NEW_AND_OLD_IMAGES" and (old or view != "NEW_IMAGE"):
            raise CopyError(
                f"{side.spelled}: --follow needs its stream with NEW_AND_OLD_IMAGES, and it has {view or 'none'}; set "
                "dynamodb-tables:streams in the stage's file and deploy, or run: aws dynamodb update-table "
                f"--table-name {table.name} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES"
            )
        self.arn: str = table.described["LatestStreamArn"]
        self.client = side.clients.get("dynamodbstreams", side.region)
        self.subject = f"the stream of table {table.name!r}"
        self.since = since - _MARGIN_SECONDS
        self._given = dict(positions)
        self._shards: dict[str, _Shard] = {}
        self._described = 0.0
        self._asked = time.monotonic()
        self._looked = False

    @property
    def positions(self) -> dict[str, str | None]:
        """For a checkpoint: what was read to."""
        known = (each for each in self._shards.values() if each.done or each.position)
        return {each.id: None if each.done else each.position for each in known}

    @property
    def at_end(self) -> bool:
        """Whether all was read that had been written when `look_again` was called, whatever is written since."""
        return bool(self._shards) and self._looked and all(each.is_read for each in self._shards.values())

    @property
    def lag(self) -> float:
        """How old the oldest change can be that was not read yet, where it is at its end: seconds."""
        return time.monotonic() - self._asked

    def look_again(self) -> None:
        """What is written until now is to be read before it is at its end. Raises CallError."""
        self._asked = time.monotonic()
        with translated(self.subject):
            self._describe()
            for shard in self._shards.values():
                shard.empty, shard.mark, shard.tip = 0, None, None
                if not shard.done:
                    found = self.client.get_shard_iterator(
                        StreamArn=self.arn, ShardId=shard.id, ShardIteratorType="LATEST"
                    )
                    shard.tip = found["ShardIterator"]
        self._looked = True

    def read(self) -> list[Change]:
        """What came since the last time, in an order in which it can be carried over. Raises CallError, CopyError."""
        with translated(self.subject):
            if time.monotonic() - self._described > _DESCRIBE_SECONDS or not self._described:
                self._describe()
            ready = [each for each in self._shards.values() if not each.done and self._parent_done(each)]
            return [change for shard in ready for change in self._changes(shard)]

    def _parent_done(self, shard: _Shard) -> bool:
        parent = self._shards.get(shard.parent or "")
        return parent is None or parent.done

    def _describe(self) -> None:
        request: dict[str, Any] = {"StreamArn": self.arn}
        while True:
            found = self.client.describe_stream(**request)["StreamDescription"]
            if found.get("StreamStatus") in ("DISABLING", "DISABLED"):
                # It can be read still, and a writer's next change is in no stream.
                raise CopyError(
                    f"{self.subject}: was switched off, or its table is gone, and changes since then are lost to this "
                    "copy; switch it on, delete the checkpoint and copy anew"
                )
            for each in found["Shards"]:
                if (name := each["ShardId"]) not in self._shards:
                    shard = _Shard(name, each.get("ParentShardId"), self._given.get(name))
                    shard.done = name in self._given and shard.position is None
                    self._shards[name] = shard
            if not (last := found.get("LastEvaluatedShardId")):
                break
            request["ExclusiveStartShardId"] = last
        self._described = time.monotonic()

    def _changes(self, shard: _Shard) -> Iterator[Change]:
        if shard.tip and shard.mark is None:
            ahead = self.client.get_records(ShardIterator=shard.tip, Limit=1)
            shard.tip = ahead.get("NextShardIterator")
            shard.mark = next((each["dynamodb"]["SequenceNumber"] for each in ahead["Records"]), None)
        answer = self._answer(shard)
        shard.iterator = answer.get("NextShardIterator")
        shard.empty = 0 if answer["Records"] else shard.empty + 1
        if shard.iterator is None:
            shard.done = True
            self._described = 0.0  # its children are to be found
        for record in answer["Records"]:
            content = record["dynamodb"]
            shard.position = content["SequenceNumber"]
            at = content["ApproximateCreationDateTime"].timestamp()
            if at >= self.since:
                old = content.get("OldImage") or (content["Keys"] if record["eventName"] != "INSERT" else None)
                yield Change(_item(old), _item(content.get("NewImage")), at)

    def _answer(self, shard: _Shard) -> dict[str, Any]:
        for attempt in range(2):
            if shard.iterator is None:
                place: dict[str, str] = {"ShardIteratorType": "TRIM_HORIZON"}
                if shard.position:
                    place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": shard.position}
                try:
                    found = self.client.get_shard_iterator(StreamArn=self.arn, ShardId=shard.id, **place)
                except ClientError as error:
                    self._ensure_kept(error)
                    raise
                shard.iterator = found["ShardIterator"]
            try:
                answer: dict[str, Any] = self.client.get_records(ShardIterator=shard.iterator, Limit=1000)
            except ClientError as error:
                self._ensure_kept(error)
                if error.response["Error"]["Code"] != "ExpiredIteratorException" or attempt:
                    raise
                shard.iterator = None
            else:
                return answer
        raise AssertionError

    def _ensure_kept(self, error: ClientError) -> None:
        if error.response["Error"]["Code"] == "TrimmedDataAccessException":
            raise lost(self.subject)


def lost(subject: str) -> CopyError:
    """Changes are gone that were not carried over."""
    return CopyError(
        f"{subject}: changes are older than the 24 hours that it keeps; delete the checkpoint and copy anew"
    )


def _item(image: TypedItem | None) -> TypedItem | None:
    found: TypedItem | None = json.loads(encoded(image)) if image else None
    return found
