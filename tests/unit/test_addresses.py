"""Which addresses are on this machine: one check, held against urllib3, urllib and what botocore really calls."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from urllib3.util import parse_url

from local.standin.clients import loopback
from local.standin.errors import ConfigError
from tablekit.client import CallError, Clients
from tablekit.model.addresses import is_loopback

HERE = ("http://127.0.0.1:4566", "https://127.9.8.7", "http://LOCALHOST:1/", "http://[::1]:65535", "HTTP://localhost")
AWAY = (
    r"http://example.com\@127.0.0.1:4566", "http://127.0.0.1@example.com", "http://127.0.0.1:4566@example.com",
    r"http://127.0.0.1\@example.com", "http://127.0.0.1#@example.com", "http://127.0.0.1?@example.com",
    "http://127.0.0.1/@example.com", "http://127.0.0.1.example.com:4566", "http://localhost.example.com",
    "http://127.0.0.1%2eexample.com", "http://127.0.0.1:4566\n.example.com", "http://127.0.0.1:4566\n",
    " http://127.0.0.1:4566", "http://127.0.0.1:0", "http://127.0.0.1:65536", "http://127.0.0.1:4566:80",
    "http://127.0.0.1:\u0664", "http://127.0.0.\uff11", "http://127.0.0.01", "http://127.0.0.256",
    "http://2130706433", "http://0x7f.1", "http://0.0.0.0:4566", "http://[::]:4566", "http://[::2]",
    "http://[::1%25eth0]", "http://[:::1]", "http://locaIhost", "http://locaLho\u017ft", "ftp://127.0.0.1",
    "//127.0.0.1:4566", "127.0.0.1:4566", "https://dynamodb.eu-west-2.amazonaws.com", "",
)  # fmt: skip
PIECES = st.lists(
    st.sampled_from(
        [
            *("http", "https", "://", ":", "//", "/", "\\", "@", "#", "?", "%", "%40", "[", "]", ".", "4566", "0"),
            *("::1", "127.0.0.1", "127.1", "localhost", "example.com", "10.0.0.1", " ", "\t", "\n", "\x00", "é"),
        ]
    ),
    max_size=8,
).map("".join)
URLS = PIECES | st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP", "ftp"]),
    st.sampled_from(["127.0.0.1", "127.255.1.9", "localhost", "[::1]", "LocalHost", "example.com"]),
    st.sampled_from(["", ":1", ":4566", ":65535", ":65536", ":0"]),
    PIECES | st.just("") | st.just("/"),
)


def leads_here(host: str | None) -> bool:
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def taken_by_the_stand_in(url: str) -> bool:
    try:
        return loopback("dynamodb", url) == url
    except ConfigError:
        return False


@pytest.mark.parametrize("url", HERE)
def test_an_address_of_this_machine_is_taken(url: str) -> None:
    assert is_loopback(url)
    assert taken_by_the_stand_in(url)


@pytest.mark.parametrize("url", AWAY)
def test_no_other_address_is_taken(url: str) -> None:
    assert not is_loopback(url)
    assert not taken_by_the_stand_in(url)


@given(URLS)
def test_what_is_taken_is_read_in_one_way_by_all(url: str) -> None:
    if is_loopback(url):
        read, parts = parse_url(url), urlsplit(url)
        assert leads_here(read.host)
        assert (read.scheme, read.auth, read.query, read.fragment) == (parts.scheme, None, None, None)
        assert (read.host or "").strip("[]") == parts.hostname
        assert read.port == parts.port


@given(
    st.ip_addresses(network="127.0.0.0/8") | st.just("localhost"), st.integers(1, 65_535), st.sampled_from(["", "/"])
)
def test_every_plain_address_of_this_machine_is_taken(host: Any, port: int, end: str) -> None:
    assert is_loopback(f"http://{host}{end}")
    assert is_loopback(f"https://{host}:{port}{end}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(URLS)
def test_botocore_calls_no_other_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """A client of an address that is taken asks for this machine alone, whatever the environment says."""
    asked: list[Any] = []

    def looked_up(host: Any, *_: Any, **__: Any) -> Any:
        asked.append(host)
        raise OSError("nothing is called in a unit test")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://10.0.0.1:1")
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    if not is_loopback(url):
        return
    clients = Clients(url)
    client = clients.get("dynamodb", "eu-west-2", Config(retries={"total_max_attempts": 1}))
    with pytest.raises(BotoCoreError):
        client.list_tables()
    assert asked
    assert all(map(leads_here, asked))
    assert clients.credentials().access_key == "test"


def test_an_address_that_a_variable_or_a_profile_gives_gets_nobodys_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name, key in {"AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "t"}.items():
        monkeypatch.setenv(name, key)
    config = tmp_path / "config"
    config.write_text("[profile p]\nservices = s\n[services s]\ndynamodb =\n  endpoint_url = http://[::1]:7\n")
    for environment, address, key in (
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:5"}, "http://127.0.0.1:5", "test"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://localhost:6"}, "http://localhost:6", "test"),
        ({"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "p"}, "http://[::1]:7", "test"),
        ({"AWS_ENDPOINT_URL": "https://vpce.example.com"}, "https://vpce.example.com", "mine"),
        ({}, "https://dynamodb.eu-west-2.amazonaws.com", "mine"),
    ):
        with monkeypatch.context() as changed:
            for name, value in environment.items():
                changed.setenv(name, value)
            clients = Clients()
            assert clients.get("dynamodb", "eu-west-2").meta.endpoint_url == address
            assert clients.credentials().access_key == key


def test_a_profile_that_is_not_there_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nope")
    with pytest.raises(CallError) as error:
        Clients().get("dynamodb", "eu-west-2")
    assert str(error.value) == (
        "dynamodb in eu-west-2: The config profile (nope) could not be found; set AWS_PROFILE to one of your AWS "
        "configuration"
    )
