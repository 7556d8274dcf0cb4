"""What the brokers themselves count: every answer to a produce request, by error code."""

from __future__ import annotations

import re
from collections import Counter

import requests

from stack.brokers import sites
from stack.ports import HOST
from stack.state import StackError, StackState

METRIC = "kafka_network_requestmetrics_errors_total"
PATIENCE = 30.0
"""A broker's exporter on a busy machine takes seconds; an answer that was not waited for would count as none."""
_LINE = re.compile(rf'^{METRIC}\{{error="(?P<error>\w+)",request="Produce"\}} (?P<value>\S+)$', re.MULTILINE)


def produce_answers(state: StackState) -> Counter[str]:
    """Answers to Produce by error code (NONE is success), summed over the main cluster's brokers that answer now.

    StackError when a broker's exporter takes the question and gives no answer.
    """
    total: Counter[str] = Counter()
    for part in sites(state)[0].brokers:
        try:
            page = requests.get(f"http://{HOST}:{part.ports['metrics']}/metrics?name[]={METRIC}", timeout=PATIENCE).text
        except requests.ConnectionError:
            continue  # A broker that is down counts nothing.
        except requests.Timeout as problem:
            raise StackError(f"The exporter of {part.name} hangs. See `status`; its log is {part.log}.") from problem
        for found in _LINE.finditer(page):
            total[found["error"]] += int(float(found["value"]))
    return total
