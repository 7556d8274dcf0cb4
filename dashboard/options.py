"""The Streamlit options that every start passes itself, so that no folder, file or variable decides them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

CONFIG_FILE = Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml"

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - only `run --share` binds it, behind the gate

OptionValue = str | int | float | bool | list[str] | list[int]


def streamlit_options(
    address: str, port: int, public_url: str | None = None, config_file: Path = CONFIG_FILE
) -> dict[str, OptionValue]:
    """Every option of our config file by its dotted name, with the address and the names that browsers may use.

    On loopback only loopback's names are accepted, so that no other site can reach the pages through a name of its
    own; on a shared address the public URL's host is accepted too, and any name when there is no public URL.
    Raises OSError when the installation lacks its config file.
    """
    options = dict(_flat(tomllib.loads(config_file.read_text(encoding="utf-8"))))
    options["server.address"] = address
    options["server.port"] = port
    options["browser.serverPort"] = port
    names = [LOOPBACK, "localhost", "::1"]
    host = urlsplit(public_url).hostname if public_url else None
    if host:
        options["browser.serverAddress"] = host
        names.append(host)
    if address == LOOPBACK or host:
        options["server.allowedHosts"] = names
    return options


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, OptionValue]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str | int | float | list):
            yield f"{prefix}{key}", value
