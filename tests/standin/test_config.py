"""The provider's configuration: loopback only, the right account, the right properties; tags and functions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime import proto

from local.standin import clients
from local.standin.values import Props, from_struct, to_struct

from .harness import ALARM, ROLE, TABLE, TOPIC, Plugin, PluginError
from .lives import ROLE_INPUTS, TARGET
from .test_checks import alarm
from .test_table import users

AWS = "https://dynamodb.eu-west-2.amazonaws.com"


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        (
            {"endpoints": [{"dynamodb": AWS}]},
            f"dynamodb is {AWS!r}; .* takes loopback only .*AWS_PLUGIN=real",
        ),
        ({"endpoints": "http://127.0.0.1:4566"}, "aws:endpoints is 'http://127.0.0.1:4566', which isn't the JSON text"),
        ({"region": ""}, "invalid or missing AWS region: set aws:region"),
        ({"allowedAccountId": "1"}, "has no property 'allowedAccountId'; did you mean 'allowedAccountIds'"),
        ({"allowedAccountIds": ["111122223333"]}, "AWS account ID not allowed: 123456789012; allowed: 111122223333"),
        ({"forbiddenAccountIds": ["123456789012"]}, "not allowed: 123456789012; allowed: any but 123456789012"),
    ],
)
def test_a_setting_that_will_not_do_is_refused(start: Callable[..., Plugin], settings: Props, refusal: str) -> None:
    """Which addresses are on this machine: `tests/unit/test_addresses.py`."""
    with pytest.raises(PluginError, match=refusal):
        start(**settings)


def test_an_account_that_is_allowed_and_not_forbidden_will_do(start: Callable[..., Plugin]) -> None:
    start(allowedAccountIds=["111122223333", "123456789012"], forbiddenAccountIds=["111122223333"])


def test_the_environments_endpoint_and_region_count_for_nothing(
    start: Callable[..., Plugin], monkeypatch: pytest.MonkeyPatch, empty: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", empty)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with pytest.raises(PluginError, match=r"no endpoint for 'dynamodb' .*never calls AWS itself. Add"):
        start(endpoints=[]).check(TABLE, "users", users())
    with pytest.raises(PluginError, match="invalid or missing AWS region"):
        start(region="")


def test_the_users_own_credentials_and_profiles_are_never_read(
    start: Callable[..., Plugin], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id=REAL\naws_secret_access_key=REAL\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "REAL")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    plugin = start(accessKey="")
    made: clients.Clients = plugin.provider._ready
    used = made.get("dynamodb", "eu-west-2")._get_credentials()
    assert (used.access_key, used.secret_key) == (clients.MISSING_CREDENTIALS, "test")
    assert plugin.up(TABLE, "users", users()) == "create"


def test_default_tags_reach_what_is_made_and_change_it(start: Callable[..., Plugin]) -> None:
    plugin = start(defaultTags={"tags": {"owner": "platform", "stage": "dev"}})
    plugin.up(TABLE, "users", users(tags={"stage": "special"}))
    plugin.up(ROLE, "role", ROLE_INPUTS)
    plugin.up(ALARM, "alarm", alarm())
    assert plugin.outputs("users")["tags"] == {"stage": "special"}
    assert plugin.outputs("users")["tagsAll"] == {"owner": "platform", "stage": "special"}
    for name in ("users", "role", "alarm"):
        assert plugin.outputs(name)["tagsAll"]["owner"] == "platform"
        assert plugin.refresh(name) == "same"
    other = start(defaultTags={"tags": {"owner": "data"}})
    other.state.update(plugin.state)
    plan = other.diff(other.state["users"], users(tags={"stage": "special"}))
    assert plan.paths == {"tagsAll.owner": "UPDATE"}
    assert other.up(TABLE, "users", users(tags={"stage": "special"})) == "update"
    assert other.up(ALARM, "alarm", alarm()) == "update"
    assert other.outputs("users")["tagsAll"] == {"owner": "data", "stage": "special"}
    assert other.outputs("alarm")["tagsAll"] == {"owner": "data"}
    assert other.refresh("alarm") == other.refresh("users") == "same"


def test_ignored_tags_are_not_seen(start: Callable[..., Plugin]) -> None:
    plugin = start(ignoreTags={"keys": ["seen"], "keyPrefixes": ["cost:"]})
    plugin.up(TABLE, "users", users())
    arn = plugin.outputs("users")["arn"]
    tags = [{"Key": "seen", "Value": "1"}, {"Key": "cost:a", "Value": "1"}]
    plugin.client("dynamodb").tag_resource(ResourceArn=arn, Tags=tags)
    assert plugin.refresh("users") == "same"


def test_the_providers_region_moves_what_has_none_of_its_own(start: Callable[..., Plugin]) -> None:
    plugin = start()
    plugin.up(TABLE, "users", users())
    plugin.up(ROLE, "role", ROLE_INPUTS)
    moved = start(region="us-east-1")
    assert moved.diff(plugin.state["users"], users()).replaces == ["region"]
    assert moved.diff(plugin.state["role"], ROLE_INPUTS).replaces == []


def invoke(plugin: Plugin, token: str, **given: Any) -> dict[str, Any]:
    return from_struct(getattr(plugin.ask("Invoke", proto.InvokeRequest(tok=token, args=to_struct(given))), "return"))


def test_functions(plugin: Plugin) -> None:
    caller = invoke(plugin, "aws:index/getCallerIdentity:getCallerIdentity")
    assert caller["accountId"] == caller["id"] == "123456789012"
    assert caller["arn"].startswith("arn:aws:sts::123456789012:")
    partition = invoke(plugin, "aws:index/getPartition:getPartition")
    assert (partition["partition"], partition["dnsSuffix"]) == ("aws", "amazonaws.com")
    with pytest.raises(PluginError, match=r"no such function. It has: .*aws:index/getCallerIdentity") as caught:
        invoke(plugin, "aws:ec2/getVpc:getVpc")
    assert "AWS_PLUGIN=real" in str(caught.value)


def test_a_table_is_told_as_the_function_has_it(plugin: Plugin) -> None:
    token = "aws:dynamodb/getTable:getTable"
    with pytest.raises(PluginError, match=r"reading DynamoDB Table \(dev-users\): couldn't find resource"):
        invoke(plugin, token, name="dev-users")
    index = {"name": "by-mail", "keySchemas": [{"attributeName": "mail", "keyType": "HASH"}], "projectionType": "ALL"}
    mail = [{"name": "id", "type": "S"}, {"name": "mail", "type": "S"}]
    warm = {"readUnitsPerSecond": 13_000, "writeUnitsPerSecond": 5_000}
    units = {"billingMode": "PROVISIONED", "readCapacity": 3, "writeCapacity": 4, "warmThroughput": warm}
    made = {"name": "dev-users", "hashKey": "id", "attributes": mail, **units, "region": "us-east-1"}
    own = {"readCapacity": 5, "writeCapacity": 6}
    plugin.up(TABLE, "users", {**made, "globalSecondaryIndexes": [{**index, **own}]})
    found = invoke(plugin, token, name="dev-users", region="us-east-1")
    assert (found["billingMode"], found["readCapacity"], found["warmThroughputs"]) == ("PROVISIONED", 3, [warm])
    (told,) = found["globalSecondaryIndexes"]
    assert told == {**index, **own, "hashKey": "mail", "rangeKey": "", "nonKeyAttributes": []} | {
        "onDemandThroughputs": [],
        "warmThroughputs": [],
    }


def test_the_schema_names_every_type(plugin: Plugin) -> None:
    schema = json.loads(plugin.ask("GetSchema", proto.GetSchemaRequest()).schema)
    table = schema["resources"][TABLE]
    assert table["inputProperties"]["hashKey"] == {"type": "string"}
    assert "arn" in table["properties"]
    assert {TOPIC, ALARM, TARGET} <= set(schema["resources"])
    reference = table["inputProperties"]["ttl"]["$ref"].removeprefix("#/types/")
    assert "attributeName" in schema["types"][reference]["properties"]
