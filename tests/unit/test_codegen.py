"""`tablekit codegen`: what it writes of a small family, from either source, and what it says where it can't."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import Result

from families import catalogue
from local.project import ROOT
from tablekit.client import ParameterError, connect
from tablekit.model import Catalogue
from tablekit.ops.codegen import python, typescript
from tablekit.ops.codegen.source import found, source
from tablekit.ops.errors import CodegenError
from tests.support import declare, tables
from tests.support.command import tablekit
from tests.support.consumer_code import PATTERNS, sources, write
from tests.support.listener import Listener


def codegen(*words: str, folder: Path = ROOT) -> Result:
    return tablekit("codegen", *words, folder=folder)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The generated module of the shop, imported."""
    folder = tmp_path_factory.mktemp("shop")
    write(folder, [declare.family(patterns=PATTERNS)])
    spec = importlib.util.spec_from_file_location("shop_generated", folder / "families.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def connected(shop: ModuleType, *answers: Any) -> tuple[Any, Listener]:
    known = Catalogue([declare.family(patterns=PATTERNS)])
    listener = Listener(*answers)
    return shop.Shop(connect(tables.outputs(known, declare.stage("dev", known)), listener)), listener


def test_a_method_runs_its_pattern(shop: ModuleType) -> None:
    client, listener = connected(shop, {"Items": [{"order_id": {"S": "1"}}]})
    assert client.orders_of_customer(customer="c1", since="2026-01-01").items == ({"order_id": "1"},)
    client.import_(class_="1", sum=3)
    client.load_orders(items=({"order_id": number} for number in "12"))
    list(client.pages.orders_of_customer(customer="c1", since="2026-01-01"))
    query, update, batch, page = listener.calls
    assert query[1]["ExpressionAttributeValues"] == {":v0": {"S": "c1"}, ":v1": {"S": "2026-01-01"}}
    assert update[1]["Key"] == {"order_id": {"S": "1"}}
    assert len(batch[1]["RequestItems"]["dev-shop-orders"]) == 2
    assert page == query
    with pytest.raises(ParameterError, match="could be read as other values"):
        client.order(tenant="a#b", number="1")


def test_outputs_and_declarations_give_the_same(tmp_path: Path) -> None:
    known = catalogue()
    outputs = tmp_path / "outputs.json"
    contract = tables.outputs(known, declare.stage("dev", known)).model_dump(by_alias=True)
    outputs.write_text(json.dumps(contract, sort_keys=True))  # as `pulumi stack output --json` has them
    for module in (python.module, typescript.module):
        declared = module(found([], None, None), "tablekit codegen")
        assert declared == module(found([], outputs, None), "tablekit codegen")
        assert declared == module(found(sorted(known.families, reverse=True), None, None), "tablekit codegen")
    shown = codegen("python", "--outputs", str(outputs), "--family", "pse")
    assert shown.stdout == codegen("python", "--family", "pse").stdout


def test_the_file_is_written_and_checked(tmp_path: Path) -> None:
    words = ("python", "--family", "acs", "--output", "acs tables.py")
    missing = codegen(*words, "--check", folder=tmp_path)
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert missing.stderr == (
        "tablekit: acs tables.py: No such file or directory; "
        "make it with: tablekit codegen python --family acs --output 'acs tables.py'\n"
    )
    assert codegen(*words, folder=tmp_path).exit_code == 0
    assert [file.name for file in tmp_path.iterdir()] == ["acs tables.py"]
    checked = codegen(*words, "--check", folder=tmp_path)
    assert (checked.exit_code, checked.stdout) == (0, "acs tables.py: as generated\n")
    file = tmp_path / "acs tables.py"
    changed = file.read_text() + "\n"
    file.write_text(changed)
    drifted = codegen(*words, "--check", folder=tmp_path)
    assert drifted.exit_code == 1
    assert "acs tables.py: not as generated; make it anew with: tablekit codegen" in drifted.stderr
    assert file.read_text() == changed


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("python", "--family", "asc"), "no family 'asc'; did you mean 'acs'?; there are acs, cloudstro"),
        (("python", "--check"), "--check compares a file; name it with --output"),
        (
            ("typescript", "--output", "no/such/place.ts"),
            "place.ts: can't be written: No such file or directory; name another",
        ),
        (("python", "--outputs", "none.json"), "none.json: No such file or directory"),
        (("java",), "'python', 'typescript'"),
    ],
)
def test_what_can_not_be_generated_is_one_message(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = codegen(*words, folder=tmp_path)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(("tablekit: ", "Usage: "))
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_names_that_clash_are_told() -> None:
    both = (declare.table(), declare.table(name="Orders"))
    with pytest.raises(CodegenError) as error:
        python.module(sources([declare.family(tables=both, env={"Orders": "OTHER_TABLE"})]), "tablekit codegen python")
    said = "table 'Orders' of family 'shop' and table 'orders' of family 'shop' would both be called 'ShopOrders'"
    assert said in str(error.value)
    patterns = [declare.pattern(name="by-x1"), declare.pattern(name="by-x-1")]
    with pytest.raises(CodegenError, match="'by-x-1' and access pattern 'by-x1' would both be called 'byX1'"):
        typescript.module(sources([declare.family(patterns=patterns)]), "tablekit codegen typescript")


def test_a_contract_without_a_tables_variable_is_told() -> None:
    known = Catalogue([declare.family()])
    exported = tables.outputs(known, declare.stage("dev", known)).families["shop"]
    with pytest.raises(CodegenError, match="the contract has no variable for table 'orders'; deploy the stack anew"):
        source("shop", exported.model_copy(update={"env": {}}))
    lost = {name: each.model_copy(update={"table": "gone"}) for name, each in exported.access_patterns.items()}
    with pytest.raises(CodegenError, match="the contract has no table 'gone'"):
        source("shop", exported.model_copy(update={"access_patterns": lost}))
    with pytest.raises(CodegenError, match="family 'shop': the contract has no table of it; deploy the stack anew"):
        source("shop", exported.model_copy(update={"tables": {}}))


@pytest.mark.parametrize("operation", ["get", "query", "update", "delete"])
def test_a_pattern_without_the_key_that_it_begins_at_is_told(operation: str) -> None:
    known = Catalogue([declare.family()])
    exported = tables.outputs(known, declare.stage("dev", known)).families["shop"]
    keyless = {
        name: each.model_copy(update={"operation": operation, "key_condition": None})
        for name, each in exported.access_patterns.items()
    }
    with pytest.raises(CodegenError, match=f"the contract has no keyCondition, which a {operation} needs; deploy the"):
        source("shop", exported.model_copy(update={"access_patterns": keyless}))
