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
    r"passw(?:or)?d|passphrase|(?:^|[._-])pass(?:$|[._-])|pwd|secret|token(?!s?[._-]?(?:url|uri|endpoint))|credential|jaas"
    r"|(?:private|api|access|account|encryption|shared)[._-]?key|basic[._-]?auth|user[._-]?info|authorization|cookie"
    r"|\.pem$|\.key$",
    re.IGNORECASE,
)
_SECRET_INSIDE = re.compile(
    r"""(?P<before>//)[^/@\s]+(?P<after>@)"""
    r"""|(?P<name>[\w.-]*(?:password|passwd|pwd|secret|token|key|signature|\bsig)\s*=\s*)(?:"[^"]*"|'[^']*'|[^&;,\s"']+)"""
    r"""|(?P<scheme>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}""",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\$\{[^{}]*\}")
"""What Kafka calls a config provider's reference: ${file:/mnt/secrets:password}. It names a secret and holds none."""


def looks_secret(name: str) -> bool:
    """True when a setting of this name usually holds a secret, as in `sasl.jaas.config` or `connection.password`."""
    return _SECRET_NAME.search(name) is not None


def scrubbed(text: str) -> str:
    """The text with what looks like a secret inside it replaced: user:password@ in a URL, password=…, Bearer …"""

    def cover(found: re.Match[str]) -> str:
        if _REFERENCE.fullmatch(found[0].rpartition("=")[2].strip("\"'")):
            return found[0]
        return f"{found['before'] or found['name'] or found['scheme']}{REDACTED}{found['after'] or ''}"

    return _SECRET_INSIDE.sub(cover, text)


def redacted(name: str, value: str) -> str:
    """A config's value as it may be kept and shown; references to a config provider stay as they are."""
    if looks_secret(name) and not _REFERENCE.fullmatch(value):
        return REDACTED
    return scrubbed(value)


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
