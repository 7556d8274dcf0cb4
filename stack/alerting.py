"""Alertmanager: it groups, silences and shows alerts, and tells nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stack import downloads
from stack.plan import ALERTMANAGER
from stack.ports import HOST
from stack.processes import Program
from stack.state import StackState

_INSTALLED = b"/usr/share/prometheus/alertmanager"
_UNPACKED = b"usr/share/prometheus/alertmanager/"
"""Where Debian's build looks for its templates, and the same length of text for the same place below its own folder."""


def alertmanager_configuration() -> dict[str, Any]:
    """alertmanager.yml as data."""
    waits = {"group_wait": "5s", "group_interval": "10s"}
    return {
        "route": {"receiver": "nobody", "group_by": ["alertname", "cluster"], **waits},
        "receivers": [{"name": "nobody"}],
    }


def alertmanager_program(state: StackState) -> Program:
    """Alertmanager, its configuration written and its program made to run unpacked."""
    part = state.part(ALERTMANAGER)
    home = state.directory / ALERTMANAGER
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "alertmanager.yml"
    configuration.write_text(json.dumps(alertmanager_configuration(), indent=2), encoding="utf-8")
    packaged = downloads.alertmanager()
    return Program(
        name=ALERTMANAGER,
        argv=[
            str(_relocated(packaged, home)),
            f"--config.file={configuration}",
            f"--storage.path={home / 'data'}",
            f"--web.listen-address={HOST}:{part.ports['http']}",
            "--cluster.listen-address=",
            "--log.level=warn",
        ],
        directory=packaged.parents[2],
        ports=part.ports,
    )


def _relocated(packaged: Path, home: Path) -> Path:
    """A copy of the program that finds its templates below the folder it is started in.

    Debian's build reads them from an absolute path and has no option for it. Installing the package would put them
    there, and would also start a service on the user's machine; a mount namespace needs rights that containers lack.
    """
    copy = home / packaged.name
    copy.unlink(missing_ok=True)
    copy.write_bytes(packaged.read_bytes().replace(_INSTALLED, _UNPACKED))
    copy.chmod(0o755)
    return copy
