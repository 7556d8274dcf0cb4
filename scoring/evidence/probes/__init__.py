"""The probes: each file beside this one holds one, as `PROBE`. A new file is found by itself."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from scoring.evidence.probe import Probe, ProbeContractError

_FILE = re.compile(r"l\d+_\d+_[a-z0-9_]+")


@cache
def every_probe() -> tuple[Probe, ...]:
    """All probes, by file name. A file's name is its probe's id.

    Rejected: a list to add each probe to, which is a second place to change and to forget.
    Raises ProbeContractError for a file that is no probe, or holds one of another name.
    """
    return tuple(_probe_in(found.name) for found in sorted(iter_modules(__path__), key=lambda found: found.name))


def _probe_in(name: str) -> Probe:
    if not _FILE.fullmatch(name):
        raise ProbeContractError(f"{name}.py: a probe's file is called after its indicator, as in l3_4_lag_alerting.py")
    probe = getattr(import_module(f"{__name__}.{name}"), "PROBE", None)
    if not isinstance(probe, Probe):
        raise ProbeContractError(f"{name}.py holds no PROBE")
    if probe.id != name:
        raise ProbeContractError(f"{name}.py holds a probe that is called {probe.id}")
    return probe
