"""In which language and for which country somebody is told about titles."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings

from accounts.models import Profile

if TYPE_CHECKING:
    from accounts.models import User


@dataclasses.dataclass(frozen=True)
class Taste:
    """Two-letter language and country, and the streaming services somebody has, as the catalogue names them."""

    language: str
    region: str
    services: tuple[str, ...] = ()


def of(user: User) -> Taste:
    """What a person chose in their profile; the house's own where they chose nothing."""
    chosen = Profile.objects.filter(user=user).values_list("language", "region", "preferences").first()
    return told(*(chosen or ("", "", {})))


def told(language: str, region: str, preferences: Mapping[str, Any]) -> Taste:
    """What a profile says, with the house's own where it says nothing."""
    return Taste(
        language=(language or settings.LANGUAGE_CODE).partition("-")[0],
        region=region or settings.REGION,
        services=tuple((preferences or {}).get("streaming_services", ())),
    )
