"""`make up` that is ended half-way: the next one puts it right. `tests.support.kills` draws any number of ends."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import tablekit
from tests.support.kills import TERMINAL, Clone, clone, put_right, strike

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    with clone(tmp_path_factory.mktemp("kills"), families=("cloudstro",)) as found:
        yield found


def deploy(made: Clone) -> None:
    """Run `up`, if the test before this one has not."""
    assert made.tables() or made.run("up")[0] == 0


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ("stand-in", signal.SIGKILL),  # leaves tables that the state does not know
        (TERMINAL, signal.SIGINT),  # leaves topics and alarms that are made and not read back
        ("python", signal.SIGKILL),  # leaves the engine at work
    ],
    ids=["stand-in killed", "ctrl-C", "make up killed"],
)
def test_an_up_that_was_ended_is_put_right_by_the_next(made: Clone, target: str, number: int) -> None:
    made.run("down")
    assert strike(made, target, number, lambda: len(made.tables()) > 1), "ended before it was struck"
    assert put_right(made, twice=False) == ""


def test_a_state_that_only_the_engine_refuses_names_its_folder_and_a_way_out_that_works(made: Clone) -> None:
    deploy(made)
    before = made.tables()
    state = made.folder / ".local" / "state"
    (file,) = state.glob(".pulumi/stacks/*/local.json")
    content = json.loads(file.read_text())
    del content["checkpoint"]["latest"]["resources"][5]["urn"]
    file.write_text(json.dumps(content))
    code, said = made.run("up")
    assert code == 1
    assert said.endswith(
        "error: stack local: `pulumi refresh` failed, for the reason above; fix that and run it again. If it is the "
        f"state that is damaged, move {state} away: the next `make up` takes over what this stack made on the "
        "emulator, with all items\n"
    )
    state.rename(made.folder.parent / "moved-away")
    assert made.run("up")[0] == 0
    assert (made.tables(), made.disagreements()) == (before, [])


def test_an_empty_emulator_is_had_by_asking_for_it(made: Clone) -> None:
    deploy(made)
    before = made.processes()["emulator"]
    made.client("dynamodb", "us-east-1").create_table(
        TableName="by-hand",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    code, said = made.run("up", "--fresh")
    assert code == 0
    gone = f"Starting anew, as asked: emulator stopped (process {before.pid}); tables, items and state are gone."
    assert gone in said
    assert made.processes()["emulator"] != before
    assert "by-hand" not in made.tables()


def test_a_plan_is_made_where_the_stack_is_deployed_and_the_guard_judges_it(made: Clone, tmp_path: Path) -> None:
    plan, state = tmp_path / "plan.json", tmp_path / "state.json"
    words = ("plan", "local", "--plan", str(plan), "--state", str(state))
    deploy(made)
    made.set(pointInTimeRecoveryDays=20)
    assert made.run(*words) == (0, f"Stage local: the plan is in {plan}, the state before it in {state}.\n")
    judged = tablekit("guard", "--plan", str(plan), "--state", str(state))
    assert judged.exit_code == 2
    assert "recovery-window" in judged.output
    made.run("down")
    code, said = made.run(*words)
    assert (code, said) == (1, "error: stack local: its emulator does not run; start it by `make up`\n")


def test_down_ends_the_engine_of_an_up_that_was_killed(made: Clone) -> None:
    # Of one family the update would be over before `down` looks.
    made.set(families=["acs", "cloudstro", "content-ai", "formbridge", "marketbrewer", "pse"])
    strike(made, "python", signal.SIGKILL, lambda: bool(made.tables()))
    code, said = made.run("down")
    assert code == 0
    assert "An update of stack local is under way (process " in said
    assert "): ending it.\n" in said
    assert made.processes() == {}
