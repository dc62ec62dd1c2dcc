"""Changes of small families, of their stage's settings and of a component, and what the guard makes of each plan."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import Result

from tests.engine.project import SHOP, Project
from tests.support import aws
from tests.support.command import tablekit

FILES = ("--plan", "plan.json", "--state", "state.json")


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
    "kmsKeyArns": {
        region: KEY.replace("eu-west-1", region) for region in ("eu-west-1", "eu-west-2", "us-east-1", "us-west-2")
    },
}
OTHER_KEY = {"kmsKeyArns": {region: key.replace("first", "second") for region, key in ENCRYPTED["kmsKeyArns"].items()}}
OLD_KEY = {"otherKmsKeyArns": {region: [key] for region, key in ENCRYPTED["kmsKeyArns"].items()}}
"""What the stage sets of keys: as it is deployed, to move to another one, and to keep the permission on the first."""

NO_INDEX = but(
    BASE,
    (index("old-index"), ""),
    ('Index(name="customer-index", hash_key=S("customer"), purpose="a customer\'s orders"),', ""),
    ('index="customer-index",', ""),
    ('key="customer = :customer"', 'key="order_id = :customer"'),
)
TTL, NO_TTL = 'ttl="ttl", ', (("Retention(days=90, reason", "Retention(reason"),)
RETYPED = (KEYS, KEYS.replace('S("day")', 'N("day")'))


@dataclass(frozen=True)
class Case:
    """One family among others in a plan.

    key: its key and its tables' prefix. expected: the changes by table, the gravest first. code: the exit code of these
    alone. family: the module as it is planned, where it changes. base: as it is deployed.
    """

    key: str
    expected: dict[str, list[str]]
    code: int
    family: str = BASE
    base: str = BASE

    def module(self, text: str) -> str:
        """A module's text, of the family of this case."""
        return but(text, ('key="shop"', f'key="{self.key}"'), ('table_name="shop', f'table_name="{self.key}'))


def both(*changes: str) -> dict[str, list[str]]:
    """The same changes of both tables."""
    return {"orders": list(changes), "carts": list(changes)}


CASES = (
    Case("same", {}, 0),
    Case("table-more", {"lists": ["create"]}, 0, but(BASE, (END, CARTS.replace("cart", "list") + END))),
    Case("index-more", {"orders": ["index-build"]}, 0, but(BASE, (LOCAL, LOCAL + index("new-index")))),
    Case(
        "adopted",
        {"carts": ["adoption", "in-place"]},
        0,
        but(BASE, ("eu-west-1", "eu-west-2")),
        but(BASE, ("eu-west-1", "eu-west-2"), (CARTS, "")),
    ),
    Case("aliased", {}, 0),
    Case("secret-name", {}, 0),
    Case("index-less", {"orders": ["index-drop"]}, 2, but(BASE, (index("old-index"), ""))),
    Case(
        "two-indexes-more",
        {"orders": ["several-index-changes", "index-build", "index-build"]},
        2,
        but(BASE, (LOCAL, LOCAL + index("a-index") + index("b-index"))),
    ),
    Case(
        "index-rekeyed",
        {"orders": ["index-drop", "several-index-changes", "index-build"]},
        2,
        but(BASE, (index("old-index"), index("old-index", "other"))),
    ),
    Case("table-less", {"carts": ["removal"]}, 2, but(BASE, (CARTS, ""))),
    Case("ttl-off", {"orders": ["ttl-switch"]}, 2, but(BASE, (TTL, 'ttl_was="ttl", '), *NO_TTL)),
    Case("other-stream", {"orders": ["stream"]}, 2, but(BASE, ("NEW_IMAGE", "KEYS_ONLY"))),
    Case("secret-protection", both("unknown"), 2),
    Case("ignored", both("options-set"), 2),
    Case("unencrypted", both("protection-lost"), 2),
    Case("unrecovered", both("recovery-lost"), 3),
    Case(
        "other-ttl",
        {"orders": ["ttl-attribute"]},
        3,
        but(BASE, ('ttl="ttl"', 'ttl="ends"'), ('"ttl": "N"', '"ends": "N"')),
    ),
    Case("other-range-key", {"orders": ["replacement"]}, 3, but(BASE, ('range_key=S("day")', 'range_key=S("hour")'))),
    Case(
        "tag-replaces", both("replacement", "options-set"), 3, but(BASE, ('cost_centre="shop"', 'cost_centre="other"'))
    ),
    Case("other-names", both("replacement"), 3, but(BASE, ("shop-{table}", "shop2-{table}"))),
    Case(
        "index-key-retyped",
        {"orders": ["key-type", "index-drop", "several-index-changes", "index-build"]},
        3,
        but(BASE, ('hash_key=S("customer")', 'hash_key=N("customer")'), ('"c1"', "1")),
    ),
    Case("lsi", {"orders": ["local-index"]}, 3, but(BASE, ('range_key=S("status")', 'range_key=S("state")'))),
    Case(
        "other-region",
        both("replacement", "key-permission", "region"),
        3,
        but(BASE, ("eu-west-1", "us-east-1")),
        but(BASE, ("eu-west-1", "us-west-2")),
    ),
    Case(
        "renamed",
        {**both("removal"), "orders-x": ["name-taken", "create"], "carts-x": ["name-taken", "create"]},
        3,
    ),
)
"""Changes of a declaration or of the component, each of a family of its own: one plan has all of them."""

