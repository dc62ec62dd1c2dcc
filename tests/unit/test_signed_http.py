"""The request that carries a batch: signed as botocore would sign it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zlib import crc32

import boto3
import pytest
from botocore import exceptions
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from tablekit.client.answers import FlawError, consumed
from tablekit.client.aws import Clients
from tablekit.ops.signed_http import CONTENT_TYPE, SignedHttpClient, answered, signed

words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=40)


@given(
    words,
    words,
    st.none() | words,
    st.binary(max_size=200),
    st.sampled_from(["eu-west-2", "us-east-1"]),
    st.sampled_from(["BatchWriteItem", "GetItem"]),
)
def test_the_signature_is_botocores(
    access: str, secret: str, token: str | None, body: bytes, region: str, call: str
) -> None:
    host = f"dynamodb.{region}.amazonaws.com"
    credentials = Credentials(access, secret, token).get_frozen_credentials()
    request = AWSRequest(
        "POST",
        f"https://{host}/",
        headers={"X-Amz-Target": f"DynamoDB_20120810.{call}", "Content-Type": CONTENT_TYPE},
        data=body,
    )
    SigV4Auth(credentials, "dynamodb", region).add_auth(request)
    now = datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    headers = signed(credentials, region, host, call, body, now)
    assert headers["authorization"] == request.headers["Authorization"]
    assert headers.get("x-amz-security-token") == request.headers.get("X-Amz-Security-Token")


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (
            400,
            b'{"__type":"com.amazonaws#ThrottlingException","message":"x"}',
            "ThrottlingException",
        ),
        (400, b'{"__type":"ValidationException","Message":"x"}', "ValidationException"),
        (500, b"", "500"),
        (503, b"<html>", "503"),
        (502, b"[]", "502"),
    ],
)
def test_an_error_is_raised_as_boto3_would(status: int, content: bytes, code: str) -> None:
    with pytest.raises(exceptions.ClientError) as error:
        answered("BatchWriteItem", status, content, {})
    assert error.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("status", "content", "says"),
    [
        (200, b"", "an empty answer"),
        (200, b"<html>", "an answer that is not JSON: '<html>'"),
        (200, b"\xff\x00", "an answer that is not JSON: '\ufffd\\x00'"),
        (200, b'{"UnprocessedItems":', "an answer that is not JSON: '{\"UnprocessedItems\":'"),
        (200, b"[" * 100_000, "an answer that is not JSON: '[[["),
        (200, b"[]", "a JSON list, not an object"),
        (200, b"null", "a JSON NoneType, not an object"),
        (204, b"", "status 204 with an empty answer"),
        (302, b"<a>", "status 302 with an answer that is not JSON: '<a>'"),
        (403, b"{}", "status 403 with no error of DynamoDB's"),
    ],
)
def test_an_answer_that_is_none_is_not_taken_for_one(status: int, content: bytes, says: str) -> None:
    with pytest.raises(FlawError) as flaw:
        answered("BatchWriteItem", status, content, {})
    assert str(flaw.value).startswith(says)


@given(st.binary(max_size=60), st.dictionaries(words, words, max_size=3))
def test_only_what_its_checksum_fits_is_read(other: bytes, answer: dict[str, str]) -> None:
    content = json.dumps(answer).encode()
    assert answered("GetItem", 200, content, {"x-amz-crc32": str(crc32(content))}) == answer
    if crc32(other) != crc32(content):
        with pytest.raises(FlawError, match="an answer that its checksum does not fit"):
            answered("GetItem", 200, content, {"x-amz-crc32": str(crc32(other))})


@pytest.mark.parametrize("told", [None, [], {}, [{}], [7], {"CapacityUnits": "1"}, "much"])
def test_an_answer_without_the_capacity_that_was_asked_for_is_none(told: object) -> None:
    with pytest.raises(FlawError, match="an answer without the capacity that was asked for"):
        consumed({"ConsumedCapacity": told})


@pytest.mark.parametrize(
    ("endpoint", "proxies", "through"),
    [
        ("http://127.0.0.1:4566", {"http_proxy": "http://proxy:3128"}, None),
        ("http://localhost:4566", {"http_proxy": "http://proxy:3128"}, None),
        ("http://emulator:4566", {"http_proxy": "http://proxy:3128"}, "http://proxy:3128"),
        ("http://emulator:4566", {"https_proxy": "http://proxy:3128"}, None),
        ("http://emulator:4566", {"http_proxy": "http://proxy:3128", "no_proxy": "emulator"}, None),
    ],
)
def test_a_proxy_of_the_environment_is_for_what_is_not_loopback(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, proxies: dict[str, str], through: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in proxies.items():
        monkeypatch.setenv(name, value)
    assert SignedHttpClient(Clients(endpoint, boto3.Session("test", "test")), "eu-west-1").proxy == through
