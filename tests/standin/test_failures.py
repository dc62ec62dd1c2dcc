"""Half-way failures converge, taking over is asked for, and what goes wrong says how to fix it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.standin.context import TAKE_OVER, Context
from local.standin.errors import ServiceError, StandInError

from .harness import ALARM, PARAMETER, ROLE, TABLE, TOPIC, Plugin, PluginError
from .lives import ROLE_INPUTS
from .test_checks import alarm
from .test_table import describe, indexed, users

TTL = {"ttl": {"attributeName": "expires", "enabled": True}}


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes calls of the plugin fail, from the n-th on."""
    original = Context.call
    seen: list[str] = []

    def fail(method: str, error: Exception | None = None, after: int = 0) -> None:
        refusal = error or ServiceError(method, "ThrottlingException", "slow down")

        def call(self: Context, name: str, **arguments: Any) -> Any:
            if name == method:
                seen.append(name)
                if len(seen) > after:
                    raise refusal
            return original(self, name, **arguments)

        monkeypatch.setattr(Context, "call", call)

    return fail


def test_a_table_that_failed_at_its_ttl_is_kept_and_completed(
    plugin: Plugin, failing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing("update_time_to_live")
    with pytest.raises(PluginError, match="there only in part, the next `up` completes it") as caught:
        plugin.up(TABLE, "users", users(**TTL))
    assert "ThrottlingException: slow down" in str(caught.value)
    held = plugin.state["users"]
    assert held.resource_id == "dev-users"
    assert held.outputs["arn"].endswith("table/dev-users")
    assert held.outputs["ttl"] == {"attributeName": "", "enabled": False}
    monkeypatch.undo()
    assert plugin.up(TABLE, "users", users(**TTL)) == "update"
    assert plugin.outputs("users")["ttl"] == TTL["ttl"]
    assert plugin.up(TABLE, "users", users(**TTL)) == "same"


def test_an_update_cut_off_between_indexes_is_completed(
    plugin: Plugin, failing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin.up(TABLE, "users", users())
    failing("update_table", after=2)
    with pytest.raises(PluginError, match="there only in part"):
        plugin.up(TABLE, "users", indexed("a", "b", "c"))
    assert [index["name"] for index in plugin.outputs("users")["globalSecondaryIndexes"]] == ["by-a", "by-b"]
    monkeypatch.undo()
    assert plugin.up(TABLE, "users", indexed("a", "b", "c")) == "update"
    assert len(describe(plugin)["GlobalSecondaryIndexes"]) == 3
    assert plugin.refresh("users") == "same"


def test_a_failed_first_call_leaves_nothing(plugin: Plugin, failing: Callable[..., None]) -> None:
    failing("create_table")
    with pytest.raises(PluginError, match="slow down") as caught:
        plugin.up(TABLE, "users", users())
    assert caught.value.partial is None
    assert plugin.state == {}


def test_an_update_of_what_is_gone_says_to_refresh_and_keeps_the_state(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users())
    plugin.client("dynamodb").delete_table(TableName="dev-users")
    with pytest.raises(PluginError, match="not there any more") as caught:
        plugin.up(TABLE, "users", users(tags={"a": "b"}))
    assert "pulumi refresh" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert caught.value.partial is None
    assert plugin.refresh("users") == "delete"
    assert plugin.up(TABLE, "users", users()) == "create"


@pytest.mark.parametrize(
    ("token", "inputs", "reading", "before"),
    [
        (ALARM, alarm(tags={"team": "a"}), "describe_alarms", 0),
        # It is asked for once more, before it is created.
        (TOPIC, {"name": "dev-alarms", "tags": {"team": "a"}}, "get_topic_attributes", 1),
        (ROLE, {**ROLE_INPUTS, "tags": {"team": "a"}}, "get_role", 0),
        (TABLE, users(tags={"team": "a"}), "describe_table", 0),
    ],
)
def test_a_creation_that_was_stopped_before_it_was_read_back_is_completed(
    plugin: Plugin,
    failing: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    token: str,
    inputs: dict[str, Any],
    reading: str,
    before: int,
) -> None:
    """As a ctrl-C does: the state lacks the ARN, by which tags are set."""
    failing(reading, StandInError("stopped, as the engine asked"), before)
    with pytest.raises(PluginError, match="there only in part, the next `up` completes it"):
        plugin.up(token, "x", inputs)
    monkeypatch.undo()
    assert plugin.up(token, "x", {**inputs, "tags": {"team": "b"}}) == "update"
    assert plugin.outputs("x")["tags"] == {"team": "b"}
    assert plugin.outputs("x")["arn"].startswith("arn:aws:")
    assert plugin.refresh("x") == "same"


# -- what is there already ---------------------------------------------------------------------------------


def lose(plugin: Plugin) -> None:
    """Forgets the state, as a killed update does, and starts another plug-in, as the next one does."""
    plugin.state.clear()
    plugin.stop()
    plugin.start()


@pytest.mark.parametrize(
    ("token", "inputs", "refusal"),
    [(TABLE, users(), "Table already exists: dev-users"), (ROLE, ROLE_INPUTS, "EntityAlreadyExists")],
)
def test_what_is_there_already_is_refused_as_aws_does_with_the_way_out(
    plugin: Plugin, token: str, inputs: dict[str, Any], refusal: str
) -> None:
    plugin.up(token, "it", inputs)
    lose(plugin)
    with pytest.raises(PluginError, match=refusal) as caught:
        plugin.up(token, "it", inputs)
    assert "`make up` takes over" in str(caught.value)
    assert "make down" in str(caught.value)
    assert caught.value.partial is None


@pytest.fixture
def take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TAKE_OVER, "1")


@pytest.mark.usefixtures("take_over")
def test_what_a_killed_update_made_is_taken_over_and_completed(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users())
    lose(plugin)
    plugin.client("dynamodb").put_item(TableName="dev-users", Item={"pk": {"S": "1"}, "sk": {"S": "1"}})
    assert plugin.up(TABLE, "users", indexed("email", **TTL)) == "create"
    assert plugin.outputs("users")["ttl"] == TTL["ttl"]
    assert [index["IndexName"] for index in describe(plugin)["GlobalSecondaryIndexes"]] == ["by-email"]
    assert plugin.client("dynamodb").scan(TableName="dev-users")["Count"] == 1
    assert "took over table 'dev-users'" in plugin.warnings[0]
    assert plugin.refresh("users") == "same"


@pytest.mark.usefixtures("take_over")
def test_a_replacement_never_takes_over_what_it_replaces(plugin: Plugin) -> None:
    """Its end deletes the old one: taken over, that would be the table with all items."""
    plugin.up(TABLE, "users", users())
    inputs, _ = plugin.check(TABLE, "users", users(), old=plugin.state["users"].inputs)
    with pytest.raises(PluginError, match="Table already exists"):
        plugin.create(TABLE, "users", inputs)


AT = [{"name": name, "type": "S"} for name in ("pk", "sk", "at")]
BY_AT = [{"name": "by-at", "rangeKey": "at", "projectionType": "ALL"}]


@pytest.mark.usefixtures("take_over")
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("others", {}),
        ("users", {"rangeKey": None, "attributes": [{"name": "pk", "type": "S"}]}),
        ("users", {"attributes": [{"name": "pk", "type": "N"}, {"name": "sk", "type": "S"}]}),
        ("users", {"attributes": AT, "localSecondaryIndexes": BY_AT}),
    ],
    ids=["another resource's", "other keys", "another type", "other local indexes"],
)
def test_another_table_is_never_taken_over(plugin: Plugin, name: str, other: dict[str, Any]) -> None:
    plugin.up(TABLE, "users", users())
    lose(plugin)
    with pytest.raises(PluginError, match="Table already exists"):
        plugin.up(TABLE, name, users(**other))


