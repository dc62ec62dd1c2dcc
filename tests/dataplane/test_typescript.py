"""Generated TypeScript, compiled and run by node: it asks what `tablekit.client` asks, and finds what it finds."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from families import catalogue
from tablekit.client import ParameterError, connect, to_dynamodb
from tablekit.client.requests import Pattern
from tablekit.contract import read_file
from tablekit.model import AccessPattern, Family
from tablekit.ops.codegen import typescript as codegen
from tablekit.ops.codegen.names import camel, pascal
from tests.support import aws, tools, typescript
from tests.support.consumer_code import fields_of, odd, sources
from tests.support.deployed import deploy
from tests.support.samples import example, samples
from tests.support.typescript import TypeScript

SCRIPT = Path(__file__).parent / "typescript" / "run.mjs"
FAMILIES = [*catalogue(), odd()]
SOURCES = {source.key: source for source in sources(FAMILIES)}
ODD: list[dict[str, dict[str, Any]]] = [
    {"content-type": {"S": "c"}, "sort key": {"S": "A.*#s#B${o}#s"}, "it's x": {"S": "y"}, "default": {"N": "1.50"}},
    {"content-type": {"S": "c"}, "sort key": {"S": 'say "${x}" `hi` \\ */ t'}, "marks": {"SS": ["m"]}},
]
COMMANDS = {"get": "GetCommand", "query": "QueryCommand", "scan": "ScanCommand"}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> tuple[TypeScript, Path]:
    """The compiled code of all families, and a script that uses it."""
    found = tools.need(typescript.environment)
    folder = tmp_path_factory.mktemp("typescript")
    for family in FAMILIES:
        text = codegen.module([SOURCES[family.key]], "tablekit codegen typescript")
        (folder / f"{pascal(family.key)}.ts").write_text(text)
    assert found.compile(folder, *(f"{pascal(family.key)}.ts" for family in FAMILIES)) == []
    script = folder / "run.mjs"
    script.write_text(SCRIPT.read_text())
    return found, script


def names(families: list[Family], stage: str) -> dict[str, str]:
    """A process's environment with the families' table names; a variable that two families have is the last one's."""
    return {family.variable(t.name): family.table_name_for(t.name, stage) for family in families for t in family.tables}


def case(family: Family, pattern: AccessPattern, arguments: Mapping[str, Any]) -> dict[str, Any]:
    name = pascal(family.key)
    return {
        "module": name,
        "requests": f"{name}Requests",
        "method": {"constructor": "constructor_"}.get(pattern.name, camel(pattern.name)),
        "command": COMMANDS.get(pattern.operation, ""),
        "region": family.region or "eu-west-2",
        "parameters": to_dynamodb(arguments),
    }


def arguments_of(family: Family, pattern: AccessPattern) -> dict[str, Any]:
    """The pattern's example; items are the table's samples, the batch's so many that they make three requests."""
    of = SOURCES[family.key].patterns[pattern.name]
    entity, items = fields_of(of, ODD if family.key == "odd-names" else samples(family, pattern.table))
    whole: dict[str, Any] = {"item": items[0], "items": (items * 60)[:60]}
    given_ = {**example(family, pattern), **{name: whole[name] for name in pattern.body}}
    return {**given_, "entity": entity} if len(of.forms) > 1 else given_


