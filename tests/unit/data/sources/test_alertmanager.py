"""Routes and receivers as a real configuration writes them, without what they must not show."""

from __future__ import annotations

import pytest

from data.settings import AlertmanagerSettings
from data.sources.alertmanager import AlertmanagerSource
from data.sources.failures import SourceFailure
from data.sources.matchers import MatcherError, parse_matchers
from scoring.catalog.estate import FailureKind
from scoring.evidence.alert_routing import Matcher, Route, Routing
from tests.unit.data.conftest import Service, reply

CONFIGURATION = """
global: {smtp_auth_password: <secret>}
route:
  receiver: nobody
  group_by: [alertname]
  routes:
  - matchers: ['severity="critical"', "team=~orders|payments"]
    continue: true
    receiver: on-call
    routes:
    - match: {cluster: main}
    - match_re: {alertname: .*Lag}
      receiver: nobody
receivers:
- name: nobody
- name: on-call
  webhook_configs:
  - url: <secret>
  email_configs: []
"""


def read(service: Service, text: str = CONFIGURATION) -> Routing:
    service.answer = lambda _: reply({"config": {"original": text}, "versionInfo": {"version": "0.28.1"}})
    source = AlertmanagerSource(AlertmanagerSettings(url=service.url))
    try:
        return source.routing().value
    finally:
        source.close()


def test_the_tree_and_what_each_receiver_tells(service: Service) -> None:
    routing = read(service)

    critical = (Matcher("severity", "=", "critical"), Matcher("team", "=~", "orders|payments"))
    children = (
        Route("on-call", (Matcher("cluster", "=", "main"),)),
        Route("nobody", (Matcher("alertname", "=~", ".*Lag"),)),
    )
    assert routing.root == Route("nobody", children=(Route("on-call", critical, carries_on=True, children=children),))
    assert routing.receivers == {"nobody": (), "on-call": ("webhook",)}
    assert service.asked[0].path == "/api/v2/status"


@pytest.mark.parametrize("text", ["route: {}", "[]", "route: {receiver: a}\nreceivers: [{}]", "a: b: c"])
def test_what_is_no_configuration_is_a_bad_answer(service: Service, text: str) -> None:
    with pytest.raises(SourceFailure) as caught:
        read(service, text)
    assert caught.value.kind is FailureKind.BAD_ANSWER


@pytest.mark.parametrize(
    ("text", "matchers"),
    [
        ("severity=critical", [("severity", "=", "critical")]),
        (' severity = "critical" ', [("severity", "=", "critical")]),
        ('{severity!~"info|debug", team="a,b"}', [("severity", "!~", "info|debug"), ("team", "=", "a,b")]),
        (r'path="C:\\x \"y\""', [("path", "=", 'C:\\x "y"')]),
        ('"with.dots"=x', [("with.dots", "=", "x")]),
        ('empty=""', [("empty", "=", "")]),
    ],
)
def test_matchers_in_every_form(text: str, matchers: list[tuple[str, str, str]]) -> None:
    assert list(parse_matchers(text)) == [Matcher(*one) for one in matchers]


@pytest.mark.parametrize("text", ["severity", '="x"'])
def test_what_is_no_matcher_is_refused(text: str) -> None:
    with pytest.raises(MatcherError):
        list(parse_matchers(text))
