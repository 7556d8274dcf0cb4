"""Why a source gave nothing, in words that a page can show."""

from __future__ import annotations

from scoring.catalog.estate import Absent, FailureKind


class SourceFailure(Exception):  # noqa: N818 - the domain's word, and what the pages call it
    """A source could not be read.

    kind: unreachable, timeout, forbidden, bad_answer or partial. sentence: what happened, for people, without
    secrets. next_step: what to do about it.
    """

    def __init__(self, kind: FailureKind, sentence: str, next_step: str) -> None:
        super().__init__(f"{sentence} {next_step}".strip())
        self.kind = kind
        self.sentence = sentence
        self.next_step = next_step

    def absent(self) -> Absent:
        """The part of the estate that this failure leaves out."""
        return Absent(kind=self.kind, sentence=self.sentence, next_step=self.next_step)


def unreadable_secret(error: OSError) -> SourceFailure:
    """A secret's file has gone since the settings were read."""
    return SourceFailure(
        FailureKind.FORBIDDEN,
        f"The secret file {error.filename} cannot be read: {error.strerror}.",
        "Mount it again or correct the setting.",
    )
