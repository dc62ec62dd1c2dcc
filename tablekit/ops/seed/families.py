"""A family's own items: its samples and its reference data, which lie beside its declaration, and how they are put.

`samples/<family>/<table>.jsonl` in the package that declares the family are for every stage but prod;
`reference/<family>/<table>.jsonl`, what the system can't run without, for prod too. Both are DynamoDB JSON lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from typing import Any, Literal

from tablekit.client.aws import Clients
from tablekit.client.errors import ConditionFailedError
from tablekit.model.table import Table
from tablekit.ops.errors import BadLinesError
from tablekit.ops.samples import Kind, folders, read_items
from tablekit.ops.seed.target import Target, calling, describe_target
from tablekit.ops.seed.values import TypedItem, same, shown_key
from tablekit.ops.signed_http import SignedHttpClient

What = Literal["written", "unchanged", "renewed", "overwritten", "different"]
"""renewed: it was there, expired. different: it is there with other content, and stays."""
DAY = int(timedelta(days=1).total_seconds())
LIFETIME_DAYS = 30
"""How long a sample lives whose table promises no retention."""


@dataclass(frozen=True)
class FamilyItem:
    """One item for one table."""

    target: Target
    item: TypedItem


@dataclass(frozen=True)
class Put:
    """What became of an item. units: write capacity consumed."""

    item: FamilyItem
    what: What
    units: float = 0.0

    @property
    def shown(self) -> str:
        """As a person knows it."""
        return f"{self.item.target.name}: {shown_key(self.item.item, self.item.target.keys)}"


def family_items(targets: Iterable[Target], kinds: Iterable[Kind], now: float) -> list[FamilyItem]:
    """Every item of these tables, checked, expired ones with a life before them.

    now: epoch seconds. Raises BadLinesError, which names every bad line.
    """
    found: list[FamilyItem] = []
    problems: list[str] = []
    places = folders()
    wanted = list(kinds)
    for target in targets:
        for kind in wanted:
            source = places[target.family.key] / kind / target.family.key / f"{target.table.name}.jsonl"
            items, bad = read_items(source, f"{kind}/{target.name}.jsonl", target.table)
            problems += bad
            found += [] if bad else shifted([FamilyItem(target, item) for item in items], target.table, now)
    if problems:
        raise BadLinesError("\n".join([*problems, f"{len(problems)} bad lines; nothing was written"]))
    return found


def shifted(items: list[FamilyItem], table: Table, now: float) -> list[FamilyItem]:
    """The items, expired ones later by a number of whole days that is the same for all of the table.

    The first to expire then has the table's retention before it (30 days where it promises none), so that what lay
    between two expiries stays between them.
    """
    if table.ttl is None:
        return items
    times = [int(each.item[table.ttl]["N"]) if "N" in each.item.get(table.ttl, {}) else None for each in items]
    expired = [time for time in times if time is not None and time <= now]
    if not expired:
        return items
    life = (table.retention.days or LIFETIME_DAYS) * DAY
    later = ceil((now + life - min(expired)) / DAY) * DAY
    return [
        each if time is None or time > now else replace(each, item={**each.item, table.ttl: {"N": str(time + later)}})
        for each, time in zip(items, times, strict=True)
    ]


def put_all(clients: Clients, items: Iterable[FamilyItem], now: float, overwrite: bool, concurrency: int) -> list[Put]:
    """Put every item, on the condition that it is not there: a second run changes nothing. Raises CallError.

    now: epoch seconds, what has expired by then is renewed.
    """
    items = list(items)
    regions = {each.target.region: each.target for each in items}
    for target in regions.values():
        describe_target(clients, target)
    with ExitStack() as stack:
        senders = {region: stack.enter_context(closing(SignedHttpClient(clients, region))) for region in regions}
        pool = stack.enter_context(ThreadPoolExecutor(concurrency, thread_name_prefix="seed"))
        # Where one fails, what has not begun is cancelled.
        return list(pool.map(lambda each: _put(senders[each.target.region], each, now, overwrite), items))


def _put(client: SignedHttpClient, each: FamilyItem, now: float, overwrite: bool) -> Put:
    table = each.target.table
    absent = {
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": table.hash_key.name},
    }
    with calling(each.target):
        there, units = _write(client, each, absent)
        if there is None:
            return Put(each, "written", units)
        here = dict(each.item)
        expiry, own = (there.pop(table.ttl, None), here.pop(table.ttl, None)) if table.ttl else (None, None)
        if same(there, here) and (expiry is None) == (own is None):
            if expiry is None or "N" not in expiry or float(expiry["N"]) > now:
                return Put(each, "unchanged")
            expired = {
                "ConditionExpression": "#ttl = :expired",
                "ExpressionAttributeNames": {"#ttl": table.ttl},
                "ExpressionAttributeValues": {":expired": expiry},
            }
            refused, units = _write(client, each, expired)
            if refused is None:
                return Put(each, "renewed", units)
        if overwrite:
            _, units = _write(client, each, {})
            return Put(each, "overwritten", units)
    return Put(each, "different")


def _write(client: SignedHttpClient, each: FamilyItem, condition: dict[str, Any]) -> tuple[TypedItem | None, float]:
    """Put it; gives None, or what is there where the condition refused."""
    request = {"TableName": each.target.exported.name, "Item": each.item, **condition}
    if condition:
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    try:
        answer = client.call(each.target.subject, "PutItem", request)
    except ConditionFailedError as error:
        there: TypedItem | None = getattr(error.__cause__, "response", {}).get("Item")
        return there or _get(client, each), 0.0
    return None, float(answer["ConsumedCapacity"]["CapacityUnits"])


def _get(client: SignedHttpClient, each: FamilyItem) -> TypedItem:
    """What is there, from an emulator whose refusal does not tell."""
    key = {name: each.item[name] for name in each.target.keys}
    request = {"TableName": each.target.exported.name, "Key": key, "ConsistentRead": True}
    found: TypedItem = client.call(each.target.subject, "GetItem", request).get("Item") or {}
    return found
