"""What brings a phone into a session: the link, its QR code, and the PIN for those who type."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

import segno

from dashboard.voting.paths import JOIN
from scoring.meetings.texts import RefusedError
from scoring.voting.lobbies import Lobby, Pin

_QUIET_MODULES = 4
"""The margin that ISO/IEC 18004 asks for; without it many cameras find nothing."""


class InvitationError(RefusedError):
    """Phones cannot be invited to the address of this instance."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """How to come in. link: lets in whoever has it; address: what people type; svg: the link as a QR code."""

    link: str
    address: str
    pin: Pin
    svg: str


def invitation(public_url: str | None, lobby: Lobby) -> Invitation:
    """The invitation to a lobby. Raises InvitationError when phones cannot reach `public_url`, or there is none."""
    if not lobby.is_open:
        raise InvitationError("The lobby is closed; open it again, which draws a new PIN.")
    base = _reachable(public_url)
    link = f"{base}{JOIN}?{urlencode({'pin': lobby.pin, 'key': lobby.key})}"
    # Level M restores 15 % of a code: glare on a screen; a higher level needs a finer grid, which cameras read worse.
    code = segno.make(link, error="m", micro=False)
    svg = code.svg_inline(scale=8, border=_QUIET_MODULES, dark="#000000", light="#FFFFFF", omitsize=True)
    address = f"{base}{JOIN}".partition("://")[2]
    return Invitation(link, address, lobby.pin, svg)


def _reachable(public_url: str | None) -> str:
    if not public_url:
        raise InvitationError(
            "Phones need an address to come to: set public_url to the one that this instance is reached at."
        )
    host = (urlsplit(public_url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost") or _is_own(host):
        raise InvitationError(
            f"public_url is {public_url}, which on a phone means the phone itself: set it to the address that this "
            "instance is reached at from outside."
        )
    return public_url.rstrip("/")


def _is_own(host: str) -> bool:
    """True for an address that means the machine that uses it."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
