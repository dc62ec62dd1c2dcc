"""Functions, their logs and their schedules: what AWS refuses, and how code crosses the engine's protocol."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from local.standin.codecs import ZIPPED
from local.standin.errors import StandInError
from local.standin.values import Archive, Props, from_struct, to_struct

from .harness import EVENT_RULE, FUNCTION, LOG_GROUP, PERMISSION, Plugin

HANDLER = "def handler(event, context): return 1\n"
COUNTS: Props = {
    "name": "dev-counts",
    "role": "arn:aws:iam::123456789012:role/dev-counts",
    "runtime": "python3.14",
    "architectures": ["arm64"],
    "handler": "counts.handler",
    "code": Archive({"counts.py": HANDLER, "settings.json": "{}"}),
}
STARTS: Props = {
    "function": "dev-counts",
    "statementId": "schedule",
    "action": "lambda:InvokeFunction",
    "principal": "events.amazonaws.com",
    "sourceArn": "arn:aws:events:eu-west-2:123456789012:rule/dev-counts",
}
LOG: Props = {"name": "/aws/lambda/dev-counts"}


def every(schedule: str) -> Props:
    return {"name": "dev-counts", "scheduleExpression": schedule}


WRONG: tuple[tuple[str, Props, str], ...] = (
    (FUNCTION, {**COUNTS, "handler": "count.handler"}, "handler is 'count.handler'; allowed: <file>.<function> of the"),
    (FUNCTION, {**COUNTS, "handler": "counts.run"}, "which has counts.py, settings.json"),
    (FUNCTION, {**COUNTS, "role": "dev-counts"}, "role is 'dev-counts'; allowed: a role's ARN"),
    (FUNCTION, {**COUNTS, "runtime": "python4"}, "runtime is 'python4'; allowed: nodejs"),
    (FUNCTION, {**COUNTS, "memorySize": 64}, "memorySize is 64; allowed: 128 to"),
    (FUNCTION, {**COUNTS, "timeout": 0}, "timeout is 0; allowed: 1 to"),
    (FUNCTION, {**COUNTS, "architectures": ["arm"]}, "architectures[0] is 'arm'; allowed: x86_64, arm64"),
    (LOG_GROUP, {**LOG, "retentionInDays": 31}, "retentionInDays is 31; allowed: 0, 1, 3, 5"),
    (LOG_GROUP, {"name": "a b"}, "name is 'a b'; allowed: what matches"),
    (PERMISSION, {**STARTS, "action": "s3:GetObject"}, "action is 's3:GetObject'; allowed: what matches"),
    (PERMISSION, {**STARTS, "statementId": "a b"}, "statementId is 'a b'; allowed: what matches"),
    (EVENT_RULE, every("rate(1 hours)"), "scheduleExpression is 'rate(1 hours)'; allowed: rate(6 hours), or cron"),
    (EVENT_RULE, every("rate(6 hour)"), "allowed: rate(6 hours), or cron"),
    (EVENT_RULE, every("rate(0 days)"), "allowed: rate(6 hours), or cron"),
    (EVENT_RULE, every("cron(nope)"), "allowed: rate(6 hours), or cron"),
)


@pytest.mark.parametrize(("token", "inputs", "words"), WRONG, ids=[words[:60] for _, _, words in WRONG])
def test_refused(plugin: Plugin, token: str, inputs: Props, words: str) -> None:
    assert words in plugin.reasons(token, inputs)


@pytest.mark.parametrize("schedule", ["rate(1 hour)", "rate(10 minutes)", "cron(0 3 * * ? *)"])
def test_a_schedule_as_eventbridge_has_it_is_taken(plugin: Plugin, schedule: str) -> None:
    assert plugin.reasons(EVENT_RULE, every(schedule)) == ""


def test_an_archive_of_texts_comes_back_as_it_came_and_with_the_engines_hash() -> None:
    sent = Archive({"a.py": "x = 1\n"}, "5d41")
    found = from_struct(to_struct({"code": sent}))["code"]
    assert (found.files, found.hash) == (sent.files, "5d41")


def test_two_archives_are_compared_by_the_engines_hash_as_it_leaves_their_texts_away() -> None:
    known, elided = Archive({"a.py": "x = 1\n"}, "5d41"), from_struct(to_struct({"code": Archive({}, "5d41")}))["code"]
    assert elided == known
    assert elided != Archive({"a.py": "x = 1\n"}, "5d42")
    assert Archive({"a.py": "x = 1\n"}) != Archive({"a.py": "x = 2\n"})


@pytest.mark.parametrize("held", [{"path": "/code"}, {"assets": {"a.py": {"path": "/a.py"}}}, {"uri": "https://a/b"}])
def test_an_archive_of_files_is_refused(held: dict[str, Any]) -> None:
    wire = Archive({"a.py": ""}).wire()
    mark, asset = ({key: value} for key, value in (next(iter(each.items())) for each in (wire, wire["assets"]["a.py"])))
    inside = {name: {**asset, **each} for name, each in held.get("assets", {}).items()}
    with pytest.raises(StandInError, match=r"takes .*no files"):
        from_struct(to_struct({"code": {**mark, **held, **({"assets": inside} if inside else {})}}))


def test_the_emulator_gets_a_zip_of_them_that_is_always_the_same() -> None:
    packed = ZIPPED.encode(Archive({"b.py": "b", "a.py": HANDLER}))
    assert packed == ZIPPED.encode(Archive({"a.py": HANDLER, "b.py": "b"}))
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        assert {name: found.read(name).decode() for name in found.namelist()} == {"a.py": HANDLER, "b.py": "b"}
