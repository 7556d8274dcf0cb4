"""Asks a Prometheus every question about a cluster's health, at one moment."""

from __future__ import annotations

import math
from datetime import datetime

from data.health.questions import QUESTIONS, Question
from data.health.readings import HealthReading, HealthValue
from data.sources.prometheus import PrometheusSource


def ask_health(prometheus: PrometheusSource, at: datetime) -> list[HealthReading]:
    """The answer to each question. Raises SourceFailure when Prometheus does not answer."""
    return [_ask(prometheus, question, at) for question in QUESTIONS]


def _ask(prometheus: PrometheusSource, question: Question, at: datetime) -> HealthReading:
    query = ""
    for way in question.ways:
        query = way.query(prometheus.matchers)
        answer = prometheus.query(query, at)
        if len(answer):
            found = [HealthValue(dict(one.labels), float(one.values[-1])) for one in answer]
            finite = sorted((one for one in found if math.isfinite(one.value)), key=lambda one: -one.value)
            return HealthReading(question.key, query, way.dialect, at, tuple(finite[: question.most]))
    return HealthReading(question.key, query, "", at, None)
