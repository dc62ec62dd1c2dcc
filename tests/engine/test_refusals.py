"""Malformed families and settings, through the real engine: one message, exit code 1, nothing registered.

The messages themselves are the business of `tests/unit`; here stands one of each place where a message may come from.
"""

from __future__ import annotations

from typing import Any

import pytest

from local.overlay import endpoints
from tests.engine.project import SHOP, Project


@pytest.mark.parametrize(
    ("old", "new", "settings", "says"),
    [
        (
            "FAMILY = Family(",
            "FAMILY = Family((",
            {},
            "families/shop.py:3: can't be loaded: '(' was never closed; fix the module",
        ),
        ('title="Shop"', "title=7", {}, ": family 'shop': title: 7 is not allowed"),
        (
            "",
            "",
            {"aws__endpoints": endpoints("http://10.0.0.1:1")},
            " is 'http://10.0.0.1:1', which is not on this machine",
        ),
        (
            "",
            "",
            {"trust": {"shop": {"principals": ["arn:aws:iam::999988887777:role/partner"]}}},
            "dynamodb-tables:trust: shop: 'arn:aws:iam::999988887777:role/partner' is of account 999988887777, and",
        ),
    ],
    ids=["a module that is not Python", "a declaration", "an endpoint that is not on this machine", "a foreign role"],
)
def test_a_malformed_input_gives_one_message_and_registers_nothing(
    shop: Project, old: str, new: str, settings: dict[str, Any], says: str
) -> None:
    shop.family("shop", SHOP.replace(old, new, 1))
    shop.set(**{"aws__endpoints": endpoints(shop.emulator.endpoint), **settings})
    done = shop.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", check=False)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    # The engine shows a message as it comes and once more at the end.
    (message,) = {line.split("error: ", 1)[1] for line in said.splitlines() if "error: " in line}
    assert says in message
    asked = ["pulumi:providers:aws"] if "trust" in settings else []  # which account it is, AWS alone knows
    assert [resource["type"] for resource in shop.state()] in ([], ["pulumi:pulumi:Stack", *asked])
    assert shop.client("dynamodb").list_tables()["TableNames"] == []


def test_the_shop_that_the_cases_break_can_be_deployed(shop: Project) -> None:
    shop.family("shop", SHOP)
    shop.set(aws__endpoints=endpoints(shop.emulator.endpoint), trust=None)
    assert shop.plan()
