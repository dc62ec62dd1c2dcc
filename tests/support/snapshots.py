"""The files that are as the declarations give them, so that a change shows in git: `make snapshots` writes them anew.

`tests/unit/snapshots` has each family's permissions, and the generated code of a small family;
`docs/contract` what each stage exports, `docs/dashboards` what its dashboards look like; the README's line the counts.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from families import catalogue
from tablekit.contract.golden import golden_text
from tablekit.model import Family, StageConfig, load_stage
from tablekit.model.alarms import account_alarms, family_alarms
from tablekit.model.dashboards import family_dashboard, stage_dashboard
from tablekit.model.operations import TableLimits
from tablekit.model.permissions import role_policy, trust_policy
from tablekit.model.settings_file import read_settings
from tablekit.model.stage_settings import stage_settings
from tablekit.model.staged import Account, staged_families
from tests.support import tables
from tests.support.consumer_code import generated
from tests.support.declare import ANYWHERE
from tests.support.pictures import picture

ROOT = Path(__file__).parents[2]
SNAPSHOTS = ROOT / "tests" / "unit" / "snapshots"
README = ROOT / "README.md"
GOLDEN = ROOT / "docs" / "contract"
PICTURES = ROOT / "docs" / "dashboards"
STAGES = sorted(file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml"))
CATALOGUE = catalogue()
_KEYS = tuple(CATALOGUE.families)
_SIZES = {"acs": TableLimits(gigabytes=10)}
_IN_PROD = StageConfig(
    stage="prod",
    region="eu-west-2",
    families=_KEYS,
    alarms="all",
    dashboards=True,
    item_counts=True,
    growth_limits=_SIZES,
)
PROD = staged_families(_IN_PROD, CATALOGUE)
DEV = staged_families(StageConfig(stage="dev", region="eu-west-2", families=_KEYS), CATALOGUE)
_COUNTS = re.compile(r"\d+ tables, \d+ indexes, \d+ access patterns, \d+ roles; in prod \d+ alarms")


def snapshots() -> dict[Path, Callable[[], str]]:
    """Each file, and what makes its text."""
    return {
        **{SNAPSHOTS / f"{family.key}.json": partial(_facts_text, family) for family in CATALOGUE},
        **{SNAPSHOTS / f"shop_tables.{kind}": partial(generated, kind) for kind in ("py", "ts")},
        **{GOLDEN / f"{stage}.json": partial(_contract, stage) for stage in STAGES},
        **{PICTURES / f"{key}.svg": partial(_picture, key) for key in ("formbridge", "pse", "stage")},
        README: _readme,
    }


def _facts_text(family: Family) -> str:
    return json.dumps(facts(family), indent=1) + "\n"


def _readme() -> str:
    return _COUNTS.sub(counts(), README.read_text(encoding="utf-8"))


def _contract(stage: str) -> str:
    """The outputs of a stage as its file and the declarations have them, with ARNs as AWS writes them."""
    settings, aws, _ = stage_settings(read_settings(ROOT / f"Pulumi.{stage}.yaml"), {})
    settings |= {"families": list(_KEYS)} | ({} if stage == "local" else {"rehearsal": True})
    config = load_stage(stage, settings, {**aws, "endpoints": [ANYWHERE]}, CATALOGUE)
    return golden_text(tables.outputs(CATALOGUE, config).model_dump(by_alias=True))


def _picture(of: str) -> str:
    """A family's dashboard in prod, or the stage's."""
    if of == "stage":
        return picture(stage_dashboard(_IN_PROD, PROD.values(), Account("123456789012")))
    return picture(family_dashboard(PROD[of]))


def facts(family: Family) -> dict[str, Any]:
    """What a reviewer wants to see a change of, and `docs/contract` has not: permissions, and what becomes of items."""
    account, in_prod, in_dev = Account("111122223333"), PROD[family.key], DEV[family.key]
    return {
        "tables": {
            table.name: {
                "stream": table.stream,
                "classification": table.classification,
                "retention days": table.retention.days,
            }
            for table in family.tables
        },
        "roles": {
            staged.name: {
                "trust": trust_policy(in_prod, name, account),
                "policy": role_policy(in_prod, name, account),
                "dev resources": sorted(
                    {
                        resource
                        for statement in role_policy(in_dev, name, account)["Statement"]
                        for resource in statement["Resource"]
                    }
                ),
            }
            for name, staged in in_prod.roles.items()
        },
    }


def counts() -> str:
    """How many of what there are, as the README says it."""
    every = [table for family in CATALOGUE for table in family.tables]
    regions = {family.region for family in PROD.values()}
    stage = next(iter(PROD.values())).stage
    alarms = [alarm for family in PROD.values() for alarm in family_alarms(family)]
    alarms += [alarm for region in regions for alarm in account_alarms(stage, region)]
    return (
        f"{len(every)} tables, {sum(len(table.indexes) for table in every)} indexes, "
        f"{sum(len(family.access_patterns) for family in CATALOGUE)} access patterns, "
        f"{sum(len(family.roles) for family in CATALOGUE)} roles; in prod {len(alarms)} alarms"
    )


def main() -> int:
    """Write what is not as it should be, and say which; files of what is no more are removed."""
    made = snapshots()
    for file in (*SNAPSHOTS.glob("*"), *GOLDEN.glob("*.json"), *PICTURES.glob("*")):
        if file not in made:
            file.unlink()
            print(f"removed {file.relative_to(ROOT)}")
    for file, text in made.items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text():
            file.write_text(text(), encoding="utf-8")
            print(f"wrote {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
