"""The documents: links that lead somewhere, decisions in one form and all in the index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tablekit.ops.live.watches import ACTIONS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("README.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
STATUS = re.compile(r"Status: (accepted|superseded by \[\d{4}\]\(.*\)), \d{4}-\d{2}-\d{2}(; .+)?")


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)


def heading_anchor(heading: str) -> str:
    """GitHub's own rule: lower case, spaces to hyphens, without punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), flags=re.MULTILINE)
            assert anchor in {heading_anchor(heading) for heading in headings}, f"{page.name}: {target}"


def test_what_a_role_needs_to_compare_a_stage_is_said() -> None:
    """Each action of the library's own list, by itself or behind its service's first."""
    said = (ROOT / "docs" / "runbooks" / "continuous-deployment.md").read_text()
    actions = sorted(set(re.findall(r"[a-z-]+:([A-Z]\w+)", " ".join(ACTIONS))))
    assert len(actions) > 30
    for action in actions:
        assert re.search(rf"[:`]{action}`", said), action


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: decision.name[:4])
def test_a_decision_has_the_one_form(decision: Path) -> None:
    lines = decision.read_text().splitlines()
    assert lines[0].startswith(f"# {decision.name[:4]} ")
    assert STATUS.fullmatch(lines[2]), f"{decision.name}: {lines[2]}"
    headings = [line for line in lines if line.startswith("## ")]
    assert headings[:3] == ["## Context", "## Decision", "## Consequences"], decision.name


def test_the_index_has_every_decision_once() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    assert sorted(re.findall(r"\]\((\d{4}[^)]*\.md)\)", index)) == [decision.name for decision in DECISIONS]
