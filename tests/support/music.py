"""A data model as a person makes one in NoSQL Workbench, with what its files have: a music library of two tables."""

from __future__ import annotations

import copy
import json
from typing import Any

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
            "KeyAttributes": {
                "PartitionKey": {"AttributeName": "PK", "AttributeType": "S"},
                "SortKey": {"AttributeName": "SK", "AttributeType": "S"},
            },
            "NonKeyAttributes": [
                {"AttributeName": "ArtistId", "AttributeType": "S"},
                {"AttributeName": "Year", "AttributeType": "N"},
                {"AttributeName": "Title", "AttributeType": "S"},
                {"AttributeName": "Genres", "AttributeType": "SS"},
                {"AttributeName": "Length", "AttributeType": "N"},
            ],
            "TableFacets": [
                {
                    "FacetName": "album",
                    "KeyAttributeAlias": {"PartitionKeyAlias": "ALBUM#{album_id}", "SortKeyAlias": "INFO"},
                    "TableData": [
                        {
                            "PK": {"S": "ALBUM#a1"},
                            "SK": {"S": "INFO"},
                            "ArtistId": {"S": "ärtist-1"},
                            "Year": {"N": "1969"},
                            "Title": {"S": "First"},
                            "Genres": {"SS": ["folk", "rock"]},
                        },
                        {
                            "PK": {"S": "ALBUM#a2"},
                            "SK": {"S": "INFO"},
                            "ArtistId": {"S": "ärtist-1"},
                            "Year": {"N": "1971"},
                            "Title": {"S": "Second"},
                        },
                    ],
                    "NonKeyAttributes": ["ArtistId", "Year", "Title", "Genres"],
                    "DataAccess": {"MySql": {}},
                },
                {
                    "FacetName": "track",
                    "KeyAttributeAlias": {"PartitionKeyAlias": "AlbumId", "SortKeyAlias": "Position"},
                    "TableData": [
                        {
                            "PK": {"S": "ALBUM#a1"},
                            "SK": {"S": "TRACK#01"},
                            "Title": {"S": "Opening"},
                            "Length": {"N": "201.5"},
                        }
                    ],
                    "NonKeyAttributes": ["Title", "Length"],
                    "DataAccess": {"MySql": {}},
                },
            ],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "ArtistYear",
                    "KeyAttributes": {
                        "PartitionKey": {"AttributeName": "ArtistId", "AttributeType": "S"},
                        "SortKey": {"AttributeName": "Year", "AttributeType": "N"},
                    },
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["PK", "SK", "Title"]},
                }
            ],
            "DataAccess": {"MySql": {}},
            "BillingMode": "PROVISIONED",
            "ProvisionedCapacitySettings": {
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
                "AutoScalingRead": {
                    "ScalableTargetRequest": {"MinCapacity": 1, "MaxCapacity": 10},
                    "ScalingPolicyConfiguration": {"TargetValue": 70},
                },
            },
        },
        {
            "TableName": "plays",
            "KeyAttributes": {"PartitionKey": {"AttributeName": "play-id", "AttributeType": "B"}},
            "NonKeyAttributes": [
                {"AttributeName": "user", "AttributeType": "S"},
                {"AttributeName": "size", "AttributeType": "N"},
                {"AttributeName": "detail", "AttributeType": "M"},
            ],
            "TableFacets": [],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by.user",
                    "KeyAttributes": {"PartitionKey": {"AttributeName": "user", "AttributeType": "S"}},
                    "Projection": {"ProjectionType": "ALL"},
                },
                {
                    "IndexName": "by-size",
                    "KeyAttributes": {"PartitionKey": {"AttributeName": "size", "AttributeType": "N"}},
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                },
            ],
            "TableData": [
                {
                    "play-id": {"B": "AP8Q"},
                    "user": {"S": "u1"},
                    "size": {"N": "3.5"},
                    "detail": {"M": {"seen": {"L": [{"BOOL": True}, {"NULL": True}, {"BS": ["AA==", "AQ=="]}]}}},
                }
            ],
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
