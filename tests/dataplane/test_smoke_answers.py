"""The smoke test where answers are lost, refused, throttled or unreadable: what it then says of the stage."""

from __future__ import annotations

import itertools
import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tablekit.client import Clients
from tablekit.model import Catalogue, update
from tablekit.ops.command import app
from tests.dataplane.stages import Stage, items, made, smoke
from tests.support import declare
from tests.support.proxy import Fault, Proxy, always, proxy

SHOP = Catalogue(
    [
        declare.family(
            patterns=(
                declare.pattern(),
                update("pay-order", "an order is paid, once",
                    key="order_id = :order_id", condition="paid = false", update="SET paid = true",
                    example={"order_id": "o1"},
                ),
                update("add-to-order", "a line more",
                    key="order_id = :order_id", update="ADD total :more", example={"order_id": "o1", "more": 2},
                ),
            )
        )
    ]
)  # fmt: skip


def answering(body: bytes, status: int = 200) -> AbstractContextManager[Proxy]:
    """A server that answers everything with this."""
    return proxy(lambda operation, request: (status, body), lambda operation: None)


@pytest.fixture
def stage(moto: str, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage whose calls are tried twice at most: each time boto3 waits longer."""
    for module in ("tablekit.client.aws", "tablekit.ops.signed_http"):
        monkeypatch.setattr(f"{module}.ATTEMPTS", 2)
    return made(moto, SHOP)


def through(stage: Stage, endpoint: str) -> Stage:
    """The stage behind another address."""
    return Stage(stage.contract, stage.catalogue, stage.config, Clients(endpoint), endpoint)


def test_a_call_that_was_carried_out_twice_is_no_failure(stage: Stage) -> None:
    """The answer of each fourth write is lost, and boto3 sends it again: refused, and counted twice."""
    numbers = itertools.count(1)

    def choose(called: str) -> Fault | None:
        return Fault.DROPPED_AFTER if called == "UpdateItem" and next(numbers) % 4 == 1 else None

    with proxy(str(stage.endpoint), choose) as served:
        found = smoke(through(stage, served.endpoint), concurrency=1)
    assert served.done[Fault.DROPPED_AFTER] >= 2
    assert [outcome.problems for outcome in found.outcomes] == [(), (), ()]
    assert items(stage) == 0


def test_a_counter_that_counts_wrong_is_a_failure_still(stage: Stage) -> None:
    family = stage.contract.families["shop"]
    wrong = family.access_patterns["add-to-order"].model_copy(update={"update": "SET total = :more"})
    patterns = {**family.access_patterns, "add-to-order": wrong}
    families = {"shop": family.model_copy(update={"access_patterns": patterns})}
    contract = stage.contract.model_copy(update={"families": families})
    found = smoke(Stage(contract, stage.catalogue, stage.config, stage.clients, stage.endpoint))
    assert [outcome.name for outcome in found.outcomes if outcome.status == "failed"] == ["add-to-order"]


def test_a_denied_call_is_called_by_its_own_name(stage: Stage) -> None:
    may_not = "User: arn:aws:sts::111122223333:assumed-role/app/me may not"
    said = json.dumps({"__type": "com.amazonaws#AccessDeniedException", "message": may_not})
    with answering(said.encode(), 400) as served:
        found = smoke(through(stage, served.endpoint), patterns=("orders-of-customer", "add-to-order"))
    problems = {outcome.name: outcome.problems for outcome in found.outcomes}
    assert problems["orders-of-customer"] == (
        "access denied: role 'app' may not dynamodb:BatchWriteItem on table 'dev-shop-orders'; the smoke test "
        "writes, reads and deletes items of its own: run it as a role that may, or --read-only (AWS said: access "
        f"denied to BatchWriteItem: {may_not})",
    )
    assert problems["add-to-order"][0].startswith(
        "access denied: role 'app' may not dynamodb:UpdateItem on table 'dev-shop-orders'; run it as one of "
    )


def run(stage: Stage, folder: Path, endpoint: str, *words: str, verbose: bool = False) -> tuple[int, str]:
    """The command on the stage's families as installed: exit code and all that it says."""
    file = folder / "outputs.json"
    file.write_text(stage.contract.model_dump_json(by_alias=True))
    done = CliRunner().invoke(
        app, [*(["-v"] if verbose else []), "smoke", "--outputs", str(file), "--endpoint", endpoint, *words]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def installed(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tablekit.ops.smoke.command.installed", lambda: SHOP)
    monkeypatch.setenv("COLUMNS", "300")
    return stage


def test_a_stage_that_throttles_all_calls_could_not_be_judged(installed: Stage, tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    with proxy(str(installed.endpoint), always(Fault.THROTTLED)) as served:
        code, said = run(installed, tmp_path, served.endpoint, "--plane", "data", "--junit", str(junit), verbose=True)
    assert "tablekit.client.aws: UpdateItem was sent 2 times" in said
    assert "UpdateItem in eu-west-2" not in said, "each request takes -vv"
    assert "tablekit.ops.signed_http: BatchWriteItem is repeated: " in said
    assert code == 2, said
    assert (
        "stage dev: 0 failed, 0 of 0 access patterns passed, 0 of 0 objects are as declared, 3 could not be judged; "
        in said
    )
    assert "BatchWriteItem is throttled still, after 2 attempts; try later or more slowly" in said
    assert 'errors="3"' in junit.read_text()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            b"<html>a proxy's page</html>",
            'an answer that is not JSON: "<html>a proxy\'s page</html>"; is DynamoDB there',
        ),
        (b"[]", "gave a JSON list, not an object; is DynamoDB there, and no other server or proxy in between?"),
        (b'{"Table": {}}', "an answer to dynamodb:DescribeTable and its like on orders that can't be read ("),
    ],
)
def test_a_control_call_that_is_answered_with_garbage_could_not_be_judged(
    installed: Stage, tmp_path: Path, body: bytes, says: str
) -> None:
    with answering(body) as served:
        code, said = run(installed, tmp_path, served.endpoint, "--plane", "control")
    assert code == 2, said
    assert says in said
    assert "Traceback" not in said
