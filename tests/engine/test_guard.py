"""The guard on plans that the engine made: the right changes and exit code each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from tablekit.ops.guard.changes import CHANGES
from tests.engine.guard_cases import CASES, COMPONENT, ENCRYPTED, SETTINGS, Guarded, but
from tests.engine.project import Project


def write(project: Project, planned: bool) -> None:
    """Each case's family: as it is deployed, or as it is planned."""
    for case in CASES:
        project.family(case.key.replace("-", "_"), case.module(case.family if planned else case.base))


@pytest.fixture(scope="module")
def deployed(small: Project, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """Deployed once: a family for each case."""
    small.reset()
    write(small, planned=False)
    found = Guarded(small, tmp_path_factory.mktemp("guarded"))
    small.client("dynamodb", "eu-west-2").create_table(
        TableName="local-adopted-carts",
        KeySchema=[{"AttributeName": "cart_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "cart_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    found.deploy(deletionProtection=True, families=[case.key for case in CASES], **ENCRYPTED)
    return found


@pytest.fixture
def guarded(deployed: Guarded) -> Iterator[Guarded]:
    """As it was deployed, before each test."""
    settings, component = deployed.project.config_file.read_text(), deployed.component.read_text()
    yield deployed
    deployed.project.config_file.write_text(settings)
    deployed.component.write_text(component)
    write(deployed.project, planned=False)


def test_every_change_of_a_plan_is_found_with_its_exit_code(guarded: Guarded) -> None:
    write(guarded.project, planned=True)
    guarded.component.write_text(but(guarded.component.read_text(), *COMPONENT))
    guarded.preview()
    found, code, report = guarded.judged()
    assert found == {f"{case.key}-{name}": changes for case in CASES for name, changes in case.expected.items()}
    assert code == 3
    codes = {"safe": 0, "needs approval": 2, "refused": 3}
    levels: dict[str, list[int]] = defaultdict(list)
    for table in report["tables"]:
        key = next(case.key for case in CASES if table["name"].startswith(f"{case.key}-"))
        levels[key] += [codes[change["level"]] for change in table["changes"]]
    assert {key: max(found) for key, found in levels.items()} == {case.key: case.code for case in CASES}


@pytest.mark.parametrize(("settings", "expected", "exit_code"), SETTINGS)
def test_what_the_stages_settings_change_is_found(
    guarded: Guarded, settings: dict[str, Any], expected: list[str], exit_code: int
) -> None:
    guarded.project.set(**settings)
    guarded.preview()
    named = [(case.key, name) for case in CASES for name in ("orders", "carts") if f'"{name}"' in case.base]
    tables = {f"{key}-{name}": expected for key, name in named}
    assert guarded.judged()[:2] == (tables, exit_code)


def test_the_cases_have_every_change_that_an_update_can_make() -> None:
    seen = {change for case in CASES for changes in case.expected.values() for change in changes}
    seen |= {change for _, changes, _ in SETTINGS for change in changes}
    left = {
        "last-index",
        "ttl-left-out",
        "managed-key",
        "watch-lost",
        "watch-loosened",
        "backup-lost",
        "backup-loosened",
        "lock-for-good",
        "lock-kept",
        *("capacity-mode", "capacity-lowered", "scaling-lost", "cap", "cap-left-out", "table-class"),
        *("warm-raised", "warm-lowered"),
        *(key for key in CHANGES if key.startswith(("access-", "records-", "delivery-", "replica-"))),
        *("key-left", "key-loosened", "key-lost"),
    }
    assert CHANGES.keys() - seen == {"none", "deletion", "pending-operation", *left}, "these have tests of their own"


def test_what_is_allowed_is_safe_and_stands_in_the_report(guarded: Guarded) -> None:
    case = next(case for case in CASES if case.key == "index-less")
    guarded.project.family("index_less", case.module(case.family))
    guarded.preview()
    reason = ("--by", "Ada Lovelace", "--reason", "nobody queries it")
    assert guarded.judged("--allow", "index-less-orders:index-drop", *reason)[1] == 0
    shown = guarded.tablekit("guard", "--allow", "index-less-orders:index-drop", *reason)
    assert "Allowed by Ada Lovelace: nobody queries it" in " ".join(shown.stdout.split())
    assert guarded.judged("--allow", "index-less-carts:index-drop", *reason)[1] == 2


def test_a_plan_that_hides_what_stays_is_no_answer(guarded: Guarded) -> None:
    """Without --show-sames the engine says nothing of a lost retention."""
    (guarded.folder / "plan.json").write_text(guarded.project.pulumi("preview", "--json").stdout)
    done = guarded.tablekit("guard")
    assert done.exit_code == 1
    assert "--show-sames" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_program_that_breaks_is_no_answer(guarded: Guarded) -> None:
    guarded.project.family("same", "raise SystemExit(3)\n")
    guarded.preview()
    done = guarded.tablekit("guard")
    assert done.exit_code == 1
    assert done.stderr == (
        "tablekit: plan.json: the preview failed: families/same.py:1: can't be loaded: SystemExit: 3; fix the module; "
        "fix that, then: pulumi preview --json --show-sames > plan.json\n"
    )
