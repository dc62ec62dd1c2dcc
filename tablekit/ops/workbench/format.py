"""The data model file of NoSQL Workbench for DynamoDB, version 3.0.

AWS publishes no description of it. The fields are those of the files that the application exports and of the samples
that AWS gives away; older versions (1.0, 2.0) have the same ones. Names are in PascalCase there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from tablekit.model.attributes import AttributeType, KeyType
from tablekit.model.documents import DocumentError, json_object
from tablekit.model.explain import findings
from tablekit.ops.errors import WorkbenchError

Item = dict[str, dict[str, Any]]
"""An item in DynamoDB JSON."""
Place = tuple[int | str, ...]
"""Where something stands in the document: names of fields and positions in lists."""


class Part(BaseModel):
    """Base of the file's parts: its names; what is no field of a part is kept aside."""

    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=to_pascal, populate_by_name=True)


class Metadata(Part):
    """Who made the model, and when; dates as `May 11, 2023, 09:18 PM`."""

    author: str = ""
    date_created: str
    date_last_modified: str
    description: str = ""
    aws_service: Literal["Amazon DynamoDB"] = Field(default="Amazon DynamoDB", alias="AWSService")
    version: Literal["3.0", "2.0", "1.0"]


class KeyAttribute(Part):
    """A partition or sort key."""

    attribute_name: str
    attribute_type: KeyType


class KeyAttributes(Part):
    """The key of a table or of an index."""

    partition_key: KeyAttribute
    sort_key: KeyAttribute | None = None


class NonKeyAttribute(Part):
    """An attribute that is no key of the table; it may be one of an index."""

    attribute_name: str
    attribute_type: AttributeType


class Projection(Part):
    """What an index holds. The keys may be named among `non_key_attributes`."""

    projection_type: Literal["ALL", "KEYS_ONLY", "INCLUDE"]
    non_key_attributes: tuple[str, ...] | None = None


class GlobalIndex(Part):
    """A global secondary index."""

    index_name: str
    key_attributes: KeyAttributes
    projection: Projection


class KeyAlias(Part):
    """What a facet calls the key attributes."""

    partition_key_alias: str
    sort_key_alias: str | None = None


class DataAccess(Part):
    """A MySQL source of sample data; empty where there is none."""

    my_sql: dict[str, Any] = {}


class Facet(Part):
    """A view of one kind of item: names for its keys, its attributes, its sample items."""

    facet_name: str
    key_attribute_alias: KeyAlias
    table_data: tuple[Item, ...] = ()
    non_key_attributes: tuple[str, ...] = ()
    data_access: DataAccess = DataAccess()


class DataTable(Part):
    """A table. Its sample items stand in its facets where it has some, else in `table_data`."""

    table_name: str
    key_attributes: KeyAttributes
    non_key_attributes: tuple[NonKeyAttribute, ...] = ()
    table_facets: tuple[Facet, ...] = ()
    global_secondary_indexes: tuple[GlobalIndex, ...] = ()
    table_data: tuple[Item, ...] | None = None
    data_access: DataAccess = DataAccess()
    sample_data_formats: dict[str, Any] | None = None
    billing_mode: Literal["PAY_PER_REQUEST", "PROVISIONED"] = "PAY_PER_REQUEST"
    provisioned_capacity_settings: dict[str, Any] | None = None


class DataModel(Part):
    """The whole file."""

    model_name: str
    model_metadata: Metadata
    data_model: tuple[DataTable, ...] = Field(min_length=1)


def dotted(place: Place) -> str:
    """A place as a person reads it: `DataModel[0].KeyAttributes.SortKey`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def text_of(model: DataModel) -> str:
    """The file's text: two spaces of indent, fields in the application's order, ends in a line feed."""
    return json.dumps(model.model_dump(by_alias=True, exclude_none=True), indent=2, ensure_ascii=False) + "\n"


def read(raw: bytes, source: str) -> tuple[DataModel, list[Place]]:
    """The model in a file's bytes, and the places of the fields that are not known and were passed over.

    source: the file, for messages. Raises WorkbenchError, whose one line names the place in the document.
    """
    try:
        model = DataModel.model_validate(json_object(raw, Decimal), by_alias=True, by_name=False)
    except DocumentError as error:
        raise WorkbenchError(f"{source}: {error}; give a data model exported by NoSQL Workbench") from None
    except ValidationError as error:
        raise WorkbenchError(f"{source}: {findings(error, advice=_advice)[0]}") from None
    unknown = []
    for place, value in _unknown(model, ()):
        if value and place[-1] == "LocalSecondaryIndexes":
            # An index that is passed over would be missing from the family, and can't be added to a table later.
            raise WorkbenchError(
                f"{source}: {dotted(place)}: local secondary indexes have no place in the format that is known here; "
                "remove them, and declare each in the module by hand, with local=True"
            )
        unknown.append(place)
    return model, unknown


def _advice(finding: Any) -> str | None:
    missing = finding["type"] == "missing"
    return "required, and not there; is this a data model exported by NoSQL Workbench?" if missing else None


def _unknown(part: Part, place: Place) -> Iterator[tuple[Place, Any]]:
    """What stands in a part and the parts within it, and is no field of theirs."""
    for name, field in type(part).model_fields.items():
        value, at = getattr(part, name), (*place, str(field.alias))
        inner = (
            [((*at, number), each) for number, each in enumerate(value)] if isinstance(value, tuple) else [(at, value)]
        )
        for where, each in inner:
            if isinstance(each, Part):
                yield from _unknown(each, where)
    yield from (((*place, name), value) for name, value in (part.model_extra or {}).items())
