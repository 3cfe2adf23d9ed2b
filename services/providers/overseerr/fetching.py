"""Requests handed to Overseerr: asked, looked at, decided.

What a status means differs: a 202 may be a refusal, a 403 is told apart by its English sentence alone, a 500 may be
TMDB's being away. `is4k` is always sent, for without it nothing counts as a duplicate. `X-Api-User` is always a number,
for anything else is never answered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medianest.lib.faults import refusal
from medianest.lib.http import Answer, Limits, Malformed, ProviderError, Refused, not_the_service
from services.providers.base import NotSetUp, Provider
from services.providers.fetching import (
    Accounts,
    AlreadyAsked,
    CanFetchTitles,
    Fetching,
    FetchingPage,
    FetchServer,
    NoSuchRequest,
    NothingLeft,
    Refusal,
    Stage,
    TitlesAway,
    Wish,
    WishRefused,
)
from services.providers.overseerr import reading
from services.providers.overseerr.generation import Generation, generation_of
from services.providers.title_facts import entries, under

_READ = Limits(connect=3.0, total=8.0)
_LIST = Limits(connect=3.0, total=15.0)  # version 3 waits ten seconds for a Radarr that hangs, and then answers
_WRITE = Limits(connect=3.0, total=30.0)  # it asks TMDB before it takes a request
_PEOPLE_AT_ONCE, _PEOPLE_PAGES = 500, 20
_OWN_AT_ONCE, _OWN_PAGES = 100, 3  # what was sent a moment ago is among the newest
_NOTHING_LEFT = gettext_lazy("Overseerr says that these seasons are there, or asked for already.")
_OVER = (Stage.DECLINED, Stage.FAILED, Stage.AVAILABLE)


class FetchesTitles(Provider, CanFetchTitles):
    """The part of Overseerr that has titles fetched."""

    _generation: Generation | None = None

    # --- calls ----------------------------------------------------------------------------------------------------------------
    def _send(
        self,
        method: str,
        path: str,
        *,
        account: int | None = None,
        json: Any = None,
        limits: Limits = _READ,
        accept: tuple[int, ...] = (),
    ) -> Answer:
        """An answer below `/api/v1`, as the account of that number (None: the key's owner), if 2xx or in `accept`."""
        self.require_key()
        headers = {"X-Api-Key": self.connection.key}
        if account is not None:
            headers["X-Api-User"] = str(int(account))
        with self.client(limits=limits, attempts=2, headers=headers) as client:
            answer = client.send(method, f"/api/v1{path}", json=json, accept={403, *accept})
        if answer.status == 403 and 403 not in accept:
            raise _forbidden(answer)
        return answer

    def generation(self) -> Generation:
        """Which of the three it is; asked once in ten minutes, and by one piece of work once."""
        if self._generation is None:
            self._generation = self._told_generation()
        return self._generation

    def _told_generation(self) -> Generation:
        key = f"overseerr:generation:{hashlib.sha256(self.connection.url.encode()).hexdigest()[:32]}"
        known = cache.get(key)
        if isinstance(known, int):
            return Generation(known)
        with self.client(limits=_READ, attempts=2) as client:
            found = generation_of(client)
        cache.set(key, int(found), timeout=600)
        return found

    # --- people ---------------------------------------------------------------------------------------------------------------
    def accounts(self) -> Accounts:
        found: list[Mapping[str, Any]] = []
        for page in range(_PEOPLE_PAGES):
            path = f"/user?take={_PEOPLE_AT_ONCE}&skip={page * _PEOPLE_AT_ONCE}"
            told = list(entries(under(self._send("GET", path, limits=_LIST).json(), "results")))
            found += told
            if len(told) < _PEOPLE_AT_ONCE:
                break
        return reading.accounts(found)

    def account_for(self, found: int | None) -> int | None:
        settings = self.connection.settings
        fixed = settings.get("account") or None
        return fixed if settings.get("ask_as") == "account" else found or fixed

    # --- asking ---------------------------------------------------------------------------------------------------------------
    def ask(self, wish: Wish, *, account: int | None) -> Fetching:
        answer = self._send(
            "POST", "/request", account=account, json=_body(wish), limits=_WRITE, accept=(400, 403, 404, 409, 500)
        )
        _raise_refusal(answer, acting=account is not None)
        made = reading.fetching(_record(answer))
        if made is None:
            if answer.status == 202:
                raise NothingLeft(str(_NOTHING_LEFT))
            raise not_the_service(self.label)
        return made

    def find_own(self, wish: Wish, *, account: int | None) -> Fetching | None:
        """By the person's own list: unlike the title's page it needs no TMDB, unlike the list of all no Radarr."""
        who = account or self._owner()
        for page in range(_OWN_PAGES):
            path = f"/user/{who}/requests?take={_OWN_AT_ONCE}&skip={page * _OWN_AT_ONCE}"
            answer = self._send("GET", path, limits=_LIST, accept=(404,))
            if answer.status == 404:
                raise WishRefused(_("The account in Overseerr that this would go to is gone."), Refusal.ACCOUNT)
            told = list(entries(under(answer.json(), "results")))
            if (found := _first_open(told, wish)) is not None:
                return found
            if len(told) < _OWN_AT_ONCE:
                break
        return None

    def _owner(self) -> int:
        """The number of the key's owner: always 1, as documented; asked nevertheless."""
        return reading.whole(_record(self._send("GET", "/auth/me")).get("id")) or 1

    def find_any(self, wish: Wish, *, ended: bool = False) -> Fetching | None:
        """By the title's page. Whoever was told that the same is asked for already had TMDB answer a moment ago."""
        answer = self._title(wish.media_type, wish.tmdb_id)
        info = under(answer.json(), "mediaInfo")
        told = [{**one, "media": info} for one in entries(under(info, "requests"))]
        newest_first = sorted(told, key=lambda one: reading.whole(one.get("id")) or 0, reverse=True)
        found = _first_open(newest_first, wish)
        return found or (_first_in(newest_first, wish, (Stage.DECLINED, Stage.FAILED)) if ended else None)

    def _title(self, media_type: str, tmdb_id: int) -> Answer:
        answer = self._send("GET", f"/{media_type}/{int(tmdb_id)}", accept=(404, 500))
        if answer.status in (404, 500):
            raise TitlesAway(_("Overseerr cannot look the title up at the moment."))
        return answer

    # --- following ------------------------------------------------------------------------------------------------------------
    def look(self, number: int) -> Fetching:
        return self._one("GET", number)

    def page(self, *, skip: int, take: int, oldest_first: bool = False) -> FetchingPage:
        """With parameters that its version knows, for it refuses any other; `take` has no upper bound there."""
        take = min(max(take, 1), 200)
        order = "sort=added" if oldest_first else "sort=modified"
        if oldest_first and self.can_list_oldest_first():
            order += "&sortDirection=asc"
        answer = self._send("GET", f"/request?take={take}&skip={max(skip, 0)}&filter=all&{order}", limits=_LIST)
        told = _record(answer)
        listed = list(entries(told.get("results")))
        read = [found for one in listed if (found := reading.fetching(one)) is not None]
        silent = under(told, "serviceErrors") or {}
        troubles = [str(one.get("name") or kind) for kind in silent for one in entries(silent[kind])]
        total = reading.whole(under(told.get("pageInfo"), "results")) or 0
        return FetchingPage(tuple(read), total, tuple(troubles[:10]), unreadable=len(listed) - len(read))

    def can_list_oldest_first(self) -> bool:
        return self.generation() >= Generation.JELLYSEERR

    def season_stages(self, tmdb_id: int, *, is_4k: bool) -> Mapping[int, Stage]:
        info = under(self._title("tv", tmdb_id).json(), "mediaInfo")
        return reading.season_stages(under(info, "seasons"), is_4k=is_4k)

    # --- deciding -------------------------------------------------------------------------------------------------------------
    def _one(self, method: str, number: int, deed: str = "", told: dict[str, Any] | None = None) -> Fetching:
        limits = _READ if method == "GET" else _WRITE
        answer = self._send(method, f"/request/{int(number)}{deed}", json=told, limits=limits, accept=(404,))
        if answer.status == 404:
            raise NoSuchRequest(_("The request is not in Overseerr any more."))
        if answer.status == 202:
            raise NothingLeft(str(_NOTHING_LEFT))
        found = reading.fetching(_record(answer))
        if found is None:
            raise not_the_service(self.label)
        return found

    def approve(self, number: int) -> Fetching:
        return self._one("POST", number, "/approve")

    def change(self, number: int, wish: Wish) -> Fetching:
        """The kind has to be told, and of a series seasons, for without them it is an error of Overseerr's own."""
        told = {name: value for name, value in _body(wish).items() if name not in ("mediaId", "is4k")}
        return self._one("PUT", number, told=told)

    def decline(self, number: int) -> Fetching:
        return self._one("POST", number, "/decline")

    def retry(self, number: int) -> Fetching:
        return self._one("POST", number, "/retry")

    def delete(self, number: int) -> None:
        """Refused with 401, which with a key that is good means that the request may not be taken away."""
        answer = self._send("DELETE", f"/request/{int(number)}", limits=_WRITE, accept=(401, 404))
        if answer.status == 401:
            raise Refused(_("Overseerr does not let this request be deleted."), 401)

    def offers(self, media_type: str) -> tuple[FetchServer, ...]:
        kind = {"movie": "radarr", "tv": "sonarr"}[media_type]
        found = []
        for one in entries(self._send("GET", f"/service/{kind}").json(), limit=10):
            which = reading.whole(one.get("id"))
            try:
                more = None if which is None else self._send("GET", f"/service/{kind}/{which}").json()
            except ProviderError:
                more = None  # a server that is switched off can be chosen all the same
            server = reading.fetch_server(one, more)
            found += [server] if server is not None else []
        return tuple(found)


def _body(wish: Wish) -> dict[str, Any]:
    chosen = wish.choices
    asked: dict[str, Any] = {"mediaType": wish.media_type, "mediaId": int(wish.tmdb_id), "is4k": bool(wish.is_4k)}
    if wish.media_type == "tv":
        asked["seasons"] = sorted(wish.seasons)
    options = {
        "serverId": chosen.server_id,
        "profileId": chosen.profile_id,
        "languageProfileId": chosen.language_profile_id,
        "rootFolder": chosen.root_folder,
        "tags": None if chosen.tags is None else list(chosen.tags),
    }
    return asked | {name: value for name, value in options.items() if value is not None}


def _record(answer: Answer) -> Mapping[str, Any]:
    told = answer.json()
    if not isinstance(told, dict):
        raise not_the_service(answer.label)
    return told


def _first_open(told: Sequence[Mapping[str, Any]], wish: Wish) -> Fetching | None:
    return _first_in(told, wish, [stage for stage in Stage if stage not in _OVER])


def _first_in(told: Sequence[Mapping[str, Any]], wish: Wish, stages: Collection[Stage]) -> Fetching | None:
    read: Iterator[Fetching | None] = (reading.fetching(one) for one in told)
    return next((one for one in read if one is not None and one.covers(wish) and one.stage in stages), None)


# --- what it says when it says no -----------------------------------------------------------------------------------------
def _message(answer: Answer) -> str:
    """Errors come as `message` or as `error`."""
    try:
        told = answer.json()
    except Malformed:
        return ""
    said = under(told, "message") or under(told, "error")
    return said if isinstance(said, str) else ""


def _forbidden(answer: Answer) -> ProviderError:
    if "csrf" in _message(answer).lower():
        return NotSetUp(
            _("Overseerr takes no changes by key: switch its CSRF protection off (Settings, Network or General).")
        )
    return refusal(answer.label, 403)


def _raise_refusal(answer: Answer, *, acting: bool) -> None:
    """Nothing for a success (also one that is a refusal); else what was answered to a wish, as an error."""
    if 200 <= answer.status < 300:
        return
    said = _message(answer)
    if answer.status == 403:
        raise _forbidden_wish(answer, said, acting=acting)
    if answer.status == 409:
        raise AlreadyAsked(_("This is asked for in Overseerr already."))
    if answer.status == 500:
        raise _failed_wish(answer, said)
    raise WishRefused(
        _("Overseerr does not understand the request (%(status)d).") % {"status": answer.status}, Refusal.OTHER
    )


def _forbidden_wish(answer: Answer, said: str, *, acting: bool) -> ProviderError:
    """All alike but for their English sentence."""
    told = said.lower()
    if "csrf" in told or not told:
        return _forbidden(answer)
    if "quota" in told:
        return WishRefused(_("The quota that Overseerr keeps for this account is used up."), Refusal.QUOTA)
    if "blocklisted" in told or "blacklisted" in told:
        return WishRefused(_("Overseerr blocks this title."), Refusal.BLOCKED)
    if "make" in told and "requests" in told:
        return WishRefused(_("This account may not ask for that in Overseerr."), Refusal.PERMISSION)
    if "request user" in told:
        return WishRefused(_("Overseerr does not let MediaNest ask for other people."), Refusal.PERMISSION)
    if "access this endpoint" in told:  # said to a wrong key and to the number of an account that is gone
        gone = WishRefused(_("The account in Overseerr that this would go to is gone."), Refusal.ACCOUNT)
        return gone if acting else _forbidden(answer)
    return WishRefused(_("Overseerr refuses this request."), Refusal.OTHER)


def _failed_wish(answer: Answer, said: str) -> ProviderError:
    if "[TMDB]" in said:
        if "404" in said:
            return WishRefused(_("TMDB does not know this title (any more)."), Refusal.NO_SUCH_TITLE)
        return TitlesAway(_("Overseerr cannot look the title up at the moment."))
    if "entity of type" in said and "User" in said:
        return WishRefused(_("The account in Overseerr that this would go to is gone."), Refusal.ACCOUNT)
    return refusal(answer.label, 500)
