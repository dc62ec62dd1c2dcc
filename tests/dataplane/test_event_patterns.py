"""Filters, rules and input as they are registered, by AWS's own matcher: what they take, leave out and refuse."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs, set_mocks

from families import catalogue
from local.project import ROOT
from tablekit.contract import expected_family
from tablekit.model.staged import Account
from tablekit.model.templates import compose
from tablekit.resources import EVENT_RULE, PIPE
from tests.components.mocked import ACCOUNT, Recorder
from tests.policies.program import stack
from tests.support import declare, ruler, tools
from tests.support.pipe import rendered
from tests.support.ruler import RefusedPatternError, Ruler

CATALOGUE = catalogue()
FORMS = CATALOGUE.family("formbridge")
TABLE = FORMS.table("FormBridgeData")
FIELDS: dict[str, Any] = dict.fromkeys(
    ("tenant_id", "shard_id", "submission_id", "destination_id", "destination_type", "created_at", "status", "date"),
    "x",
) | {
    "timestamp": '"now" <$.eventName>',
    "attempt_num": 1,
    "shard_count": 4,
    "datetime": "h",
    "domain_hash": "d",
    "domain": "e",
}
ON: Any = {"events": True, "archive": True}
SERVICE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


@pytest.fixture(scope="module")
def judge() -> Iterator[Ruler]:
    tools.need(ruler.jars)
    with ruler.ruler() as found:
        yield found


def pipe(name: str) -> dict[str, Any]:
    """As the whole program registers it in prod."""
    found: dict[str, Any] = stack("prod", **ON)[1][PIPE, name].inputs
    return found


def filters(of: dict[str, Any]) -> list[str]:
    return [each["pattern"] for each in of["sourceParameters"]["filterCriteria"]["filters"]]


def change(entity: str, name: str, smoked: str = "", old: bool = False, by: Any = None) -> dict[str, Any]:
    """A record of an item of that kind. smoked: the image that bears the smoke test's mark."""
    keys = {key: {"S": text} for key, text in compose(TABLE.entities[_place(entity)].keys, FIELDS).items()}
    image = {**keys, **{field: {"S": str(value)} for field, value in FIELDS.items()}}
    images = {"INSERT": ("NewImage",), "REMOVE": ("OldImage",)}.get(name, ("NewImage", "OldImage"))
    made_of = {each: {**image, **({"smoke_run": {"S": "r"}} if each == smoked else {})} for each in images}
    record = {"Keys": {key: keys[key] for key in ("PK", "SK")}, "SequenceNumber": "1", **made_of}
    return {"eventID": "e", "eventName": name, "dynamodb": record, **({"userIdentity": by} if by else {})}


def _place(entity: str) -> int:
    return [each.name for each in TABLE.entities].index(entity)


def test_submissions_alone_become_events_and_none_of_the_smoke_tests(judge: Ruler) -> None:
    asked = filters(pipe("formbridge-FormBridgeData-events"))
    kinds = [entity.name for entity in TABLE.entities]
    through = judge.any_of(asked, [change(kind, "INSERT") for kind in kinds])
    assert [kind for kind, passed in zip(kinds, through, strict=True) if passed] == ["submission"]
    others = [
        change("submission", "MODIFY"),
        change("submission", "INSERT", "NewImage"),
        change("submission", "MODIFY", "NewImage"),
        change("submission", "MODIFY", "OldImage"),
        change("submission", "REMOVE"),
    ]
    assert judge.any_of(asked, others) == [True, False, False, False, False]


def test_what_ttl_deletes_is_archived_and_nothing_that_a_user_or_another_region_does(judge: Ruler) -> None:
    for name in ("campaign-tracking", "revenue-attribution", "optimization-decisions", "performance-metrics"):
        asked = filters(pipe(f"pse-{name}-archive"))
        records = [
            change("submission", "REMOVE", by=SERVICE),
            change("submission", "REMOVE", "OldImage", by=SERVICE),
            change("submission", "REMOVE"),  # a user's, or replicated from the region where TTL ran
            change("submission", "REMOVE", by={"type": "Service", "principalId": "replication.dynamodb.amazonaws.com"}),
            change("submission", "REMOVE", by={**SERVICE, "type": "User"}),
            change("submission", "MODIFY", by=SERVICE),
        ]
        assert judge.any_of(asked, records) == [True, False, False, False, False, False]


class Consumer(Recorder):
    """As the tables' stack answers: its outputs are what Form-Bridge exports in prod."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        name, state = super().new_resource(args)
        if args.typ == "pulumi:pulumi:StackReference":
            family = declare.staged(FORMS, "prod", CATALOGUE, **ON)
            exported = expected_family(family, Account(ACCOUNT)).model_dump(by_alias=True)
            outputs = {"contractVersion": "1.3", "stage": "prod", "families": {"formbridge": exported}}
            return args.name, {**args.inputs, "outputs": outputs, "secretOutputNames": []}
        return name, {**state, "url": f"https://sqs/{args.name}"}


def example(**settings: Any) -> dict[str, dict[str, Any]]:
    """The rules that examples/events-python registers."""
    recorder = Consumer()
    set_mocks(recorder, project="events-consumer", stack="prod", preview=False)
    given = {"tables": "o/p/prod", "family": "formbridge", "table": "FormBridgeData", **settings}
    pulumi.runtime.set_all_config({f"events-consumer:{name}": value for name, value in given.items()})

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def inner() -> None:
        runpy.run_path(str(ROOT / "examples" / "events-python" / "__main__.py"))

    inner()
    return recorder.of(EVENT_RULE)


def test_the_examples_rule_takes_the_events_that_it_asks_for(judge: Ruler) -> None:
    """Through the input as it is registered, with texts that would break it."""
    given = pipe("formbridge-FormBridgeData-events")["targetParameters"]
    bus = given["eventbridgeEventBusParameters"]
    record = change("submission", "INSERT")
    detail = json.loads(rendered(given["inputTemplate"], record))
    assert detail["attributes"]["timestamp"] == '"now" <$.eventName>'
    assert detail["keys"] == {"PK": {"S": "TENANT#x#x"}, "SK": {"S": "SUB#x"}}
    event = {"source": bus["source"], "detail-type": bus["detailType"], "detail": detail}
    (every,) = (rule["eventPattern"] for rule in example().values())
    (failed,) = (rule["eventPattern"] for rule in example(attributes='{"status": ["FAILED"]}').values())
    other = {**event, "source": "dynamodb-tables.acs"}
    broken = {**event, "detail": {**detail, "attributes": {**detail["attributes"], "status": "FAILED"}}}
    assert judge.matched(every, [event, broken, other]) == [True, True, False]
    assert judge.matched(failed, [event, broken, other]) == [False, True, False]


@pytest.mark.parametrize(
    "pattern",
    [
        {"status": [{"begins": "x"}]},
        {"status": [{"numeric": [">", "1"]}]},
        {"status": [{"wildcard": "**"}]},
        {"status": "x"},
        {"status": []},
        {"$or": [{"a": ["b"]}]},
        {"status": [{"exists": "no"}]},
    ],
    ids=json.dumps,
)
def test_what_aws_refuses_is_refused(judge: Ruler, pattern: Any) -> None:
    with pytest.raises(RefusedPatternError):
        judge.matched(json.dumps(pattern), [])
