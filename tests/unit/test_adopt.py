"""What an adoption imports, `tablekit release` on states that an engine exports, and whose lock is taken off."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tablekit.model.alarms import family_alarms
from tablekit.ops.adopt.engine import Stack, alone
from tablekit.ops.adopt.release import FAMILY, Released
from tablekit.ops.adopt.run import Adoption, import_file, imported, left_out
from tablekit.ops.errors import AdoptError
from tablekit.ops.guard.report import JudgedChange, PlanReport, TableReport
from tablekit.ops.live.shape import Live, LiveTable, subscribed
from tablekit.resources import RESOURCE_POLICY, ROLE, TABLE
from tablekit.resources.tables import table
from tests.support import declare
from tests.support.command import tablekit

FORMER = "arn:aws:iam::111122223333:role/former"

ENGINE = """#!/bin/sh
case "$2" in
  --import-file) echo "{}" > "$3" ;;
  --file) cp after.json state.json; echo "error: the region is down" >&2; exit 1 ;;
  export) cat state.json ;;
  import) [ -e half ] && echo "{}" > state.json
    [ -e half -o -e broken ] && { echo "error: the disk is full" >&2; exit 1; }; cp "$4" state.json ;;
esac
case "$1" in cancel) touch cancelled ;; esac
"""
"""Keeps a state in a file, as the real one does; that takes what is made here is shown by tests/engine.

An import of resources fails, and leaves the state that is in after.json.
"""


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:prod::dynamodb-tables::{kind}::{name}"


def resource(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    return {
        "urn": urn(kind, name),
        "type": kind,
        "custom": not kind.startswith("dynamodb-tables"),
        "id": name,
        **fields,
    }


USERS = urn(TABLE, "acs-Users")


def exported(role: Mapping[str, Any] | None = None, **deployment: Any) -> dict[str, Any]:
    """Two families with a resource each. role: fields of the second's."""
    families = [resource(FAMILY, "acs"), resource(FAMILY, "pse")]
    outputs = {"region": "eu-west-2", "deletionProtectionEnabled": True}
    table = resource(TABLE, "acs-Users", parent=urn(FAMILY, "acs"), outputs=outputs)
    other = resource(ROLE, "pse-app", parent=urn(FAMILY, "pse"), **(role or {}))
    return {"version": 3, "deployment": {"resources": [*families, table, other], **deployment}}


def test_what_is_there_is_imported_by_its_id_and_nothing_else() -> None:
    hears = [{"protocol": "email", "endpoint": f"{name}@example.com"} for name in ("ops", "new")]
    family = declare.staged(
        declare.family(), alarms="all", alarmSubscriptions=hears, publishParameters=True, denyWrites={"shop": [FORMER]}
    )
    arn, topic = (
        f"arn:aws-cn:{service}:{family.region}:111122223333:{name}"
        for service, name in (("dynamodb", "table/dev-shop-orders"), ("sns", "dev-shop-alarms"))
    )
    shape = LiveTable(
        table="orders", arn=arn, policy="{}", inputs=table("shop-orders", family, family.tables["orders"]).inputs
    )
    alarm, parameter = family_alarms(family)[0].name, "/dynamodb/dev/shop/contract/1"
    live = Live(
        stage="dev", family="shop", account="111122223333", partition="aws-cn", taken="2026-11-27T19:00:00Z",
        tables=(shape,), roles=("dev-shop-app-role",), topics=("dev-shop-alarms",), alarms=(alarm,),
        subscriptions={subscribed(hears[0]): f"{topic}:1"}, parameters=(parameter,),
    )  # fmt: skip
    region = f"@{family.region}"
    assert sorted(imported(family, live).values()) == sorted(
        [f"dev-shop-orders{region}", f"{arn}{region}", "dev-shop-app-role", f"{topic}{region}", f"{topic}:1{region}",
         f"{alarm}{region}", f"{parameter}{region}"]
    )  # fmt: skip
    without = live.model_copy(update={"tables": ()})
    assert imported(family, without).keys() == imported(family, live).keys() - {
        (TABLE, "shop-orders"),
        (RESOURCE_POLICY, "shop-orders-deny-writes"),
    }


