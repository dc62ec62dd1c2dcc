"""Each stage as templates in a folder: local, dev and prod as they are, and prod with every opt-in on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.policies.program import stack
from tests.support.cloudformation import Template, templates
from tests.support.iam.deployed import EVERYTHING

FULL: dict[str, Any] = {
    **EVERYTHING,
    "alarmSubscriptions": [{"protocol": "email", "endpoint": "ops@example.com"}],
    "provisioned": {"acs/Users": {"read": 5, "write": 5}},
    "streams": {"acs/Users": "NEW_IMAGE", "formbridge/FormBridgeData": "KEYS_ONLY"},
}
STAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "local": ("local", {}),
    "dev": ("dev", {}),
    "prod": ("prod", {}),
    "prod-full": ("prod", FULL),
}
REGIONS = ("eu-west-2", "us-east-1")


def converted(name: str) -> dict[str, Template]:
    """A stage's templates by region."""
    stage, settings = STAGES[name]
    config, resources = stack(stage, **settings)
    retained = config.get("dynamodb-tables:retainOnDelete", "true") == "true"
    return templates(resources, config["aws:region"], retained)


def written(folder: Path) -> dict[str, dict[str, Template]]:
    """Every stage's templates, each written to `<name>.<region>.json` as well."""
    made = {name: converted(name) for name in STAGES}
    for name, regions in made.items():
        for region, template in regions.items():
            (folder / f"{name}.{region}.json").write_text(json.dumps(template, indent=1))
    return made
