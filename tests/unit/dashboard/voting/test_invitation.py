"""The invitation: to an address that a phone can reach, or refused with what to set."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.voting.invitation import InvitationError, invitation
from scoring.meetings.sessions import SessionId
from scoring.voting.lobbies import Lobby, LobbySettings, Mode, Pin
from tests.unit.scoring.meetings.meetings import NOON

LOBBY = Lobby(SessionId(3), Pin("012345"), "k-_9", LobbySettings(), Mode.LIVE, 1, "fay")


def test_the_link_carries_pin_and_key_and_the_address_is_what_people_type() -> None:
    found = invitation("https://gauge.example.com/streams/", LOBBY)
    assert found.link == "https://gauge.example.com/streams/join?pin=012345&key=k-_9"
    assert found.address == "gauge.example.com/streams/join"
    assert found.pin == "012345"
    assert found.svg.startswith("<svg")
    assert "k-_9" not in repr(LOBBY)


@pytest.mark.parametrize("missing", [None, ""])
def test_without_a_public_url_nobody_can_be_invited(missing: str | None) -> None:
    with pytest.raises(InvitationError, match="set public_url to the one that this instance is reached at"):
        invitation(missing, LOBBY)


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8501", "http://127.0.0.1:8501", "https://127.9.9.9", "http://[::1]:8501", "http://0.0.0.0:8501",
     "http://LOCALHOST", "http://app.localhost:8501", "http://localhost."],
)  # fmt: skip
def test_an_address_that_means_the_phone_itself_is_refused(address: str) -> None:
    with pytest.raises(InvitationError, match="on a phone means the phone itself"):
        invitation(address, LOBBY)


def test_a_closed_lobby_invites_nobody() -> None:
    with pytest.raises(InvitationError, match="The lobby is closed"):
        invitation("https://gauge.example.com", replace(LOBBY, closed_at=NOON))
