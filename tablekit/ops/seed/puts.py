"""Puts a family's own items, each on the condition that it is not there: a second run changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, cast

from botocore import exceptions

from tablekit.client.aws import Clients
from tablekit.ops.seed.family_items import FamilyItem
from tablekit.ops.seed.load import shown_key
from tablekit.ops.seed.target import calling, reach
from tablekit.ops.seed.values import Item, from_boto, same, to_boto

What = Literal["written", "unchanged", "renewed", "overwritten", "different"]
"""renewed: it was there, expired. different: it is there with other content, and stays."""


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


def put_all(clients: Clients, items: Iterable[FamilyItem], now: float, overwrite: bool, concurrency: int) -> list[Put]:
    """Put every item that is not there. now: epoch seconds, what has expired by then is renewed. Raises CallError."""
    items = list(items)
    for target in {each.target.region: each.target for each in items}.values():
        reach(clients, target)
    with ThreadPoolExecutor(concurrency, thread_name_prefix="seed") as pool:
        futures = [pool.submit(_put, clients, item, now, overwrite) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                future.cancel()
            raise


def _put(clients: Clients, each: FamilyItem, now: float, overwrite: bool) -> Put:
    table, name = each.target.table, each.target.exported.name
    client = clients.get("dynamodb", each.target.region)
    condition = {
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": table.hash_key.name},
    }
    with calling(each.target):
        stored, units = _write(client, name, each.item, condition)
        if stored is None:
            return Put(each, "written", units)
        there, here = stored or _get(client, name, each), dict(each.item)
        expiry, kept = (there.pop(table.ttl, None), here.pop(table.ttl, None)) if table.ttl else (None, None)
        if same(there, here) and (expiry is None) == (kept is None):
            if expiry is None or "N" not in expiry or float(expiry["N"]) > now:
                return Put(each, "unchanged")
            unchanged = {
                "ConditionExpression": "#ttl = :expired",
                "ExpressionAttributeNames": {"#ttl": table.ttl},
                "ExpressionAttributeValues": {":expired": expiry},
            }
            refused, units = _write(client, name, each.item, unchanged)
            if refused is None:
                return Put(each, "renewed", units)
        if overwrite:
            _, units = _write(client, name, each.item, {})
            return Put(each, "overwritten", units)
    return Put(each, "different")


def _write(client: Any, table: str, item: Item, condition: dict[str, Any]) -> tuple[Item | None, float]:
    """Put it; gives None, or what is there where the condition refused (empty, if the answer doesn't tell)."""
    asked = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if condition else {}
    try:
        answer = client.put_item(
            TableName=table, Item=to_boto(item), ReturnConsumedCapacity="TOTAL", **condition, **asked
        )
    except exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
            raise
        return from_boto(cast("Any", error.response).get("Item") or {}), 0.0
    return None, float(answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0))


def _get(client: Any, table: str, each: FamilyItem) -> Item:
    key = to_boto({name: each.item[name] for name in each.target.keys})
    found = client.get_item(TableName=table, Key=key, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    return from_boto(found.get("Item") or {})
