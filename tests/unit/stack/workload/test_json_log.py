"""Structured logs: one JSON object a line."""

from __future__ import annotations

import json
import logging
import sys

from stack.workload.json_log import JsonLines


def test_an_event_and_its_fields_stand_in_one_json_object() -> None:
    record = logging.LogRecord("consumer.settlement", logging.WARNING, "x.py", 1, "retrying", None, None)
    record.fields = {"offset": 7, "reason": "no\nanswer"}
    line = JsonLines().format(record)
    assert "\n" not in line
    found = json.loads(line)
    assert (found["level"], found["logger"], found["event"]) == ("warning", "consumer.settlement", "retrying")
    assert (found["offset"], found["reason"]) == (7, "no\nanswer")


def test_a_crash_keeps_its_traceback_on_the_same_line() -> None:
    try:
        json.loads("{}")["customer"]
    except KeyError:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "crashed", None, sys.exc_info())
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "KeyError: 'customer'" in json.loads(line)["traceback"]
