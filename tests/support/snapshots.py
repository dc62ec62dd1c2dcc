"""The files that are as the declarations give them, so that a change shows in git: `make snapshots` writes them anew.

`tests/unit/snapshots` has each family as a reviewer reads it, and the generated code of a small family;
`docs/contract` what each stage exports; the README's line the counts.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from families import catalogue
from tablekit.contract import VERSION, expected_family
from tablekit.contract.golden import ACCOUNT, STREAM_LABEL, golden_text
from tablekit.model import Family, StageConfig, load_stage
from tablekit.model.alarms import account_alarms, family_alarms
from tablekit.model.permissions import role_policy, trust_policy
from tablekit.model.stage import setting
from tablekit.model.staged import Account, staged_families
from tests.support.consumer_code import generated
from tests.support.declare import LOOPBACK

ROOT = Path(__file__).parents[2]
SNAPSHOTS = ROOT / "tests" / "unit" / "snapshots"
README = ROOT / "README.md"
GOLDEN = ROOT / "docs" / "contract"
STAGES = sorted(file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml"))
CATALOGUE = catalogue()
_KEYS = tuple(CATALOGUE.families)
PROD = staged_families(StageConfig(stage="prod", region="eu-west-2", families=_KEYS, alarms="all"), CATALOGUE)
DEV = staged_families(StageConfig(stage="dev", region="eu-west-2", families=_KEYS), CATALOGUE)
_COUNTS = re.compile(r"\d+ tables, \d+ indexes, \d+ access patterns, \d+ roles; in prod \d+ alarms")


def snapshots() -> dict[Path, Callable[[], str]]:
    """Each file, and what makes its text."""
    return {
        **{SNAPSHOTS / f"{family.key}.json": partial(_facts_text, family) for family in CATALOGUE},
        **{SNAPSHOTS / f"shop_tables.{kind}": partial(generated, kind) for kind in ("py", "ts")},
        **{GOLDEN / f"{stage}.json": partial(_golden, stage) for stage in STAGES},
        README: _readme,
    }


def _facts_text(family: Family) -> str:
    return json.dumps(facts(family), indent=1) + "\n"


def _golden(stage: str) -> str:
    return golden_text(exported(stage))


def _readme() -> str:
    return _COUNTS.sub(counts(), README.read_text(encoding="utf-8"))


def exported(stage: str) -> dict[str, Any]:
    """The outputs of a stage as its file and the declarations have them, with ARNs as AWS writes them."""
    settings = yaml.safe_load((ROOT / f"Pulumi.{stage}.yaml").read_text(encoding="utf-8"))["config"]
    own = {key.split(":")[1]: setting(value) for key, value in settings.items() if key.startswith("dynamodb-tables:")}
    own |= {} if stage == "local" else {"rehearsal": True}
    aws = {"region": settings["aws:region"], "endpoints": [LOOPBACK]}
    config = load_stage(stage, {"families": list(_KEYS), **own}, aws, CATALOGUE)
    families = {
        key: expected_family(family, Account(ACCOUNT), STREAM_LABEL).model_dump(by_alias=True)
        for key, family in staged_families(config, CATALOGUE).items()
    }
    return {"contractVersion": VERSION, "stage": stage, "families": families}


def facts(family: Family) -> dict[str, Any]:
    """What a reviewer wants to see a change of: tables, roles and alarms as prod has them."""
    account, in_prod, in_dev = Account("111122223333"), PROD[family.key], DEV[family.key]
    return {
        "region": family.region,
        "tables": {
            family.table_name_for(table.name, "prod"): {
                "dev": family.table_name_for(table.name, "dev"),
                "keys": [f"{key.name} {key.type}" for key in table.keys],
                "indexes": {
                    index.name: [f"{key.name} {key.type}" for key in index.keys] + [index.projection, *index.include]
                    for index in table.indexes
                },
                "ttl": table.ttl,
                "stream": table.stream,
                "classification": table.classification,
                "retention days": table.retention.days,
            }
            for table in family.tables
        },
        "roles": {
            family.role_name(role, "prod"): {
                "trust": trust_policy(in_prod, role.name, account),
                "policy": role_policy(in_prod, role.name, account),
                "dev resources": sorted(
                    {
                        resource
                        for statement in role_policy(in_dev, role.name, account)["Statement"]
                        for resource in statement["Resource"]
                    }
                ),
            }
            for role in family.roles
        },
        "access patterns": {
            pattern.name: f"{pattern.operation} {pattern.table}" + (f"/{pattern.index}" if pattern.index else "")
            for pattern in family.access_patterns
        },
        "alarms": [alarm.name for alarm in family_alarms(in_prod)],
    }


def counts() -> str:
    """How many of what there are, as the README says it."""
    tables = [table for family in CATALOGUE for table in family.tables]
    regions = {family.region for family in PROD.values()}
    stage = next(iter(PROD.values())).stage
    alarms = [alarm for family in PROD.values() for alarm in family_alarms(family)]
    alarms += [alarm for region in regions for alarm in account_alarms(stage, region)]
    return (
        f"{len(tables)} tables, {sum(len(table.indexes) for table in tables)} indexes, "
        f"{sum(len(family.access_patterns) for family in CATALOGUE)} access patterns, "
        f"{sum(len(family.roles) for family in CATALOGUE)} roles; in prod {len(alarms)} alarms"
    )


def main() -> int:
    """Write what is not as it should be, and say which; files of what is no more are removed."""
    made = snapshots()
    for file in (*SNAPSHOTS.glob("*"), *GOLDEN.glob("*.json")):
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
