"""The provider's configuration, the guard that keeps it on loopback, and botocore's clients.

Nothing here ever reads the user's own AWS credentials or configuration files: the keys are the ones of the stack's
configuration or made-up ones, and every client has an explicit endpoint on this machine.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tablekit.model.addresses import is_loopback

from . import schema
from .errors import ConfigError, ServiceError, StandInError, emulator_defect
from .values import Props

MAX_CONNECTIONS: Final = 64
"""More than the engine's parallelism, or its requests queue for a connection."""

ENDPOINT_KEYS: Final = {
    "application-autoscaling": ("appautoscaling", "applicationautoscaling"),
    "ce": ("costexplorer",),
}
"""boto3's service name → the names under `aws:endpoints`, where they differ."""

MISSING_CREDENTIALS: Final = "standin"


@dataclass(frozen=True)
class ProviderConfig:
    """What the stack's `aws:` configuration says."""

    region: str
    endpoints: Mapping[str, str]
    access_key: str = MISSING_CREDENTIALS
    secret_key: str = MISSING_CREDENTIALS
    token: str | None = None
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()
    default_tags: Mapping[str, str] = field(default_factory=dict)
    ignored_tags: frozenset[str] = frozenset()
    ignored_tag_prefixes: tuple[str, ...] = ()

    def endpoint(self, service: str) -> str:
        """The loopback URL of a boto3 service; there is no default, as the default would be AWS itself."""
        names = ENDPOINT_KEYS.get(service, (service,))
        for name in names:
            if url := self.endpoints.get(name):
                return url
        raise ConfigError(
            f"no endpoint for {service!r} is configured, and the stand-in AWS plugin never calls AWS itself. "
            f'Add "{names[0]}" to aws:endpoints, e.g. aws:endpoints: \'[{{"{names[0]}": "http://127.0.0.1:4566"}}]\', '
            f"or run with the real plugin: AWS_PLUGIN=real."
        )


def loopback(name: str, url: str) -> str:
    """The URL, if it leads to this machine and nowhere else."""
    if is_loopback(url):
        return url
    raise ConfigError(
        f"endpoint {name} is {url!r}; the stand-in AWS plugin takes loopback only "
        f"(http:// with 127.0.0.0/8, ::1 or localhost, a port, and no more). "
        f"Give the emulator's address, e.g. http://127.0.0.1:4566, or run with the real plugin: AWS_PLUGIN=real."
    )


def parse(arguments: Mapping[str, Any]) -> ProviderConfig:
    """The provider's arguments, nested ones being JSON text on the wire, as a checked configuration."""
    values = unfold(arguments)
    faults = schema.complaints(values, schema.provider_config(), owner="the aws provider's configuration")
    if faults:
        raise ConfigError("\n".join(fault.reason for fault in faults))
    if not (region := values.get("region")):
        raise ConfigError("invalid or missing AWS region: set aws:region in the stack's configuration, e.g. eu-west-2.")
    endpoints = {
        name: loopback(f"aws:endpoints {name}", url)
        for entry in values.get("endpoints") or []
        for name, url in entry.items()
        if url
    }
    ignored = values.get("ignoreTags") or {}
    return ProviderConfig(
        region=region,
        endpoints=endpoints,
        access_key=values.get("accessKey") or MISSING_CREDENTIALS,
        secret_key=values.get("secretKey") or MISSING_CREDENTIALS,
        token=values.get("token") or None,
        allowed_accounts=tuple(values.get("allowedAccountIds") or ()),
        forbidden_accounts=tuple(values.get("forbiddenAccountIds") or ()),
        default_tags=(values.get("defaultTags") or {}).get("tags") or {},
        ignored_tags=frozenset(ignored.get("keys") or ()),
        ignored_tag_prefixes=tuple(ignored.get("keyPrefixes") or ()),
    )


def unfold(arguments: Mapping[str, Any]) -> Props:
    """The arguments with JSON text turned back into what it was, wherever the SDK says that it isn't text."""
    kinds = schema.provider_config().inputs
    found: Props = {}
    for key, value in arguments.items():
        if key in ("version", "pluginDownloadURL") or key.startswith("__"):
            continue
        kind = kinds.get(key, schema.STRING)
        if isinstance(value, str) and kind is not schema.STRING:
            try:
                value = json.loads(value)
            except ValueError:
                raise ConfigError(
                    f"aws:{key} is {value!r}, which isn't the JSON text of its value. Correct it."
                ) from None
        found[key] = value
    return found


class Clients:
    """One client a service and region, made on first use: making one costs as much as ten calls."""

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self._session: Any = None

    def get(self, service: str, region: str) -> Any:
        """The client."""
        key = (service, region)
        if key not in self._made:
            with self._lock:
                if key not in self._made:
                    self._made[key] = self._make(service, region)
        return self._made[key]

    def _make(self, service: str, region: str) -> Any:
        import botocore.session  # here, as a preview makes no client, and it takes its time
        from botocore.config import Config

        if self._session is None:
            # No profile and no files: the user's own credentials have no business here.
            nothing = (None, None, os.devnull, None)
            self._session = botocore.session.Session(
                {"profile": (None, None, None, None), "config_file": nothing, "credentials_file": nothing}
            )
        settings = Config(
            connect_timeout=3,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=MAX_CONNECTIONS,
            proxies={},
        )
        return self._session.create_client(
            service,
            region_name=region,
            endpoint_url=self.config.endpoint(service),
            aws_access_key_id=self.config.access_key,
            aws_secret_access_key=self.config.secret_key,
            aws_session_token=self.config.token,
            config=settings,
        )


def call(client: Any, method: str, **arguments: Any) -> Any:
    """One call, all pages of a list; what it raises is of this package."""
    from botocore import exceptions
    from botocore.parsers import ResponseParserError

    try:
        if method.startswith("list_") and client.can_paginate(method):
            return client.get_paginator(method).paginate(**arguments).build_full_result()
        return getattr(client, method)(**arguments)
    except exceptions.ClientError as error:
        code, message = (str(error.response.get("Error", {}).get(key, "")) for key in ("Code", "Message"))
        if "<html" in message:
            raise emulator_defect(error.operation_name, client.meta.endpoint_url) from error
        raise ServiceError(error.operation_name, code, message) from error
    except ResponseParserError as error:
        raise emulator_defect(method, client.meta.endpoint_url) from error
    except exceptions.ParamValidationError as error:
        raise ServiceError(method, "ParamValidation", str(error)) from error
    except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
        raise StandInError(
            f"The emulator at {client.meta.endpoint_url} does not answer ({type(error).__name__}). `make up` starts it "
            "if it is gone, and waits for one that is only slow; its log says what it did."
        ) from error
    except exceptions.BotoCoreError as error:
        raise StandInError(f"{method}: {error}") from error


def verify_account(clients: Clients) -> None:
    """Refuses an account that `allowedAccountIds` or `forbiddenAccountIds` rules out, as the real plugin does."""
    config = clients.config
    if not config.allowed_accounts and not config.forbidden_accounts:
        return
    account = account_id(clients)
    if account in config.forbidden_accounts or (config.allowed_accounts and account not in config.allowed_accounts):
        allowed = ", ".join(config.allowed_accounts) or f"any but {', '.join(config.forbidden_accounts)}"
        raise ConfigError(
            f"AWS account ID not allowed: {account}; allowed: {allowed}. "
            f"Use that account's credentials, or correct aws:allowedAccountIds / aws:forbiddenAccountIds of this stack."
        )


def account_id(clients: Clients) -> str:
    """The emulator's account."""
    return str(call(clients.get("sts", clients.config.region), "get_caller_identity")["Account"])
