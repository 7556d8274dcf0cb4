"""The entry of the installed command.

Importing makes some hundred thousand objects that stay; looking through them for garbage again and again while they are
made is a tenth of the time until the pages are served.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def without_collection() -> Iterator[None]:
    """Collect no garbage meanwhile, and never look at what was made here again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main() -> None:
    """Import the command line, and run one command."""
    with without_collection():
        cli = import_module("dashboard.cli")
    cli.main()
