"""What no single edit shows: whose account it is, calls at once, what is only read, what looks like another thing."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from policies.rule import Finding
from tests.components.mocked import ACCOUNT
from tests.policies.analyzer import Found, Pack, Sent
from tests.policies.edits import UNKNOWN, edit, key
from tests.policies.mutations import ACS, DENY, ERRORS, FIRST, READS, SECRET, SIGNATURE, TENANT, USERS
from tests.policies.program import EVERYTHING, stack

DEEP = "[" * 200_000
ELSEWHERE = "999988887777"


def afresh(pack: Pack, **changed: Any) -> dict[tuple[str, str], Sent]:
    """Prod's resources; the pack has judged nothing yet."""
    config, resources = stack("prod", **changed)
    pack.at("").at("prod", config)
    return resources


def stopped(found: list[Found]) -> list[str]:
    return [each.message for each in found if each.level == "mandatory"]


def moved(sent: Sent, account: str) -> Sent:
    """The resource with every ARN in another account."""
    return replace(sent, inputs=json.loads(json.dumps(sent.inputs).replace(ACCOUNT, account)))


@pytest.mark.parametrize("target", [ACS, READS, "role formbridge-tenant"])
@pytest.mark.parametrize("account", [ELSEWHERE, "000000000000"])
@pytest.mark.parametrize("first", [True, False])
def test_a_resource_of_another_account_is_found_whenever_it_is_judged(
    pack: Pack, target: str, account: str, first: bool
) -> None:
    resources = afresh(pack)
    odd = moved(resources.pop(key(target)), account)
    assert stopped(pack.everything([odd, *resources.values()] if first else [*resources.values(), odd]))


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_allowed_accounts_a_stack_is_in_one(pack: Pack, order: int) -> None:
    config, resources = stack("prod")
    pack.at("").at("prod", config | {"aws:allowedAccountIds": json.dumps([ELSEWHERE, ACCOUNT][::order])})
    assert stopped(pack.everything([each for each in resources.values() if not each.type.startswith("pulumi:")])) == []
    assert stopped(pack.analyze(moved(resources[key(ACS)], ELSEWHERE)))


def test_calls_at_once_find_one_account(pack: Pack) -> None:
    resources = afresh(pack)
    odd = [moved(resources.pop(key(target)), ELSEWHERE) for target in (ACS, READS, ERRORS)]
    mixed = [each for pair in zip(odd, list(resources.values())[-3:], strict=True) for each in pair]
    with ThreadPoolExecutor(8) as calls:
        found = [each for answer in calls.map(pack.analyze, [*mixed, *resources.values()]) for each in answer]
    assert len({each.urn for each in found if each.level == "mandatory"}) >= len(odd)


@pytest.mark.parametrize("target", [USERS, ACS, DENY, READS])
def test_what_is_read_in_place_of_registered_is_stopped(pack: Pack, target: str) -> None:
    resources = afresh(pack, **EVERYTHING)
    for each in resources.values():
        if (each.type, each.name) != key(target):
            assert stopped(pack.analyze(each)) == []
    (said,) = stopped(pack.analyze_stack(list(resources.values())))
    assert f"{target.split()[1]}: is read, expected registered" in said


