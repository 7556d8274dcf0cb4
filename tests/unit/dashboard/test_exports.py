"""Tables as files."""

from __future__ import annotations

import csv
import io
import json

from dashboard.exports.listing import as_csv, as_json


def test_csv_has_a_header_and_leaves_the_unknown_empty() -> None:
    text = as_csv([{"name": "orders", "lag": None, "topics": ["a", "b"]}]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["name", "lag", "topics"], ["orders", "", "a b"]]


def test_a_name_that_a_spreadsheet_would_run_is_text() -> None:
    text = as_csv([{"name": '=HYPERLINK("http://evil.example")'}]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1] == ['\'=HYPERLINK("http://evil.example")']


def test_a_negative_number_stays_a_number() -> None:
    assert as_csv([{"retention_ms": -1}]).decode("utf-8-sig").splitlines()[1] == "-1"


def test_json_keeps_null_and_lists() -> None:
    assert json.loads(as_json([{"lag": None, "topics": ["ä"]}])) == [{"lag": None, "topics": ["ä"]}]


def test_nothing_to_export_is_an_empty_file() -> None:
    assert as_csv([]).decode("utf-8-sig") == ""
    assert json.loads(as_json([])) == []
