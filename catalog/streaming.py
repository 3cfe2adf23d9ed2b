"""The streaming services of a country, for whoever chooses theirs."""

from __future__ import annotations

from accounts.profile.choices import streaming_services_from
from catalog import asking
from medianest.lib.http import ProviderError
from services.providers.describing import MOVIE, TV

_MOST = 80


@streaming_services_from
def names(region: str) -> list[str]:
    """Names of services that stream films or series in `region` (two letters), best known first; none if nobody tells."""
    found: list[str] = []
    for media_type in (MOVIE, TV):
        try:
            told = asking.streaming_services(media_type, region=region)
        except ProviderError:
            continue
        found += [one.name for one in told.answer]
    return list(dict.fromkeys(found))[:_MOST]