@pytest.mark.usefixtures("take_over")
@pytest.mark.parametrize(
    ("token", "inputs", "change", "refused"),
    [
        (
            TOPIC,
            {"name": "dev-alarms", "tags": {"a": "b"}},
            {"displayName": "Alarms"},
            r"SNS Topic \(dev-alarms\) already",
        ),
        (ROLE, ROLE_INPUTS, {"description": "new", "tags": {"c": "d"}}, "EntityAlreadyExists"),
        (
            PARAMETER,
            {"name": "/dev/x", "type": "String", "insecureValue": "1"},
            {"insecureValue": "2"},
            "AlreadyExists",
        ),
    ],
)
def test_others_are_taken_over_likewise_if_this_very_resource_made_them(
    plugin: Plugin, token: str, inputs: dict[str, Any], change: dict[str, Any], refused: str
) -> None:
    plugin.up(token, "it", inputs)
    arn = plugin.outputs("it")["arn"]
    lose(plugin)
    assert plugin.up(token, "it", {**inputs, **change}) == "create"
    assert {name: plugin.outputs("it")[name] for name in ("arn", *change)} == {"arn": arn, **change}
    assert plugin.refresh("it") == "same"
    lose(plugin)
    with pytest.raises(PluginError, match=refused):
        plugin.up(token, "another", inputs)


