"""The table of Kafka's error codes, as it ships and when somebody spoils it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.definitions.error_codes import load_error_table
from data.definitions.located import DefinitionError
from data.definitions.slo_files import DEFINITIONS
from scoring.slo.definition import EventClass

SHIPPED = DEFINITIONS / "produce_errors.yaml"


def test_codes_run_without_a_hole_from_minus_one_to_133() -> None:
    assert sorted(code.code for code in load_error_table(SHIPPED).codes) == list(range(-1, 134))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NONE", EventClass.SUCCESS),
        ("NOT_ENOUGH_REPLICAS", EventClass.PLATFORM),
        ("NOT_ENOUGH_REPLICAS_AFTER_APPEND", EventClass.PLATFORM),
        ("NOT_LEADER_OR_FOLLOWER", EventClass.PLATFORM),
        ("REQUEST_TIMED_OUT", EventClass.PLATFORM),
        ("KAFKA_STORAGE_ERROR", EventClass.PLATFORM),
        ("UNKNOWN_SERVER_ERROR", EventClass.PLATFORM),
        ("TOPIC_AUTHORIZATION_FAILED", EventClass.CLIENT),
        ("MESSAGE_TOO_LARGE", EventClass.CLIENT),
        ("INVALID_RECORD", EventClass.CLIENT),
    ],
)
def test_platform_faults_and_client_faults_are_told_apart(name: str, expected: EventClass) -> None:
    table = {code.name: code.event_class for code in load_error_table(SHIPPED).codes}
    assert table[name] is expected


def test_a_code_that_is_not_listed_is_the_platforms_fault() -> None:
    assert load_error_table(SHIPPED).unlisted is EventClass.PLATFORM


GOOD = """\
request: Produce
kafka: 4.3.1
unlisted: platform
codes:
  NONE:
    code: 0
    class: success
    why: Written.
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "problem"),
    [
        ("class: success", "class: fine", 7, "codes.NONE.class", "must be one of success, platform, client"),
        ("class: success", "class: failed", 7, "codes.NONE.class", "must be one of success, platform, client"),
        ("code: 0", "code: zero", 6, "codes.NONE.code", "must be a decimal number"),
        ("code: 0", "code: 0.5", 6, "codes.NONE.code", "must be a whole number"),
        ("    why: Written.\n", "", 6, "codes.NONE", "lacks why"),
        ("why: Written.", "why: ''", 8, "codes.NONE.why", "must not be empty"),
        ("request: Produce\n", "", 1, "", "lacks request"),
        ("unlisted:", "unknown:", 3, "unknown", "is not known here"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_field(
    tmp_path: Path, old: str, new: str, line: int, field: str, problem: str
) -> None:
    file = tmp_path / "codes.yaml"
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(DefinitionError, match=problem) as caught:
        load_error_table(file)
    assert (caught.value.file, caught.value.line, caught.value.field) == (file, line, field)
    assert str(caught.value).startswith(f"{file}:{line}: ")


def test_a_code_number_is_given_once(tmp_path: Path) -> None:
    file = tmp_path / "codes.yaml"
    file.write_text(GOOD + "  AGAIN:\n    code: 0\n    class: client\n    why: Twice.\n")
    with pytest.raises(DefinitionError, match="0 is already NONE"):
        load_error_table(file)
