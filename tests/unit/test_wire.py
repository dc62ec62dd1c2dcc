"""The request that carries a batch: signed as botocore would sign it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore import exceptions
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from tablekit.ops.wire import CONTENT_TYPE, answered, signed

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
def test_an_answer_that_is_none_is_an_error(status: int, content: bytes, code: str) -> None:
    with pytest.raises(exceptions.ClientError) as error:
        answered("BatchWriteItem", status, content)
    assert error.value.response["Error"]["Code"] == code
