"""Errors that a person can mend, told in a sentence; everything else keeps its traceback."""

from __future__ import annotations

from collections.abc import Callable

import typer

USER_ERROR = 2
"""Exit code of a command that could not begin: settings, options, database."""
INTERRUPTED = 130


class CommandError(Exception):
    """A command was asked for something that cannot be done; the message says what to do instead."""


def explained(command: Callable[[], object]) -> int:
    """Run the command and return the exit code; tell its error on standard error."""
    try:
        command()
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except Exception as error:
        if not isinstance(error, _mendable()):
            raise
        typer.echo(f"streamgauge: {error}", err=True)
        return USER_ERROR
    return 0


def _mendable() -> tuple[type[Exception], ...]:
    """Errors that a person can mend. Imported when one was raised: what they bring along would delay every start."""
    from data.definitions.located import DefinitionError
    from data.settings import SettingsError
    from data.sources.failures import SourceFailure
    from data.store.failures import StoreError
    from scoring.meetings.texts import RefusedError

    return CommandError, DefinitionError, RefusedError, SettingsError, StoreError, SourceFailure
