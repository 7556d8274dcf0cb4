"""What a meeting decides about: one name that stays the same from meeting to meeting."""

from __future__ import annotations

from typing import NewType

Subject = NewType("Subject", str)
"""The name of one thing that is decided about: an SLO of a cluster and group, an indicator, an agenda item."""

MEETING = Subject("")
"""The meeting as a whole: the subject of an action that came from no decision."""


def subject_of(*parts: str) -> Subject:
    """A subject from its parts, separated by slashes; trailing empty parts are left out.

    A slash or a percent sign inside a part is written as %2F or %25, so that two subjects never share a name.
    """
    named = list(parts)
    while named and not named[-1]:
        named.pop()
    return Subject("/".join(part.replace("%", "%25").replace("/", "%2F") for part in named))


def slo_subject(slo: str, cluster: str, group: str = "") -> Subject:
    """The subject of an SLO's budget in a cluster, and of one group of it.

    Owner, domain and other labels are not part of it: a change of owner does not make it another SLO.
    """
    return subject_of(slo, cluster, group)