COMPONENT = (
    (
        "        resource = register(\n",
        "        if family.key in ('aliased', 'renamed'):\n"
        "            expected = replace(expected, name=f'{name}-x')\n"
        "        expected.inputs.update({\n"
        "            'secret-name': {'name': pulumi.Output.secret(table.name)},\n"
        "            'unrecovered': {'pointInTimeRecovery': {'enabled': False}},\n"
        "            'unencrypted': {'serverSideEncryption': {'enabled': False}},\n"
        "            'secret-protection': {'deletionProtectionEnabled': pulumi.Output.secret(False)},\n"
        "        }.get(family.key, {}))\n"
        "        resource = register(\n",
    ),
    (
        "protect=expected.protect,",
        "protect=expected.protect, aliases=[pulumi.Alias(name=name)] if family.key == 'aliased' else None,"
        "import_=table.name if name == 'adopted-carts' else None,"
        "replace_on_changes=['tags'] if family.key == 'tag-replaces' else None,",
    ),
    (
        "capacity.left_alone(expected, present),",
        "capacity.left_alone(expected, present) + ['deletionProtectionEnabled'] * (family.key == 'ignored'),",
    ),
    ("from typing import Any, Final", "from dataclasses import replace\nfrom typing import Any, Final"),
)
"""Pieces of components/table.py, and what stands there in the plan of the cases."""

SETTINGS: tuple[tuple[dict[str, Any], list[str], int], ...] = (
    ({"tags": {"team": "shop"}, **OTHER_KEY, **OLD_KEY}, ["in-place"], 0),
    (
        {"deletionProtection": False, "retainOnDelete": False, "pointInTimeRecoveryDays": 7, **OTHER_KEY},
        ["key-permission", "recovery-window", "protection-lost", "retention-lost"],
        3,
    ),
)
"""Changes of the stage's settings, what each table has of them, and the exit code."""


@dataclass
class Guarded:
    """A deployed project, and the files that the guard reads."""

    project: Project
    folder: Path

    @property
    def component(self) -> Path:
        return self.project.folder / "components" / "table.py"

    def deploy(self, **settings: Any) -> None:
        self.project.set(alarms="none", compositeAlarms=None, **settings)
        self.project.up()
        self.keep_state()

    def keep_state(self) -> None:
        (self.folder / "state.json").write_text(self.project.pulumi("stack", "export").stdout)

    def preview(self, *words: str) -> None:
        done = self.project.pulumi("preview", "--json", "--show-sames", *words, check=False)
        (self.folder / "plan.json").write_text(done.stdout)

    def tablekit(self, *words: str, **environment: str) -> Result:
        """Run a command of `tablekit` on the two files."""
        return tablekit(words[0], *FILES, *words[1:], folder=self.folder, environment=environment)

    def index_steps(self) -> str:
        """What `tablekit index-steps --run` says."""
        server = {**aws.KEYS, "AWS_ENDPOINT_URL": self.project.emulator.endpoint}
        done = self.tablekit("index-steps", "--run", "--yes", **server)
        assert done.exit_code == 0, done.stderr
        return done.stdout

    def judged(self, *words: str) -> tuple[dict[str, list[str]], int, dict[str, Any]]:
        """The changes by table without those of none, the exit code, the whole report."""
        done = self.tablekit("guard", "--format", "json", *words)
        report = json.loads(done.stdout)
        changes = {table["name"]: [change["change"] for change in table["changes"]] for table in report["tables"]}
        return {name: found for name, found in changes.items() if found != ["none"]}, done.exit_code, report
