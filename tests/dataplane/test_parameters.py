"""connect_parameters on moto: parts over several pages, where it looks for its region, what it says of failures."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from tablekit.client import AccessDeniedError, CallError, Connection, UnreachableError, connect_parameters
from tablekit.contract import ContractError
from tablekit.model import Family
from tests.support import aws, declare, tables
from tests.support.tables import exported, parameters

REGION = "eu-west-1"


def wide(count: int) -> Family:
    """A shop of so many tables, each with patterns."""
    names = [f"orders{number}" for number in range(count)]
    made = [
        declare.table(name=name, patterns=tuple(declare.pattern(name=f"{kind}-{name}") for kind in ("a", "b", "c")))
        for name in names
    ]
    return declare.family(tables=tuple(made))


def publish(endpoint: str, family: Family, region: str = REGION) -> dict[str, str]:
    values = parameters(family)
    ssm = aws.client(endpoint, "ssm", region)
    for name, value in values.items():
        ssm.put_parameter(Name=name, Value=value, Type="String")
    return values


def read(endpoint: str, region: str | None = REGION) -> Connection:
    return connect_parameters("dev", "shop", region, aws.clients(endpoint))


def test_many_parts_come_in_several_pages_and_what_stands_beside_them_does_not_disturb(moto: str) -> None:
    family = wide(60)
    assert sum("/contract/" in name for name in publish(moto, family)) > 10, "more than one page takes"
    ssm = aws.client(moto, "ssm")
    for name in ("/dynamodb/dev/shop2/contract/1", "/dynamodb/dev/shop/contract/1/more", "/dynamodb/dev/shop/other"):
        ssm.put_parameter(Name=name, Value="{}", Type="String")
    found = read(moto).contract
    assert (found.stage, list(found.families)) == ("dev", ["shop"])
    assert found.families["shop"].model_dump(by_alias=True) == exported(family)
    ssm.put_parameter(Name="/dynamodb/dev/shop/contract/x", Value="{}", Type="String")
    with pytest.raises(ContractError, match="/dynamodb/dev/shop/contract/x in eu-west-1: no contractVersion"):
        read(moto)
    with pytest.raises(ContractError, match="/dynamodb/prod/shop/contract in eu-west-1: nothing is published there"):
        connect_parameters("prod", "shop", REGION, aws.clients(moto))


def test_it_runs_patterns_as_a_connection_by_outputs_does(moto: str) -> None:
    family = declare.family()
    publish(moto, family)
    shop = read(moto).family("shop")
    tables.create(shop.client, family, family.tables[0], "dev")
    shop.run("place-order", item={"order_id": "1", "customer": "c1", "day": "2026-01-02"})
    assert shop.run("orders-of-customer", customer="c1", since="2026-01-01").items == (
        {"order_id": "1", "customer": "c1", "day": "2026-01-02"},
    )


def test_the_region_is_the_environments(moto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(moto, declare.family())
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", REGION)
    assert read(moto, None).contract.stage == "dev"
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(ContractError, match="/dynamodb/dev/shop/contract in us-east-1: nothing is published there"):
        read(moto, None)
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(CallError) as error:
        read(moto, None)
    assert str(error.value) == (
        "/dynamodb/dev/shop/contract/: no region to read it in; give region, or set AWS_REGION to the family's"
    )


def test_a_role_that_may_not_is_told_which_call_was_refused(moto: str) -> None:
    found = aws.clients(moto)
    client: Any = found.get("ssm", REGION)
    with Stubber(client) as stub:
        stub.add_client_error(
            "get_parameters_by_path", "AccessDeniedException", "User: x is not authorized", http_status_code=400
        )
        with pytest.raises(AccessDeniedError) as error:
            connect_parameters("dev", "shop", REGION, found)
    assert str(error.value) == (
        "/dynamodb/dev/shop/contract/ in eu-west-1: access denied to GetParametersByPath: User: x is not authorized"
    )


def test_an_endpoint_that_does_not_answer_is_said() -> None:
    with pytest.raises(UnreachableError, match="/dynamodb/dev/shop/contract/ in eu-west-1: no answer from"):
        connect_parameters("dev", "shop", REGION, aws.clients("http://127.0.0.1:9"))
