"""How MediaNest introduces itself to Plex.

plex.tv keeps one token for each account and client identifier: a new sign-in under the same identifier ends the one
before. The server's connection and people's sign-ins therefore go by two of them; an owner who signs in as a visitor
would else end the token that the server's connection lives on. Both come from the installation's secret key, so they
stay the same over restarts and on all machines, and stand as two devices in an account's list of devices.
"""

from __future__ import annotations

import enum

from django.utils.crypto import salted_hmac

PRODUCT = "MediaNest"


class Purpose(enum.StrEnum):
    """What a client identifier is for; the value is also what stands in the account's list of devices."""

    SIGN_IN = "sign-in"
    SERVER = "server"


def client_id(purpose: Purpose) -> str:
    """32 hex digits, the same for ever in this installation."""
    return salted_hmac("plex", purpose.value).hexdigest()[:32]


def introduction(purpose: Purpose) -> dict[str, str]:
    """The headers by which Plex knows who asks. They hold no secret, and may as well go into a query."""
    return {
        "X-Plex-Client-Identifier": client_id(purpose),
        "X-Plex-Product": PRODUCT,
        "X-Plex-Platform": "Web",
        "X-Plex-Device": PRODUCT,
        "X-Plex-Device-Name": PRODUCT if purpose is Purpose.SERVER else f"{PRODUCT} ({purpose.value})",
    }
