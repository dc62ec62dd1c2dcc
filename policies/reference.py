"""Writes docs/policies.md from the rules: `python -m policies.reference`; `--check` says whether it has drifted."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from policies.allowed import allowances
from policies.pack import RULES

FILE: Final = Path(__file__).resolve().parents[1] / "docs" / "policies.md"
CONTROLS: Final = Path(__file__).with_name("controls.md")
_INTRO: Final = """\
# Policies

<!-- Written by `python -m policies.reference` from the rules' own code; change them there. -->

The pack in `policies/` judges a plan before anything is deployed. In a stage of this project, what is registered must
be what the families and the stage's settings ask for, each input of each resource, and nothing else may be in the
stack: `tablekit/resources` derives it, and the rules on the stack compare. The other rules hold for tables, roles and
alarms of any stack, and for what the families themselves say.

```
pulumi preview -s prod --policy-pack policies
```

Every rehearsal has it on. The pack runs in the program's own environment and needs nothing besides. A mandatory
finding fails the preview, an advisory one is reported.

A value that only the update will know is expected nowhere but in the parts of a published contract, since AWS names a
table's stream. The preview lists these (`stack-not-judged`), and the update judges them before it writes them.
Elsewhere a value that is not known is a difference like any other.

A rule's level depends on the stage: prod, or any other. A file given by `--policy-pack-config` sets another, and what
a rule takes; in prod it makes no rule weaker:

```json
{
  "table-customer-key": {"enforcementLevel": "mandatory", "classifications": ["pii", "confidential"]},
  "table-recovery-window": {"minimumDays": 35},
  "index-projection": "mandatory"
}
```

`policy-allow.toml` lets a finding pass, by rule and resource, with who allows it, why, and until when:

```toml
[[allow]]
rule = "stack-undeclared"
resource = "warehouse-queue"
by = "Jane Doe"
reason = "The queue of the alarms, until the topic has one of its own"
until = 2027-01-31
```

It is then reported as advisory, with that reason; from the day after `until` it is mandatory again.

What the engine shows no policy is the guard's: `retainOnDelete`, `replaceOnChanges`, imports, and what a change does
to a table that is there already.
"""


def page() -> str:
    """The whole page."""
    lines = [_INTRO]
    for topic in dict.fromkeys(rule.topic for rule in RULES):
        rules = [rule for rule in RULES if rule.topic == topic]
        lines.append(f"## {topic.title()}\n")
        lines += _table(
            ("rule", "what and why", "prod", "other stages"),
            [(f"`{r.id}`", r.description, r.prod, r.others) for r in rules],
        )
        settings = [(rule, name, setting) for rule in rules for name, setting in rule.settings.items()]
        lines += _table(
            ("setting", "default", "means"),
            [(f"`{rule.id}`: `{name}`", f"`{json.dumps(it.default)}`", it.means) for rule, name, it in settings],
        )
    lines.append("## What is allowed\n")
    lines += _table(
        ("rule", "resources", "by", "why", "until"),
        [
            (f"`{each.rule}`", f"`{each.resource}`", each.by, each.reason, str(each.until or ""))
            for each in allowances()
        ],
    )
    return "\n".join([*lines, "## Published controls", "", CONTROLS.read_text(encoding="utf-8")])


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
