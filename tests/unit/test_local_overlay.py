"""What a rehearsal changes in a stage's configuration, and what it must leave alone."""

from __future__ import annotations

import pytest
from pulumi_aws import _inputs

from local import overlay

ADDRESS = "http://127.0.0.1:9999"
PROD = {
    "environment": ["prod-settings"],
    "secretsprovider": "awskms://alias/prod",
    "encryptedkey": "AAAA",
    "config": {
        "aws:region": "eu-west-2",
        "aws:profile": "prod-admin",
        "aws:assumeRoles": [{"roleArn": "arn:aws:iam::111122223333:role/deploy"}],
        "aws:allowedAccountIds": ["111122223333"],
        "aws:endpoints": [{"dynamodb": "https://elsewhere.example"}],
        "tables:alarms": "all",
        "tables:pagerKey": {"secure": "v1:abc"},
        "tables:subscriptions": [{"protocol": "email", "endpoint": {"secure": "v1:def"}}],
    },
}


def test_the_stages_own_settings_stay_and_every_way_to_its_account_goes() -> None:
    content, left_out = overlay.for_emulator(PROD, "tables", ADDRESS)
    assert content == {
        "config": {
            "aws:region": "eu-west-2",
            "aws:allowedAccountIds": ["111122223333"],
            "tables:alarms": "all",
            "aws:accessKey": "test",
            "aws:secretKey": "test",
            "aws:skipCredentialsValidation": True,
            "aws:skipMetadataApiCheck": True,
            "aws:skipRegionValidation": True,
            "aws:endpoints": [dict.fromkeys(overlay.SERVICES, ADDRESS)],
            "tables:rehearsal": True,
        }
    }
    assert left_out == ["tables:pagerKey", "tables:subscriptions", "environment"]


def test_the_aws_provider_knows_every_service_by_its_name_here() -> None:
    known = {name.rstrip("_") for name in _inputs.ProviderEndpointArgsDict.__annotations__}  # `lambda_`
    assert set(overlay.SERVICES) <= known


@pytest.mark.parametrize(
    ("allowed", "account"),
    [
        (["111122223333", "444455556666"], "111122223333"),
        ([12345678901], "012345678901"),
        ('["111122223333"]', "111122223333"),
        ("111122223333", None),
        ([], None),
        (None, None),
    ],
)
def test_the_emulator_plays_the_first_account_that_the_stage_allows(allowed: object, account: str | None) -> None:
    assert overlay.account({"config": {"aws:allowedAccountIds": allowed}}) == account
