"""Links that the frame gives out, and the example that Connections shows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.components.connecting import EXAMPLE
from dashboard.components.frame import shared_link
from dashboard.components.selection import Selected, name_of
from dashboard.context import asof_in
from data.settings import load_settings
from data.store.read import FactKind
from scoring.catalog.estate import ClusterName


def test_a_link_is_under_the_public_url_and_carries_every_filter() -> None:
    link = shared_link(
        "https://gauge.example.com", "http://10.0.0.7:8501/estate", {"asof": "2026-11-20T12:00", "q": "a b"}
    )
    assert link == "https://gauge.example.com/estate?asof=2026-11-20T12%3A00&q=a+b"


def test_without_a_public_url_a_link_is_what_the_browser_shows() -> None:
    assert shared_link(None, "http://localhost:8501/", {}) == "http://localhost:8501/"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T12:00", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T12:00:59Z", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T13:30+01:30", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("0001-01-01T00:00", None),
    ],
)
def test_a_moment_in_the_address_is_utc_to_the_minute(text: str, moment: datetime | None) -> None:
    assert asof_in(text) == moment


def test_the_shown_example_is_one_that_streamgauge_accepts(tmp_path: Path) -> None:
    file = tmp_path / "streamgauge.yaml"
    file.write_text(EXAMPLE)
    settings = load_settings(file, {})
    assert [cluster.name for cluster in settings.clusters] == ["prod-eu"]
    assert settings.clusters[0].registry is not None
    assert settings.clusters[0].prometheus is not None


def test_an_object_survives_the_way_through_the_address() -> None:
    item = Selected(FactKind.TOPIC, ClusterName("eu"), 'a"b/ü&c')
    assert Selected.read(item.write()) == item


def test_an_address_that_names_no_object_opens_none() -> None:
    for text in ("", "x", "[]", "[1,2,3]", '["topic","eu"]', '{"a":1}', "null"):
        assert Selected.read(text) is None


def test_an_access_rule_is_named_by_what_it_allows() -> None:
    key = '["User:orders","*","WRITE","ALLOW","TOPIC","orders.events","LITERAL"]'
    named = name_of(Selected(FactKind.ACL, ClusterName("eu"), key))
    assert named == "User:orders from *: ALLOW WRITE on TOPIC orders.events"
