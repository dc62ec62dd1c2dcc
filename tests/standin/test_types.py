"""Every type of the catalogue: made, seen unchanged, refreshed, changed in place, replaced, deleted, gone."""

from __future__ import annotations

import json

import pytest

from local.standin import catalog, schema
from local.standin.spec import fill
from local.standin.values import UNKNOWN, Props

from . import lives, record_lives
from .harness import ROLE, ROLE_POLICY, Plugin
from .lives import ALIAS, ALLOW, DENY, KEY, ROLE_INPUTS, Life

LIVES = {**lives.LIVES, **record_lives.LIVES}
HELD_THERE = {name: life for name, life in LIVES.items() if catalog.lookup(life.token).held is None}


def drop_none(inputs: Props) -> Props:
    return {key: value for key, value in inputs.items() if value is not None}


def begin(plugin: Plugin, life: Life) -> None:
    for token, name, inputs in life.before:
        plugin.up(token, name, inputs)


@pytest.mark.parametrize("life", LIVES.values(), ids=list(LIVES))
def test_a_life(plugin: Plugin, life: Life) -> None:
    begin(plugin, life)
    assert plugin.up(life.token, "it", life.inputs) == "create"
    outputs = plugin.outputs("it")
    assert {name: outputs[name] for name in life.outputs} == life.outputs
    assert "arn" not in schema.of(life.token).outputs or outputs["arn"].startswith("arn:aws:")
    assert plugin.up(life.token, "it", life.inputs) == "same"
    assert plugin.refresh("it") == "same"
    for change in life.updates:
        wanted = drop_none({**life.inputs, **change})
        assert plugin.up(life.token, "it", wanted) == "update", change
        assert plugin.up(life.token, "it", wanted) == "same", change
        assert plugin.refresh("it") == "same", change
        assert plugin.up(life.token, "it", wanted) == "same", change
        assert plugin.up(life.token, "it", life.inputs) in ("update", "same"), change
        assert plugin.refresh("it") == "same", change
    for name, value in life.replaces.items():
        plan = plugin.diff(plugin.state["it"], {**life.inputs, name: value})
        assert plan.replaces == [name]
        assert any(kind.endswith("_REPLACE") for kind in plan.paths.values())
    for wanted in [{**life.inputs, name: value} for name, value in life.replaces.items()][:1]:
        assert plugin.up(life.token, "it", wanted) == "replace"
        assert plugin.up(life.token, "it", wanted) == plugin.refresh("it") == "same"
    held = plugin.state["it"]
    plugin.delete(held)
    if catalog.lookup(life.token).held is not None:  # as often as it was made
        said = [text for text in plugin.warnings if ": the emulator does not hold it. " in text]
        assert said == plugin.warnings
        assert len(said) == 2
        return
    assert plugin.warnings == []
    assert plugin.refresh("it") == "delete"
    plugin.delete(held)


@pytest.mark.parametrize("life", HELD_THERE.values(), ids=list(HELD_THERE))
def test_imported_with_inputs_that_a_program_needs_not_change(plugin: Plugin, life: Life) -> None:
    begin(plugin, life)
    plugin.up(life.token, "it", life.inputs)
    held = plugin.state["it"]
    spec = catalog.lookup(life.token)
    by = str(fill(spec.import_id or spec.id, {**held.outputs, "id": held.resource_id}))
    found, outputs, inputs = plugin.read(life.token, "it", by)
    assert found == held.resource_id
    assert inputs
    kept = {prop.name for prop in spec.props if prop.kept}
    for prop in spec.props:
        if not prop.kept:
            assert prop.equal(outputs.get(prop.name), held.outputs.get(prop.name)), prop.name
    held.inputs, held.outputs = inputs, outputs
    plan = plugin.diff(held, {k: v for k, v in life.inputs.items() if k not in kept})
    assert (plan.changes, plan.paths) == (False, {})
    plugin.delete(held)
    assert plugin.read(life.token, "it", by) == ("", {}, {})


@pytest.mark.parametrize("life", LIVES.values(), ids=list(LIVES))
def test_a_preview_knows_what_was_asked_and_not_what_comes(plugin: Plugin, life: Life) -> None:
    checked, _ = plugin.check(life.token, "it", life.inputs)
    resource_id, outputs = plugin.create(life.token, "it", checked, preview=True)
    assert resource_id == ""
    assert {name: outputs[name] for name in life.inputs} == life.inputs
    for name, shape in schema.of(life.token).outputs.items():
        assert name not in outputs or outputs[name] is UNKNOWN or name == "tagsAll", shape
    if "region" in schema.of(life.token).inputs:
        assert outputs["region"] == "eu-west-2"


def test_every_type_has_a_life() -> None:
    assert {life.token for life in LIVES.values()} | {ALIAS} == set(catalog.TYPES)


def test_every_property_written_down_is_the_sdks() -> None:
    for token, spec in catalog.TYPES.items():
        known = schema.of(token)
        for prop in spec.props:
            place = known.outputs if prop.output else known.inputs
            assert prop.name in place or prop.name in known.inputs, (token, prop.name)


@pytest.mark.parametrize("life", [life for life in LIVES.values() if life.replaces], ids=lambda life: life.token)
def test_what_bears_a_given_name_is_deleted_before_it_is_replaced(plugin: Plugin, life: Life) -> None:
    begin(plugin, life)
    plugin.up(life.token, "it", life.inputs)
    change = next(iter(life.replaces))
    named = {**life.inputs, change: life.replaces[change]}
    spec = catalog.lookup(life.token)
    assert plugin.diff(plugin.state["it"], named).delete_first is bool(spec.named)
    made_up = {**named, "__defaults": [spec.named]}
    assert plugin.diff(plugin.state["it"], made_up).delete_first is False


def test_an_alias_of_a_key(plugin: Plugin) -> None:
    plugin.up(KEY, "key", {})
    key = plugin.outputs("key")
    assert plugin.up(ALIAS, "alias", {"targetKeyId": key["arn"]}) == "create"
    alias = plugin.outputs("alias")
    assert alias["name"].startswith("alias/alias-")
    assert alias["targetKeyArn"] == key["arn"]
    assert plugin.refresh("alias") == "same"
    plugin.up(KEY, "other", {})
    moved = {"targetKeyId": plugin.outputs("other")["keyId"], "name": alias["name"]}
    assert plugin.up(ALIAS, "alias", moved) == "update"
    assert plugin.outputs("alias")["targetKeyArn"] == plugin.outputs("other")["arn"]
    plugin.delete(plugin.state["alias"])
    assert plugin.refresh("alias") == "delete"


def test_a_policy_said_otherwise_is_no_change(plugin: Plugin) -> None:
    plugin.up(ROLE, "role", ROLE_INPUTS)
    plugin.up(ROLE_POLICY, "read", {"name": "read", "role": "dev-app", "policy": ALLOW})
    statement = json.loads(ALLOW)["Statement"][0]
    otherwise = json.dumps({"Statement": {**statement, "Action": [statement["Action"]]}, "Version": "2012-10-17"})
    assert plugin.up(ROLE_POLICY, "read", {"name": "read", "role": "dev-app", "policy": otherwise}) == "same"
    assert plugin.up(ROLE_POLICY, "read", {"name": "read", "role": "dev-app", "policy": DENY}) == "update"
