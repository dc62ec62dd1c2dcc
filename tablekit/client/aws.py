"""boto3 clients for a stage, and what they raise as one tree of errors with the next step in each text."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore import exceptions
from botocore.config import Config

from tablekit.client import answers
from tablekit.client.errors import (
    AccessDeniedError,
    ClientError,
    ConditionFailedError,
    NoCredentialsError,
    NotThereError,
    RefusedError,
    ThrottledError,
    UnreachableError,
)

CONNECT_SECONDS = 3
READ_SECONDS = 20
ATTEMPTS = 5
"""How often one call is tried, the first time included."""

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_CALLER = {"UnrecognizedClientException", "InvalidClientTokenId", "MissingAuthenticationToken"}
_CLOCK = {"RequestTimeTooSkewed", "SignatureDoesNotMatch", "InvalidSignatureException"}
_DENIED = {"AccessDeniedError", "AccessDeniedException", "UnauthorizedOperation"}
_MISSING = {"ResourceNotFoundException", "ResourceNotFound", "NoSuchEntity", "NotFound", "NotFoundException"}
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "Throttling",
    "RequestLimitExceeded",
    "TooManyRequestsException",
}


class Clients:
    """One boto3 client a service and region, made at first use; safe to share between threads.

    endpoint: the address of an emulator, for every service; None is AWS, or what AWS_ENDPOINT_URL says.
    session: where credentials come from; the default is boto3's usual search.
    connections: the most that one client keeps open.
    capacity: an answer of DynamoDB's without the capacity that was asked for is no answer; some emulators leave it out.
    """

    def __init__(
        self,
        endpoint: str | None = None,
        session: boto3.Session | None = None,
        connections: int = 64,
        capacity: bool = False,
    ) -> None:
        self.endpoint = endpoint
        self._capacity = capacity
        self._session: Any = session or boto3.Session()
        self._credentials: Any = None
        self._config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=connections,
        )
        self._made: dict[tuple[str, str, Config | None], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str, config: Config | None = None) -> Any:
        """The boto3 client of a service (`dynamodb`, `cloudwatch`, …) in a region.

        config: what is to differ from the settings of all; the same object gives the same client.
        """
        key = (service, region, config)
        with self._lock:
            if key not in self._made:
                with translated(f"{service} in {region}"):
                    self._made[key] = self._session.client(
                        service,
                        region_name=region,
                        endpoint_url=self.endpoint,
                        config=self._config.merge(config) if config else self._config,
                    )
                if service == "dynamodb":
                    answers.watch(self._made[key], self._capacity)
            return self._made[key]

    def pages(self, service: str, region: str, call: str, **request: Any) -> Iterator[dict[str, Any]]:
        """The pages of a call's answer, as `describe_alarms`, one by one. Raises what boto3 raises.

        botocore reads its files about pages when a client first asks for them, and once more in every thread that asks
        meanwhile: for a second and more where there are many. So one asks at a time.
        """
        client = self.get(service, region)
        with self._lock:
            paginator = client.get_paginator(call)
        yield from paginator.paginate(**request)

    def credentials(self) -> Any:
        """The credentials to sign with now, renewed where they run out. Raises botocore's NoCredentialsError."""
        if self._credentials is None:
            self._credentials = self._session.get_credentials()
        if self._credentials is None:
            raise exceptions.NoCredentialsError()
        return self._credentials.get_frozen_credentials()


@contextmanager
def translated(subject: str) -> Iterator[None]:
    """Turn what boto3 raises within into this library's errors.

    subject: what the call is about, as a person knows it; every text begins with it.
    """
    try:
        yield
    except exceptions.ClientError as error:
        raise _answered(subject, error) from error
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
        raise NoCredentialsError(
            f"{subject}: no AWS credentials were found; log in (`aws sso login`), or set AWS_PROFILE"
        ) from error
    except answers.UnreadableAnswerError as error:
        raise UnreachableError(
            f"{subject}: {error}; is DynamoDB there, and no other server or proxy in between?"
        ) from error
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        place = getattr(error, "kwargs", {}).get("endpoint_url") or "the endpoint"
        raise UnreachableError(
            f"{subject}: no answer from {place} ({type(error).__name__}); "
            f"is it up, and the network, region and AWS_ENDPOINT_URL right?"
        ) from error
    except exceptions.BotoCoreError as error:
        raise ClientError(f"{subject}: {error}") from error


def _answered(subject: str, error: exceptions.ClientError) -> ClientError:
    """An answer that is an error, as this library's own."""
    answer = error.response.get("Error", {})
    code, said = str(answer.get("Code", "")), str(answer.get("Message", "")).strip()
    call = error.operation_name
    if code in _EXPIRED:
        return NoCredentialsError(f"{subject}: the AWS credentials have expired ({call}); log in again")
    if code in _CLOCK:
        return NoCredentialsError(
            f"{subject}: AWS refused the signature of {call} ({said}); check the secret key and clock"
        )
    if code in _UNKNOWN_CALLER:
        return NoCredentialsError(f"{subject}: AWS does not know these credentials ({call}: {said}); check the profile")
    if code in _DENIED:
        return AccessDeniedError(f"{subject}: access denied to {call}: {said}")
    if code in _MISSING:
        return NotThereError(f"{subject}: {call}: not there: {said}")
    if code in _THROTTLED:
        return ThrottledError(
            f"{subject}: {call} is throttled still, after {ATTEMPTS} attempts; try later or more slowly"
        )
    if code == "ConditionalCheckFailedException":
        return ConditionFailedError(f"{subject}: {call}: the item is not as the condition asks")
    return RefusedError(f"{subject}: {call}: {code}: {said}", code)
