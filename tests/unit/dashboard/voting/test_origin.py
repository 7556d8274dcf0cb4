"""Where a request comes from."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from dashboard.voting.origin import caller, is_ours


def request(client: str = "198.51.100.7", **headers: str) -> Request:
    """A request with these headers."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/vote", "headers": raw, "client": (client, 1)})


@pytest.mark.parametrize(
    ("origin", "host", "public", "ours"),
    [
        ("http://10.0.0.7:8501", "10.0.0.7:8501", None, True),
        ("https://gauge.example.com", "10.0.0.7:8501", "https://gauge.example.com/x", True),
        ("https://GAUGE.example.com", "gauge.example.com", None, True),
        ("http://gauge.example.com", "10.0.0.7:8501", "https://gauge.example.com", False),
        ("https://evil.example", "gauge.example.com", "https://gauge.example.com", False),
        ("https://gauge.example.com.evil.example", "gauge.example.com", None, False),
        ("http://10.0.0.7:9999", "10.0.0.7:8501", None, False),
        ("null", "gauge.example.com", None, False),
        ("", "", None, False),
        ("file://gauge.example.com", "gauge.example.com", None, False),
    ],
)
def test_only_a_page_of_ours_is_ours(origin: str, host: str, public: str | None, ours: bool) -> None:
    assert is_ours(request(origin=origin, host=host), public) is ours


def test_without_an_origin_nobody_knows_whose_page_it_was() -> None:
    assert not is_ours(request(host="gauge.example.com"), "https://gauge.example.com")


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("testclient", "unknown"),
    ],
)
def test_one_phone_is_one_caller_whichever_of_its_addresses_it_uses(client: str, counted: str) -> None:
    assert caller(request(client)) == counted
