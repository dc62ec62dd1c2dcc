"""Writes docs/policies.md from the rules: `python -m policies.reference`; `--check` says whether it has drifted."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from policies.decisions import ACCEPTED, NOT_MET
from policies.pack import RULES

FILE: Final = Path(__file__).resolve().parents[1] / "docs" / "policies.md"
_INTRO: Final = """\
# Policies

<!-- Written by `python -m policies.reference` from the rules' own code; change them there. -->

The pack in `policies/` judges a plan before anything is deployed. A mandatory violation fails the preview, an advisory
one is reported. What a table, a role or an alarm must be is read from the families' declarations; a table that no
family declares is held to the general rules only. A value that only the update will know is passed over in the preview.

```
pulumi preview -s prod --policy-pack policies
```

Every rehearsal has it on. The pack runs in the program's own environment and needs nothing besides.

A rule's level depends on the stage: prod, or any other. A file given by `--policy-pack-config` overrides it, and sets
what a rule takes:

```json
{
  "table-customer-key": {"enforcementLevel": "mandatory", "classifications": ["pii", "confidential"]},
  "table-recovery-window": {"minimumDays": 35},
  "index-projection": "disabled"
}
```

What no policy can see is the guard's: `retainOnDelete`, which stands in the state and the plan alone, and what a change
does to a table that is there already.
"""


def page() -> str:
    """The whole page."""
    lines = [_INTRO]
    for topic in dict.fromkeys(rule.topic for rule in RULES):
        rules = [rule for rule in RULES if rule.topic == topic]
        lines.append(f"## {topic.title()}\n")
        lines += _table(
            ("rule", "what and why", "prod", "other stages", "published controls"),
            [(f"`{r.id}`", r.description, r.prod, r.others, ", ".join(r.controls)) for r in rules],
        )
        settings = [(rule, name, setting) for rule in rules for name, setting in rule.settings.items()]
        lines += _table(
            ("setting", "default", "means"),
            [(f"`{rule.id}`: `{name}`", f"`{json.dumps(it.default)}`", it.means) for rule, name, it in settings],
        )
    lines.append("## What is advisory of the five systems, and stays\n")
    lines += _table(
        ("rule", "tables", "decision"),
        [
            (f"`{rule}`", ", ".join("all that it is about" if name == "*" else f"`{name}`" for name in names), why)
            for rule, (why, names) in ACCEPTED.items()
        ],
    )
    lines.append("## Published controls that no rule meets\n")
    lines += [f"- {control}: {why}" for control, why in NOT_MET]
    return "\n".join([*lines, ""])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table; nothing without rows."""
    if not rows:
        return []
    return [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(f"| {' | '.join(row)} |" for row in rows), ""]


def main(words: list[str]) -> int:
    """Write the page, or with --check compare it; the exit code."""
    if words not in ([], ["--check"]):
        print("usage: python -m policies.reference [--check]", file=sys.stderr)
        return 2
    if words and (not FILE.exists() or FILE.read_text() != page()):
        print(f"docs/{FILE.name} is not what the rules give: run python -m policies.reference", file=sys.stderr)
        return 1
    if not words:
        FILE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
