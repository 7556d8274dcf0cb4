"""Where Alertmanager sends alerts: its tree of routes and what each receiver tells, without any address or secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from data.settings import AlertmanagerSettings
from data.sources.failures import SourceFailure
from data.sources.http import HttpSession
from data.sources.matchers import MatcherError, parse_matchers
from scoring.catalog.estate import FailureKind, Present
from scoring.evidence.alert_routing import Matcher, Route, Routing

STATUS = "/api/v2/status"
_CONFIGS = "_configs"
"""How the keys of a receiver's integrations end, as in email_configs."""


def _now() -> datetime:
    return datetime.now(UTC)


class AlertmanagerSource:
    """One Alertmanager. Every method raises SourceFailure."""

    def __init__(
        self, settings: AlertmanagerSettings, timeout: float | None = None, clock: Callable[[], datetime] = _now
    ) -> None:
        self._session = HttpSession("Alertmanager", settings, 1)
        self._timeout = timeout
        self._clock = clock

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def routing(self) -> Present[Routing]:
        """The routes and receivers of the configuration that runs."""
        answer = self._session.get_json(STATUS, timeout=self._timeout)
        try:
            document = YAML(typ="safe").load(answer["config"]["original"])
            receivers = {str(one["name"]): tuple(_integrations(one)) for one in document["receivers"]}
            routing = Routing(_route(document["route"], ""), receivers)
        except (KeyError, TypeError, AttributeError, YAMLError, MatcherError) as error:
            raise SourceFailure(
                FailureKind.BAD_ANSWER,
                f"What answers at {self._session.base} does not tell its routes as Alertmanager does.",
                "Check the URL; it ends before /api/v2.",
            ) from error
        return Present(routing, self._clock(), f"GET {STATUS}")


def _integrations(receiver: Mapping[str, Any]) -> Iterator[str]:
    for key, configured in receiver.items():
        if key.endswith(_CONFIGS) and configured:
            yield str(key).removesuffix(_CONFIGS)


def _route(node: Mapping[str, Any], inherited: str) -> Route:
    """One node with its children; a child without a receiver has its parent's."""
    receiver = str(node.get("receiver") or inherited)
    return Route(
        receiver,
        tuple(_matchers(node)),
        bool(node.get("continue", False)),
        tuple(_route(child, receiver) for child in node.get("routes") or ()),
    )


def _matchers(node: Mapping[str, Any]) -> Iterator[Matcher]:
    """The conditions in all three forms that Alertmanager takes: matchers, match and match_re."""
    for text in node.get("matchers") or ():
        yield from parse_matchers(str(text))
    for label, value in (node.get("match") or {}).items():
        yield Matcher(str(label), "=", str(value))
    for label, value in (node.get("match_re") or {}).items():
        yield Matcher(str(label), "=~", str(value))
