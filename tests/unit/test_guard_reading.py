"""The guard on files that are anything: a verdict or one message, never a traceback; and its command's words."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import chdir
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from tablekit.ops.command import app
from tablekit.ops.errors import GuardError
from tablekit.ops.guard.changes import CHANGES, TABLE, Level
from tablekit.ops.guard.documents import OPS, read_plan, read_state
from tablekit.ops.guard.pairing import pair
from tablekit.ops.guard.rendering import shown
from tablekit.ops.guard.report import Allowance, judge
from tests.support.guarded import gsi, inputs, plan, resource, state, step

TODAY = date(2026, 6, 1)
FILES = ("--plan", "plan.json", "--state", "state.json")
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["same", "[secret]", "urn"])
)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def answer(folder: Path, a_plan: Any, a_state: Any) -> int | str:
    """The exit code, or the one message."""
    (folder / "plan.json").write_text(a_plan if isinstance(a_plan, str) else json.dumps(a_plan))
    (folder / "state.json").write_text(a_state if isinstance(a_state, str) else json.dumps(a_state))
    try:
        found = judge(pair(read_plan(folder / "plan.json"), read_state(folder / "state.json")), [], TODAY)
    except GuardError as error:
        return str(error)
    json.dumps(found.as_json()).encode()
    shown(found).markdown().encode()
    return found.exit_code


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key within."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@SHARED
@given(a_plan=JSON, a_state=JSON)
def test_any_json_is_answered(tmp_path: Path, a_plan: Any, a_state: Any) -> None:
    found = answer(tmp_path, a_plan, a_state)
    assert isinstance(found, str)
    assert 0 < len(found) < 2000, "a message, not the file"


@SHARED
@given(data=st.data(), value=JSON)
def test_a_file_with_anything_anywhere_is_answered(tmp_path: Path, data: st.DataObject, value: Any) -> None:
    here = resource()
    wanted = resource(inputs(globalSecondaryIndexes=[gsi("b-index")]))
    op = data.draw(st.sampled_from(sorted(OPS)))
    files = json.loads(json.dumps([plan(step(op, here, wanted, diffReasons=["ttl"])), state(here)]))
    container, key = data.draw(st.sampled_from(places(files)))
    container[key] = value
    found = answer(tmp_path, *files)
    assert found in (0, 2, 3) if isinstance(found, int) else 0 < len(found) < 2000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("[" * 100_000, "not JSON that any program wrote"),
        ("[]", "a JSON list, not an object"),
        ("{}", "not a plan, it has no steps"),
        (json.dumps(state()), "a state, not a plan; are the two files swapped?"),
        ('{"steps": [{"op": 1}]}', "steps[0].op: input should be a valid string"),
        ('{"steps": [{"op": "same", "urn": "x"}]}', "'x' is no URN"),
    ],
)
def test_a_file_that_is_no_plan_is_one_message(tmp_path: Path, text: str, says: str) -> None:
    assert says in str(answer(tmp_path, text, state()))


def test_a_file_that_is_no_state_is_one_message(tmp_path: Path) -> None:
    swapped = answer(tmp_path, plan(), plan())
    assert "state.json: a plan, not a state; are the two files swapped?" in str(swapped)
    with pytest.raises(GuardError, match="No such file or directory; write it with: pulumi stack export"):
        read_state(tmp_path / "none.json")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    """The command on a plan that drops an index."""
    here = resource(inputs(globalSecondaryIndexes=[gsi("customer-index"), gsi("old-index")]))
    (tmp_path / "plan.json").write_text(json.dumps(plan(step("update", here, resource()))))
    (tmp_path / "state.json").write_text(json.dumps(state(here)))

    def runner(*words: str, given: str | None = None) -> Result:
        with chdir(tmp_path):
            return CliRunner().invoke(app, list(words), input=given)

    return runner


def test_the_command_answers_by_its_exit_code(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("guard", *FILES).exit_code == 2
    allowed = ("--allow", "shop-orders:index-drop", "--by", "Ada", "--reason", "unused")
    assert run("guard", *FILES, *allowed).exit_code == 0
    assert "Allowed by Ada: unused" in run("guard", *FILES, *allowed, "--format", "markdown").stdout
    (tmp_path / "allow.toml").write_text(Allowance.EXAMPLE)
    assert run("guard", *FILES, "--allow-file", "allow.toml").exit_code == 0
    text = (tmp_path / "plan.json").read_text()
    assert run("guard", "--plan", "-", "--state", "state.json", given=text).exit_code == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--allow", "shop-orders:index-drop"), "say who allows it and why: --by NAME --reason TEXT"),
        (("--allow", "index-drop", "--by", "a", "--reason", "b"), "write TABLE:CHANGE"),
        (
            ("--allow", "t:index-dorp", "--by", "a", "--reason", "b"),
            "no change 'index-dorp'; did you mean 'index-drop'?",
        ),
        (("--allow", "t:create", "--by", "a", "--reason", "b"), "'create' is safe and needs no allowance"),
        (("--by", "a"), "--by and --reason belong to --allow"),
        (("--allow-file", "none.toml"), "none.toml: No such file"),
        (("--plan", "-", "--state", "-"), "both plan and state are to come from standard input"),
    ],
)
def test_words_that_do_not_fit_are_one_message(run: Callable[..., Result], words: tuple[str, ...], says: str) -> None:
    done = run("guard", *FILES, *words)
    assert done.exit_code == 1
    assert says in done.stderr


def test_index_steps_asks_before_it_changes_anything(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("index-steps", *FILES).stdout == "No table has index changes to be made in steps.\n"
    one = run("index-steps", *FILES, "--table", "shop-orders")
    assert one.stdout == "shop-orders:\n  1. drop old-index\n", "a large table's may take longer than an update's job"
    here = resource()
    (tmp_path / "state.json").write_text(json.dumps(state(here)))
    wanted = resource(inputs(globalSecondaryIndexes=[gsi("a-index"), gsi("b-index")]))
    (tmp_path / "plan.json").write_text(json.dumps(plan(step("update", here, wanted))))
    shown = run("index-steps", *FILES, "--table", "shop-orders").stdout.splitlines()
    assert shown == [
        "shop-orders:",
        "  1. build a-index (customer:S, ALL)",
        "  2. build b-index (customer:S, ALL)",
        "  3. drop customer-index",
    ]
    asked = run("index-steps", *FILES, "--run")
    assert "nobody is there to be asked; give --yes" in asked.stderr
    assert "did you mean 'shop-orders'?" in run("index-steps", *FILES, "--table", "shop-order").stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("allow = 1", "not a list of [[allow]] entries"),
        ("[[alow]]", "not a list of [[allow]] entries"),
        ("[[allow", "not TOML"),
        ("[[allow]]\ntable='t'\nchange='stream'\nby='a'", "entry 1: reason: required"),
        ("[[allow]]\ntable='t'\nchange='stream'\nby='a'\nreason=' '", "entry 1: reason: '"),
        ("[[allow]]\ntable='t'\nchange='stream'\nby='a'\nreason='b'\nuntill=1", "no such field; did you mean 'until'?"),
        ("[[allow]]\ntable='t'\nchange='stream'\nby='a'\nreason='b'\nuntil='x'", "entry 1: until: 'x' is not allowed"),
    ],
)
def test_a_file_of_allowances_that_is_none_is_one_message(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "allow.toml"
    file.write_text(text)
    with pytest.raises(GuardError) as raised:
        Allowance.read_file(file)
    assert says in str(raised.value)


def test_the_page_has_every_kind_of_change_and_what_to_do() -> None:
    page = (Path(__file__).parents[2] / "docs" / "guard.md").read_text()
    assert TABLE.read_text() in page, f"paste {TABLE}"
    assert all(bool(change.fix) == (change.level is not Level.SAFE) for change in CHANGES.values())


@pytest.mark.parametrize("change", ["replacement", "key-type", "local-index", "region"])
def test_what_takes_a_new_table_is_pointed_to_the_copy_and_its_runbook(change: str) -> None:
    assert CHANGES[change].level is Level.REFUSED
    assert "`tablekit copy" in CHANGES[change].fix
    assert CHANGES[change].fix.endswith(": docs/runbooks/change-a-key.md.")
