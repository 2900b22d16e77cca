"""URLs of drains, and what is none."""

from __future__ import annotations

import pytest

from emulator.logplex.address import Address, BadAddress, Scheme, parse


@pytest.mark.parametrize(
    ("url", "address", "place"),
    [
        (
            "https://u:p%40@logs.example/a/b?c=d#insecure",
            Address(
                Scheme.HTTPS,
                "/a/b?c=d",
                "logs.example",
                443,
                "u:p%40",
                frozenset({"insecure"}),
            ),
            "https://logs.example",
        ),
        ("http://[::1]:81?x", Address(Scheme.HTTP, "/?x", "::1", 81), "http://[::1]:81"),
        ("syslog://a", Address(Scheme.SYSLOG, "/", "a", 514), "syslog://a"),
        ("syslog+tls://a:1", Address(Scheme.SYSLOG_TLS, "/", "a", 1), "syslog+tls://a:1"),
        ("file:///a/b", Address(Scheme.FILE, "/a/b"), "file:///a/b"),
        (
            "http://a#rfc5424,insecure",
            Address(Scheme.HTTP, "/", "a", 80, options=frozenset({"rfc5424", "insecure"})),
            "http://a",
        ),
    ],
)
def test_addresses(url: str, address: Address, place: str):
    assert parse(url) == address
    assert address.place == place


@pytest.mark.parametrize(
    "url",
    [
        *("", "a", "ftp://a", "https://", "https:///x", "https://@", "https://a:b", "https://a:0"),
        *("https://a:65536", "https://[::1", "https://[::1]x", "file://", "file://a", "file:///"),
        *("https://a b", "https://a\nb", "https://a#x", "https://ü", "https://a:٣"),
    ],
)
def test_what_is_none(url: str):
    with pytest.raises(BadAddress, match="expected a URL such as"):
        parse(url)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost", True),
        ("http://127.0.0.1", True),
        ("file:///a", True),
        ("http://a", False),
    ],
)
def test_what_stays_on_this_machine(url: str, local: bool):
    assert parse(url).is_local is local