def test_of_what_is_listed_that_is_imported_which_is_there_and_what_it_belongs_to() -> None:
    component, parent = "dynamodb-tables:index:FamilyTable", {"parent": "shop"}
    listed: list[dict[str, Any]] = [
        {"type": FAMILY, "name": "shop", "component": True},
        {"type": component, "name": "shop-orders", "component": True, **parent},
        {"type": TABLE, "name": "shop-orders-2", "logicalName": "shop-orders", "parent": "shop-orders"},
        {"type": component, "name": "shop-carts", "component": True, **parent},
        {"type": TABLE, "name": "shop-carts-2", "logicalName": "shop-carts", "parent": "shop-carts"},
    ]
    found = import_file({"nameTable": {"x": "urn"}, "resources": listed}, {(TABLE, "shop-orders"): "orders@eu-west-1"})
    assert found["nameTable"] == {"x": "urn"}
    assert found["resources"] == [*listed[:2], {**listed[2], "id": "orders@eu-west-1"}]


def test_a_family_that_the_stage_does_not_deploy_is_not_adopted(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-2\n  dynamodb-tables:families: [pse]\n")
    done = tablekit("adopt", "--family", "acs", "--stage", "dev", folder=tmp_path)
    says = "add it to dynamodb-tables:families in Pulumi.dev.yaml, which has pse"
    assert (done.exit_code, done.stderr) == (1, f"tablekit: stage 'dev' does not deploy family 'acs': {says}\n")


def test_what_is_on_aws_and_would_be_created_is_left_out() -> None:
    family = declare.staged(declare.family())
    shapes = [
        LiveTable(
            table=name,
            inputs=table("shop-orders", family, family.tables["orders"]).inputs | {"name": name, "region": "eu-west-2"},
        )
        for name in ("carts", "orders")
    ]
    live = Live(stage="dev", family="shop", account="1", taken="2026-11-27T19:00:00Z", tables=tuple(shapes))

    def judged(name: str, change: str, region: str = "eu-west-2") -> TableReport:
        changes = [JudgedChange(change=change, level="safe", detail="", fix="")]
        return TableReport(urn=name, name=name, table=name, region=region, changes=changes, index_steps=[])

    planned = [judged("orders", "create"), judged("carts", "in-place"), judged("new", "create")]
    planned.append(judged("carts", "create", "us-east-1"))
    plan = PlanReport(project="p", stack="dev", tables=planned, blocked=[], unused=[], others={})
    assert left_out(live, plan) == ["orders"]


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    script = tmp_path / "pulumi"
    script.write_text(ENGINE)
    script.chmod(0o755)
    return script


def release(engine: Path, state: Mapping[str, Any], *words: str) -> tuple[Any, dict[str, Any]]:
    """How it ends, and the state after it."""
    file = engine.parent / "state.json"
    file.write_text(json.dumps(state))
    environment = {"PULUMI_COMMAND": str(engine)}
    done = tablekit("release", "--stage", "prod", *words, folder=engine.parent, environment=environment)
    return done, json.loads(file.read_text())


def test_a_family_goes_with_all_below_it_and_what_was_made_after_it_stays(engine: Path) -> None:
    state = exported({"dependencies": [USERS, urn(FAMILY, "pse")], "propertyDependencies": {"name": []}})
    done, after = release(engine, state, "--family", "acs")
    assert done.exit_code == 0, done.stderr
    assert "Table\tacs-Users\teu-west-2\tprotected from deletion\n" in done.stdout
    assert "leave 'acs' out of dynamodb-tables:families in Pulumi.prod.yaml" in done.stdout
    assert "then pulumi up -s prod, which" in done.stdout
    left = after["deployment"]["resources"]
    assert [each["urn"] for each in left] == [urn(FAMILY, "pse"), urn(ROLE, "pse-app")]
    assert left[1]["dependencies"] == [urn(FAMILY, "pse")]
    kept = engine.parent / ".local" / "adopt" / "prod-acs.released.json"
    assert (json.loads(kept.read_text()), kept.stat().st_mode & 0o777) == (state, 0o600)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (
            exported({"propertyDependencies": {"policy": [USERS]}}),
            "is an input of pse-app; release their families first",
        ),
        (exported({"deletedWith": USERS}), "is an input of pse-app; release their families first"),
        (
            exported(pending_operations=[{"resource": {"urn": USERS}, "type": "updating"}]),
            "an update of family 'acs' was cut off; let it finish first: pulumi up --refresh -s prod",
        ),
        ({"version": 3, "deployment": {}}, "family 'acs' is not in stack 'prod'; it has none"),
    ],
)
def test_a_family_that_can_not_go_stays(engine: Path, state: dict[str, Any], says: str) -> None:
    done, after = release(engine, state, "--family", "acs")
    assert (done.exit_code, done.stdout, after) == (1, "", state)
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (engine.parent / ".local").exists()


def test_a_state_that_can_not_be_written_is_as_it_was(engine: Path) -> None:
    (engine.parent / "broken").touch()
    done, after = release(engine, exported(), "--family", "acs")
    assert (done.exit_code, after) == (1, exported())
    assert "could not be changed; the state is as it was:\n  error: the disk is full" in done.stderr


