"""boto3 clients for a stage, and what they raise as one tree of errors with the next step in each text."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import boto3
import botocore.session
from botocore import exceptions
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.parsers import ResponseParserError

from tablekit.client import answers
from tablekit.client.errors import (
    AccessDeniedError,
    CallError,
    ConditionFailedError,
    NoCredentialsError,
    RefusedError,
    ResourceNotFoundError,
    ThrottledError,
    UnreachableError,
    UnreadableError,
)
from tablekit.model.addresses import is_loopback

_log = logging.getLogger(__name__)
CONNECT_SECONDS = 3
READ_SECONDS = 20
ATTEMPTS = 5
"""How often one call is tried, the first time included."""

_NOBODY = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
"""The keys that go to an emulator."""
_NOBODYS = ReadOnlyCredentials("test", "test", None)
# What the user's own settings may ask of AWS, an emulator hasn't: botocore would refuse its address.
_ON_LOOPBACK = Config(
    proxies={},
    use_fips_endpoint=False,
    use_dualstack_endpoint=False,
    account_id_endpoint_mode="disabled",
    s3={"addressing_style": "path"},
)

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_CALLER = {"UnrecognizedClientException", "InvalidClientTokenId", "MissingAuthenticationToken"}
_CLOCK = {"RequestTimeTooSkewed", "SignatureDoesNotMatch", "InvalidSignatureException"}
_DENIED = {"AccessDenied", "AccessDeniedError", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
_MISSING = {
    "AWS.SimpleQueueService.NonExistentQueue",
    "BackupNotFoundException",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchEntity",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NotFound",
    "NotFoundException",
    "OwnershipControlsNotFoundError",
    "PolicyNotFoundException",
    "ResourceNotFound",
    "ResourceNotFoundException",
    "QueueDoesNotExist",
    "ServerSideEncryptionConfigurationNotFoundError",
    "TableNotFoundException",
    "TrailNotFoundException",
}
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "Throttling",
    "RequestLimitExceeded",
    "TooManyRequestsException",
}


class Clients:
    """One boto3 client a service and region, made at first use; safe to share between threads.

    endpoint: the address of an emulator, for every service; None is AWS, or what AWS_ENDPOINT_URL and its like say.
    session: where credentials come from; the default is boto3's usual search.
    connections: the most that one client keeps open.
    capacity: an answer of DynamoDB's without the capacity that was asked for is no answer; some emulators leave it out.

    A client whose address is on this machine (`tablekit.model.addresses`) speaks to an emulator: through no proxy, and
    unless a session is given, with keys that nobody has; where the endpoint is given as well, nothing of the caller's
    AWS configuration is read.
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
        self._given: Any = session
        self._found: Any = None
        self._emulated: set[str] = set()
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
                    self._made[key] = self._make(service, region, self._config.merge(config or Config()))
                events = self._made[key].meta.events
                events.register("before-send", partial(_log_call, region))
                events.register("needs-retry", _log_repetition)
                if service == "dynamodb":
                    answers.watch(self._made[key], self._capacity)
            return self._made[key]

    def _make(self, service: str, region: str, config: Config) -> Any:
        here = self.endpoint is not None and is_loopback(self.endpoint)
        if self.endpoint is None or here:
            # Whether variables or a profile lead to this machine is only seen of a client.
            keys = {} if self._given else _NOBODY
            client = self._session(here).client(
                service, region_name=region, endpoint_url=self.endpoint, config=config.merge(_ON_LOOPBACK), **keys
            )
            final = str(client.meta.endpoint_url)
            if is_loopback(final):
                self._emulated.add(service)
                return client
            if here:
                raise UnreachableError(
                    f"{service} in {region}: {self.endpoint} is an emulator's address, and boto3 would call {final}; "
                    "nothing was called"
                )
        return self._session().client(service, region_name=region, endpoint_url=self.endpoint, config=config)

    def _session(self, here: bool = False) -> Any:
        """The session that was given; else boto3's usual one, or on this machine one without the caller's settings."""
        if self._given is None and self._found is None:
            self._found = _nobodys_session() if here else boto3.Session()
        return self._given or self._found

    def pages(self, service: str, region: str, call: str, **request: Any) -> Iterator[dict[str, Any]]:
        """The pages of a call's answer, as `describe_alarms`, one by one. Raises what boto3 raises.

        botocore reads its files about pages when a client first asks for them, and once more in every thread that asks
        meanwhile: for a second and more where there are many. So one asks at a time.
        """
        client = self.get(service, region)
        with self._lock:
            paginator = client.get_paginator(call)
        yield from paginator.paginate(**request)

    def credentials(self, service: str = "dynamodb") -> Any:
        """What to sign a call of a service with now, renewed where it runs out. Raises botocore's NoCredentialsError.

        The service's client has been got before: its address says whose keys they are.
        """
        if self._given is None and service in self._emulated:
            return _NOBODYS
        with self._lock:
            found = self._session().get_credentials()
        if found is None:
            raise exceptions.NoCredentialsError()
        return found.get_frozen_credentials()


def _log_call(region: str, event_name: str, **_: Any) -> None:
    call = event_name.rpartition(".")[2]
    _log.debug("%s in %s", call, region)


def _log_repetition(event_name: str, attempts: int, **_: Any) -> None:
    if attempts > 1:
        _log.info("%s was sent %d times", event_name.rpartition(".")[2], attempts)


def _nobodys_session() -> boto3.Session:
    """A session that reads no file of the user's, and no profile."""
    nothing = (None, None, os.devnull, None)
    variables = {"profile": (None, None, None, None), "config_file": nothing, "credentials_file": nothing}
    return boto3.Session(botocore_session=botocore.session.Session(variables))


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
    except exceptions.ProfileNotFound as error:
        raise NoCredentialsError(f"{subject}: {error}; set AWS_PROFILE to one of your AWS configuration") from error
    except answers.UnreadableAnswerError as error:
        raise UnreadableError(
            f"{subject}: {error}; is DynamoDB there, and no other server or proxy in between?"
        ) from error
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        place = getattr(error, "kwargs", {}).get("endpoint_url") or "the endpoint"
        raise UnreachableError(
            f"{subject}: no answer from {place} ({type(error).__name__}); "
            f"is it up, and the network, region and AWS_ENDPOINT_URL right?"
        ) from error
    except exceptions.BotoCoreError as error:
        raise CallError(f"{subject}: {error}") from error
    except ResponseParserError as error:
        said = str(error).partition("\n")[0][:200]
        raise UnreadableError(
            f"{subject}: an answer that can't be read: {said}; does a proxy answer in AWS's place?"
        ) from error


def _answered(subject: str, error: exceptions.ClientError) -> CallError:
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
        return AccessDeniedError(f"{subject}: access denied to {call}: {said}", call)
    if code in _MISSING:
        return ResourceNotFoundError(f"{subject}: {call}: not there: {said}")
    if code in _THROTTLED:
        return ThrottledError(
            f"{subject}: {call} is throttled still, after {ATTEMPTS} attempts; try later or more slowly"
        )
    if code == "ConditionalCheckFailedException":
        return ConditionFailedError(f"{subject}: {call}: the item is not as the condition asks")
    return RefusedError(f"{subject}: {call}: {code}: {said}", code)
