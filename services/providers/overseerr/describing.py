"""Titles as Overseerr tells of them: TMDB's facts, asked for with Overseerr's own key, in Overseerr's spelling.

It answers 500 both for a title that TMDB does not have and for a TMDB that is away; so it is never sure that a title is
gone. A search without TMDB finds nothing, which cannot be told from "no match".
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from urllib.parse import quote, urlencode

from medianest.lib.http import Answer, Limits, ProviderError
from services.providers import title_facts
from services.providers.base import Provider
from services.providers.describing import (
    CanDescribeTitles,
    Collection,
    Description,
    Episode,
    Found,
    Named,
    PersonDescription,
    Wanted,
)
from services.providers.tmdb import MANY_VOTES, sort_by

_CALL = Limits(connect=2.0, total=8.0)
_BUDGET = 10.0  # seconds for all calls that one question needs
_LISTS = {"movie": "movies", "tv": "tv"}
_FIRST_DAY = {"movie": "primaryReleaseDate", "tv": "firstAirDate"}
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_RENAMED = {"related_videos": "videos", "watch_providers": "watch/providers", "releases": "release_dates"}


class DescribesTitles(Provider, CanDescribeTitles):
    """The part of Overseerr that tells about titles."""

    def _get(self, path: str, **params: Any) -> Answer:
        """An answer below `/api/v1`. Every letter is encoded: Overseerr refuses a bare colon in a query."""
        self.require_key()
        asked = {name: value for name, value in params.items() if value not in (None, "")}
        query = f"?{urlencode(asked, quote_via=quote)}" if asked else ""
        headers = {"X-Api-Key": self.connection.key}
        with self.client(limits=_CALL, attempts=2, budget=_BUDGET, headers=headers) as client:
            return client.get(f"/api/v1{path}{query}")

    def _found(self, path: str, media_type: str = "", **params: Any) -> Found:
        return title_facts.found(as_tmdb(self._get(path, **params).json()), self.label, media_type)

    # --- finding ------------------------------------------------------------------------------------------------------------
    def search(self, text: str, *, page: int, language: str) -> Found:
        return self._found("/search", query=text.strip(), page=page, language=language)

    def by_outside_id(self, outside_id: str, source: str, *, language: str) -> Found:
        return self._found("/search", query=f"{source}:{outside_id}", language=language)

    def trending(self, *, page: int, language: str) -> Found:
        return self._found("/discover/trending", page=page, language=language)

    def upcoming(self, media_type: str, *, page: int, language: str, region: str) -> Found:
        return self._found(f"/discover/{_LISTS[media_type]}/upcoming", media_type, page=page, language=language)

    def discover(self, wanted: Wanted, *, page: int, language: str) -> Found:
        """Not by age rating: Overseerr before 2 refuses to hear of it."""
        first = _FIRST_DAY[wanted.media_type]
        streamed = {"watchRegion": wanted.region, "watchProviders": "|".join(map(str, wanted.services))}
        asked = {
            "sortBy": sort_by(wanted),
            "genre": ",".join(map(str, wanted.genres)),
            f"{first}Gte": f"{wanted.year_from}-01-01" if wanted.year_from else "",
            f"{first}Lte": f"{wanted.year_to}-12-31" if wanted.year_to else "",
            "voteAverageGte": wanted.score_from,
            "voteCountGte": MANY_VOTES if wanted.score_from else "",
            "withRuntimeGte": wanted.runtime_from,
            "withRuntimeLte": wanted.runtime_to,
            **(streamed if wanted.services else {}),
        }
        path = f"/discover/{_LISTS[wanted.media_type]}"
        found = self._found(path, wanted.media_type, page=page, language=language, **asked)
        return dataclasses.replace(found, ignored=("certification",) if wanted.certification else ())

    def genres(self, media_type: str, *, language: str) -> tuple[Named, ...]:
        return title_facts.named(self._get(f"/genres/{media_type}", language=language).json())

    def services(self, media_type: str, *, region: str) -> tuple[Named, ...]:
        return title_facts.named(as_tmdb(self._get(f"/watchproviders/{_LISTS[media_type]}", watchRegion=region).json()))

    # --- describing ---------------------------------------------------------------------------------------------------------
    def describe(self, media_type: str, tmdb_id: int, *, language: str) -> Description:
        path = f"/{media_type}/{tmdb_id}"
        told = title_facts.record(as_tmdb(self._get(path, language=language).json()), self.label)
        related = {kind: self._related(f"{path}/{kind}", language) for kind in ("recommendations", "similar")}
        return title_facts.description({**told, **related}, media_type, self.label)

    def _related(self, path: str, language: str) -> object:
        """Titles like it; none when they cannot be had, for the title itself is worth showing."""
        try:
            return as_tmdb(self._get(path, language=language).json())
        except ProviderError:
            return None

    def episodes(self, tmdb_id: int, season: int, *, language: str) -> tuple[Episode, ...]:
        told = self._get(f"/tv/{tmdb_id}/season/{season}", language=language).json()
        return title_facts.episodes(as_tmdb(told), season)

    def person(self, person_id: int, *, language: str) -> PersonDescription:
        path = f"/person/{person_id}"
        told = title_facts.record(as_tmdb(self._get(path, language=language).json()), self.label)
        played = as_tmdb(self._get(f"{path}/combined_credits", language=language).json())
        return title_facts.person(told, played, self.label)

    def collection(self, collection_id: int, *, language: str) -> Collection:
        told = as_tmdb(self._get(f"/collection/{collection_id}", language=language).json())
        return title_facts.collection(told, self.label)


def as_tmdb(value: Any) -> Any:
    """The same answer in TMDB's spelling; what Overseerr arranged differently is put back."""
    if isinstance(value, list):
        return [as_tmdb(one) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {_CAPITAL.sub(r"_\1", name).lower(): as_tmdb(inner) for name, inner in value.items()}
    for theirs, tmdbs in _RENAMED.items():
        if theirs in plain:
            plain[tmdbs] = plain.pop(theirs)
    if isinstance(plain.get("videos"), list):
        plain["videos"] = {"results": plain["videos"]}
    if isinstance(plain.get("watch/providers"), list):
        plain["watch/providers"] = {"results": _by_region(plain["watch/providers"])}
    if "credits" in plain and "collection" in plain:
        plain["belongs_to_collection"] = plain.pop("collection")
    return plain


def _by_region(offers: list[Any]) -> dict[str, Any]:
    """What a country's entry lists, with TMDB's names for the services."""
    found: dict[str, Any] = {}
    for one in title_facts.entries(offers):
        kinds = {
            kind: [{**offer, "provider_name": offer.get("name")} for offer in title_facts.entries(one.get(kind))]
            for kind in title_facts.OFFER_KINDS
        }
        found[str(one.get("iso_3166_1"))] = {"link": one.get("link"), **kinds}
    return found
