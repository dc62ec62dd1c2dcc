"""What drift finds of analyzers, insights and unusual costs, by answers as the services' models have them."""

from __future__ import annotations

from typing import Any

import pytest

from tablekit.model.staged import Account
from tablekit.ops.live.stage import account_checks
from tablekit.ops.live.watches import watches
from tablekit.ops.stages import StageSettings
from tablekit.resources import ANALYZER, ANOMALY_MONITOR, ANOMALY_SUBSCRIPTION
from tablekit.resources.alarms import costs_of_stage
from tablekit.resources.audit import insights
from tablekit.resources.stack import stage_watches
from tests.support import declare
from tests.unit.test_live_watches import Stubbed

ACCOUNT = Account("111122223333")
SHOP = declare.staged(accessAnalyzer=True, costAnomalies=25, contributorInsights={"shop": "throttled"})
WHOLE = {each.type: each for each in stage_watches(SHOP.stage, [SHOP], ACCOUNT)}
LOOKS, COUNTS, HEARS = (WHOLE[kind] for kind in (ANALYZER, ANOMALY_MONITOR, ANOMALY_SUBSCRIPTION))
OF_TABLE, OF_INDEX = insights("shop-orders", SHOP, SHOP.tables["orders"])
NAME, TOPIC = "dynamodb-tables-dev", HEARS.inputs["subscribers"][0]["address"]
FOUND = {"arn": "arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/a", "name": NAME, "createdAt": 0}
COUNTED = "arn:aws:ce::111122223333:anomalymonitor/1"
TAGS = {"Key": "project", "Values": ["dynamodb-tables"]}
LEAST = {"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "Values": ["25"]}}


def analyzer(**changed: Any) -> Stubbed:
    found = {**FOUND, "type": "ACCOUNT", "status": "ACTIVE", **changed}
    return Stubbed("accessanalyzer", "eu-west-1", ("get_analyzer", {"analyzer": found}))


def shown(**changed: Any) -> Stubbed:
    found = {"ContributorInsightsStatus": "ENABLED", "ContributorInsightsMode": "THROTTLED_KEYS", **changed}
    return Stubbed("dynamodb", "eu-west-1", ("describe_contributor_insights", found))


def monitors(*tags: dict[str, Any]) -> Stubbed:
    """Ours on the second page, one with each of these tags."""
    other = {"MonitorName": "mine", "MonitorType": "DIMENSIONAL"}
    found = [{"MonitorName": NAME, "MonitorType": "CUSTOM", "MonitorSpecification": {"Tags": each}} for each in tags]
    first = ("get_anomaly_monitors", {"AnomalyMonitors": [other], "NextPageToken": "2"})
    return Stubbed("ce", "us-east-1", first, ("get_anomaly_monitors", {"AnomalyMonitors": found}))


def subscriptions(**changed: Any) -> Stubbed:
    found: dict[str, Any] = {"SubscriptionName": NAME, "MonitorArnList": [COUNTED], "Frequency": "IMMEDIATE"}
    found |= {"Subscribers": [{"Type": "SNS", "Address": TOPIC}], "ThresholdExpression": LEAST, **changed}
    return Stubbed("ce", "us-east-1", ("get_anomaly_subscriptions", {"AnomalySubscriptions": [found]}))


@pytest.mark.parametrize(
    ("expected", "clients", "found"),
    [
        (LOOKS, analyzer(), []),
        (LOOKS, analyzer(type="ACCOUNT_UNUSED_ACCESS", status="DISABLED"), ["type: found ACC", "status: found DIS"]),
        (LOOKS, Stubbed("accessanalyzer", "eu-west-1", ("get_analyzer", "ResourceNotFoundException")), ["missing"]),
        (OF_TABLE, shown(), []),
        (OF_INDEX, shown(ContributorInsightsStatus="DISABLED"), ["status: found DISABLED, expected ENABLED"]),
        (OF_TABLE, shown(ContributorInsightsMode="ACCESSED_AND_THROTTLED_KEYS"), ["keys: found ACCESSED_AND"]),
        (COUNTS, monitors(TAGS), []),
        (COUNTS, monitors({**TAGS, "Values": ["x"]}), ["what is counted: found ['project', ['x']]"]),
        (COUNTS, monitors(), ["missing, so nobody looks or hears"]),
        (HEARS, subscriptions(), []),
        (
            HEARS,
            subscriptions(Subscribers=[], Frequency="DAILY", ThresholdExpression={}),
            ["who hears of it: found none", "how often: found DAILY", "from which amount: found none"],
        ),
    ],
)
def test_what_differs_is_said(expected: Any, clients: Any, found: list[str]) -> None:
    ((name, _, look),) = watches(clients, [expected], ACCOUNT, "dev", emulated=False)
    texts = [problem.text.removeprefix(f"{name}: ") for problem in look()]
    assert [text[: len(says)] for text, says in zip(texts, found, strict=True)] == found
    clients.stub.assert_no_pending_responses()


@pytest.mark.parametrize(("key", "says"), [("eu-west-2", []), ("eu-west-1", ["alarms' topic: key: found arn:aws:kms"])])
def test_the_topic_of_unusual_costs_is_under_the_stages_key(key: str, says: list[str]) -> None:
    keys = {region: f"arn:aws:kms:{region}:111122223333:key/k" for region in ("eu-west-1", "eu-west-2")}
    of = declare.staged(costAnomalies=25, encryption="customer-managed", kmsKeyArns=keys)
    topic = costs_of_stage(of.stage, ACCOUNT).topic.inputs
    found = {"Attributes": {"Policy": topic["policy"], "KmsMasterKeyId": keys[key]}}
    clients: Any = Stubbed("sns", "eu-west-2", ("get_topic_attributes", found))
    checks = account_checks(clients, StageSettings(of.stage, True, (), None), {"eu-west-1": ACCOUNT}, [of])
    (look,) = (each.call for each in checks if each.name == "topic of unusual costs")
    assert [problem.text[: len(text)] for problem, text in zip(look(), says, strict=True)] == says


def test_what_no_emulator_has_is_not_asked_for_there() -> None:
    nobody: Any = None
    assert not list(watches(nobody, [LOOKS, COUNTS, HEARS, OF_TABLE], ACCOUNT, "dev", emulated=True))
