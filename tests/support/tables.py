"""Tables made of the declaration by boto3, and the outputs and parameters that a deployment of them would have."""

from __future__ import annotations

import json
from typing import Any

from tablekit.contract import VERSION, Contract, expected_family
from tablekit.contract.golden import STREAM_LABEL
from tablekit.contract.parameters import Publication
from tablekit.model import Catalogue, Family, Index, StageConfig, Table
from tablekit.model.staged import Account, dashboard_name, staged_families
from tests.support import declare

ACCOUNT = "123456789012"


def create(client: Any, family: Family, table: Table, stage: str) -> None:
    """Make the table with its keys, indexes and TTL; one that is there is made anew."""
    name = family.table_name_for(table.name, stage)
    if name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)
    definition: dict[str, Any] = {
        "TableName": name,
        "AttributeDefinitions": [
            {"AttributeName": key.name, "AttributeType": key.type} for key in table.all_keys.values()
        ],
        "KeySchema": _schema(table),
        "BillingMode": "PAY_PER_REQUEST",
    }
    for field, local in (("GlobalSecondaryIndexes", False), ("LocalSecondaryIndexes", True)):
        if chosen := [_index(index) for index in table.indexes if index.local is local]:
            definition[field] = chosen
    client.create_table(**definition)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    if table.ttl:
        client.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"AttributeName": table.ttl, "Enabled": True}
        )


def outputs(catalogue: Catalogue, stage: StageConfig) -> Contract:
    """The contract of these families in the stage."""
    staged = staged_families(stage, catalogue)
    families = {key: expected_family(family, Account(ACCOUNT), STREAM_LABEL) for key, family in staged.items()}
    dashboard = dashboard_name(stage, stage.region)
    return Contract(contract_version=VERSION, stage=stage.stage, dashboard=dashboard, families=families)


def exported(family: Family, name: str = "dev", **settings: Any) -> dict[str, Any]:
    """A family's outputs in a stage that publishes them as parameters."""
    catalogue = Catalogue([family])
    contract = outputs(catalogue, declare.stage(name, catalogue, publishParameters=True, **settings))
    found: dict[str, Any] = contract.families[family.key].model_dump(by_alias=True)
    return found


def parameters(family: Family, name: str = "dev", **settings: Any) -> dict[str, str]:
    """The family's parameters in it, by name."""
    return Publication(declare.staged(family, name, publishParameters=True, **settings)).values(
        exported(family, name, **settings)
    )


def changed(text: str, **fields: Any) -> str:
    """A parameter's text with other fields."""
    return json.dumps({**json.loads(text), **fields})


def _schema(keyed: Table | Index) -> list[dict[str, str]]:
    return [
        {"AttributeName": key.name, "KeyType": kind} for key, kind in zip(keyed.keys, ("HASH", "RANGE"), strict=False)
    ]


def _index(index: Index) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection}
    if index.include:
        projection["NonKeyAttributes"] = sorted(index.include)
    return {"IndexName": index.name, "KeySchema": _schema(index), "Projection": projection}
