"""What can go wrong."""

from __future__ import annotations


class NuansaError(Exception):
    """The message names stage, file, place and cause, and a hint on a line of its own."""


class RecordError(NuansaError, ValueError):
    """A record is no article: its text is no text, its id is another's, or it holds what would break a table."""

    row: int
    """The record's row, from 1."""
    id: str | None
    """Its id, where one was read."""
    reason: str
    """What is wrong and what to do."""

    def __init__(self, row: int, id: str | None, reason: str) -> None:
        """Keep the parts; pickle makes the exception of the same ones."""
        super().__init__(row, id, reason)
        self.row, self.id, self.reason = row, id, reason

    def __str__(self) -> str:
        """Say where and what."""
        named = "" if self.id is None else f"record {self.id!r}: "
        return f"reading: {named}{self.reason}\nhint: errors='collect' leaves such records out and lists them"


class LanguageWarning(UserWarning):
    """Sentences were scored in a language in which the model was not trained."""
