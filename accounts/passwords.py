"""One-time passwords: made to be read aloud and typed once."""

from __future__ import annotations

import secrets

# No letters that look or sound like others. 16 consonants and 4 vowels: 4 + 2 bits a syllable.
_CONSONANTS = "bdfghjkmnprstvwz"
_VOWELS = "aeio"
GROUPS = 4
SYLLABLES = 3


def one_time_password() -> str:
    """Four groups of three syllables, 72 bits: "bademi-fotaka-…"."""
    return "-".join(
        "".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(SYLLABLES)) for _ in range(GROUPS)
    )
