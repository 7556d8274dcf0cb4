"""`streamgauge rubric`: the maturity rubric in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands.opening import ConfigOption, JsonOption, settings_of
from dashboard.commands.printing import print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.definitions.shelf import DefinitionWarning
    from scoring.maturity.rubric import Rubric

SHIPPED = "shipped"
"""How the rubric that comes with the product is named where a folder is asked for."""

LONGEST_CELL = 60

MOST_WARNINGS = 5
"""How many `show` repeats; a translation that was just begun has one for each item."""

group = typer.Typer(no_args_is_help=True, help="The maturity rubric: levels, indicators, roadmap.")

SourceOption = Annotated[
    Path | None,
    typer.Option(
        "--rubric",
        exists=True,
        help="Folder or file with changes to the rubric; default: the setting rubric_dir.",
        show_default=False,
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option("--language", help="Language such as de; default: the setting rubric_language.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(group, name="rubric")


@group.callback()
def rubric() -> None:
    """The maturity rubric: levels, indicators, roadmap."""


@group.command()
def show(
    config: ConfigOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    level: Annotated[int | None, typer.Option("--level", min=1, max=5, help="Only this level.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What is asked, level by level.

    Examples: `streamgauge rubric show --level 3`, `streamgauge rubric show --json`
    """
    from data.definitions.rubric import read_rubric
    from scoring.maturity.rubric_json import as_json as whole

    settings = settings_of(config)
    folder = source or settings.rubric_dir
    read = read_rubric(folder, language or settings.rubric_language)
    if len(read.warnings) <= MOST_WARNINGS:
        _warn(read.warnings)
    else:
        typer.echo(
            f"streamgauge: {len(read.warnings)} warnings; `streamgauge rubric check {folder}` lists them", err=True
        )
    if not as_json:
        _print(read.rubric, level)
        return
    value = whole(read.rubric)
    if level is not None:
        value["levels"] = [one for one in value["levels"] if one["number"] == level]
        value["indicators"] = [one for one in value["indicators"] if one["level"] == level]
        value["actions"] = [one for one in value["actions"] if one["from_level"] == level]
        value["kpis"] = [one for one in value["kpis"] if level in one["levels"]]
    print_json(value)


@group.command()
def check(
    folder: Annotated[Path, typer.Argument(exists=True, help="Folder or file with changes to the rubric.")],
) -> None:
    """Read a company's changes to the rubric, with all its translations, and say what they make of it.

    Example: `streamgauge rubric check our-rubric/`
    """
    from data.definitions.rubric import read_rubric

    read = read_rubric(folder)
    warnings = dict.fromkeys(read.warnings)
    for language in read.languages[1:]:
        warnings.update(dict.fromkeys(read_rubric(folder, language).warnings))
    _warn(warnings)
    made = read.rubric
    typer.echo(
        f"{made.id} {made.version} in {', '.join(read.languages)}: {len(made.indicators)} indicators, "
        f"{len(made.disabled)} disabled, {len(made.actions)} actions, {len(made.kpis)} KPIs; "
        f"{len(warnings)} {'warning' if len(warnings) == 1 else 'warnings'}."
    )
    typer.echo(f"hash {made.hash}")


@group.command()
def diff(
    old: Annotated[str, typer.Argument(help=f"Folder or file, or {SHIPPED}.")],
    new: Annotated[str, typer.Argument(help=f"Folder or file, or {SHIPPED}.")],
    as_json: JsonOption = False,
) -> None:
    """What differs between two rubrics, and whether their results can be compared.

    Example: `streamgauge rubric diff shipped our-rubric/`
    """
    from data.definitions.rubric import load_rubric
    from scoring.maturity.rubric_changes import compare, same_results

    before, after = (load_rubric(None if name == SHIPPED else Path(name)) for name in (old, new))
    changes = compare(before, after)
    if as_json:
        print_json(
            {
                "old": {"id": before.id, "version": before.version, "hash": before.hash},
                "new": {"id": after.id, "version": after.version, "hash": after.hash},
                "same_results": same_results(changes),
                "changes": [
                    {
                        "kind": one.kind.value,
                        "item": one.item.value,
                        "id": one.id,
                        "title": one.title,
                        "field": one.field,
                        "before": one.before,
                        "after": one.after,
                    }
                    for one in changes
                ],
            }
        )
        return
    rows = [
        {
            "what": one.kind.value,
            "item": f"{one.item.value} {one.id}",
            "title": one.title,
            "field": one.field,
            "before": _short(one.before),
            "after": _short(one.after),
        }
        for one in changes
    ]
    print_table(f"{before.id} {before.version} → {after.id} {after.version}", rows)
    typer.echo(
        "Equal answers lead to equal results."
        if same_results(changes)
        else "Results are not comparable as they stand: what is asked for a level differs."
    )


def _warn(warnings: Iterable[DefinitionWarning]) -> None:
    for warning in warnings:
        typer.echo(f"streamgauge: {warning}", err=True)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def _print(rubric: Rubric, level: int | None) -> None:
    typer.echo(f"{rubric.id} {rubric.version} ({rubric.language}), hash {rubric.hash[:12]}")
    for one in rubric.levels:
        if level not in (None, one.number):
            continue
        profile = ", ".join(f"{dimension.value} {rating}" for dimension, rating in one.profile.items())
        typer.echo(f"\nLevel {one.number} {one.title}. {one.summary}\nExpected ratings: {profile}")
        rows = [
            {
                "id": indicator.id,
                "polarity": indicator.polarity.value,
                "dimension": indicator.dimension.value,
                "question": indicator.question,
                "a yes is": indicator.anchors.yes,
                "probe": ", ".join(indicator.probes) or "no probe yet",
            }
            for indicator in rubric.indicators
            if indicator.level == one.number
        ]
        print_table("Indicators", rows)
        if level is not None:
            for kind, statements in _statements(rubric, level).items():
                typer.echo(f"\n{kind}\n" + "\n".join(f"  {text}" for text in statements))
    for disabled in rubric.disabled:
        typer.echo(f"Not asked: {disabled.indicator}: {disabled.reason}")


def _statements(rubric: Rubric, level: int) -> dict[str, list[str]]:
    """The texts of a level's statements, and of what leads on from it, by heading."""
    found: dict[str, list[str]] = {}
    for one in rubric.levels[level - 1].statements:
        found.setdefault(_HEADINGS[one.kind.value], []).append(one.text)
    for action in rubric.actions:
        if action.from_level == level:
            found.setdefault(f"On the way to level {level + 1}", []).append(f"{action.title}: {action.text}")
    return found


_HEADINGS = {
    "characteristic": "What it looks like",
    "pitfall": "What goes wrong in it",
    "success_indicator": "How one sees that it works",
}
