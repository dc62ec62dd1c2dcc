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
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}


def run(folder: Path, *words: str, given: bytes = b"", **environment: str) -> Result:
    return tablekit("contract", *words, folder=folder, environment=environment, given=given)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Outputs as they were, with a removal, and with an addition."""
    for name, outputs in {
        "old.json": golden(),
        "breaking.json": changed(WITHOUT_INDEX),
        "additive.json": changed(put("cloudstro/env/TEAMS", "cloudstro-teams")),
        "major.json": {**changed(WITHOUT_INDEX), "contractVersion": "2.0"},
        "field.json": {**golden(), "dashboard": "x"},
        "dev.json": golden("dev"),
    }.items():
        (tmp_path / name).write_text(json.dumps(outputs))
    (tmp_path / "schema.json").write_text(schema_text())
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe4"}')
    return tmp_path


@pytest.mark.parametrize(
    ("new", "code", "says"),
    [
        ("old.json", 0, "(version 1.1): 0 breaking, 0 additive, 0 neutral. Verdict: no change"),
        ("additive.json", 0, "(version 1.1): 0 breaking, 1 additive, 0 neutral. Verdict: compatible"),
        ("major.json", 0, "(version 2.0): 2 breaking, 0 additive, 0 neutral. Verdict: compatible"),
        ("field.json", 2, "(version 1.1): 0 breaking, 1 additive, 0 neutral. Verdict: needs a minor version"),
    ],
)
def test_files_are_compared(folder: Path, new: str, code: int, says: str) -> None:
    done = run(folder, "diff", "old.json", new)
    assert done.exit_code == code, done.stderr
    assert done.stdout.splitlines()[-1] == f"old.json (version 1.1) to {new} {says} (exit code {code})."


def test_what_breaks_is_a_line_each_and_its_meaning_once(folder: Path) -> None:
    removed = ("accessPatterns/user-by-email", "accessPatterns/user-profile", "env/DYNAMODB_USERS_TABLE")
    new = changed(WITHOUT_INDEX, *(put(f"cloudstro/{path}", GONE) for path in removed))
    (folder / "new.json").write_text(json.dumps(new))
    done = run(folder, "diff", "old.json", "new.json")
    assert done.exit_code == 3
    assert "\x1b" not in done.stdout, "colours are for a terminal"
    head, first, *_, last = done.stdout.splitlines()
    assert head == "verdict\tfamily\tobject\twhat\twas\tis"
    assert first == "breaking\tcloudstro\tindex users/email-index\tremoved\temail:S userId:S, ALL\t"
    assert done.stdout.splitlines()[5:10] == [
        "What breaks:",
        "  index removed: a query of the index finds nothing.",
        "  access pattern removed: who runs the pattern by its name finds nothing.",
        "  variable removed: who reads the variable finds nothing.",
        "What to do:",
    ]
    assert last.endswith("4 breaking, 0 additive, 0 neutral. Verdict: breaking without a major version (exit code 3).")


def test_standard_input_and_its_one_use(folder: Path) -> None:
    text = (folder / "breaking.json").read_bytes()
    assert run(folder, "diff", "old.json", "-", given=text).exit_code == 3
    assert run(folder, "diff", "-", "old.json", given=text).exit_code == 0
    both = run(folder, "diff", "-", "-", given=text)
    assert (both.exit_code, both.stdout) == (1, "")
    assert "both OLD and NEW are to come from standard input" in both.stderr


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
        ("HEAD:docs/contract/prod.json", "main~1:docs/contract/prod.json", 0),
        ("main:docs/contract/prod.json", "docs/contract/prod.json", 0),
        ("docs/contract/prod.json", ":docs/contract/prod.json", 3),
        ("HEAD~1:./docs/contract/prod.json", "HEAD:./docs/contract/prod.json", 3),
    ],
)
def test_git_revisions_are_compared(repository: Path, old: str, new: str, code: int) -> None:
    done = run(repository, "diff", old, new)
    assert done.exit_code == code, done.stderr
    assert f"{old} (version 1.1) to {new} (version 1.1)" in done.stdout


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


@pytest.mark.parametrize("stack", ["prod", "stack:prod", "stack:organization/tables/prod"])
def test_a_stack_is_asked(folder: Path, stack: str) -> None:
    done = run(folder, "diff", "old.json", stack, PULUMI_COMMAND=pulumi(folder))
    assert done.exit_code == 3, done.stderr
    assert "--stack" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("old.json", "none.json"), "none.json: No such file or directory; write a file with: pulumi stack output"),
        (("old.json", "."), ".: Is a directory"),
        (("old.json", "latin.json"), "latin.json: not UTF-8"),
        (("old.json", "schema.json"), "old.json is a stack's outputs, schema.json is a JSON Schema"),
        (("old.json", "dev.json"), "dev.json of stage 'dev': every name differs"),
        (("old.json", "staging"), "no stack named 'staging' found (a file without extension: ./staging)"),
        (("old.json", "HEAD~1:old.json"), "HEAD~1:old.json: git says"),
        (("old.json", "HEAD:"), "HEAD:: no file of a git revision; write REV:PATH"),
        (("old.json", "stack:a b"), "'a b' is no name of a stack; write stack:NAME"),
        (("old.json", "stack:"), "'' is no name of a stack"),
        (("old.json", ""), "'' is no name of a stack"),
        (("old.json", "--", "-x:y"), "-x:y: no file of a git revision"),
        (("old.json", "old.json", "--family", "acz"), "no family 'acz' on either side; did you mean 'acs'?"),
        (("old.json", "old.json", "--allow-file", "none.toml"), "none.toml: No such file or directory"),
        (("schema.json", "schema.json", "--allow-file", "x.toml"), "No such file"),
        (("old.json",), "Missing argument"),
        (("old.json", "old.json", "--format", "xml"), "xml"),
    ],
)
def test_what_cannot_be_compared_is_one_message_and_exit_code_1(
    folder: Path, words: tuple[str, ...], says: str
) -> None:
    done = run(folder, "diff", *words, PULUMI_COMMAND=pulumi(folder), GIT_CEILING_DIRECTORIES=str(folder.parent))
    assert (done.exit_code, done.stdout) == (1, ""), done.stderr
    assert says in done.stderr


def test_an_allowance_lets_one_change_pass(folder: Path) -> None:
    (folder / "allow.toml").write_text(ALLOW)
    done = run(folder, "diff", "old.json", "breaking.json", "--allow-file", "allow.toml")
    assert done.exit_code == 0
    assert "breaking, allowed" in done.stdout
    assert (
        "  cloudstro index users/email-index removed: by Ada Lovelace: no consumer queries it since May"
        in done.stdout.splitlines()
    )
    unused = run(folder, "diff", "old.json", "additive.json", "--allow-file", "allow.toml")
    assert (
        "cloudstro index users/email-index removed (allow.toml, entry 1) fits no breaking change; remove it"
        in unused.stdout
    )


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
    (folder / "allow.toml").write_text(ALLOW)
    words = ("diff", "old.json", "breaking.json", "--format", "json")
    found = json.loads(run(folder, *words, "--allow-file", "allow.toml").stdout)
    assert found == {
        "version": 1,
        "old": {"source": "old.json", "contractVersion": "1.1", "stage": "prod"},
        "new": {"source": "breaking.json", "contractVersion": "1.1", "stage": "prod"},
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
    assert json.loads(run(folder, *words).stdout)["exitCode"] == 3


def test_a_pull_request_reads_markdown_that_no_name_changes(folder: Path) -> None:
    new = changed(WITHOUT_INDEX, put("acs/env/A|`<b>*\n", "\x1b[31m|x"))
    (folder / "new.json").write_text(json.dumps(new))
    shown = run(folder, "diff", "old.json", "new.json", "--format", "markdown").stdout
    assert shown.startswith("### ⛔ Contract, stage prod: breaking without a major version\n")
    row = "| ⛔ breaking | `cloudstro` | `index users/email-index` | `removed` | `email:S userId:S, ALL` |  |"
    assert row in shown.splitlines()
    assert "| ✅ additive | `acs` | `variable A\\|'<b>*` | `added` |  | `[31m\\|x` |" in shown.splitlines()
    assert "- index removed: a query of the index finds nothing.\n" in shown


def test_across_stages_and_for_one_family(folder: Path) -> None:
    assert run(folder, "diff", "dev.json", "old.json", "--across-stages").exit_code == 0
    assert run(folder, "diff", "dev.json", "breaking.json", "--across-stages").exit_code == 3
    assert run(folder, "diff", "old.json", "breaking.json", "--family", "acs").exit_code == 0


def test_schemas_are_compared_too(folder: Path) -> None:
    other = json.loads(schema_text())
    other["$defs"]["ExportedTable"]["description"] = "said otherwise"
    (folder / "words.json").write_text(json.dumps(other))
    del other["$defs"]["ExportedTable"]["properties"]["streamArn"]
    (folder / "other.json").write_text(json.dumps(other))
    other["properties"]["contractVersion"]["default"] = "1.2"
    (folder / "next.json").write_text(json.dumps(other))
    for old, new, code, says in (
        ("schema.json", "words.json", 0, "no change"),
        ("schema.json", "other.json", 2, "needs a minor version"),
        ("schema.json", "next.json", 0, "compatible"),
        ("next.json", "schema.json", 3, "breaking without a major version"),
    ):
        done = run(folder, "diff", old, new)
        assert (done.exit_code, says in done.stdout) == (code, True), done.stdout
    assert (
        "additive\t\tschema\tchanged\tversion 1.1\tversion 1.1, another"
        in run(folder, "diff", "schema.json", "other.json").stdout
    )
    assert run(folder, "diff", str(SCHEMA_FILE), "-", given=schema_text().encode()).exit_code == 0
    assert run(folder, "schema").stdout == schema_text()


def test_a_golden_file_holds_no_account_and_no_time(tmp_path: Path) -> None:
    stream = "arn:aws:dynamodb:eu-west-2:000000000001:table/x/stream/2026-11-21T17:23:58.807"
    outputs: dict[str, Any] = golden()
    outputs["families"]["formbridge"]["tables"]["FormBridgeData"]["streamArn"] = stream
    (tmp_path / "real.json").write_text(json.dumps(outputs).replace(":123456789012:", ":000000000001:"))
    shown = run(tmp_path, "golden", "real.json").stdout
    expected = "arn:aws:dynamodb:eu-west-2:123456789012:table/x/stream/2000-01-01T00:00:00.000"
    kept = json.loads(shown)["families"]["formbridge"]["tables"]["FormBridgeData"]
    assert kept["streamArn"] == expected
    outputs["families"]["formbridge"]["tables"]["FormBridgeData"]["streamArn"] = expected
    assert json.loads(shown) == outputs
    assert shown == json.dumps(outputs, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_a_golden_file_is_written_and_checked(folder: Path) -> None:
    to = folder / "made" / "prod.json"
    assert run(folder, "golden", "old.json", "--to", str(to)).stdout == f"wrote {to}\n"
    assert to.read_bytes() == (GOLDEN / "prod.json").read_bytes()
    assert [file.name for file in to.parent.iterdir()] == ["prod.json"]
    assert run(folder, "golden", "old.json", "--check", str(to)).exit_code == 0
    other = run(folder, "golden", "breaking.json", "--check", str(to))
    assert (other.exit_code, other.stdout) == (1, "")
    assert f"tablekit contract diff {to} breaking.json" in other.stderr
    assert "keep it with: make snapshots" in other.stderr
    assert run(folder, "golden", "breaking.json", "--check", "none.json").exit_code == 1
    assert run(folder, "golden", "schema.json").exit_code == 1
    assert run(folder, "golden", "old.json", "--to", "/dev/null/x").exit_code == 1
    assert "give one" in run(folder, "golden", "old.json", "--to", "a.json", "--check", "a.json").stderr
