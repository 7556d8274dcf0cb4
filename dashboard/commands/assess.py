"""`streamgauge assess`: what sheets of answers come to, and how far people agree, without a session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands.opening import ConfigOption, JsonOption, settings_of
from dashboard.commands.printing import print_json, print_table
from dashboard.commands.rubric import SourceOption
from dashboard.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.maturity.agreement import Agreement, Reliability
    from scoring.maturity.results import Result
    from scoring.maturity.rubric import Rubric
    from scoring.maturity.votes import Scale

group = typer.Typer(no_args_is_help=True, help="Score sheets of answers; measure how far people agree.")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(group, name="assess")


@group.callback()
def assess() -> None:
    """Score sheets of answers; measure how far people agree."""


@group.command()
def score(
    file: Annotated[Path, typer.Argument(help="JSON file with one sheet, or with a list of sheets.")],
    config: ConfigOption = None,
    rubric: SourceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score a sheet {"answers": {"L1.1": "yes", …}, "ratings": [{"respondent": "r1", "Technology": 3, …}, …]}.

    Answers are yes, partial, no, n/a (taken as approved) and unknown; what is missing is unknown. With --json a sheet
    gives an object and a list of sheets a list.

    Examples: `streamgauge assess score answers.json`, `streamgauge assess score answers.json --json`
    """
    from dashboard.commands.assess_sheets import scored
    from data.definitions.rubric import read_rubric

    settings = settings_of(config)
    read = read_rubric(rubric or settings.rubric_dir, settings.rubric_language)
    for warning in read.warnings:
        typer.echo(f"streamgauge: {warning}", err=True)
    found = scored(file, read.rubric)
    if as_json:
        print_json([one.as_json() for one in found] if isinstance(found, list) else found.as_json())
        return
    for one in found if isinstance(found, list) else [found]:
        _print_result(read.rubric, one)


@group.command()
def agreement(
    file: Annotated[Path, typer.Argument(help="CSV file with the columns respondent, question, value.")],
    as_json: JsonOption = False,
) -> None:
    """How far people agree on each question, and which questions to discuss.

    A value is no, partial or yes (0, 1, 2), or a rating from 1 to 5; don't know, n/a and observer are counted apart.

    Examples: `streamgauge assess agreement votes.csv`, `streamgauge assess agreement votes.csv --json`
    """
    from dashboard.commands.assess_votes import tallies
    from scoring.maturity.agreement import agreement as agreement_on
    from scoring.maturity.agreement import reliability
    from scoring.maturity.krippendorff import ordinal_alpha

    votes = tallies(file)
    found = {question: agreement_on(one) for question, one in votes.items()}
    if as_json:
        alpha = ordinal_alpha([one.values for one in votes.values()])
        questions = {question: one.as_json() for question, one in found.items()}
        print_json({"questions": questions, "alpha": None if alpha is None else float(alpha)})
    else:
        _print_agreement(found, reliability(votes.values()))


def _print_result(rubric: Rubric, result: Result) -> None:
    from scoring.maturity.paths import next_level
    from scoring.maturity.results import index_words
    from scoring.maturity.sheets import Sheet
    from scoring.maturity.unknowns import weights

    low, high = index_words(result.low.index), index_words(result.high.index)
    typer.echo(result.headline)
    typer.echo(f"  index           {low if low == high else f'{low} to {high}'}")
    typer.echo(f"  profile level   {_level(result.profile.level)}")
    typer.echo(f"  paper sheet     {_level(result.literal_level)}")
    for contradiction in result.contradictions:
        typer.echo(f"  contradiction   {contradiction.deficit} and {contradiction.capability} are both answered yes")
    if result.ahead:
        typer.echo(f"  ahead of level  {', '.join(result.ahead)}")
    answered = Sheet(result.answers)
    coming = next_level(rubric, answered)
    for path in coming.paths:
        typer.echo(f"  level {coming.level} needs   {', '.join(path.indicators)}")
    for weight in weights(rubric, answered)[:1]:
        typer.echo(f"  ask first       {weight.indicator}")


def _level(level: int | None) -> str:
    """A level that people rate or tick, in words where it is none."""
    if level is None:
        return "none"
    return str(level) if level else "below the level 1 profile"


def _print_agreement(found: Mapping[str, Agreement], reliable: Mapping[Scale, Reliability]) -> None:
    rows = [
        {
            "question": question,
            "n": one.n,
            "median": "none" if one.median is None else one.tally.scale.word(one.median),
            "IQR": "none" if one.iqr is None else f"{float(one.iqr):g}",
            "range": "none" if one.range is None else str(one.range),
            "within one": f"{one.close} of {one.n}",
            "discuss": "; ".join(one.reasons) or "no need",
        }
        for question, one in found.items()
    ]
    print_table("Agreement", rows)
    for scale, one in reliable.items():
        alpha = "not defined" if one.alpha is None else f"{float(one.alpha):.3f}"
        basis = f"{plural(one.votes, 'vote')} on {plural(one.questions, 'question')}"
        typer.echo(f"Krippendorff's alpha, {scale}: {alpha} ({basis})")
