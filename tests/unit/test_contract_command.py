"""`tablekit contract`, as a person and as CI runs it: files, git revisions, stacks; exit codes and reports."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from local.project import ROOT
from tablekit.contract.schema import SCHEMA_FILE, schema_text
from tablekit.ops.contract.report import Allowance
from tests.support.command import tablekit
from tests.support.contracts import ALLOW, GOLDEN, GONE, WITHOUT_INDEX, changed, golden, put

GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "ada@example.com" for who in ("AUTHOR", "COMMITTER")},
}


def run(folder: Path, *words: str, given: str | None = None, **environment: str) -> Result:
    return tablekit("contract", *words, folder=folder, environment=environment, given=given)


def breaking_diff(folder: Path, *options: str) -> str:
    """What is said of the index that is gone."""
    return run(folder, "diff", "old.json", "breaking.json", *options).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Outputs as they were, with a removal, and with an addition."""
    for name, outputs in {
        "old.json": golden(),
        "breaking.json": changed(WITHOUT_INDEX),
        "additive.json": changed(put("cloudstro/env/TEAMS", "cloudstro-teams")),
        "major.json": {**changed(WITHOUT_INDEX), "contractVersion": "2.0"},
        "field.json": {**golden(), "somethingNew": "x"},
        "dev.json": golden("dev"),
        "strange.json": changed(put("acs/env/A|`<b>*\n", "\x1b[31m|x")),
    }.items():
        (tmp_path / name).write_text(json.dumps(outputs))
    schema: dict[str, Any] = json.loads(schema_text())
    changes: dict[str, dict[str, Any]] = {
        "schema.json": {},
        "words.json": {"description": "said otherwise"},
        "other.json": {"minProperties": 1},
        "next.json": {"minProperties": 1, "properties": {"contractVersion": {"default": "1.4"}}},
    }
    for name, change in changes.items():
        (tmp_path / name).write_text(json.dumps({**schema, **change}))
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe4"}')
    (tmp_path / "allow.toml").write_text(ALLOW)
    return tmp_path


def pulumi(folder: Path) -> str:
    """A stand-in for the engine, which knows the stack prod, and organization/tables/prod."""
    script = folder / "pulumi"
    script.write_text(
        "#!/bin/sh\n"
        'if [ "$1 $2 $3 $4" != "stack output --json --stack" ]; then exit 9; fi\n'
        f'case "$5" in prod|organization/tables/prod) cat "{folder}/breaking.json";; '
        "*) echo \"error: no stack named '$5' found\" >&2; exit 255;; esac\n"
    )
    script.chmod(0o755)
    return str(script)


VERSION = "(version 1.3)"
REMOVED = "cloudstro index users/email-index removed"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("old.json old.json", 0, f"{VERSION}: 0 breaking, 0 additive, 0 neutral. Verdict: no change (exit code 0)."),
        ("old.json additive.json", 0, "0 breaking, 1 additive, 0 neutral. Verdict: compatible (exit code 0)."),
        ("old.json breaking.json", 3, f"old.json {VERSION} to breaking.json {VERSION}: 1 breaking, 0 additive, "
         "0 neutral. Verdict: breaking without a major version (exit code 3)."),
        ("old.json major.json", 0, "major.json (version 2.0): 2 breaking, 0 additive, 0 neutral. Verdict: compatible"),
        ("old.json field.json", 2, "0 breaking, 1 additive, 0 neutral. Verdict: needs a minor version (exit code 2)."),
        ("old.json breaking.json", 3,
         "breaking\tcloudstro\tindex users/email-index\tremoved\temail:S userId:S, ALL\t\n"),
        ("old.json breaking.json", 3, "\n  index removed: a query of the index finds nothing.\n"),
        ("old.json -", 3, f"old.json {VERSION} to standard input {VERSION}"),
        ("old.json prod", 3, f"stack output --json --stack prod {VERSION}"),
        ("old.json stack:organization/tables/prod", 3, "--stack organization/tables/prod"),
        ("dev.json old.json --across-stages", 0, "no change"),
        ("dev.json breaking.json --across-stages", 3, "1 breaking"),
        ("old.json breaking.json --family acs", 0, "no change"),
        ("schema.json words.json", 0, "no change"),
        ("schema.json other.json", 2, "additive\t\tschema\tchanged\tversion 1.3\tversion 1.3, another"),
        ("schema.json next.json", 0, "compatible"),
        ("next.json schema.json", 3, "breaking without a major version"),
        ("old.json breaking.json --allow-file allow.toml", 0, "breaking, allowed"),
        ("old.json breaking.json --allow-file allow.toml", 0,
         f"\n  {REMOVED}: by Ada Lovelace: no consumer queries it since May\n"),
        ("old.json additive.json --allow-file allow.toml", 0,
         f"{REMOVED} (allow.toml, entry 1) fits no breaking change; remove it"),
    ],
)  # fmt: skip
def test_what_a_comparison_says(folder: Path, words: str, code: int, says: str) -> None:
    given = json.dumps(changed(WITHOUT_INDEX))
    done = run(folder, "diff", *words.split(), given=given, PULUMI_COMMAND=pulumi(folder))
    assert done.exit_code == code, done.stderr
    assert says in done.stdout


