"""How the demo's people like their pages, and the browsers and devices they are at work with."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta

from accounts.models import (
    Profile,
    RefreshToken,
    Scope,
    Session,
    SessionToken,
    Theme,
    TokenKind,
)
from maintenance.household.people import Household, put

_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
_LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_TABLET = "Mozilla/5.0 (Linux; Android 15; Tablet) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def make_profiles(household: Household) -> str:
    rows = (
        Profile(
            user=household.owner,
            display_name=str(household.owner),
            language="en",
            region="GB",
            preferences={"streaming_services": ["Netflix", "Disney Plus"]},
        ),
        Profile(
            user=household.moderator,
            language="de",
            region="DE",
            theme=Theme.SYSTEM,
            preferences={"muted_events": ["downloads.completed"]},
        ),
        Profile(
            user=household.viewer,
            language="en",
            region="US",
            theme=Theme.LIGHT,
            preferences={"streaming_services": ["Netflix"]},
        ),
    )
    return f"{sum(put(row) for row in rows)} with languages, regions and colours of their own"


def make_sessions(household: Household) -> str:
    """Browsers as they would be found in the list of one's devices. Nobody knows their keys, so nobody enters by them."""
    viewer, now = household.viewer, household.now
    phone = SessionToken.objects.create(
        user=viewer,
        kind=TokenKind.DEVICE,
        name="iPhone",
        token_hash=_hash(),
        expires_at=now + timedelta(days=80),
        last_used_at=household.ago(hours=2),
        created_at=household.ago(days=10),
    )
    SessionToken.objects.create(
        user=household.owner,
        kind=TokenKind.ACCESS,
        name="Dashboard in the hall",
        token_hash=_hash(),
        hint="mn_demo",
        scopes=[Scope.READ],
        expires_at=now + timedelta(days=300),
        last_used_at=household.ago(hours=1),
        created_at=household.ago(days=60),
    )
    family = uuid.uuid4()
    for began, used in ((10, 4), (4, None)):
        RefreshToken.objects.create(
            session_token=phone,
            token_hash=_hash(),
            family=family,
            expires_at=now + timedelta(days=90 - began),
            used_at=household.ago(days=used) if used else None,
            created_at=household.ago(days=began),
        )
    for user, agent, address, device, hours in (
        (viewer, _PHONE, "192.168.1.23", phone, 2),
        (viewer, _LAPTOP, "192.168.1.40", None, 50),
        (household.moderator, _TABLET, "192.168.1.31", None, 7),
        (household.owner, _LAPTOP, "192.168.1.10", None, 1),
    ):
        Session.objects.create(
            user=user,
            session_token=_hash(),
            device=device,
            expires=now + timedelta(days=30) - timedelta(hours=hours),
            ip=address,
            user_agent=agent,
            last_used_at=household.ago(hours=hours),
            created_at=household.ago(days=4),
        )
    return "four browsers, a remembered device and an access token"


def _hash() -> str:
    """The hash of a token that nobody knows."""
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()
