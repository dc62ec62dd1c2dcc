"""Changes of a small family, of its stage's settings or of a component, and what the guard is to make of each plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.engine.project import SHOP


def but(text: str, *changes: tuple[str, str]) -> str:
    """The text with other pieces in it; each must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def index(name: str, key: str = "") -> str:
    """An index by a key of its own."""
    return f'Index(name="{name}", hash_key=S("{key or name}-key"), purpose="a query of its own"),\n'


LOCAL = 'Index(name="local-index", local=True, hash_key=S("order_id"), range_key=S("status"), purpose="by status"),\n'
CARTS = """
        Table(
            name="carts",
            purpose="one item a cart",
            hash_key=S("cart_id"),
            classification="internal",
            retention=Retention(reason="until deleted"),
        ),
"""
END = "    ),\n    roles"
KEYS = 'hash_key=S("order_id"), range_key=S("day")'
BASE = but(
    SHOP,
    ("import Family", "import N, Family"),
    ('hash_key=S("order_id")', f'{KEYS}, ttl="ttl", stream="NEW_IMAGE"'),
    ("Retention(reason", "Retention(days=90, reason"),
    ("indexes=(\n", f"indexes=(\n{LOCAL}{index('old-index')}"),
    (END, f"{CARTS}{END}"),
)
"""A table with one of everything, and a plain one."""

KEY = "arn:aws:kms:eu-west-1:123456789012:key/first"
ENCRYPTED: dict[str, Any] = {
    "encryption": "customer-managed",
    "kmsKeyArns": {"eu-west-1": KEY, "us-east-1": KEY.replace("eu-west-1", "us-east-1")},
}
OTHER_KEY = {"kmsKeyArns": {"eu-west-1": KEY.replace("first", "second")}}
"""What the stage sets of keys: as it is deployed, and to move to another one."""

NO_INDEX = but(
    BASE,
    (index("old-index"), ""),
    ('Index(name="customer-index", hash_key=S("customer"), purpose="a customer\'s orders"),', ""),
    ('index="customer-index",', ""),
    ('key="customer = :customer"', 'key="order_id = :customer"'),
)
TTL, NO_TTL = 'ttl="ttl", ', (("Retention(days=90, reason", "Retention(reason"),)
RETYPED = (KEYS, KEYS.replace('S("day")', 'N("day")'))

COMPONENT = "name,\n            name=table.name"
RENAMED = ((COMPONENT, COMPONENT.replace("name,", 'f"{name}-x",', 1)),)
PROTECT = "protect=stage.protect,"
ALIASED = (*RENAMED, (PROTECT, f"{PROTECT} aliases=[pulumi.Alias(name=name)],"))
RECOVERY = "enabled=True, recovery_period_in_days=stage.point_in_time_recovery_days"
PROTECTION = "deletion_protection_enabled=stage.deletion_protection"


@dataclass(frozen=True)
class Case:
    """expected: the changes by table, the gravest first. component: pieces of components/table.py to exchange."""

    name: str
    expected: dict[str, list[str]]
    code: int
    family: str = BASE
    settings: dict[str, Any] | None = None
    component: tuple[tuple[str, str], ...] = ()


def both(*changes: str) -> dict[str, list[str]]:
    """The same changes of both tables."""
    return {"shop-orders": list(changes), "shop-carts": list(changes)}


CASES = (
    Case("nothing", {}, 0),
    Case("a new table", {"shop-lists": ["create"]}, 0, but(BASE, (END, CARTS.replace("cart", "list") + END))),
    Case("tags", both("in-place"), 0, settings={"tags": {"team": "shop"}}),
    Case("an index more", {"shop-orders": ["index-build"]}, 0, but(BASE, (LOCAL, LOCAL + index("new-index")))),
    Case("an alias for a new name", {}, 0, component=ALIASED),
    Case(
        "a secret name",
        {},
        0,
        component=(("name=table.name", 'name=pulumi.Output.secret(f"local-{name}")'),),
    ),
    Case("an index less", {"shop-orders": ["index-drop"]}, 2, but(BASE, (index("old-index"), ""))),
    Case(
        "two indexes more",
        {"shop-orders": ["several-index-changes", "index-build", "index-build"]},
        2,
        but(BASE, (LOCAL, LOCAL + index("a-index") + index("b-index"))),
    ),
    Case(
        "an index with another key",
        {"shop-orders": ["index-drop", "several-index-changes", "index-build"]},
        2,
        but(BASE, (index("old-index"), index("old-index", "other"))),
    ),
    Case("a table less", {"shop-carts": ["removal"]}, 2, but(BASE, (CARTS, ""))),
    Case("deletion protection off", both("protection-lost"), 2, settings={"deletionProtection": False}),
    Case("retention off", both("retention-lost"), 2, settings={"retainOnDelete": False}),
    Case("a shorter window", both("recovery-window"), 2, settings={"pointInTimeRecoveryDays": 7}),
    Case(
        "TTL off by its name",
        {"shop-orders": ["ttl-switch"]},
        2,
        but(BASE, (TTL, 'ttl_was="ttl", '), *NO_TTL),
    ),
    Case("another key", both("key-permission"), 3, settings=OTHER_KEY),
    Case(
        "another key, and roles keep the old one",
        both("in-place"),
        0,
        settings={**OTHER_KEY, "otherKmsKeyArns": {"eu-west-1": [KEY]}},
    ),
    Case("another view of the stream", {"shop-orders": ["stream"]}, 2, but(BASE, ("NEW_IMAGE", "KEYS_ONLY"))),
    Case(
        "a protection that is secret",
        both("unknown"),
        2,
        component=((PROTECTION, "deletion_protection_enabled=pulumi.Output.secret(False)"),),
    ),
    Case("recovery off", both("recovery-lost"), 3, component=((RECOVERY, "enabled=False"),)),
    Case(
        "another TTL attribute",
        {"shop-orders": ["ttl-attribute"]},
        3,
        but(BASE, ('ttl="ttl"', 'ttl="ends"'), ('"ttl": "N"', '"ends": "N"')),
    ),
    Case(
        "another range key",
        {"shop-orders": ["replacement"]},
        3,
        but(BASE, ('range_key=S("day")', 'range_key=S("hour")')),
    ),
    Case("other physical names", both("replacement"), 3, but(BASE, ("shop-{table}", "shop2-{table}"))),
    Case(
        "another type of an index's key",
        {"shop-orders": ["key-type", "index-drop", "several-index-changes", "index-build"]},
        3,
        but(BASE, ('hash_key=S("customer")', 'hash_key=N("customer")'), ('"c1"', "1")),
    ),
    Case(
        "another local index",
        {"shop-orders": ["local-index"]},
        3,
        but(BASE, ('range_key=S("status")', 'range_key=S("state")')),
    ),
    Case("another region", both("replacement", "key-permission", "region"), 3, but(BASE, ("eu-west-1", "us-east-1"))),
    Case(
        "a new name without an alias",
        {
            **both("removal"),
            "shop-orders-x": ["name-taken", "create"],
            "shop-carts-x": ["name-taken", "create"],
        },
        3,
        component=RENAMED,
    ),
)