def test_creations_that_are_idempotent_simply_converge(plugin: Plugin) -> None:
    plugin.up(ALARM, "alarm", alarm())
    lose(plugin)
    assert plugin.up(ALARM, "alarm", alarm(threshold=9)) == "create"
    assert plugin.outputs("alarm")["threshold"] == 9


def test_a_topic_that_is_there_already_is_refused_as_the_real_plugin_does(plugin: Plugin) -> None:
    plugin.client("sns").create_topic(Name="dev-alarms")
    with pytest.raises(PluginError) as caught:
        plugin.up(TOPIC, "topic", {"name": "dev-alarms"})
    assert str(caught.value).startswith(
        "CreateTopic: AlreadyExists: SNS Topic (dev-alarms) already exists\n"
        "'topic' is on the emulator but not in this stack's state"
    )
    assert caught.value.partial is None


def test_the_mark_is_a_tag_that_nobody_sees(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users(tags={"a": "b"}))
    arn = plugin.outputs("users")["arn"]
    tags = {t["Key"]: t["Value"] for t in plugin.client("dynamodb").list_tags_of_resource(ResourceArn=arn)["Tags"]}
    assert set(tags) == {"a", "aws:standin:urn"}
    assert "Table::users" in tags["aws:standin:urn"]
    assert plugin.outputs("users")["tagsAll"] == {"a": "b"}
    assert plugin.read(TABLE, "users", "dev-users")[2]["tags"] == {"a": "b"}


# -- stopping ----------------------------------------------------------------------------------------------


def test_a_cancelled_plugin_stops_before_the_next_call(start: Callable[..., Plugin]) -> None:
    from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]

    plugin = start()
    plugin.up(TABLE, "users", users())
    plugin.ask("Cancel", Empty())
    with pytest.raises(PluginError, match="stopped before describe_table, as the engine asked"):
        plugin.up(TABLE, "users", users(tags={"a": "b"}))


def test_a_dead_emulator_is_said_in_one_sentence(start: Callable[..., Plugin]) -> None:
    plugin = start(configure=False)
    plugin.endpoint = "http://127.0.0.1:9"
    plugin.configure()
    with pytest.raises(PluginError) as caught:
        plugin.up(TABLE, "users", users())
    assert str(caught.value).startswith("The emulator at http://127.0.0.1:9 does not answer (")
    assert "make up" in str(caught.value)


def test_a_defect_of_the_emulator_is_called_one(plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PluginError, match="a defect of the emulator"):
        plugin.read(TOPIC, "x", "no-arn-at-all")
