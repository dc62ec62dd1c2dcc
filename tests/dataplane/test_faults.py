"""Tables and outputs that are not as declared: the run says so, in words that name the object and the next step."""

from __future__ import annotations

from typing import Any

import pytest

from tablekit.model import Catalogue, N, S, query, update
from tablekit.ops.errors import InterruptedRunError
from tablekit.ops.signed_http import SignedHttpClient
from tablekit.ops.smoke.cleanup import CleanupRegistry, TableWriter
from tests.dataplane.stages import Stage, items, made, moto, smoke
from tests.support import declare

TABLE = "dev-shop-orders"


def shop(**changes: Any) -> Catalogue:
    """Orders of a customer by day, an update and a delete."""
    patterns = (
        declare.pattern(filter="paid = true", order="descending"),
        declare.writing(),
        update(
            "pay-order",
            "an order is paid, once",
            key="order_id = :order_id",
            condition="paid = false",
            update="SET paid = true",
            example={"order_id": "o1"},
        ),
    )
    return Catalogue([declare.family(**{"patterns": patterns, **changes})])


def problems(stage: Stage, **changes: object) -> dict[str, str]:
    """What a run finds, by access pattern."""
    found = smoke(stage, budget=0.3, **changes)
    assert found.failed
    assert items(stage) == 0 or stage.contract.stage != "dev"
    return {outcome.name: "\n".join(outcome.problems) for outcome in found.outcomes if outcome.problems}


def other(stage: Stage, **changes: object) -> Stage:
    """The stage with other outputs for the query: as if a client ran something else than what is declared."""
    family = stage.contract.families["shop"]
    pattern = family.access_patterns["orders-of-customer"].model_copy(update=changes)
    patterns = {**family.access_patterns, "orders-of-customer": pattern}
    families = {"shop": family.model_copy(update={"access_patterns": patterns})}
    contract = stage.contract.model_copy(update={"families": families})
    return Stage(contract, stage.catalogue, stage.config, stage.clients, stage.endpoint)


def test_what_is_as_declared_passes(moto: str) -> None:
    stage = made(moto, shop())
    assert not smoke(stage).failed
    assert items(stage) == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"filter": None}, "which should be left out (paid False)"),
        ({"filter": "paid = false"}, "which should be left out"),
        ({"key_condition": "customer = :customer AND day > :since"}, "is not found, for 0.3 s"),
        ({"key_condition": "customer = :customer AND day <= :since"}, "which should be left out (day "),
        ({"order": "ascending"}, "expected descending"),
        ({"projection": ["order_id", "customer", "day"]}, "found no 'total'"),
        (
            {"operation": "scan", "key_condition": None, "filter": "customer = :customer AND day >= :since"},
            "called Scan",
        ),
    ],
)
def test_another_read_than_the_declared_one_is_noticed(moto: str, changes: dict[str, Any], says: str) -> None:
    found = problems(other(made(moto, shop()), **changes))
    assert found.keys() == {"orders-of-customer"}
    assert says in found["orders-of-customer"]


def test_a_missing_index_names_its_declaration(moto: str) -> None:
    stage = made(moto, shop())
    client = stage.clients.get("dynamodb", "eu-west-1")
    client.update_table(TableName=TABLE, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "customer-day-index"}}])
    found = problems(stage)
    assert found == {
        "orders-of-customer": f"index 'customer-day-index' of table '{TABLE}' is missing; family 'shop' declares it on "
        "table 'orders': deploy it: pulumi up --refresh -s dev"
    }


def test_an_index_that_projects_less_is_noticed(moto: str) -> None:
    made(moto, shop(tables=(declare.table(indexes=(declare.index(projection="INCLUDE", include=("paid",)),)),)))
    stage = made(moto, shop(), create=False)
    assert "found no 'total'" in problems(stage)["orders-of-customer"]


def test_a_missing_table_says_which_stage_was_meant(moto: str) -> None:
    stage = made(moto, shop())
    stage.clients.get("dynamodb", "eu-west-1").delete_table(TableName=TABLE)
    found = smoke(stage)
    assert found.count("failed") == 3
    for outcome in found.outcomes:
        assert outcome.problems == (
            f"table '{TABLE}' (shop/orders) is missing in eu-west-1, expected ACTIVE; stage 'dev' was meant: is it the "
            "right account? If it is, this makes the table anew, empty: pulumi up --refresh -s dev",
        )


def test_a_pattern_that_no_items_can_show_fails_visibly(moto: str) -> None:
    never = declare.pattern(filter="paid = true AND paid = false")
    found = smoke(made(moto, shop(patterns=(never,))))
    assert [outcome.status for outcome in found.outcomes] == ["failed"]
    assert "found no item that meets" in found.outcomes[0].problems[0]


def test_number_keys_are_the_runs_own_too(moto: str) -> None:
    table = declare.table(hash_key=N("order_id"), range_key=S("line"), indexes=(), attributes={"ttl": "N"})
    pattern = query("lines", "lines of an order",
        key="order_id = :order_id AND begins_with(line, :start)", example={"order_id": 1, "start": "a"},
    )  # fmt: skip
    stage = made(moto, shop(tables=(table,), patterns=(pattern,)))
    client = stage.clients.get("dynamodb", "eu-west-1")
    client.put_item(TableName=TABLE, Item={"order_id": {"N": "1"}, "line": {"S": "a1"}})
    assert not smoke(stage).failed
    assert client.scan(TableName=TABLE)["Count"] == 1


def test_a_server_that_goes_away_ends_the_run_and_names_what_is_left() -> None:
    """Nothing can be deleted any more: the tables that may have items are named."""
    with moto() as endpoint:
        stage = made(endpoint, shop())
    registry = CleanupRegistry()
    client = SignedHttpClient(stage.clients, "eu-west-1")
    orders = TableWriter(client, TABLE)
    registry.register(orders, [{"order_id": "o1"}])
    registry.register(TableWriter(client, "dev-shop-other"), [{"order_id": "o1"}])
    left = registry.clean()
    assert [line.split(":")[0] for line in left] == [f"table '{TABLE}'", "table 'dev-shop-other'"]
    assert all("up to 1 items of this run may be left" in line and "no answer from" in line for line in left)
    with pytest.raises(InterruptedRunError):
        registry.register(orders, [{"order_id": "o2"}])
