"""Prod's own configuration on the emulator: the documents' names, and everything that protects a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.rehearsal import Rehearsal, rehearsal
from tests.support import aws
from tests.support.contracts import assert_golden

DOCUMENTED = {
    "eu-west-2": {
        "blog-content-pipeline", "article-publishing-locks", "post-publish-tracking", "Projects", "ProjectTemplates",
        "ai-response-cache", "pse-keyword-intelligence", "pse-content-mapping", "pse-campaign-tracking",
        "pse-revenue-attribution", "pse-search-analytics", "pse-optimization-decisions", "pse-performance-metrics",
        "FormBridgeData",
        *(
            f"acsd2p-prod-{name}"
            for name in (
                "Users", "Conversations", "Threads", "Organizations", "OrganizationMembers", "OrganizationInvites",
                "Sessions", "RL_AI", "RL_AWS", "EVDataCollection", "LLMDataCollection", "LLMReportData", "Invocations",
            )
        ),
    },
    "us-east-1": {
        "seo_businesses", "seo_questionnaires", "seo_keywords", "seo_service_areas", "seo_prompt_templates",
        "cloudstro-users", "cloudstro-social-accounts", "cloudstro-social-posts", "cloudstro-social-engagement",
        "cloudstro-ai-insights",
    },
}  # fmt: skip
"""The names as the five documents have them, by region."""


@pytest.fixture(scope="module")
def prod() -> Iterator[Rehearsal]:
    with rehearsal("prod") as found:
        found.up()
        yield found


def client(prod: Rehearsal, region: str) -> Any:
    return aws.client(prod.emulator.endpoint, region=region)


@pytest.mark.parametrize("region", DOCUMENTED)
def test_names_are_the_documents(prod: Rehearsal, region: str) -> None:
    assert set(client(prod, region).list_tables()["TableNames"]) == DOCUMENTED[region]


@pytest.mark.parametrize("region", DOCUMENTED)
def test_every_table_can_be_restored_for_35_days_and_is_protected(prod: Rehearsal, region: str) -> None:
    connection = client(prod, region)
    for name in DOCUMENTED[region]:
        backups = connection.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        recovery = backups["PointInTimeRecoveryDescription"]
        assert (recovery["PointInTimeRecoveryStatus"], recovery["RecoveryPeriodInDays"]) == ("ENABLED", 35)
        assert connection.describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"]


def test_prods_golden_file_is_what_it_exports(prod: Rehearsal) -> None:
    assert_golden("prod", json.loads(prod.stack.outputs()))


def test_every_table_is_retained_and_protected_in_the_state(prod: Rehearsal) -> None:
    state = json.loads(prod.stack.run_checked("stack", "export"))
    tables = [r for r in state["deployment"]["resources"] if r["type"] == "aws:dynamodb/table:Table"]
    assert len(tables) == sum(len(names) for names in DOCUMENTED.values())
    assert all(table["retainOnDelete"] and table["protect"] for table in tables)


def test_a_destroy_of_prod_deletes_nothing(prod: Rehearsal) -> None:
    done = prod.stack.run("destroy", "--yes", "--config-file", str(prod.stack.config_file))
    assert done.returncode != 0
    assert "protect" in done.stdout + done.stderr
    assert len(client(prod, "eu-west-2").list_tables()["TableNames"]) == len(DOCUMENTED["eu-west-2"])
