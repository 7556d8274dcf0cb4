"""A rubric as JSON and back, so that a record carries the questions that were asked, in the words of that day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.maturity.rubric import (
    ActionKey,
    Anchors,
    Better,
    Dimension,
    DimensionText,
    Disabled,
    Indicator,
    IndicatorId,
    Kpi,
    KpiId,
    Level,
    Polarity,
    ProbeId,
    RoadmapAction,
    Rubric,
    Statement,
    StatementId,
    StatementKind,
)


def as_json(rubric: Rubric) -> dict[str, Any]:
    """All that a rubric says, of JSON's types, with its hash."""
    return {
        "id": rubric.id,
        "version": rubric.version,
        "language": rubric.language,
        "hash": rubric.hash,
        "levels": [
            {
                "number": level.number,
                "title": level.title,
                "summary": level.summary,
                "profile": {dimension.value: level.profile[dimension] for dimension in Dimension},
                "statements": [
                    {
                        "id": one.id,
                        "kind": one.kind.value,
                        "text": one.text,
                        "dimension": None if one.dimension is None else one.dimension.value,
                    }
                    for one in level.statements
                ],
            }
            for level in rubric.levels
        ],
        "dimensions": [
            {
                "dimension": one.dimension.value,
                "title": one.title,
                "definition": one.definition,
                "anchors": list(one.anchors),
            }
            for one in rubric.dimensions
        ],
        "indicators": [
            {
                "id": one.id,
                "level": one.level,
                "title": one.title,
                "question": one.question,
                "polarity": one.polarity.value,
                "dimension": one.dimension.value,
                "anchors": {"yes": one.anchors.yes, "partial": one.anchors.partial, "no": one.anchors.no},
                "superseded_by": list(one.superseded_by),
                "probes": list(one.probes),
                "effort": one.effort,
                "impact": one.impact,
            }
            for one in rubric.indicators
        ],
        "actions": [
            {
                "id": one.id,
                "from_level": one.from_level,
                "title": one.title,
                "text": one.text,
                "helps": list(one.helps),
                "addresses": list(one.addresses),
                "dimensions": [dimension.value for dimension in one.dimensions],
                "needs": list(one.needs),
                "effort": one.effort,
                "impact": one.impact,
            }
            for one in rubric.actions
        ],
        "kpis": [
            {
                "id": one.id,
                "title": one.title,
                "definition": one.definition,
                "levels": list(one.levels),
                "unit": one.unit,
                "better": one.better.value,
            }
            for one in rubric.kpis
        ],
        "disabled": [{"indicator": one.indicator, "reason": one.reason} for one in rubric.disabled],
    }


def from_json(value: Mapping[str, Any]) -> Rubric:
    """The rubric that `as_json` made. Raises ValueError when something is missing, or it does not have its hash."""
    try:
        rubric = _rubric(value)
    except (KeyError, TypeError) as error:
        raise ValueError(f"this is no rubric as streamgauge writes it: {error}") from error
    if rubric.hash != value.get("hash"):
        raise ValueError(
            f"the rubric {rubric.id} {rubric.version} does not have the hash that is written beside it: "
            "it was changed after it was written"
        )
    return rubric


def _rubric(value: Mapping[str, Any]) -> Rubric:
    return Rubric(
        id=value["id"],
        version=value["version"],
        language=value["language"],
        levels=tuple(_level(one) for one in value["levels"]),
        dimensions=tuple(_dimension(one) for one in value["dimensions"]),
        indicators=tuple(_indicator(one) for one in value["indicators"]),
        actions=tuple(_action(one) for one in value["actions"]),
        kpis=tuple(
            Kpi(
                KpiId(one["id"]),
                one["title"],
                one["definition"],
                tuple(one["levels"]),
                one["unit"],
                Better(one["better"]),
            )
            for one in value["kpis"]
        ),
        disabled=tuple(Disabled(IndicatorId(one["indicator"]), one["reason"]) for one in value["disabled"]),
    )


def _level(value: Mapping[str, Any]) -> Level:
    return Level(
        number=value["number"],
        title=value["title"],
        summary=value["summary"],
        statements=tuple(
            Statement(
                StatementId(one["id"]),
                StatementKind(one["kind"]),
                one["text"],
                None if one["dimension"] is None else Dimension(one["dimension"]),
            )
            for one in value["statements"]
        ),
        profile={dimension: value["profile"][dimension.value] for dimension in Dimension},
    )


def _dimension(value: Mapping[str, Any]) -> DimensionText:
    first, second, third, fourth, fifth = value["anchors"]
    return DimensionText(
        Dimension(value["dimension"]), value["title"], value["definition"], (first, second, third, fourth, fifth)
    )


def _indicator(value: Mapping[str, Any]) -> Indicator:
    anchors = value["anchors"]
    return Indicator(
        id=IndicatorId(value["id"]),
        level=value["level"],
        title=value["title"],
        question=value["question"],
        polarity=Polarity(value["polarity"]),
        dimension=Dimension(value["dimension"]),
        anchors=Anchors(anchors["yes"], anchors["partial"], anchors["no"]),
        superseded_by=tuple(IndicatorId(one) for one in value["superseded_by"]),
        probes=tuple(ProbeId(one) for one in value["probes"]),
        effort=value["effort"],
        impact=value["impact"],
    )


def _action(value: Mapping[str, Any]) -> RoadmapAction:
    return RoadmapAction(
        id=ActionKey(value["id"]),
        from_level=value["from_level"],
        title=value["title"],
        text=value["text"],
        effort=value["effort"],
        impact=value["impact"],
        helps=tuple(IndicatorId(one) for one in value["helps"]),
        addresses=tuple(StatementId(one) for one in value["addresses"]),
        dimensions=tuple(Dimension(one) for one in value["dimensions"]),
        needs=tuple(ActionKey(one) for one in value["needs"]),
    )
