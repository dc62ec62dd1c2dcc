"""A data model as a person makes one in NoSQL Workbench, with what its files have: a music library of two tables."""

from __future__ import annotations

import copy
import json
from typing import Any


def _attribute(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": kind}


def _keys(partition: dict[str, str], sort: dict[str, str] | None = None) -> dict[str, dict[str, str]]:
    return {"PartitionKey": partition, **({"SortKey": sort} if sort else {})}


def _index(name: str, keys: dict[str, dict[str, str]], kind: str, **more: list[str]) -> dict[str, Any]:
    return {"IndexName": name, "KeyAttributes": keys, "Projection": {"ProjectionType": kind, **more}}


def _facet(name: str, alias: tuple[str, str], items: list[Any], attributes: list[str]) -> dict[str, Any]:
    return {
        "FacetName": name,
        "KeyAttributeAlias": {"PartitionKeyAlias": alias[0], "SortKeyAlias": alias[1]},
        "TableData": items,
        "NonKeyAttributes": attributes,
        "DataAccess": {"MySql": {}},
    }


FIRST: dict[str, dict[str, Any]] = {
    "PK": {"S": "ALBUM#a1"},
    "SK": {"S": "INFO"},
    "ArtistId": {"S": "ärtist-1"},
    "Year": {"N": "1969"},
    "Title": {"S": "First"},
    "Genres": {"SS": ["folk", "rock"]},
}
SECOND: dict[str, dict[str, Any]] = {
    "PK": {"S": "ALBUM#a2"},
    "SK": {"S": "INFO"},
    "ArtistId": {"S": "ärtist-1"},
    "Year": {"N": "1971"},
    "Title": {"S": "Second"},
}
OPENING: dict[str, dict[str, Any]] = {
    "PK": {"S": "ALBUM#a1"},
    "SK": {"S": "TRACK#01"},
    "Title": {"S": "Opening"},
    "Length": {"N": "201.5"},
}
PLAY: dict[str, dict[str, Any]] = {
    "play-id": {"B": "AP8Q"},
    "user": {"S": "u1"},
    "size": {"N": "3.5"},
    "detail": {"M": {"seen": {"L": [{"BOOL": True}, {"NULL": True}, {"BS": ["AA==", "AQ=="]}]}}},
}
MUSIC: dict[str, Any] = {
    "ModelName": "Music Library",
    "ModelMetadata": {
        "Author": "Ana",
        "DateCreated": "Mar 02, 2025, 09:18 PM",
        "DateLastModified": "Mar 03, 2025, 10:00 AM",
        "Description": "Albums with their tracks, and who listened to them.",
        "AWSService": "Amazon DynamoDB",
        "Version": "3.0",
    },
    "DataModel": [
        {
            "TableName": "Albums",
            "KeyAttributes": _keys(_attribute("PK", "S"), _attribute("SK", "S")),
            "NonKeyAttributes": [
                _attribute("ArtistId", "S"),
                _attribute("Year", "N"),
                _attribute("Title", "S"),
                _attribute("Genres", "SS"),
                _attribute("Length", "N"),
            ],
            "TableFacets": [
                _facet("album", ("ALBUM#{album_id}", "INFO"), [FIRST, SECOND], ["ArtistId", "Year", "Title", "Genres"]),
                _facet("track", ("AlbumId", "Position"), [OPENING], ["Title", "Length"]),
            ],
            "GlobalSecondaryIndexes": [
                _index(
                    "ArtistYear",
                    _keys(_attribute("ArtistId", "S"), _attribute("Year", "N")),
                    "INCLUDE",
                    NonKeyAttributes=["PK", "SK", "Title"],
                )
            ],
            "DataAccess": {"MySql": {}},
            "BillingMode": "PROVISIONED",
            "ProvisionedCapacitySettings": {"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}},
        },
        {
            "TableName": "plays",
            "KeyAttributes": _keys(_attribute("play-id", "B")),
            "NonKeyAttributes": [_attribute("user", "S"), _attribute("size", "N"), _attribute("detail", "M")],
            "TableFacets": [],
            "GlobalSecondaryIndexes": [
                _index("by.user", _keys(_attribute("user", "S")), "ALL"),
                _index("by-size", _keys(_attribute("size", "N")), "KEYS_ONLY"),
            ],
            "TableData": [PLAY],
            "DataAccess": {"MySql": {}},
            "SampleDataFormats": {"user": ["identifiers", "Username"]},
            "BillingMode": "PAY_PER_REQUEST",
        },
    ],
}


def changed(*place: str | int, to: Any = None, remove: bool = False) -> bytes:
    """The music library's file with another value at one place, or without it."""
    content = copy.deepcopy(MUSIC)
    holder: Any = content
    for part in place[:-1]:
        holder = holder[part]
    if remove:
        del holder[place[-1]]
    else:
        holder[place[-1]] = to
    return json.dumps(content).encode()
