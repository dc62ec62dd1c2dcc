"""A rehearsal of an adoption: what it refuses before it begins, and that it sees what is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from families import catalogue
from local import adoption
from local.adoption import NOT_HELD, Command, Looked, rehearse
from local.errors import LocalError
from tablekit.ops.live.shape import Live, LiveTable
from tablekit.resources.tables import table
from tests.support import aws
from tests.support.declare import staged

REGION = "eu-west-2"
NAME = "dev-post-publish-tracking"
INDEX = {
    "name": "by-owner",
    "keySchemas": [{"attributeName": "owner", "keyType": "HASH"}, {"attributeName": "day", "keyType": "RANGE"}],
    "projectionType": "ALL",
}


def live(stage: str = "dev", **inputs: Any) -> dict[str, Any]:
    """A look at one table of Content-AI, which is as it is declared but for these inputs."""
    family = staged(catalogue().family("content-ai"), "dev", catalogue())
    key = "post-publish-tracking"
    declared = table(f"content-ai-{key}", family, family.tables[key]).inputs
    shape = LiveTable(table=key, status="ACTIVE", arn="arn:of:before", inputs=declared | inputs)
    look = Live(stage=stage, family="content-ai", account="111122223333", taken="2026-11-27T19:00:00Z", tables=(shape,))
    found: dict[str, Any] = json.loads(look.text())
    return found


@pytest.mark.parametrize(
    ("content", "ends"),
    [
        ("no JSON", "live.json: is not what `tablekit live describe --save` writes; give such a file"),
        ("[]", "live.json: is not what `tablekit live describe --save` writes; give such a file"),
        (json.dumps(live("prod")), "the live tables can't be compared, for the reason above"),
        (
            json.dumps(live() | {"tables": [{"table": "Projects", "inputs": {}}]}),
            "live.json: has no table of family 'content-ai' that is on AWS; there is nothing to adopt",
        ),
        (json.dumps(live(hashKey="id", attributes=[{"name": "id", "type": "S"}])), 3),
    ],
)
def test_a_look_that_can_not_be_adopted_is_refused_before_an_emulator_is_started(
    content: str, ends: str | int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "live.json").write_text(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(adoption, "rehearsal", None)
    file = Path("live.json")
    if isinstance(ends, int):
        assert rehearse("dev", file) == ends
    else:
        with pytest.raises(LocalError) as refused:
            rehearse("dev", file)
        assert str(refused.value).endswith(ends)


def test_a_look_that_was_handed_on_is_rehearsed_as_of_the_stages_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(adoption, "rehearsal", lambda *_, **__: nullcontext())
    monkeypatch.setattr(adoption, "_Adoption", lambda _, look, __: SimpleNamespace(run=lambda: made.append(look)))
    monkeypatch.setattr("local.overlay.account", lambda _: "111122223333")
    look = live()
    look["tables"][0]["arn"] = f"arn:aws:dynamodb:eu-west-2:111122223333:table/{NAME}"
    (tmp_path / "live.json").write_text(Live.model_validate(look).text(anonymous=True))
    rehearse("dev", tmp_path / "live.json")
    assert made == [look]


def anew(client: Any) -> None:
    made = client.describe_table(TableName=NAME)["Table"]
    client.delete_table(TableName=NAME)
    keys = ("TableName", "KeySchema", "AttributeDefinitions")
    given = {key: made[key] for key in keys} | {"BillingMode": "PAY_PER_REQUEST"}
    indexes = [
        {key: each[key] for key in ("IndexName", "KeySchema", "Projection")} for each in made["GlobalSecondaryIndexes"]
    ]
    client.create_table(**given, GlobalSecondaryIndexes=indexes)


def without_index(client: Any) -> None:
    drop = [{"Delete": {"IndexName": "by-owner"}}]
    client.update_table(TableName=NAME, GlobalSecondaryIndexUpdates=drop)


KEY = {"table": "post-publish-tracking", "what": NOT_HELD, "found": "", "expected": "", "class": "update"}
GOES = {"table": "post-publish-tracking", "what": "index 'by-owner'", "found": "", "expected": "", "class": "goes"}


@pytest.mark.parametrize(
    ("change", "announced", "lost"),
    [
        (lambda _: None, [], []),
        (
            lambda client: client.delete_item(TableName=NAME, Key={"job_id": {"S": "rehearsed-1"}}),
            [],
            [f"table {NAME!r} has other items"],
        ),
        (anew, [], [f"table {NAME!r} was replaced", f"table {NAME!r} has other items"]),
        (without_index, [], [f"table {NAME!r} has lost index 'by-owner'"]),
        (without_index, [GOES], []),
    ],
)
def test_what_is_lost_and_was_not_announced_is_seen(
    moto: str,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Any], None],
    announced: list[dict[str, str]],
    lost: list[str],
) -> None:
    stack = SimpleNamespace(
        config_file="x", environment={}, engine=SimpleNamespace(path="x"), run=lambda *_: SimpleNamespace(returncode=0)
    )
    emulated: Any = SimpleNamespace(stage="dev", stack=stack, emulator=SimpleNamespace(endpoint=moto))
    attributes = [{"name": each, "type": kind} for each, kind in (("job_id", "S"), ("owner", "S"), ("day", "N"))]
    look = live(globalSecondaryIndexes=[INDEX], attributes=attributes)
    monkeypatch.setattr(Command, "differences", lambda *_: Looked(0, [KEY]))
    rehearsed = adoption._Adoption(emulated, look, [])
    rehearsed._make(NAME, rehearsed.tables[NAME])
    before = {NAME: rehearsed._there(NAME)}
    change(aws.client(moto, region=REGION))
    assert list(rehearsed._lost(before, announced)) == lost
