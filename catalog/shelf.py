"""What is new on the server, as posters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog import cards, holding
from catalog.in_library import play_address
from catalog.models import ItemType, MediaType

if TYPE_CHECKING:
    from accounts.models import User

LENGTH = 18


def newest(user: User, count: int = LENGTH) -> list[cards.Card]:
    """Films and series that the person may see and that are new or got something new."""
    return [_card(one) for one in holding.newest(user, count)]


def _card(new: holding.New) -> cards.Card:
    media_type = MediaType.TV if new.type == ItemType.SHOW else MediaType.MOVIE
    poster = new.poster_path or ""
    own = reverse("catalog:library-picture", args=[new.pk]) if new.thumb else ""
    return cards.Card(
        url=cards.title_url(media_type, new.tmdb_id) if new.tmdb_id else play_address(new.server_id, new.rating_key),
        name=new.title,
        sub=_news(new) if media_type == MediaType.TV else f"{new.year} · {media_type.label}" if new.year else "",
        src=cards.picture(poster, "w342") or own,
        srcset=cards.srcset(poster),
    )


def _news(new: holding.New) -> str:
    """What came: the newest episode, or the season that several belong to."""
    if new.episodes == 1 and new.season and new.episode:
        return _("Season %(season)d, episode %(episode)d") % {"season": new.season, "episode": new.episode}
    return _("Season %(season)d") % {"season": new.season} if new.season else str(MediaType.TV.label)
