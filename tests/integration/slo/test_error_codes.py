"""The error-code table against Kafka's own list, printed by the class that defines it."""

from __future__ import annotations

import re
import subprocess

from data.definitions.error_codes import load_error_table
from data.definitions.slo_files import DEFINITIONS
from stack import downloads


def test_the_table_has_exactly_the_names_and_numbers_that_kafka_prints() -> None:
    jars = downloads.kafka_jars()
    printed = subprocess.run(
        [downloads.java(), "-cp", f"{jars}/*", "org.apache.kafka.common.protocol.Errors"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    rows = re.findall(r"<tr>\s*<td>([A-Z_]+)</td>\s*<td>(-?\d+)</td>", printed)
    kafkas = {name: int(number) for name, number in rows}
    assert len(kafkas) > 130
    ours = load_error_table(DEFINITIONS / "produce_errors.yaml").codes
    assert {code.name: code.code for code in ours} == kafkas
