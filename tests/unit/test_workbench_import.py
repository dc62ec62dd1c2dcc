"""Data model files as families: what is taken, what is passed over and said, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.model import B, Entity, Index, N, S
from tablekit.ops.errors import WorkbenchError
from tablekit.ops.workbench.declare import Imported, declared
from tablekit.ops.workbench.format import dotted, read
from tablekit.ops.workbench.values import typed_where_plain
from tests.support.generated import VALUES
from tests.support.music import FIRST, MUSIC, OPENING, PLAY, SECOND, changed

ALBUMS = ("DataModel", 0)
PLAYS = ("DataModel", 1)


def imported(raw: bytes, key: str | None = None) -> Imported:
    model, _ = read(raw, "music.json")
    return declared(model, "music.json", key)


@pytest.fixture(scope="module")
def music() -> Imported:
    return imported(json.dumps(MUSIC).encode())


def test_a_family_is_named_after_the_model_and_has_its_tables_indexes_and_facets(music: Imported) -> None:
    family = music.family
    assert (family.key, family.title, family.owner) == ("music-library", "Music Library", "Ana")
    assert family.document == "Albums with their tracks, and who listened to them."
    assert family.table_name_for("Albums", "prod") == "Albums"
    albums, plays = family.tables
    assert (albums.name, albums.hash_key, albums.range_key) == ("Albums", S("PK"), S("SK"))
    assert (plays.name, plays.hash_key, plays.range_key) == ("plays", B("play-id"), None)
    assert albums.indexes == (
        Index(
            name="ArtistYear",
            hash_key=S("ArtistId"),
            range_key=N("Year"),
            purpose="Albums by ArtistId and Year",
            projection="INCLUDE",
            include=("Title",),
        ),
    )
    assert [(i.name, i.hash_key, i.projection) for i in plays.indexes] == [
        ("by.user", S("user"), "ALL"),
        ("by-size", N("size"), "KEYS_ONLY"),
    ]
    assert {name: each.type for name, each in albums.attributes.items()} == {
        "Title": "S",
        "Genres": "SS",
        "Length": "N",
    }
    assert albums.entities == (
        Entity(
            name="album",
            keys={"PK": "ALBUM#{album_id}", "SK": "INFO"},
            attributes=("ArtistId", "Year", "Title", "Genres"),
        ),
        Entity(name="track", keys={}, attributes=("Title", "Length")),  # its aliases are no templates
    )
    assert music.items == {"Albums": [FIRST, SECOND, OPENING], "plays": [PLAY]}
    assert list(music.notes) == [
        "DataModel[0].ProvisionedCapacitySettings: a family has no place for it",
        "DataModel[0].BillingMode: PROVISIONED; capacity is a stage's setting (`provisioned`)",
        "DataModel[0].TableFacets[1].KeyAttributeAlias: names, not templates of the keys that the facet's items have; "
        "add the templates to the entity by hand",
        "DataModel[1].SampleDataFormats: a family has no place for it",
    ]


def test_patterns_follow_from_keys_and_indexes(music: Imported) -> None:
    assert [(p.name, p.operation, p.index, p.key) for p in music.family.access_patterns] == [
        ("get-albums", "get", None, "PK = :PK AND SK = :SK"),
        ("query-albums", "query", None, "PK = :PK"),
        ("query-albums-by-artist-year", "query", "ArtistYear", "ArtistId = :ArtistId"),
        ("get-plays", "get", None, '"play-id" = :play_id'),
        ("query-plays-by-user", "query", "by.user", "user = :user"),
        ("query-plays-by-size", "query", "by-size", '"size" = :size'),
    ]
    twice = [{**MUSIC["DataModel"][1], "TableName": name} for name in ("pla.ys", "plaYs")]
    names = [p.name for p in imported(changed("DataModel", to=twice)).family.access_patterns]
    assert len(set(names)) == len(names)
    keys = {
        "PartitionKey": {"AttributeName": "a-b", "AttributeType": "S"},
        "SortKey": {"AttributeName": "a.b", "AttributeType": "N"},
    }
    found = imported(changed(*PLAYS, to={"TableName": "a.a", "KeyAttributes": keys})).family.patterns["get-a-a"]
    assert found.key == '"a-b" = :a_b AND "a.b" = :a_b_'


def test_unknown_fields_are_passed_over_and_named() -> None:
    content = json.loads(changed(*ALBUMS, "Colour", to="red"))
    content["AccessPatterns"] = [{"Name": "x"}]
    content["DataModel"][0]["GlobalSecondaryIndexes"][0]["Projection"]["More"] = None
    content["DataModel"][1]["LocalSecondaryIndexes"] = []
    model, unknown = read(json.dumps(content).encode(), "music.json")
    assert [dotted(place) for place in unknown] == [
        "DataModel[0].GlobalSecondaryIndexes[0].Projection.More",
        "DataModel[0].Colour",
        "DataModel[1].LocalSecondaryIndexes",
        "AccessPatterns",
    ]
    assert declared(model, "music.json").family == imported(json.dumps(MUSIC).encode()).family


def test_an_older_version_and_what_is_missing_are_taken() -> None:
    metadata = {"Author": "", "DateCreated": "", "DateLastModified": "", "Description": "", "Version": "1.0"}
    table = {"TableName": "one", "KeyAttributes": {"PartitionKey": {"AttributeName": "id", "AttributeType": "S"}}}
    raw = json.dumps({"ModelName": "old one", "ModelMetadata": metadata, "DataModel": [table]}).encode("utf-8-sig")
    found = imported(raw)
    assert (found.family.owner, found.family.document) == ("old-one-team", "NoSQL Workbench data model 'old one'")
    assert [p.name for p in found.family.access_patterns] == ["get-one"]
    assert found.items == {"one": []}


@pytest.mark.parametrize(
    ("value", "attributes", "note"),
    [
        (("detail", {"S": "none"}), {}, "DataModel[1]: attribute 'detail' is M and S, so that it is not declared"),
        (("detail", {"NULL": True}), {"detail": "M"}, None),
        (("rating", {"N": "5"}), {"detail": "M", "rating": "N"}, None),
    ],
    ids=["of two types", "of no type", "that only items have"],
)
def test_attributes_are_those_that_are_listed_and_those_of_items(
    value: tuple[str, Any], attributes: dict[str, str], note: str | None
) -> None:
    found = imported(changed(*PLAYS, "TableData", 0, value[0], to=value[1]))
    assert {name: each.type for name, each in found.family.tables[1].attributes.items()} == attributes
    assert note is None or note in found.notes


def test_an_index_can_not_include_an_attribute_of_two_types() -> None:
    content = json.loads(changed(*PLAYS, "TableData", 0, "detail", to={"S": "none"}))
    index = content["DataModel"][1]["GlobalSecondaryIndexes"][0]
    index["Projection"] = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["detail"]}
    place = r"DataModel\[1\].GlobalSecondaryIndexes\[0\].Projection: includes 'detail', which the items have"
    with pytest.raises(WorkbenchError, match=place):
        imported(json.dumps(content).encode())


def test_an_item_that_stands_twice_is_taken_once() -> None:
    same = {**OPENING, "Length": {"N": "201.50"}}
    assert len(imported(changed(*ALBUMS, "TableData", to=[same])).items["Albums"]) == 3


def test_maps_and_lists_in_plain_json_are_read_as_such() -> None:
    plain = {"M": {"on": True, "at": {"x": 59, "share": 0.10, "names": ["a", None]}, "none": {}}}
    found = imported(changed(*PLAYS, "TableData", 0, "detail", to=plain))
    assert found.items["plays"][0]["detail"] == {
        "M": {
            "on": {"BOOL": True},
            "at": {"M": {"x": {"N": "59"}, "share": {"N": "0.1"}, "names": {"L": [{"S": "a"}, {"NULL": True}]}}},
            "none": {"M": {}},
        }
    }
    note = "DataModel[1].TableData[0]: attribute 'detail' holds plain JSON; types were taken from its values"
    assert note in found.notes


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_dynamodb_json_is_not_taken_for_plain(item: dict[str, Any]) -> None:
    assert typed_where_plain(item) == (item, [])


def test_an_include_of_keys_alone_is_keys_only() -> None:
    place = (*ALBUMS, "GlobalSecondaryIndexes", 0, "Projection")
    found = imported(changed(*place, to={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["PK", "Year"]}))
    assert found.family.tables[0].indexes[0].projection == "KEYS_ONLY"
    assert any("GlobalSecondaryIndexes[0].Projection: INCLUDE of keys alone" in note for note in found.notes)


_PK = (*ALBUMS, "KeyAttributes", "PartitionKey")
_GSI = (*ALBUMS, "GlobalSecondaryIndexes", 0)
_ITEM = (*ALBUMS, "TableFacets", 0, "TableData", 1)
REFUSED: list[tuple[bytes, str]] = [
    (b"", "empty; give a data model"),
    (b"{", "not JSON at line 1; give a data model"),
    (b"[]", "a JSON list, not an object"),
    (b'{"DataModel": [], "DataModel": []}', "the name 'DataModel' stands twice in one object"),
    (b'{"a": NaN}', "not JSON that any program wrote"),
    (b"{}", "ModelName: required, and not there"),
    (changed("DataModel", to=[]), "DataModel: [] is not allowed"),
    (changed("DataModel", 0, to={"table_name": "one"}), "DataModel[0].TableName: required, and not there"),
    (
        changed("ModelMetadata", "Version", to="4.0"),
        "ModelMetadata.Version: '4.0' is not allowed: input should be '3.0'",
    ),
    (changed("ModelName", to="007"), "ModelName: '007' gives '007', which is not a family's key"),
    (changed("ModelName", to="Class"), "gives 'class', which is not a family's key"),
    (
        changed(*_PK, "AttributeType", to="M"),
        "PartitionKey.AttributeType: 'M' is not allowed: input should be 'S', 'N' or",
    ),
    (changed(*_PK, "AttributeName", to=""), "DataModel[0].KeyAttributes.PartitionKey: key attribute '' has 0 bytes"),
    (changed(*_PK, "AttributeName", to='a"b'), "PartitionKey.AttributeName: key attribute 'a\"b' has a \""),
    (changed(*_PK, "AttributeName", to="SK"), "DataModel[0]: table 'Albums': 'SK' is hash and range key"),
    (
        changed(*ALBUMS, "NonKeyAttributes", 1, "AttributeType", to="S"),
        "NonKeyAttributes[1]: attribute 'Year' is S here and N",
    ),
    (changed(*ALBUMS, "TableName", to="plays"), "DataModel[1].TableName: two tables are named 'plays'"),
    (changed(*_GSI, "IndexName", to="x"), "DataModel[0].GlobalSecondaryIndexes[0]: index 'x': a name is 3 to 255"),
    (changed(*_GSI, "KeyAttributes", "SortKey", "AttributeType", to="B"), "attribute 'Year' is N here and B elsewhere"),
    (
        changed(*_GSI, "Projection", to={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["Titel"]}),
        "DataModel[0]: table 'Albums': index 'ArtistYear' includes 'Titel', which is not a declared attribute; ",
    ),
    (
        changed(*ALBUMS, "LocalSecondaryIndexes", to=[{"IndexName": "local"}]),
        "DataModel[0].LocalSecondaryIndexes: local secondary indexes have no place",
    ),
    (
        changed(*ALBUMS, "TableFacets", 1, "NonKeyAttributes", to=["Titel"]),
        "DataModel[0].TableFacets[1].NonKeyAttributes[0]: 'Titel' is not an attribute of the table; did you mean",
    ),
    (changed(*_ITEM, "PK", remove=True), "DataModel[0].TableFacets[0].TableData[1]: no key 'PK'"),
    (changed(*_ITEM, "Title", to="Second"), "TableData[1].Title: 'Second' is not allowed"),
    (changed(*_ITEM, "Year", to={"S": "1971"}), "TableData[1]: key 'Year' is S; it must be N"),
    (
        changed(*ALBUMS, "TableData", to=[{"PK": {"S": "ALBUM#a1"}, "SK": {"S": "INFO"}}]),
        "DataModel[0].TableData[0]: has the key of DataModel[0].TableFacets[0].TableData[0] and other content",
    ),
]


@pytest.mark.parametrize(("raw", "says"), REFUSED)
def test_a_bad_file_gives_one_message_with_the_place(raw: bytes, says: str) -> None:
    with pytest.raises(WorkbenchError) as error:
        imported(raw)
    text = str(error.value)
    assert text.startswith("music.json: ")
    assert says in text
    assert "\n" not in text
    assert len(text) < 400


@pytest.mark.parametrize("key", ["Songs", "so--ngs", "1", "", "so_ngs", "import"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(WorkbenchError, match=r"--key .* is not a family's key"):
        imported(json.dumps(MUSIC).encode(), key)


def _places(content: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [place] if place else []
    parts = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return found + [inner for name, part in parts for inner in _places(part, (*place, name))]


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([]), st.just({}), st.just([1])
)


@given(place=st.sampled_from(_places(MUSIC)), value=_VALUES, remove=st.booleans())
def test_whatever_is_wrong_is_told_in_one_message_or_the_family_loads(
    place: tuple[str | int, ...], value: Any, remove: bool
) -> None:
    try:
        said = str(imported(changed(*place, to=value, remove=remove)).family.unused_indexes())
    except WorkbenchError as error:
        said = str(error)
    assert said == "()" or said.startswith("music.json: ")
    assert "\n" not in said
