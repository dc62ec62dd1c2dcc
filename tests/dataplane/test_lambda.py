"""examples/lambda-python: in this process, and packaged and started as Lambda does it, on moto."""

from __future__ import annotations

import base64
import importlib
import json
import os
import socket
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from families import catalogue
from local.project import ROOT
from tablekit.contract import read_file
from tests.dataplane import stages
from tests.support import consumer, tools
from tests.support.command import tablekit
from tests.support.deployed import Deployed, deploy
from tests.support.samples import samples, texts

EXAMPLE = ROOT / "examples" / "lambda-python"
RUNTIME = """
import importlib, json, os, sys
module, _, name = os.environ["_HANDLER"].rpartition(".")
handler = getattr(importlib.import_module(module), name)
for line in sys.stdin:
    print(json.dumps(handler(json.loads(line), None)), flush=True)
"""
"""What Lambda's runtime does: the handler is imported once, and called for each event."""
Invoke = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def acs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """ACS's tables with their sample items."""
    with stages.moto() as endpoint:
        deployed = deploy(endpoint, [catalogue().family("acs")], tmp_path_factory.mktemp("acs"))
        done = deployed.tablekit("seed")
        assert done.exit_code == 0, done.stderr
        yield deployed


def package(outputs: Path, function: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The packaging command. What it would fetch is left out: the test has it already, and puts it on the path."""
    offline = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "false", "PYTHON": sys.executable}
    return subprocess.run(
        [str(EXAMPLE / "package"), str(outputs), str(function)],
        env={**consumer.clean(), **offline, **environment}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def function(acs: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """The packaged function in an environment as Lambda makes it, with nothing of this project's."""
    packages = tools.need(consumer.dependencies)
    folder = tmp_path_factory.mktemp("function")
    address = consumer.repository(tmp_path_factory.mktemp("repository"))
    done = package(acs.outputs, folder / "function.zip", TABLEKIT=address)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(folder / "function.zip") as packed:
        packed.extractall(folder / "task")
    assert list(json.loads((folder / "task" / "outputs.json").read_text())["families"]) == ["acs"]
    compiled = next((folder / "task" / "__pycache__").glob("handler.*.pyc")).read_bytes()
    assert compiled[4:8] == b"\x01\0\0\0", "bytecode that is taken whatever the source's time is (PEP 552)"
    venv.create(folder / "venv", with_pip=False)
    process = subprocess.Popen(
        [str(folder / "venv" / "bin" / "python"), "-c", RUNTIME],
        cwd=folder / "task",
        env={
            "_HANDLER": "handler.handler",
            "LAMBDA_TASK_ROOT": str(folder / "task"),
            "AWS_LAMBDA_FUNCTION_NAME": "messages",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
            "AWS_REGION": "us-east-1",  # the function's own; the contract says where the tables are
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "test",
            "AWS_ENDPOINT_URL": acs.endpoint,
            "PATH": os.defpath,
            "PYTHONPATH": f"{folder / 'task'}:{packages}",
            "TZ": ":UTC",
        },
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err


@pytest.fixture
def here(acs: Deployed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The handler's module in this process."""
    monkeypatch.syspath_prepend(EXAMPLE)
    for name, value in {**acs.environment(), "TABLEKIT_OUTPUTS": str(acs.outputs)}.items():
        monkeypatch.setenv(name, value)
    yield importlib.import_module("handler")
    for name in ("handler", "acs_tables"):
        sys.modules.pop(name)


@pytest.fixture(params=["here", "function"])
def invoke(request: pytest.FixtureRequest) -> Invoke:
    """Send an event: gives the answer's code and its body."""
    target = request.getfixturevalue(request.param)

    def send(route: str, body: object = None, query: dict[str, str] | None = None, **path: str) -> tuple[int, Any]:
        event: dict[str, Any] = {"version": "2.0", "routeKey": route, "pathParameters": path}
        event |= {"queryStringParameters": query} if query else {}
        event |= {"body": json.dumps(body)} if body is not None else {}
        if request.param == "here":
            answer = target.handler(event, None)
        else:
            target.stdin.write(json.dumps(event) + "\n")
            target.stdin.flush()
            answer = json.loads(target.stdout.readline() or f'"{target.stderr.read()}"')
        assert answer["headers"]["content-type"] == "application/json"
        return answer["statusCode"], json.loads(answer["body"])

    return send


LIST = "GET /conversations/{conversation_id}/messages"
SET_STATUS = "PUT /conversations/{conversation_id}/messages/{response_id}/status"
SAMPLES = [
    texts(item, "conversation_id", "response_id") for item in samples(catalogue().family("acs"), "Conversations")
]


def test_a_conversation_is_read_page_by_page(invoke: Invoke) -> None:
    conversation = SAMPLES[0][0]
    wanted = sorted(response for one, response in SAMPLES if one == conversation)
    found: list[str] = []
    query = {"limit": "1"}
    while True:
        code, body = invoke(LIST, query=query, conversation_id=conversation)
        assert code == 200, body
        assert len(body["messages"]) <= 1
        found += [message["response_id"] for message in body["messages"]]
        if body["next"] is None:
            break
        query = {"limit": "1", "next": body["next"]}
    assert found == wanted
    assert len(wanted) > 1
    assert invoke(LIST, conversation_id="none") == (200, {"messages": [], "next": None})


def test_a_status_is_set_on_a_message_that_is_there(invoke: Invoke) -> None:
    conversation, response = SAMPLES[-1]
    code, body = invoke(SET_STATUS, {"status": "archived"}, conversation_id=conversation, response_id=response)
    assert (code, body["message"]["status"]) == (200, "archived")
    _, body = invoke(LIST, conversation_id=conversation)
    assert "archived" in [message["status"] for message in body["messages"]]
    missing = invoke(SET_STATUS, {"status": "archived"}, conversation_id=conversation, response_id="none")
    assert missing == (404, {"message": "no such message"})


@pytest.mark.parametrize(
    ("route", "body", "query", "code", "says"),
    [
        (LIST, None, {"limit": "0"}, 400, "limit is 0; it is 1 to 100"),
        (LIST, None, {"next": "bm9uZQ=="}, 400, "next is not what an earlier answer gave"),
        (LIST, None, {"next": "eyJjb252ZXJzYXRpb25faWQiOiAib3RoZXIifQ=="}, 400, "begin without it"),
        (SET_STATUS, {"status": 1}, None, 400, "no status"),
        (LIST, None, {"limit": "ten"}, 400, "limit is ten; it is 1 to 100"),
        ("GET /", None, None, 404, "no route GET /"),
    ],
)
def test_what_it_can_not_answer_is_told(
    invoke: Invoke, route: str, body: object, query: dict[str, str] | None, code: int, says: str
) -> None:
    found, answer = invoke(route, body, query, conversation_id="c1", response_id="r1")
    assert found == code
    assert says in answer["message"]


def event(route: str, **more: Any) -> dict[str, Any]:
    return {"routeKey": route, "pathParameters": {"conversation_id": "c1", "response_id": "r1"}, **more}


def next_of(text: str) -> dict[str, Any]:
    """An event with this token, as an earlier answer might have given it."""
    return event(LIST, queryStringParameters={"next": base64.urlsafe_b64encode(text.encode()).decode()})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (event(SET_STATUS, body="null"), "no status"),
        (event(SET_STATUS, body="{"), "the body is no JSON"),
        (event(SET_STATUS, body="[" * 100_000), "the body is no JSON"),
        (event(SET_STATUS, body="é", isBase64Encoded=True), "the body is no JSON"),
        (event(SET_STATUS, body='{"status": "\\ud800"}'), "status holds half a character"),
        (
            event(SET_STATUS, body='{"status": "x"}', pathParameters={"conversation_id": "", "response_id": "r1"}),
            "conversation_id has 0 bytes",
        ),
        (event(LIST, pathParameters={"conversation_id": ""}), "conversation_id has 0 bytes"),
        *((event(LIST, queryStringParameters={"next": token}), "next") for token in ("", "%%%", "é")),
        (next_of("[]"), "next"),
        (next_of("{}"), "next"),
        (next_of("[" * 100_000), "next"),
        (next_of('{"conversation_id": "c1"}'), "next"),
        (next_of('{"conversation_id": "c1", "response_id": {"a": []}}'), "next"),
        (next_of('{"conversation_id": "c1", "response_id": "r", "x": "y"}'), "next"),
        (next_of('{"conversation_id": "c1", "response_id": ""}'), "next"),
        (next_of('{"conversation_id": "c1", "response_id": "\\ud800"}'), "next"),
    ],
    ids=lambda given: str(given)[:40],
)
def test_an_event_that_was_tampered_with_is_a_400(here: Any, given: dict[str, Any], says: str) -> None:
    answer = here.handler(given, None)
    assert answer["statusCode"] == 400, answer
    assert says in json.loads(answer["body"])["message"]


def test_a_body_in_base64_is_taken(here: Any) -> None:
    conversation, response = SAMPLES[-1]
    path = {"conversation_id": conversation, "response_id": response}
    body = base64.b64encode(b'{"status": "encoded"}').decode()
    answer = here.handler(event(SET_STATUS, pathParameters=path, body=body, isBase64Encoded=True), None)
    assert (answer["statusCode"], json.loads(answer["body"])["message"]["status"]) == (200, "encoded")


def test_a_binary_attribute_is_given_in_base64(here: Any, acs: Deployed) -> None:
    contract = read_file(acs.outputs).families["acs"]
    item = {
        "conversation_id": {"S": "binary"},
        "response_id": {"S": "r1"},
        "raw": {"B": b"\0\xff"},
        "all": {"BS": [b"a"]},
    }
    acs.client("acs").put_item(TableName=contract.tables["Conversations"].name, Item=item)
    answer = here.handler(event(LIST, pathParameters={"conversation_id": "binary"}), None)
    (message,) = json.loads(answer["body"])["messages"]
    assert (message["raw"], message["all"]) == ("AP8=", ["YQ=="])


def test_tables_that_do_not_answer_are_a_503(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{probe.getsockname()[1]}")
    answer = here.handler({"routeKey": LIST, "pathParameters": {"conversation_id": "c1"}}, None)
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "1")


def test_its_generated_module_is_as_generated() -> None:
    done = tablekit("codegen", "python", "--family", "acs", "--output", str(EXAMPLE / "acs_tables.py"), "--check")
    assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file or directory"),
        (b"", "not JSON in UTF-8"),
        (b'"\xff"', "not JSON in UTF-8"),
        (b"[]", "no outputs of a stack"),
        (b'{"contractVersion": "1.0", "stage": "dev", "families": []}', "no outputs of a stack"),
        (b'{"contractVersion": "1.0", "stage": "dev", "families": {}}', "has no acs"),
    ],
)
def test_outputs_that_are_none_are_one_message(tmp_path: Path, content: bytes | None, says: str) -> None:
    outputs = tmp_path / "outputs.json"
    if content is not None:
        outputs.write_bytes(content)
    done = package(outputs, tmp_path / "function.zip")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{outputs}: {says}; write it with: pulumi stack output --json > {outputs}\n"
    assert not (tmp_path / "function.zip").exists()
