"""`tablekit show`: every sentence and name of a declaration is shown to who asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from families import catalogue
from tablekit.model import Catalogue, CatalogueError, Family, get
from tablekit.ops.command import app
from tablekit.ops.show import described, lines
from tests.support import declare

CATALOGUE = catalogue()


def written(value: Any) -> Iterator[str]:
    """Every text of more than a type's letters that stands in a declaration."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from written(inner)
            yield name
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from written(inner)
    elif isinstance(value, str) and len(value) > 1:
        yield value


@pytest.mark.parametrize("family", list(CATALOGUE), ids=lambda family: family.key)
def test_all_that_is_written_is_shown(family: Family) -> None:
    parts = [None, *(table.name for table in family.tables), *family.patterns]
    shown = "\n".join(line for part in parts for line in lines(described(CATALOGUE, family, part)))
    fields = {name for model in (family, *family.tables) for name in type(model).model_fields}
    declared = family.model_dump(exclude={"tables": {"__all__": {"patterns": {"__all__": {"parameters", "example"}}}}})
    words = {text for value in declared.values() for text in written(value)}
    assert not [text for text in words if text not in shown and text not in NAMES | fields]


NAMES = set(
    """name type hash_key range_key note values days reason keys attributes retention projection include local operation
    index key filter condition update order limit scan_reason access ascending physical describe metrics_namespace
    assumed_by leading_keys separator also entity patterns reaches tenant tag family option purpose alerts
    limits items gigabytes""".split()  # noqa: SIM905
)
"""Fields of what a family and a table hold."""


def test_a_table_in_full() -> None:
    assert list(lines(described(CATALOGUE, CATALOGUE.family("content-ai"), "article-publishing-locks"))) == [
        "table: content-ai/article-publishing-locks",
        "purpose: One lock a publishing job, so that no article is published twice",
        "name in prod: article-publishing-locks",
        "variable: DYNAMODB_ARTICLE_PUBLISHING_LOCKS_TABLE",
        "keys: job_id S",
        "retention: Until the job releases it; the document has no expiry, and counted none",
        "classification: internal",
        "owner: content-ai-team",
        "access patterns:",
        "  take-publishing-lock:",
        "    purpose: Take a job's lock; fails while another holds it",
        "    operation: put on article-publishing-locks",
        "    condition: attribute_not_exists(job_id)",
        "    parameters: item M",
        "    may run it: app",
        "  publishing-lock:",
        "    purpose: Whether a job is being published",
        "    operation: get on article-publishing-locks",
        "    key: job_id = :job_id",
        "    parameters: job_id S",
        "    may run it: app, readonly",
        "  release-publishing-lock:",
        "    purpose: Give a job's lock back",
        "    operation: delete on article-publishing-locks",
        "    key: job_id = :job_id",
        "    parameters: job_id S",
        "    may run it: app",
    ]


def test_a_pattern_with_who_may_run_it_and_how_it_is_called() -> None:
    done = CliRunner().invoke(app, ["show", "content-ai", "content-in-status", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "access pattern": "content-ai/content-in-status",
        "operation": "scan on blog-content-pipeline",
        "purpose": "Content waiting to be published, or published and of use for keywords and campaigns",
        "key": None,
        "condition": None,
        "update": None,
        "projection": [],
        "order": None,
        "limit": None,
        "filter": "status = :status AND ttl > :now",
        "writes": [],
        "why a scan": "The live table has no index, and holds some 65 items of 300 bytes: one read of a page",
        "parameters": ["status S", "now N"],
        "may run it": ["app", "readonly", "pse/app", "pse/readonly"],
        "example": {"status": "pending", "now": 1765295376},
        "call it": [
            "from tablekit.client import connect",
            'connect(outputs).family("content-ai").run("content-in-status", status=\'pending\', now=1765295376)',
        ],
    }


def test_a_word_of_pythons_is_given_by_a_mapping() -> None:
    pattern = get("order", "one order", key="order_id = '{class}'", example={"class": Decimal(1)})
    shop = declare.family(patterns=(pattern.model_copy(update={"parameters": {"class": "N"}}),))
    shown = described(Catalogue([shop]), shop, "order")
    assert shown["call it"][1] == 'connect(outputs).family("shop").run("order", **{\'class\': 1})'


def test_an_item_of_an_entity_is_put_by_its_fields() -> None:
    shown = described(CATALOGUE, CATALOGUE.family("formbridge"), "record-deliveries")
    assert shown["writes"] == ["delivery_attempt"]
    assert shown["example"]["items"][0].keys() >= {"submission_id", "attempt_num"}
    assert "PK" not in shown["example"]["items"][0]
    assert shown["call it"][1] == 'connect(outputs).family("formbridge").put("record-deliveries", *items)'
    shown = described(CATALOGUE, CATALOGUE.family("pse"), "record-daily-performance")
    assert shown["call it"][1].endswith(".put(\"record-daily-performance\", item, entity='campaign-day')")


def test_without_a_terminal_a_line_is_a_line() -> None:
    done = CliRunner().invoke(app, ["show", "formbridge", "FormBridgeData"], env={"COLUMNS": "40"})
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) > 200


def test_a_table_and_a_pattern_of_one_name_are_both_shown() -> None:
    shop = declare.family(patterns=(declare.pattern(name="orders"),))
    shown = described(Catalogue([shop]), shop, "orders")
    assert shown["table"] == "shop/orders"
    assert shown["access pattern of that name"]["access pattern"] == "shop/orders"


def test_a_name_that_is_not_there_is_one_message() -> None:
    with pytest.raises(CatalogueError) as error:
        described(CATALOGUE, CATALOGUE.family("acs"), "Sesions")
    assert str(error.value) == (
        "family 'acs' has no table or access pattern 'Sesions'; did you mean 'Sessions'?; `tablekit show acs` names "
        "them"
    )
    done = CliRunner().invoke(app, ["show", "acs", "Sesions"])
    assert (done.exit_code, done.stdout) == (1, "")
