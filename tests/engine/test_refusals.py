"""Malformed families and configurations, through the real engine: one message, exit code 1, nothing registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.project import SHOP, Project, project
from tests.support.declare import LOOPBACK

Change = Callable[[Project], None]


def family(old: str, new: str) -> Change:
    """The shop's module with one piece of its text changed."""
    assert old in SHOP, old
    return lambda shop: shop.family("shop", SHOP.replace(old, new))


def config(**settings: object) -> Change:
    """The stage's file with one setting changed."""
    return lambda shop: shop.set(**settings)


def second(**changes: tuple[str, str]) -> Change:
    """A second family beside the shop."""
    text = SHOP.replace('key="shop"', 'key="store"')
    for old, new in changes.values():
        text = text.replace(old, new)
    return lambda shop: shop.family("store", text)


CASES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "a module that is no Python": (
        family("FAMILY = Family(", "FAMILY = Family(("),
        ("families/shop.py:", "can't be loaded: '(' was never closed; fix the module"),
    ),
    "a module without a family": (family("FAMILY =", "OTHER ="), ("families/shop.py: no FAMILY is defined",)),
    "an unknown field": (family("owner=", "ownr="), ("family 'shop': ownr: no such field", "did you mean 'owner'?")),
    "a field that is missing": (family('    cost_centre="shop",\n', ""), ("family 'shop': cost_centre: required",)),
    "a wrong type": (
        family('title="Shop"', "title=7"),
        ("families/shop.py:", ": family 'shop': title: 7 is not allowed"),
    ),
    "an index name with a space": (
        family('Index(name="customer-index"', 'Index(name="customer index"'),
        ("index 'customer index'", "3 to 255 of a-z A-Z 0-9 _ . -", "rename it"),
    ),
    "a boolean as a key": (
        family('"status": "S"', '"customer": "BOOL"'),
        ("attribute 'customer' is BOOL", "keys are S, N or B"),
    ),
    "a TTL attribute that is a key": (
        family("            indexes=(", '            ttl="order_id",\n            indexes=('),
        ("TTL attribute 'order_id' is a key", "use another attribute"),
    ),
    "a retention that nothing keeps": (
        family("Retention(reason=", "Retention(days=7, reason="),
        ("retention of 7 days is promised", "name one in ttl"),
    ),
    "a query that no index serves": (
        family('key="customer = :customer"', 'key="status = :customer"'),
        ("access pattern 'orders-of-customer'", "names 'status', which is no key", "declare an index"),
    ),
    "an expression that is none": (
        family('key="customer = :customer"', 'key="customer = = :customer"'),
        ("not DynamoDB's grammar at column",),
    ),
    "a prefix without an end": (
        family('"shop-{table}"', '"shop{table}"'),
        ("the prefix 'shop' must end in",),
    ),
    "two tables of one name": (second(), ("shop/orders and store/orders would both be called 'shop-orders'",)),
    "a prefix that matches another's": (
        second(name=('"shop-{table}"', '"shop-b-{table}"')),
        ("the prefix 'shop-' of family 'shop'", "give one of them another table_name"),
    ),
    "a reserved name": (
        second(
            name=('"shop-{table}"', '"store-{table}"'),
            reserved=('owner="shop-team"', 'owner="shop-team", reserved=("shop-*",)'),
        ),
        ("'shop-orders', which is reserved", "rename it"),
    ),
    "a misspelt setting": (
        config(alarm="all"),
        ("Pulumi.local.yaml: dynamodb-tables:alarm: no such setting", "did you mean 'alarms'?"),
    ),
    "a family that is not there": (
        config(families=["shopp"]),
        ("Pulumi.local.yaml: dynamodb-tables:families: no family 'shopp'", "did you mean 'shop'?"),
    ),
    "40 days": (
        config(pointInTimeRecoveryDays=40),
        ("Pulumi.local.yaml: dynamodb-tables:pointInTimeRecoveryDays: 40 is not allowed", "35"),
    ),
    "an unknown level of alarms": (
        config(alarms="loud"),
        ("dynamodb-tables:alarms: 'loud' is not allowed", "'none', 'tables' or 'all'"),
    ),
    "no region": (config(aws__region=None), ("Pulumi.local.yaml: aws:region is not set", "set it")),
    "an endpoint that is not on this machine": (
        config(aws__endpoints=[{**LOOPBACK, "dynamodb": "http://10.0.0.1:1"}]),
        ("aws:endpoints: dynamodb is 'http://10.0.0.1:1'", "loopback"),
    ),
    "trust in everybody": (
        config(trust={"shop": {"principals": ["*"]}}),
        ("dynamodb-tables:trust.shop: principal '*' is not the ARN", "never *"),
    ),
    "capacity for no table": (
        config(provisioned={"shop/order": {"read": 1, "write": 1}}),
        ("no table 'shop/order'", "did you mean 'shop/orders'?"),
    ),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with project(tmp_path_factory.mktemp("refused"), families=("shop",)) as one:
        yield one


@pytest.fixture
def shop(shared: Project) -> Iterator[Project]:
    """The shared project, as it was before each case: a refused case leaves nothing behind."""
    before = shared.config_file.read_text()
    shared.family("shop", SHOP)
    yield shared
    shared.config_file.write_text(before)
    for module in ("shop", "store"):
        (shared.folder / "families" / f"{module}.py").unlink(missing_ok=True)


@pytest.mark.parametrize("case", CASES)
def test_a_malformed_input_gives_one_message_and_registers_nothing(shop: Project, case: str, tmp_path: Path) -> None:
    change, says = CASES[case]
    change(shop)
    done = shop.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", check=False)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    # The engine shows a message as it comes and once more at the end.
    (message,) = {line.split("error: ", 1)[1] for line in said.splitlines() if "error: " in line}
    for part in says:
        assert part in message
    assert [resource["type"] for resource in shop.state()] in ([], ["pulumi:pulumi:Stack"])
    assert shop.client("dynamodb").list_tables()["TableNames"] == []


def test_the_shop_that_the_cases_break_deploys(shop: Project) -> None:
    assert shop.plan()
