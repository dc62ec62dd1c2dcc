"""The stack as two templates: every option on in one region, none in the other. Each table is in one of them."""

from __future__ import annotations

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
CHECKED: dict[str, tuple[str, dict[str, Any]]] = {"prod-full": ("eu-west-2", FULL), "prod": ("us-east-1", {})}
"""What is shown to the checkers: a name, with the region, and the settings that prod's own file has not."""


def converted(settings: dict[str, Any]) -> dict[str, Template]:
    """Prod's templates by region."""
    config, resources = stack("prod", **settings)
    retained = config.get("dynamodb-tables:retainOnDelete", "true") == "true"
    return templates(resources, config["aws:region"], retained)
