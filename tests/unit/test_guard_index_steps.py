"""Several index changes as single ones: an order that DynamoDB takes, and the run of it on a table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.model import limits
from tablekit.ops.errors import GuardError
from tablekit.ops.guard.index_steps import IndexStepRunner, ordered_steps
from tablekit.ops.guard.shape import Index, IndexKey, Shape, Throughput

ARN = "arn:aws:dynamodb:eu-west-2:111122223333:table/t-orders"
EMPTY = Shape(
    name="t-orders", region="eu-west-2", arn=ARN, keys=(IndexKey("id", "HASH", "S"),), indexes={}, local_indexes={},
    ttl=None, stream=None, recovery_days=35, deletion_protection=True, protect=True, retain=True,
)  # fmt: skip


def index(name: str, attribute: str = "", kind: str = "S", *include: str) -> Index:
    key = IndexKey(attribute or f"{name}-key", "HASH", kind)
    return Index(name, (key,), "INCLUDE" if include else "ALL", include)


def shape(*indexes: Index) -> Shape:
    return replace(EMPTY, indexes={one.name: one for one in indexes})


FULL = [index(f"i{number}") for number in range(limits.MAX_GLOBAL_INDEXES)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # What is new is there before anything goes.
        ([index("old"), index("b", "x")], [index("a"), index("b", "y")], "create a, delete b, create b, delete old"),
        # Without room something goes first.
        (FULL, [*FULL[1:], index("new")], "delete i0, create new"),
        # Another type of a key waits until the old one is gone.
        ([index("old", "x", "S")], [index("new", "x", "N")], "delete old, create new"),
        # No order gets to a type that the table's own key does not have.
        ([], [index("a"), index("new", "id", "N")], ""),
    ],
)
def test_the_order_of_the_steps(before: list[Index], after: list[Index], expected: str) -> None:
    steps = ordered_steps(shape(*before), shape(*after))
    assert ", ".join(f"{step.action} {step.index.name}" for step in steps) == expected


INDEXES = st.dictionaries(
    st.sampled_from([f"i{number}" for number in range(24)]),
    st.tuples(st.sampled_from("xyz"), st.integers(0, 9)),
    max_size=limits.MAX_GLOBAL_INDEXES,
)


@given(before=INDEXES, after=INDEXES, types=st.tuples(*[st.sampled_from("SN")] * 6))
def test_every_step_is_one_that_dynamodb_takes(
    before: dict[str, tuple[str, int]], after: dict[str, tuple[str, int]], types: tuple[str, ...]
) -> None:
    old_types, new_types = dict(zip("xyz", types[:3], strict=True)), dict(zip("xyz", types[3:], strict=True))
    was = shape(*(index(name, key, old_types[key], *"abcdefghi"[:n]) for name, (key, n) in before.items()))
    goal = shape(*(index(name, key, new_types[key], *"abcdefghi"[:n]) for name, (key, n) in after.items()))
    for one in (was, goal):
        if sum(len(i.include) for i in one.indexes.values()) > limits.MAX_TABLE_NON_KEY_ATTRIBUTES:
            return
    present = dict(was.indexes)
    for step in ordered_steps(was, goal):
        if step.action == "create":
            assert step.index.name not in present
            present[step.index.name] = step.index
        else:
            del present[step.index.name]
        kinds: dict[str, set[str]] = {}
        for there in present.values():
            kinds.setdefault(there.keys[0].attribute, set()).add(there.keys[0].type)
        assert all(len(found) == 1 for found in kinds.values())
        assert len(present) <= limits.MAX_GLOBAL_INDEXES
    assert present == goal.indexes


@dataclass
class Service:
    """DynamoDB, as far as index changes go: each takes some looks at the table until it is done."""

    indexes: dict[str, dict[str, Any]]
    types: dict[str, str]
    looks: int = 3
    arn: str = ARN
    mode: str = "PAY_PER_REQUEST"
    under_way: list[str] = field(default_factory=list)
    left: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, table: Shape, **more: Any) -> Service:
        described = {one.name: described_index(one) for one in table.indexes.values()}
        owners = (table.keys, *(one.keys for one in table.indexes.values()))
        return cls(described, {key.attribute: key.type for keys in owners for key in keys}, **more)

    def describe_table(self, **request: Any) -> Any:
        if self.under_way:
            self.left -= 1
            if self.left <= 0:
                name = self.under_way.pop()
                if self.indexes[name]["IndexStatus"] == "DELETING":
                    del self.indexes[name]
                else:
                    self.indexes[name] |= {"IndexStatus": "ACTIVE", "Backfilling": False}
        definitions = [{"AttributeName": name, "AttributeType": kind} for name, kind in self.types.items()]
        return {
            "Table": {
                "TableName": request["TableName"],
                "TableArn": self.arn,
                "TableStatus": "UPDATING" if self.under_way else "ACTIVE",
                "BillingModeSummary": {"BillingMode": self.mode},
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": definitions,
                "GlobalSecondaryIndexes": list(self.indexes.values()),
            }
        }

    def update_table(self, **request: Any) -> None:
        assert not self.under_way, "DynamoDB takes one at a time"
        self.calls.append(request)
        ((action, change),) = request["GlobalSecondaryIndexUpdates"][0].items()
        name = change["IndexName"]
        self.under_way, self.left = [name], self.looks
        if action == "Delete":
            self.indexes[name]["IndexStatus"] = "DELETING"
        else:
            self.indexes[name] = {**change, "IndexStatus": "CREATING", "Backfilling": True}
            self.types |= {d["AttributeName"]: d["AttributeType"] for d in request["AttributeDefinitions"]}


def described_index(one: Index) -> dict[str, Any]:
    return {
        "IndexName": one.name,
        "IndexStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": key.attribute, "KeyType": key.kind} for key in one.keys],
        "Projection": {"ProjectionType": one.projection, "NonKeyAttributes": list(one.include)},
    }


def run(service: Service, after: Shape, minutes: float = 60, cut: int | None = None) -> tuple[int, list[str]]:
    """The steps from BEFORE, or the first `cut` of them: how many were made, and what was said."""
    said: list[str] = []
    now = [0.0]
    runner = IndexStepRunner(
        service, said.append, minutes, lambda seconds: now.append(now[-1] + seconds), lambda: now[-1]
    )
    return runner.run(BEFORE, after, ordered_steps(BEFORE, after)[:cut]), said


BEFORE, AFTER = shape(index("b", "x"), index("old")), shape(index("a", "z", "N", "total"), index("b", "y"))


def test_each_change_is_awaited_before_the_next() -> None:
    service = Service.of(BEFORE, looks=12)
    made, said = run(service, AFTER)
    assert made == 4
    assert {name: one["IndexStatus"] for name, one in service.indexes.items()} == {"a": "ACTIVE", "b": "ACTIVE"}
    assert said[0] == "t-orders: 1 of 4: build a (z:N, INCLUDE total)"
    assert any("index a CREATING, backfilling, 1 min" in line for line in said), "a wait is reported once a minute"
    created = service.calls[0]
    assert created["AttributeDefinitions"] == [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "old-key", "AttributeType": "S"},
        {"AttributeName": "x", "AttributeType": "S"},
        {"AttributeName": "z", "AttributeType": "N"},
    ]
    assert "ProvisionedThroughput" not in created["GlobalSecondaryIndexUpdates"][0]["Create"]


@pytest.mark.parametrize("cut", range(5))
def test_a_run_that_was_cut_off_is_completed_by_the_next(cut: int) -> None:
    service = Service.of(BEFORE)
    run(service, AFTER, cut=cut)
    assert run(service, AFTER)[0] == 4 - cut
    assert service.indexes.keys() == {"a", "b"}


def test_an_index_that_is_another_or_that_nobody_declared_is_left_alone() -> None:
    service = Service.of(shape(index("b", "x"), index("old", "other")))
    says = r"index old is there as \(other:S, ALL\), and was expected as \(old-key:S, ALL\)"
    with pytest.raises(GuardError, match=says):
        run(service, AFTER)
    assert "old" in service.indexes
    service = Service.of(shape(*BEFORE.indexes.values(), index("by-hand")))
    run(service, AFTER)
    assert "by-hand" in service.indexes


def test_another_accounts_table_is_left_alone() -> None:
    service = Service.of(BEFORE, arn=ARN.replace("111122223333", "999900001111"))
    with pytest.raises(GuardError, match="the credentials lead to account 999900001111, region eu-west-2"):
        run(service, AFTER)
    assert service.calls == []


def test_a_change_that_takes_too_long_is_reported_and_goes_on() -> None:
    with pytest.raises(
        GuardError, match=r"1 of 4: build a .* not done within 2 minutes \(table UPDATING; index a CREATING"
    ):
        run(Service.of(BEFORE, looks=1000), AFTER, minutes=2)


def test_a_provisioned_table_gives_its_indexes_capacity() -> None:
    service = Service.of(BEFORE, mode="PROVISIONED")
    goal = shape(*(replace(one, throughput=Throughput((5, 7))) for one in AFTER.indexes.values()))
    run(service, goal)
    created = service.calls[0]["GlobalSecondaryIndexUpdates"][0]["Create"]
    assert created["ProvisionedThroughput"] == {"ReadCapacityUnits": 5, "WriteCapacityUnits": 7}