def test_a_stack_that_somebody_else_has_changed_meanwhile_is_left_alone(engine: Path) -> None:
    file, keep = engine.parent / "state.json", engine.parent / "kept.json"
    file.write_text(json.dumps(exported()))
    stack = Stack("prod", engine.parent, (str(engine),))
    released = Released.of(stack, "acs")
    deployed = json.dumps(exported({"outputs": {"name": "new"}}))
    file.write_text(deployed)
    with pytest.raises(AdoptError, match="somebody else has changed stack 'prod' meanwhile; run this again"):
        released.run(stack, keep)
    assert (file.read_text(), keep.exists()) == (deployed, False)


def test_an_engine_that_says_more_than_it_is_asked_is_one_message(engine: Path) -> None:
    engine.write_text("#!/bin/sh\necho signed in\n")
    done, _ = release(engine, exported(), "--family", "acs")
    says = f"{engine} stack export --stack prod --non-interactive: printed no JSON, but 'signed in\\n'"
    assert (done.exit_code, done.stderr) == (1, f"tablekit: {says}; is it the engine alone?\n")


def test_a_state_that_can_not_be_put_back_either_comes_with_the_command_that_does(engine: Path) -> None:
    (engine.parent / "half").touch()
    done, _ = release(engine, exported(), "--family", "acs", "--keep", "the state.json")
    assert done.exit_code == 1
    kept = engine.parent / "the state.json"
    assert f"put the state back: {engine} stack import --file '{kept}' --stack prod --non-interactive" in done.stderr
    assert json.loads(kept.read_text()) == exported()


@pytest.mark.parametrize(
    ("role", "says", "back"),
    [
        (None, "the state is as it was", True),
        ({"outputs": {"name": "new"}}, "somebody else has changed stack 'prod' meanwhile", False),
    ],
)
def test_an_import_that_fails_is_taken_back_but_nobody_elses_deployment(
    engine: Path, role: dict[str, Any] | None, says: str, back: bool
) -> None:
    file, keep = engine.parent / "state.json", engine.parent / "kept" / "acs.json"
    before = exported()
    file.write_text(json.dumps(before))
    half = exported(role)
    half["deployment"]["resources"] += [resource(TABLE, "acs-Threads", parent=urn(FAMILY, "acs"))]
    (engine.parent / "after.json").write_text(json.dumps(half))
    live = Live(stage="prod", family="acs", account="111122223333", taken="2026-11-27T19:00:00Z", tables=())
    of = declare.staged(declare.family(key="acs"))
    adoption = Adoption(Stack("prod", engine.parent, (str(engine),)), of, live, keep, print)
    assert adoption.listed() == {"resources": []}, "the engine lists nothing where it would create nothing"
    with pytest.raises(AdoptError, match=f"the import failed; {says}.*\n.*the region is down"):
        adoption.run({"resources": [{"id": "x"}]})
    assert json.loads(file.read_text()) == (before if back else half)
    assert adoption.unfinished.exists() is not back


def test_one_adoption_or_release_is_at_work_at_a_time(engine: Path) -> None:
    kept = engine.parent / ".local" / "adopt"
    with alone(kept):
        done, after = release(engine, exported(), "--family", "acs")
    assert (done.exit_code, after) == (1, exported())
    assert f"{kept}: another adoption or release is at work; run this when that has ended" in done.stderr
    assert release(engine, exported(), "--family", "acs")[0].exit_code == 0


@pytest.mark.parametrize(("host", "taken"), [(socket.gethostname(), True), ("elsewhere", False)])
def test_only_this_machines_dead_engine_loses_its_lock(engine: Path, host: str, taken: bool) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    said = (
        f"the stack is currently locked by 1 lock(s).\n  s3://state/x.json: created by ops@{host} (pid {dead.pid}) at …"
    )
    stack = Stack("prod", engine.parent, (str(engine),))
    heard: list[str] = []
    assert stack.unlock(said, heard.append) is taken
    assert [str(dead.pid) in line for line in heard] == [True] * taken
    assert (engine.parent / "cancelled").exists() is taken
    assert not stack.unlock("error: no such stack", heard.append)


def test_a_living_engine_keeps_its_lock(engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tablekit.ops.adopt.engine.WAIT_SECONDS", 0.0)
    said = f"created by ops@{socket.gethostname()} (pid {os.getpid()}) at …"
    assert not Stack("prod", engine.parent, (str(engine),)).unlock(said, print)
    assert not (engine.parent / "cancelled").exists()
