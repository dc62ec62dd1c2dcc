"""Glue's types, for Athena. moto has them and says no ARN of either: the stack's state holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..codecs import NESTED, capitalized
from ..spec import Prop, ResourceType
from ..values import Props


def _database(inputs: Props) -> Iterator[tuple[str, Props]]:
    own = capitalized({name: inputs[name] for name in ("name", "description") if name in inputs})
    yield "create_database", {"DatabaseInput": own, **({"Tags": inputs["tags"]} if inputs.get("tags") else {})}


DATABASE: Final = ResourceType(
    "aws:glue/catalogDatabase:CatalogDatabase",
    service="glue",
    named="name",
    id="{name}",
    props=(Prop("name", replace=True), Prop("description"), Prop("tags", default={}), Prop("arn", output=True)),
    requests=_database,
    held={"arn": "arn:aws:glue:{region}:{account}:database/{name}"},
)

_INPUTS: Final = ("name", "description", "tableType", "parameters", "partitionKeys", "storageDescriptor")


def _table(inputs: Props) -> Iterator[tuple[str, Props]]:
    given = {name: inputs[name] for name in _INPUTS if name in inputs}
    parameters = given.pop("parameters", None)  # whose names are their own
    stored = {
        ("serdeInfo" if name == "serDeInfo" else name): value
        for name, value in given.pop("storageDescriptor", {}).items()
    }
    made = capitalized({**given, **({"storageDescriptor": stored} if stored else {})})
    table = {**made, **({"Parameters": parameters} if parameters else {})}
    yield "create_table", {"DatabaseName": inputs.get("databaseName"), "TableInput": table}


TABLE: Final = ResourceType(
    "aws:glue/catalogTable:CatalogTable",
    service="glue",
    named="name",
    id="{databaseName}:{name}",
    props=(
        Prop("name", replace=True),
        Prop("databaseName", replace=True),
        Prop("description"),
        Prop("tableType"),
        Prop("parameters", default={}),
        Prop("partitionKeys"),
        Prop("storageDescriptor", codec=NESTED),
        Prop("arn", output=True),
    ),
    requests=_table,
    held={"arn": "arn:aws:glue:{region}:{account}:table/{databaseName}/{name}"},
)

TYPES: Final = (DATABASE, TABLE)
