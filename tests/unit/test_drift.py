"""The commands that repair a difference: their order, and words that a shell gives on as they are."""

from __future__ import annotations

import json
import shlex

from hypothesis import given
from hypothesis import strategies as st

from tablekit.ops.drift import DEPLOY, REFRESH, by_hand, commands


def test_by_hand_first_then_one_deployment_that_refreshes_if_anything_asks_for_it() -> None:
    assert commands((DEPLOY, "aws one", REFRESH, "aws two", "aws one", DEPLOY), "dev") == (
        "aws one", "aws two", "pulumi up --refresh -s dev",
    )  # fmt: skip
    assert commands((DEPLOY, DEPLOY), "prod") == ("pulumi up -s prod",)
    assert commands(("aws one",), "prod") == ("aws one",)
    assert commands((), "prod") == ()
    whole = commands((*commands((DEPLOY,), "dev"), *commands(("aws one", REFRESH), "dev")), "dev")
    assert whole == ("aws one", "pulumi up --refresh -s dev"), "of several objects"


def test_in_stage_local_the_engine_is_the_clones_own() -> None:
    assert commands((REFRESH,), "local") == ("./pulumiw up --refresh -s local",)


def test_an_emulators_command_needs_no_credentials_and_awss_gets_none() -> None:
    off = {"Enabled": False, "AttributeName": "ttl"}
    words = {"table_name": "shop-orders", "time_to_live_specification": off}
    on_aws = by_hand(None, "eu-west-1", "dynamodb", "update-time-to-live", **words)
    assert on_aws == (
        "aws dynamodb update-time-to-live --region eu-west-1 --table-name shop-orders "
        """--time-to-live-specification '{"Enabled": false, "AttributeName": "ttl"}'"""
    )
    local = by_hand("http://127.0.0.1:4566", "eu-west-1", "dynamodb", "update-time-to-live", **words)
    assert local == (
        "env AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws dynamodb update-time-to-live --region eu-west-1 "
        "--endpoint-url http://127.0.0.1:4566 --table-name shop-orders "
        """--time-to-live-specification '{"Enabled": false, "AttributeName": "ttl"}'"""
    )
    elsewhere = by_hand("https://vpce.example", "eu-west-1", "iam", "delete-role-policy", role_name="r")
    assert "AWS_ACCESS_KEY_ID" not in elsewhere


@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])))
def test_no_name_becomes_code_of_the_shell(name: str) -> None:
    """An index's or a policy's name is what somebody made by hand."""
    command = by_hand(None, "eu-west-1", "dynamodb", "update-table", policy_name=name, updates=[{"Name": name}])
    words = shlex.split(command)
    assert words[:7] == ["aws", "dynamodb", "update-table", "--region", "eu-west-1", "--policy-name", name]
    assert json.loads(words[8]) == [{"Name": name}]
