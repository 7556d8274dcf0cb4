"""What is secret, where it is read from, and what is shown in its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, SecretStr
from pydantic_core import PydanticCustomError

REDACTED = "[redacted]"

_SECRET_NAME = re.compile(
    r"passw(?:or)?d|passphrase|secret|token(?!s?[._-]?(?:url|uri|endpoint))|credential|jaas|private[._-]?key|api[._-]?key"
    r"|access[._-]?key|basic[._-]?auth|user[._-]?info|authorization|cookie|\.pem$|\.key$",
    re.IGNORECASE,
)


def looks_secret(name: str) -> bool:
    """True when a setting of this name usually holds a secret, as in `sasl.jaas.config` or `connection.password`."""
    return _SECRET_NAME.search(name) is not None


def without_userinfo(url: str) -> str:
    """The URL with `user:password@` replaced, everything else as it was."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return REDACTED
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=f"{REDACTED}@{parts.netloc.rpartition('@')[2]}"))


def _readable(path: Path) -> Path:
    """The path, when a secret can be read from it; raises PydanticCustomError otherwise."""
    expanded = path.expanduser()
    try:
        expanded.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise PydanticCustomError(
            "setting", "a file that this process can read ({reason})", {"reason": reason or "unreadable"}
        ) from error
    return expanded


ReadableFile = Annotated[Path, AfterValidator(_readable)]
"""A text file that must be readable at start: a mounted secret, a certificate, a key."""


def reveal(value: SecretStr | None, file: Path | None) -> str | None:
    """The secret given directly or in a file; a file is read anew each time, because mounted secrets rotate.

    Raises OSError when the file has gone since the start.
    """
    if file is not None:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    return value.get_secret_value() if value is not None else None
