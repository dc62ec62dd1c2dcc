"""What an emulator has of trails and buckets: as the stand-in makes them, and as somebody else changed them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tablekit.model.staged import Account
from tablekit.ops.live.watches import watches
from tablekit.resources.stack import stage_watches
from tests.standin.harness import Plugin
from tests.support import aws, declare

ACCOUNT = Account("123456789012")
SHOP = declare.staged(dataEvents="all")
EXPECTED = tuple(stage_watches(SHOP.stage, [SHOP], ACCOUNT))
NAME, REGION = "dynamodb-tables-dev-trail-123456789012-eu-west-1", "eu-west-1"
NAMED, TRACED = {"Bucket": NAME}, "dynamodb-tables-dev"
BLOCKS = {"BlockPublicAcls": True, "BlockPublicPolicy": False, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}
OPEN = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}'
)
SOON = {"ID": "kept", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
SELECTS = [{"Name": "all", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
Ask = Callable[[str], Any]
CHANGES: tuple[tuple[str, Callable[[Ask], Any], str], ...] = (
    (
        "public access block",
        lambda ask: ask("s3").put_public_access_block(**NAMED, PublicAccessBlockConfiguration=BLOCKS),
        "blocks: found ['blockPublicAcls', 'ignorePublicAcls', 'restrictPublicBuckets'], expected",
    ),
    ("public access block", lambda ask: ask("s3").delete_public_access_block(**NAMED), "missing"),
    ("bucket policy", lambda ask: ask("s3").delete_bucket_policy(**NAMED), "missing"),
    ("bucket policy", lambda ask: ask("s3").put_bucket_policy(**NAMED, Policy=OPEN), "policy: found"),
    (
        "bucket versioning",
        lambda ask: ask("s3").put_bucket_versioning(**NAMED, VersioningConfiguration={"Status": "Suspended"}),
        "status: found Suspended, expected Enabled",
    ),
    (
        "bucket lifecycle",
        lambda ask: ask("s3").put_bucket_lifecycle_configuration(**NAMED, LifecycleConfiguration={"Rules": [SOON]}),
        "rule 'leftovers': found none",
    ),
    ("bucket encryption", lambda ask: ask("s3").delete_bucket_encryption(**NAMED), "missing"),
    ("bucket ownership", lambda ask: ask("s3").delete_bucket_ownership_controls(**NAMED), "missing"),
    ("trail", lambda ask: ask("cloudtrail").stop_logging(Name=TRACED), "is on: found False"),
    (
        "trail",
        lambda ask: ask("cloudtrail").update_trail(Name=TRACED, EnableLogFileValidation=False),
        "files are validated: found False",
    ),
    (
        "trail",
        lambda ask: ask("cloudtrail").put_event_selectors(TrailName=TRACED, AdvancedEventSelectors=SELECTS),
        "selectors: found [{'eventCategory': ['Management']}]",
    ),
    ("trail", lambda ask: ask("cloudtrail").delete_trail(Name=TRACED), "missing"),
)


@pytest.fixture
def plugin(moto: str) -> Iterator[Plugin]:
    running = Plugin(moto).start()
    yield running
    running.stop()


@pytest.mark.parametrize(("name", "change", "says"), CHANGES, ids=[f"{name}: {says}" for name, _, says in CHANGES])
def test_what_somebody_else_changed_is_found(
    moto: str, plugin: Plugin, name: str, change: Callable[[Ask], Any], says: str
) -> None:
    def found() -> dict[str, str]:
        looks = watches(aws.clients(moto), EXPECTED, ACCOUNT, "dev", emulated=True)
        return {called: problem.text for called, _, look in looks for problem in look()}

    for each in EXPECTED:
        plugin.up(each.type, f"{each.type} {each.name}", each.inputs)
    assert found() == {}
    change(lambda service: aws.client(moto, service, REGION))
    called = f"{name} {TRACED if name == 'trail' else NAME}"
    assert found()[called].removeprefix(f"{called}: ").startswith(says)