def wire(value: Any) -> Any:
    """As it goes over the wire: bytes as Base64, sets in order."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: sorted(map(wire, v)) if name in ("SS", "NS", "BS") else wire(v) for name, v in value.items()}
    return [wire(one) for one in value] if isinstance(value, list) else value


def asked(pattern: Pattern, arguments: Mapping[str, Any]) -> Any:
    """What `tablekit.client` asks: its request, without what only the client itself wants to know."""
    given_ = {name: value for name, value in arguments.items() if name != "entity" or not pattern.forms}
    if "item" in given_:
        given_["item"] = pattern.compose(given_["item"], arguments.get("entity"))
    if "items" in given_:
        given_["items"] = [pattern.compose(fields) for fields in given_["items"]]
    request = pattern.request(given_)
    if "Items" in request:
        puts = [{"PutRequest": {"Item": item}} for item in request["Items"]]
        return wire([{"RequestItems": {pattern.table.name: puts[at : at + 25]}} for at in range(0, len(puts), 25)])
    return wire({name: value for name, value in request.items() if name != "ReturnConsumedCapacity"})


@pytest.mark.parametrize("family", FAMILIES, ids=[family.key for family in FAMILIES])
def test_every_pattern_asks_what_the_client_asks(node: tuple[TypeScript, Path], family: Family) -> None:
    compiler, script = node
    given_ = {name: arguments_of(family, pattern) for name, pattern in family.patterns.items()}
    cases = [case(family, family.patterns[name], arguments) for name, arguments in given_.items()]
    made = compiler.run(script, wire(cases), **names([family], "dev"))
    wanted = [asked(SOURCES[family.key].patterns[name], arguments) for name, arguments in given_.items()]
    assert dict(zip(given_, wire(made), strict=True)) == dict(zip(given_, wanted, strict=True))


def test_every_read_finds_what_the_client_finds(node: tuple[TypeScript, Path], moto: str, tmp_path: Path) -> None:
    compiler, script = node
    deployed = deploy(moto, catalogue(), tmp_path)
    assert deployed.tablekit("seed").exit_code == 0
    connection = connect(read_file(deployed.outputs), aws.clients(moto))
    found = 0
    for family in deployed.catalogue:
        reads = {name: pattern for name, pattern in family.patterns.items() if pattern.reads}
        cases = [case(family, pattern, example(family, pattern)) for pattern in reads.values()]
        answers = compiler.run(script, cases, ENDPOINT=moto, **names([family], "dev"))
        client = connection.family(family.key)
        wanted = {
            name: [to_dynamodb(i) for i in client.run(name, **example(family, p)).items] for name, p in reads.items()
        }
        assert dict(zip(reads, map(unordered, answers), strict=True)) == {
            name: unordered(items) for name, items in wanted.items()
        }
        found += sum(map(len, answers))
    assert found > 150


def unordered(items: Any) -> Any:
    return [json.dumps(wire(item), sort_keys=True) for item in items]


VALUES = st.text("a#b}{$.*\\\n😀\N{LINE SEPARATOR}", max_size=4)


@settings(max_examples=12)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=20, max_size=60))
def test_composed_keys_are_made_and_refused_alike(node: tuple[TypeScript, Path], values: list[tuple[str, ...]]) -> None:
    """Keys of several fields, of one field twice, and of texts that a regular expression takes for its own."""
    compiler, script = node
    cases, wanted = [], []
    for one, other, third in values:
        for key, name, arguments in (
            ("formbridge", "submission", {"tenant_id": one, "shard_id": other, "submission_id": third}),
            ("odd-names", "constructor", {"class": "c", "self": one, "options": other}),
            ("odd-names", "list", {"__type": one, "str": "m", "dict": 1}),
            ("odd-names", "default", {"item": {"content-type": "c", "__type": one}, "entity": "list"}),
            ("formbridge", "record-delivery", {"item": {**DELIVERY, "submission_id": one, "destination_id": other}}),
        ):
            family = next(family for family in FAMILIES if family.key == key)
            cases.append(case(family, family.patterns[name], arguments))
            try:
                wanted.append(asked(SOURCES[key].patterns[name], arguments))
            except ParameterError:
                wanted.append(None)
    answers = compiler.run(script, cases, **names(FAMILIES, "dev"))
    for answer in answers:
        if "error" in answer:
            assert answer["error"].startswith(("TypeError: formbridge/", "TypeError: odd-names/"))
    assert [None if "error" in answer else answer for answer in answers] == wanted
    event(f"refused: {'some' if None in wanted else 'none'}")


DELIVERY = {
    "submission_id": "s",
    "destination_id": "d",
    "tenant_id": "t",
    "status": "FAILED",
    "timestamp": "now",
    "attempt_num": Decimal("7.0"),
}


def submission(tenant: str, shard: str) -> tuple[str, dict[str, Any]]:
    return "submission", {"tenant_id": tenant, "shard_id": shard, "submission_id": "s"}


def delivery(**more: Any) -> tuple[str, dict[str, Any]]:
    given_ = {**DELIVERY, **more}
    return "record-delivery", {"item": {name: value for name, value in given_.items() if value is not None}}


KEYS: tuple[tuple[tuple[str, dict[str, Any]], str], ...] = (  # TENANT#{tenant_id}#{shard_id}, or DEST#…
    (submission("a", "b"), "TENANT#a#b"),
    (submission("a", "b#c"), "TENANT#a#b#c"),
    (submission("#", "b"), "TENANT###b"),
    (submission("a.*", "$&\n😀"), "TENANT#a.*#$&\n😀"),
    (submission("a#b", "c"), "which could be read as other values too"),
    (submission("a", ""), "parameter shard_id makes no part of a key"),
    (delivery(), "DEST#d#ATTEMPT#007"),
    (delivery(attempt_num=1000), "parameter attempt_num makes no part of a key"),
    (delivery(attempt_num=-1), "parameter attempt_num makes no part of a key"),
    (delivery(data="x"), "no field data; it has"),
    (delivery(tenant_id=None), "field tenant_id is missing, which makes a key"),
    (delivery(SK="DEST#d#ATTEMPT#007"), "DEST#d#ATTEMPT#007"),
    (delivery(SK="DEST#d#ATTEMPT#8"), 'key SK is not "DEST#d#ATTEMPT#007", as the fields make it; leave it out'),
    (delivery(toString="x"), "no field toString; it has"),
)


def test_a_key_is_made_or_one_message_says_why_not(node: tuple[TypeScript, Path]) -> None:
    compiler, script = node
    family = catalogue().family("formbridge")
    cases = [case(family, family.patterns[name], arguments) for (name, arguments), _ in KEYS]
    answers = compiler.run(script, cases, **names([family], "dev"))
    for ((name, arguments), wanted), answer in zip(KEYS, answers, strict=True):
        pattern = SOURCES["formbridge"].patterns[name]
        if "error" not in answer:
            assert wanted == (answer["Key"]["PK"] if name == "submission" else answer["Item"]["SK"])["S"]
            assert wire(answer) == asked(pattern, arguments)
        else:
            assert answer["error"].startswith(f"TypeError: formbridge/{name}: ")
            assert wanted in answer["error"]
            with pytest.raises(ParameterError):
                asked(pattern, arguments)


def test_a_name_that_is_not_set_is_told(node: tuple[TypeScript, Path]) -> None:
    compiler, script = node
    acs = catalogue().family("acs")
    user, message = acs.patterns["user"], acs.patterns["message"]
    cases = [case(acs, each, example(acs, each)) for each in (user, message)]
    answers = compiler.run(script, cases, DYNAMODB_USERS_TABLE="dev-users")
    assert answers[0]["TableName"] == "dev-users"
    assert answers[1] == {
        "error": "Error: DYNAMODB_CONVERSATIONS_TABLE is not set; it holds the name of table Conversations"
    }
