"""Refusals that are meant to be read."""

from __future__ import annotations


class Cannot(Exception):
    """A person's intent that is refused. `sentence` says why and what to do; it is fit to show."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