PLUGINS: dict[str, dict[str, Any]] = {
    "table acs-Users": {"tableClass": "STANDARD"},
    "attached acs-Users-deny-writes": {"confirmRemoveSelfResourceAccess": False},
    "role acs-app": {"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    "topic acs-alarms": {"contentBasedDeduplication": False, "fifoTopic": False},
    "subscription acs-alarms-email-af3c8254": {
        "confirmationTimeoutInMinutes": 1,
        "endpointAutoConfirms": False,
        "rawMessageDelivery": False,
    },
    "function item-counts-eu-west-2": {"packageType": "Zip", "publish": False, "reservedConcurrentExecutions": -1},
    "cloudwatch/logGroup:LogGroup item-counts-eu-west-2": {"skipDestroy": False},
    "cloudwatch/eventRule:EventRule item-counts-eu-west-2": {"eventBusName": "default", "forceDestroy": False},
    "cloudwatch/eventTarget:EventTarget acs-backups": {"eventBusName": "default", "forceDestroy": False},
    "backup/vault:Vault acs-backups": {"forceDestroy": False},
    "alarm acs-Users-read-throttles": {"actionsEnabled": True},
    "alarm acs-Users-system-errors": {"actionsEnabled": True, "metricQueries/0/returnData": False},
}
"""What the real plugin adds: the defaults of the Terraform provider's schema (6.x), which the stand-in lacks."""


@pytest.mark.parametrize("target", PLUGINS)
def test_what_the_real_plugin_adds_is_no_difference_and_another_value_is(pack: Pack, target: str) -> None:
    resources = afresh(pack, **EVERYTHING)
    edit(resources, key(target), PLUGINS[target])
    assert stopped(pack.analyze(resources[key(target)])) == []
    for path, value in PLUGINS[target].items():
        other = {"/": "/x/", "STANDARD": "STANDARD_INFREQUENT_ACCESS"}.get(value, not value if value in (0, 1) else 7)
        edit(resources, key(target), {path: other})
        assert any(
            f"{path.split('/')[-1]} is {other!r}, expected" in said
            for said in stopped(pack.analyze(resources[key(target)]))
        )
        edit(resources, key(target), {path: value})


def test_the_real_plugins_provider_is_the_stacks_own(pack: Pack) -> None:
    config, _ = stack("prod")
    given = {name.removeprefix("aws:"): value for name, value in config.items() if name.startswith("aws:")}
    given |= {"version": "7.51.1", "skipCredentialsValidation": "false", "skipRegionValidation": "true"}
    kind, name = "pulumi:providers:aws", "default_7_51_1"
    assert stopped(pack.at("prod", config).analyze(Sent(kind, name, given))) == []
    for changed in ({"skipCredentialsValidation": "true"}, {"profile": "root"}, {"version": "7.51.0"}):
        assert stopped(pack.analyze(Sent(kind, name, given | changed))), changed


def test_default_tags_that_repeat_a_tag_are_no_difference(pack: Pack) -> None:
    config, resources = stack("prod")
    pack.at("prod", config | {"aws:defaultTags": json.dumps({"tags": {"stage": "prod", "bill": "7"}})})
    users = resources[key(USERS)]
    tagged = replace(users, inputs={**users.inputs, "tags": {**users.inputs["tags"], "bill": "7"}})
    assert stopped(pack.analyze(users)) == stopped(pack.analyze(tagged)) == []
    tagged.inputs["tags"]["bill"] = "8"
    assert "tags.bill is '8', expected not given" in stopped(pack.analyze(tagged))[0]


@pytest.mark.parametrize(
    ("target", "edits", "says"),
    [
        (ACS, {"policy": DEEP}, "which is not a policy document"),
        (FIRST, {"insecureValue": DEEP}, "insecureValue is [["),
        (READS, {"threshold": float("inf")}, "threshold is inf, expected 0"),
        (READS, {"threshold": float("nan")}, "threshold is nan, expected 0"),
        (ERRORS, {"metricQueries/0/metric/dimensions": UNKNOWN}, "is (known after the update)"),
        (ACS, {"policy": {SIGNATURE: SECRET, "value": "hunter2"}}, "policy is not the one that"),
        (USERS, {"tags/key": {SIGNATURE: SECRET, "value": ["hunter2"]}}, "tags.key is [[secret]]"),
    ],
)
def test_no_value_breaks_the_pack_or_shows_a_secret(pack: Pack, target: str, edits: dict[str, Any], says: str) -> None:
    resources = deepcopy(afresh(pack, **EVERYTHING))
    edit(resources, key(target), edits)
    found = stopped(pack.analyze(resources[key(target)]))
    assert any(says in message for message in found), found
    assert not any("hunter2" in message or len(message) > 3000 for message in found)


def test_a_line_of_a_value_begins_no_line_of_the_report(pack: Pack) -> None:
    """Programs read commands from the beginnings of a log's lines."""
    resources = afresh(pack)
    edit(resources, key(TENANT), {"policy": "{\n::stop-commands::x\n"})
    assert not any("\n::" in message for message in stopped(pack.analyze(resources[key(TENANT)])))


def test_a_policy_configuration_makes_no_rule_of_prod_weaker(pack: Pack) -> None:
    config, resources = stack("prod")
    off = {"stack-inputs": {"enforcementLevel": "disabled"}, "stack-undeclared": {"enforcementLevel": "advisory"}}
    pack.at("prod", config, off)
    edit(resources, key(USERS), {"tags/more": "x"})
    assert stopped(pack.analyze(resources[key(USERS)]))
    assert stopped(pack.analyze(Sent("aws:iam/user:User", "intern", {})))
    pack.at("dev", stack("dev")[0], off)
    assert stopped(pack.analyze(Sent("aws:iam/user:User", "intern", {}))) == []


def test_a_finding_is_about_the_whole_name() -> None:
    assert Finding("", "urn:pulumi:prod::dynamodb-tables::aws:iam/user:User::x::acs-app").about == "x::acs-app"