def test_what_breaks_is_said_once_and_tables_come_first(folder: Path) -> None:
    gone = ("accessPatterns/user-by-email", "accessPatterns/user-profile", "env/DYNAMODB_USERS_TABLE", "tables/users")
    new = changed(*(put(f"cloudstro/{path}", GONE) for path in gone))
    (folder / "new.json").write_text(json.dumps(new))
    _, _, below = run(folder, "diff", "old.json", "new.json").stdout.partition("What breaks:\n")
    assert below.startswith(
        "  table removed: who reads the table finds nothing.\n"
        "  access pattern removed: who runs the pattern by its name finds nothing.\n"
        "  variable removed: who reads the variable finds nothing.\n"
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose golden file loses an index in its second revision, and more outside of it."""
    place = tmp_path / "repository"
    file = place / "docs" / "contract" / "prod.json"
    file.parent.mkdir(parents=True)

    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=place, env={**os.environ, **GIT}, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    for content in (golden(), changed(WITHOUT_INDEX)):
        file.write_text(json.dumps(content))
        git("add", ".")
        git("commit", "-q", "-m", "x")
    file.write_text(json.dumps(golden()))
    return place


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("HEAD~1:docs/contract/prod.json", "HEAD:docs/contract/prod.json", 3),
        ("main:docs/contract/prod.json", "docs/contract/prod.json", 0),
        ("docs/contract/prod.json", ":docs/contract/prod.json", 3),
        ("HEAD~1:./docs/contract/prod.json", "HEAD:./docs/contract/prod.json", 3),
    ],
)
def test_git_revisions_are_compared(repository: Path, old: str, new: str, code: int) -> None:
    done = run(repository, "diff", old, new)
    assert done.exit_code == code, done.stderr
    assert f"{old} (version 1.3) to {new} (version 1.3)" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("diff old.json none.json", "none.json: No such file or directory; write a file with: pulumi stack output"),
        ("diff old.json latin.json", "latin.json: not UTF-8"),
        ("diff old.json schema.json", "old.json is a stack's outputs, schema.json is a JSON Schema"),
        ("diff schema.json schema.json --family acs", "a JSON Schema, which has neither families nor stages"),
        ("diff old.json dev.json", "dev.json of stage 'dev': every name differs"),
        ("diff old.json staging", "no stack named 'staging' found (a file without extension: ./staging)"),
        ("diff old.json HEAD~1:old.json", "HEAD~1:old.json: git says"),
        ("diff old.json HEAD:", "HEAD:: no file of a git revision; write REV:PATH"),
        ("diff old.json stack:", "'' is no name of a stack; write stack:NAME"),
        ("diff old.json -- -x:y", "-x:y: no file of a git revision"),
        ("diff - -", "both OLD and NEW are to come from standard input"),
        ("diff old.json old.json --family acz", "no family 'acz' on either side; did you mean 'acs'?"),
        ("diff old.json old.json --allow-file none.toml", "none.toml: No such file or directory"),
        ("diff schema.json schema.json --allow-file allow.toml", "a change of the shape is a new version's"),
        ("golden schema.json", "schema.json: a JSON Schema, not outputs; print the schema with"),
        ("golden old.json --check none.json", "none.json: No such file or directory; write it with: tablekit contract"),
        ("golden old.json --to /dev/null/x", "/dev/null/x"),
        ("golden old.json --to a.json --check a.json", "both --to a.json and --check a.json are given; give one"),
        ("golden breaking.json --check old.json", "see what changed with: tablekit contract diff old.json breaking."),
    ],
)
def test_what_cannot_be_done_is_one_message_and_exit_code_1(folder: Path, words: str, says: str) -> None:
    done = run(folder, *words.split(), PULUMI_COMMAND=pulumi(folder), GIT_CEILING_DIRECTORIES=str(folder.parent))
    assert (done.exit_code, done.stdout) == (1, ""), done.stderr
    assert says in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("users/email-index", "users/*", 0),
        ("users/email-index", "users/other", 3),
        ('"removed"', '"*"', 0),
        ('"removed"', '"renamed"', 3),
        ('"cloudstro"', '"acs"', 3),
        ("by =", "until = 2020-01-01\nby =", 3),
        ("by =", "until = 2999-01-01\nby =", 0),
    ],
)
def test_an_allowance_fits_what_it_names(folder: Path, old: str, new: str, code: int) -> None:
    (folder / "allow.toml").write_text(ALLOW.replace(old, new))
    done = run(folder, "diff", "old.json", "breaking.json", "--allow-file", "allow.toml")
    assert done.exit_code == code, done.stdout
    assert ("ran out on 2020-01-01; remove it" in done.stdout) is ("2020" in new)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[allow]", "not TOML"),
        ("other = 1", "not a list of [[allow]] entries"),
        (ALLOW.replace("reason", "why"), "allow.toml: entry 1: why: no such field"),
        (ALLOW.replace('"Ada Lovelace"', '""'), "allow.toml: entry 1: by: '' is not allowed"),
    ],
)
def test_a_file_of_allowances_that_is_none_is_told(folder: Path, text: str, says: str) -> None:
    (folder / "allow.toml").write_text(text)
    done = run(folder, "diff", "old.json", "old.json", "--allow-file", "allow.toml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in done.stderr


def test_the_example_of_an_allowance_is_one(tmp_path: Path) -> None:
    (tmp_path / "allow.toml").write_text(Allowance.EXAMPLE)
    (found,) = Allowance.read_file(tmp_path / "allow.toml")
    assert (found.text, found.until) == ("acs index Users/email-index removed", date(2026, 12, 31))
    assert Allowance.EXAMPLE in (ROOT / "docs" / "contract.md").read_text()


def test_a_program_reads_all_of_it(folder: Path) -> None:
    found = json.loads(breaking_diff(folder, "--format", "json", "--allow-file", "allow.toml"))
    assert found == {
        "version": 1,
        "old": {"source": "old.json", "contractVersion": "1.3", "stage": "prod"},
        "new": {"source": "breaking.json", "contractVersion": "1.3", "stage": "prod"},
        "verdict": "compatible",
        "exitCode": 0,
        "changes": [
            {
                "level": "breaking",
                "change": "removed",
                "family": "cloudstro",
                "object": "index users/email-index",
                "field": "",
                "was": "email:S userId:S, ALL",
                "now": "",
                "why": "a query of the index finds nothing",
                "allowed": {
                    "by": "Ada Lovelace",
                    "reason": "no consumer queries it since May",
                    "source": "allow.toml, entry 1",
                    "until": None,
                },
            }
        ],
        "unused": [],
    }


def test_a_pull_request_reads_markdown_whatever_a_name_is(folder: Path) -> None:
    shown = breaking_diff(folder, "--format", "markdown")
    assert shown.startswith("### ⛔ Contract, stage prod: breaking without a major version\n")
    assert (
        "| ⛔ breaking | `cloudstro` | `index users/email-index` | `removed` | `email:S userId:S, ALL` |  |\n" in shown
    )
    assert "- index removed: a query of the index finds nothing.\n" in shown
    shown = run(folder, "diff", "old.json", "strange.json", "--format", "markdown").stdout
    assert "| ✅ additive | `acs` | `variable A\\|'<b>*` | `added` |  | `[31m\\|x` |\n" in shown


def test_the_schema_that_is_kept_is_the_one_that_is_printed(folder: Path) -> None:
    assert run(folder, "diff", str(SCHEMA_FILE), "-", given=run(ROOT, "schema").stdout).exit_code == 0


def test_a_golden_file_holds_no_account_and_no_time(tmp_path: Path) -> None:
    text = (GOLDEN / "prod.json").read_text()
    real = text.replace(":123456789012:", ":000000000001:").replace("2000-01-01T00:00", "2026-11-21T17:23")
    (tmp_path / "real.json").write_text(real)
    assert real.count("2026-11-21T17:23") == 1
    assert run(tmp_path, "golden", "real.json").stdout == text


def test_a_golden_file_is_written_and_checked(folder: Path) -> None:
    to = folder / "made" / "prod.json"
    assert run(folder, "golden", "old.json", "--to", str(to)).stdout == f"wrote {to}\n"
    assert to.read_bytes() == (GOLDEN / "prod.json").read_bytes()
    assert [file.name for file in to.parent.iterdir()] == ["prod.json"]
    assert run(folder, "golden", "old.json", "--check", str(to)).exit_code == 0
