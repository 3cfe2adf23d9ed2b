"""Refusals that are meant to be read."""

from __future__ import annotations


class Cannot(Exception):
    """A person's intent that is refused. `sentence` says why and what to do; it is fit to show.

    `status` is what programs are told beside it: 409 for what does not go as things stand, 403 for what is not open to
    the person, 422 for what was not said as it has to be.
    """

    status = 409

    def __init__(self, sentence: str, *, status: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if status is not None:
            self.status = status
