"""What is loaded: items that no file of this project holds, made anew for each size, and the table they go to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tablekit.contract.v1 import ExportedKey, ExportedTable
from tablekit.model import Attribute, Family, Retention, Role, S, Table
from tablekit.ops.seed.target import Target

REGION = "eu-west-1"
TABLE = Table(
    name="orders",
    purpose="one item an order",
    hash_key=S("id"),
    classification="internal",
    retention=Retention(reason="a benchmark's"),
    attributes={"total": Attribute(type="N"), "paid": Attribute(type="BOOL")},
)
FAMILY = Family(
    key="shop",
    title="Shop",
    document="none",
    table_name="shop-{table}",
    owner="nobody",
    cost_centre="none",
    tables=(TABLE,),
    roles=(Role(name="app", purpose="the shop", access="read-write"),),
)


def item(number: int) -> dict[str, Any]:
    """An order of some 330 bytes in JSON: texts, numbers, a truth value, a list and a map."""
    return {
        "id": f"order-{number:09}",
        "customer": f"customer-{number % 9973:05}",
        "status": ("open", "paid", "sent", "returned")[number % 4],
        "total": number % 100_000 / 100,
        "lines": number % 7 + 1,
        "paid": number % 4 > 0,
        "day": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "tags": ["gift", "express"],
        "address": {"street": f"{number % 300} High Street", "city": "London", "zone": number % 6},
        "note": "Please leave it with the neighbour at number seven, who is at home all day.",
    }


def write(path: Path, count: int) -> None:
    """The items as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(item(number)) + "\n")


def target(name: str) -> Target:
    """The table of that name, as a stage's outputs would have it."""
    exported = ExportedTable(
        name=name,
        arn=f"arn:aws:dynamodb:{REGION}:000000000000:table/{name}",
        hash_key=ExportedKey(name="id", type="S"),
        indexes={},
    )
    return Target(FAMILY, TABLE, exported, REGION, "dev")


def session() -> Any:
    """A boto3 session with credentials that these servers take as any others."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)


def client(endpoint: str) -> Any:
    """A boto3 client for the server."""
    return session().client("dynamodb", endpoint_url=endpoint, config=Config(read_timeout=600))


def make_table(endpoint: str, name: str) -> None:
    """Create the table."""
    client(endpoint).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def count(endpoint: str, name: str) -> int:
    """How many items the table has."""
    pages = client(endpoint).get_paginator("scan").paginate(TableName=name, Select="COUNT")
    return sum(page["Count"] for page in pages)


def drop_table(endpoint: str, name: str) -> None:
    """Delete the table."""
    client(endpoint).delete_table(TableName=name)
