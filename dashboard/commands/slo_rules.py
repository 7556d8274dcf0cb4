"""`streamgauge slo rules`, `check`, `import` and `export`: definitions as other tools' files, and back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands.failures import CommandError
from dashboard.commands.opening import JsonOption
from dashboard.commands.printing import print_json, print_table
from dashboard.commands.slo import DefinitionsOption, group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.definitions.importing import Loss
    from data.definitions.slo_files import Definitions

REFUSED, UNKNOWN = 1, 3
"""Exit codes: something was refused or is lost; nothing was, but a tool that should have looked is not there."""

OutOption = Annotated[Path, typer.Option("--out", file_okay=False, help="Folder to write to; made if it is not there.")]
MatchOption = Annotated[
    list[str] | None,
    typer.Option(
        "--match",
        metavar="LABEL=VALUE",
        help="Only series with this label, which what is recorded is given too; for a Prometheus of several clusters.",
    ),
]


def register() -> None:
    """Add the commands to `streamgauge slo`."""
    group.command("rules")(rules)
    group.command("check")(check)
    group.command("import")(import_files)
    group.command("export")(export)


def rules(out: OutOption, definitions: DefinitionsOption = None, match: MatchOption = None) -> None:
    """Write Prometheus rules with a test of them, Alertmanager routes and Grafana dashboards.

    Example: `streamgauge slo rules --out monitoring/ --match cluster=prod-eu`
    """
    from data.definitions.promql import PromqlError
    from data.definitions.rule_files import OWNED, rule_files
    from scoring.slo.rules.model import RulesError

    found = _definitions(definitions)
    try:
        made = rule_files(found.slos, _labels(match or []), found.policies)
    except (RulesError, PromqlError) as error:
        raise CommandError(str(error)) from error
    _write(out, made.texts, OWNED)
    for warning in made.warnings:
        typer.echo(f"streamgauge: {warning}", err=True)
    typer.echo(f"Wrote {len(made.texts)} files to {out}. Next: streamgauge slo check {out}")


def check(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="What `slo rules` wrote.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Let promtool and amtool check what was written. Exit code 1 when something is wrong, 3 when a tool is missing.

    Example: `streamgauge slo check monitoring/`
    """
    from data.definitions.rule_checks import Verdict, check_files
    from data.definitions.rule_files import RULES

    if not any((folder / RULES).glob("*.yml")):
        raise CommandError(f"{folder} has no {RULES}/*.yml. Write them: streamgauge slo rules --out {folder}")
    checks = check_files(folder, os.environ)
    if as_json:
        print_json([{"name": one.name, "verdict": one.verdict.value, "detail": one.detail} for one in checks])
    else:
        print_table("Checks", [{"what": one.name, "verdict": one.verdict.value} for one in checks])
        for one in checks:
            if one.verdict is not Verdict.PASSED:
                typer.echo(f"{one.name}: {one.detail}", err=True)
    verdicts = {one.verdict for one in checks}
    if Verdict.FAILED in verdicts:
        raise typer.Exit(REFUSED)
    if Verdict.SKIPPED in verdicts:
        raise typer.Exit(UNKNOWN)


def import_files(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Files of OpenSLO, Sloth or Pyrra.")],
    out: OutOption,
    as_json: JsonOption = False,
) -> None:
    """Turn SLOs of OpenSLO v1 and v1alpha, Sloth and Pyrra into OpenSLO v1 files, and list what is lost on the way.

    Exit code 1 when an SLO could not be carried over at all. Example: `streamgauge slo import sloth.yml --out slos/`
    """
    from data.definitions.importing import import_file

    results = [import_file(file) for file in files]
    texts = {f"{name}.yaml": text for result in results for name, text in result.texts.items()}
    if len(texts) < sum(len(result.texts) for result in results):
        raise CommandError("two of the SLOs have one name; import the files into different folders, or rename one.")
    _write(out, texts)
    _report("Imported", sorted(texts), [loss for result in results for loss in result.losses], as_json=as_json)
    if any(result.refused for result in results):
        raise typer.Exit(REFUSED)


def export(out: OutOption, definitions: DefinitionsOption = None, as_json: JsonOption = False) -> None:
    """Write the definitions as OpenSLO v1 with plain PromQL, for other tools, and list what OpenSLO cannot say.

    Example: `streamgauge slo export --out openslo/`
    """
    from data.definitions.exporting import export_openslo

    made = export_openslo(_definitions(definitions).slos)
    texts = {f"{name}.yaml": text for name, text in made.texts.items()}
    _write(out, texts)
    _report("Exported", sorted(texts), made.losses, as_json=as_json)


def _definitions(folder: Path | None) -> Definitions:
    from data.definitions.slo_files import load_definitions

    return load_definitions() if folder is None else load_definitions(folder)


def _labels(match: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in match:
        label, separator, value = pair.partition("=")
        if not separator or not label.isidentifier() or not value or value.startswith(("~", "!")):
            raise CommandError(f"--match {pair}: a label and its value are written as in cluster=prod-eu.")
        found[label] = value
    return found


def _write(out: Path, texts: Mapping[str, str], owned: Sequence[str] = ()) -> None:
    """Raises CommandError where the folder cannot be written."""
    from data.definitions.rule_files import write_all

    try:
        write_all(out, texts, owned)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}. Choose another folder with --out.") from error


def _report(verb: str, written: list[str], losses: Iterable[Loss], *, as_json: bool) -> None:
    lost = [{"file": loss.file, "path": loss.path, "what": loss.what, "why": loss.why} for loss in losses]
    if as_json:
        print_json({"written": written, "losses": lost})
        return
    typer.echo(f"{verb} {len(written)}: {', '.join(written) or 'none'}")
    for loss in lost:
        typer.echo("not carried over: " + ": ".join(part for part in loss.values() if part), err=True)
