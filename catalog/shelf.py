"""What is new on the server, as posters."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog import ages, cards, holding
from catalog.in_library import play_address
from catalog.models import ItemType, LibraryItem, MediaType

if TYPE_CHECKING:
    from accounts.models import User

LENGTH = 18


def newest(user: User, count: int = LENGTH) -> list[cards.Card]:
    """Films and series that the person may see and that are new or got something new."""
    return [_card(one) for one in holding.newest(user, ages.limit_of(user), count)]


def card_of(item: LibraryItem) -> cards.Card:
    """A title of the library, with its `media_item` and `section`."""
    poster = item.media_item.poster_path if item.media_item else ""
    return cards.Card(
        url=_address(item.type, item.tmdb_id, item.section.server_id, item.rating_key),
        name=item.title,
        sub=str(item.year or ""),
        src=cards.picture(poster, "w342") or _own_picture(item.pk, item.thumb),
        srcset=cards.srcset(poster),
    )


def _card(new: holding.New) -> cards.Card:
    media_type = MediaType.TV if new.type == ItemType.SHOW else MediaType.MOVIE
    poster = new.poster_path or ""
    return cards.Card(
        url=_address(new.type, new.tmdb_id, new.server_id, new.rating_key),
        name=new.title,
        sub=_news(new) if media_type == MediaType.TV else f"{new.year} · {media_type.label}" if new.year else "",
        src=cards.picture(poster, "w342") or _own_picture(new.pk, new.thumb),
        srcset=cards.srcset(poster),
    )


def _address(type: str, tmdb_id: int | None, server_id: str, rating_key: str) -> str:
    """A title's page; Plex's own for what TMDB does not know."""
    if tmdb_id is None:
        return play_address(server_id, rating_key)
    return cards.title_url(MediaType.TV if type == ItemType.SHOW else MediaType.MOVIE, tmdb_id)


def _own_picture(pk: uuid.UUID, thumb: str) -> str:
    """Where a library item's picture stands; another address when Plex has another picture."""
    if not thumb:
        return ""
    mark = hashlib.blake2b(thumb.encode(), digest_size=6).hexdigest()
    return reverse("catalog:library-picture", args=[pk], query={"v": mark})


def _news(new: holding.New) -> str:
    """What came: the newest episode, or the season that several belong to."""
    if new.episodes == 1 and new.season and new.episode:
        return _("Season %(season)d, episode %(episode)d") % {"season": new.season, "episode": new.episode}
    return _("Season %(season)d") % {"season": new.season} if new.season else str(MediaType.TV.label)
