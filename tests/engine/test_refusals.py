"""Malformed families and settings, through the real engine: one message, exit code 1, nothing registered.

The messages themselves are the business of `tests/unit`; here stands one of each place where a message may come from.
"""

from __future__ import annotations

import pytest

from local.overlay import endpoints
from tests.engine.project import SHOP, Project


@pytest.mark.parametrize(
    ("old", "new", "endpoint", "says"),
    [
        (
            "FAMILY = Family(",
            "FAMILY = Family((",
            None,
            "families/shop.py:3: can't be loaded: '(' was never closed; fix the module",
        ),
        ('title="Shop"', "title=7", None, ": family 'shop': title: 7 is not allowed"),
        (
            "",
            "",
            "http://10.0.0.1:1",
            "Pulumi.local.yaml: aws:endpoints: dynamodb is 'http://10.0.0.1:1'",
        ),
    ],
    ids=["a module that is not Python", "a declaration", "an endpoint that is not on this machine"],
)
def test_a_malformed_input_gives_one_message_and_registers_nothing(
    shop: Project, old: str, new: str, endpoint: str | None, says: str
) -> None:
    shop.family("shop", SHOP.replace(old, new, 1))
    (own,) = endpoints(shop.emulator.endpoint)
    shop.set(aws__endpoints=[own | ({"dynamodb": endpoint} if endpoint else {})])
    done = shop.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", check=False)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    # The engine shows a message as it comes and once more at the end.
    (message,) = {line.split("error: ", 1)[1] for line in said.splitlines() if "error: " in line}
    assert says in message
    assert [resource["type"] for resource in shop.state()] in ([], ["pulumi:pulumi:Stack"])
    assert shop.client("dynamodb").list_tables()["TableNames"] == []


def test_the_shop_that_the_cases_break_can_be_deployed(shop: Project) -> None:
    shop.family("shop", SHOP)
    shop.set(aws__endpoints=endpoints(shop.emulator.endpoint))
    assert shop.plan()
