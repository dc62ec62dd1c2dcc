"""The data model file of NoSQL Workbench for DynamoDB, version 3.0.

AWS publishes no description of it. The fields are those of the files that the application exports and of the samples
that AWS gives away; older versions (1.0, 2.0) have the same ones. Names are in PascalCase there.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from tablekit.model.attributes import AttributeType, KeyType
from tablekit.model.documents import DocumentError, distinct
from tablekit.ops.errors import WorkbenchError

Item = dict[str, dict[str, Any]]
"""An item in DynamoDB JSON."""
Place = tuple[int | str, ...]
"""Where something stands in the document: names of fields and positions in lists."""

_UNKNOWN = "extra_forbidden"
_SHOWN = 80


class Part(BaseModel):
    """Base of the file's parts: its names, and no field besides."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal, populate_by_name=True)


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
    content = _object(raw, source)
    unknown: list[Place] = []
    while True:
        try:
            return DataModel.model_validate(content, by_alias=True, by_name=False), unknown
        except ValidationError as error:
            findings = error.errors(include_url=False, include_context=False)
        # What is not known first: a part that has such a field counts as missing from its list.
        places = [finding["loc"] for finding in findings if finding["type"] == _UNKNOWN]
        if not places:
            raise WorkbenchError(f"{source}: {_said(findings[0])}")
        for place in places:
            _refuse_local_index(content, place, source)
            _remove(content, place)
        unknown += places


def _said(finding: Any) -> str:
    place, given = dotted(finding["loc"]), finding["input"]
    if finding["type"] == "missing":
        return f"{place}: required, and not there; is this a data model exported by NoSQL Workbench?"
    shown = f"a JSON {_JSON[type(given)]}" if type(given) in _JSON else repr(given)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    message = re.sub(
        r" or instance of \w+", "", finding["msg"].replace("tuple", "array").replace("dictionary", "object")
    )
    return f"{place}: {shown} is not allowed: {message[:1].lower()}{message[1:]}"


_JSON: dict[type, str] = {Decimal: "number with a fraction", dict: "object", list: "array"}


def _refuse_local_index(content: Any, place: Place, source: str) -> None:
    """An index that is passed over would be missing from the family, and can't be added to a table later."""
    if place[-1] == "LocalSecondaryIndexes" and _at(content, place):
        raise WorkbenchError(
            f"{source}: {dotted(place)}: local secondary indexes have no place in the format that is known here; "
            "remove them, and declare each in the module by hand, with local=True"
        )


def _at(content: Any, place: Place) -> Any:
    for part in place:
        content = content[part]
    return content


def _remove(content: Any, place: Place) -> None:
    del _at(content, place[:-1])[place[-1]]


def _object(raw: bytes, source: str) -> dict[str, Any]:
    try:
        content = json.loads(
            raw.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=distinct
        )
        json.dumps(content, ensure_ascii=False, default=str).encode()  # half a surrogate pair could not be written
    except UnicodeDecodeError:
        raise WorkbenchError(f"{source}: not UTF-8; export the model from NoSQL Workbench again") from None
    except json.JSONDecodeError as error:
        what = f"not JSON at line {error.lineno}, column {error.colno}" if raw.strip() else "empty"
        raise WorkbenchError(f"{source}: {what}; give a data model exported by NoSQL Workbench") from None
    except DocumentError as error:
        raise WorkbenchError(f"{source}: {error}; export the model from NoSQL Workbench again") from None
    except (ValueError, RecursionError):  # NaN, a number of thousands of digits, thousands of levels, half a character
        raise WorkbenchError(f"{source}: not JSON that NoSQL Workbench writes; export the model again") from None
    if not isinstance(content, dict):
        raise WorkbenchError(f"{source}: a JSON {type(content).__name__}, not an object; give a data model file")
    return content


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
