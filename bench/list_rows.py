"""The lists that people see, each as one page of it, and the rows to measure them with.

Pages fetch the titles of their twenty rows in a query of their own (`prefetch_related`): joined in, PostgreSQL would
look up the titles of all the rows it has to sort.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from accounts.models import Role, User
from catalog.models import MediaItem
from maintenance import scale
from maintenance.scale_rows import span
from requests_app.models import MediaRequest, RequestedSeason, RequestEvent
from watchlists.models import WatchlistEntry

PAGE = 20
Rows = QuerySet[Any, Any]
List = Callable[[User], Rows]


def fill(size: int) -> None:
    """As many requests. Each person has a hundred of them, and a hundred list entries, whatever the size."""
    scale.grow(scale.Size(size, entries_per_request=1), say=lambda _line: None)


def readers(count: int) -> list[User]:
    """People from all over the table, made moderators so that the moderators' lists are theirs to read."""
    people = list(User.objects.filter(pk__range=span(User)).order_by("pk").values_list("pk", flat=True))
    chosen = people[:: max(1, len(people) // count)][:count]
    User.objects.filter(pk__in=chosen).update(role=Role.MODERATOR)
    return list(User.objects.filter(pk__in=chosen).order_by("pk"))


def own_lists() -> dict[str, List]:
    """What anybody sees, by what it is."""
    wish = MediaRequest.objects.order_by("pk")[:1].get()
    entry = WatchlistEntry.objects.select_related("media_item").order_by("pk")[:1].get()
    return {
        "my requests": lambda me: _wishes(MediaRequest.objects.of(me)),
        "mine and those I follow": lambda me: _wishes(MediaRequest.objects.visible_to(_viewer(me))),
        "my open requests": lambda me: _wishes(MediaRequest.objects.of(me).open()),
        "who asked for this title": lambda _me: MediaRequest.objects.for_title(
            int(wish.tmdb_id or 0), wish.media_type
        ).open(),
        "a request's story": lambda _me: RequestEvent.objects.filter(request=wish).order_by("created_at"),
        "my watchlist": lambda me: _entries(WatchlistEntry.objects.of(me)),
        "what I mean to watch": lambda me: _entries(WatchlistEntry.objects.of(me).to_watch()),
        "who else has this title": lambda me: WatchlistEntry.objects.visible_to(me).for_title(
            entry.media_item.tmdb_id, entry.media_item.media_type
        )[:PAGE],
        "the titles of a page": lambda me: MediaItem.objects.filter(pk__in=_titles(me)),
        "the seasons of a page": lambda me: RequestedSeason.objects.filter(request__in=_page(me)).order_by(
            "season_number"
        ),
    }


def staff_lists(size: int) -> dict[str, List]:
    """What moderators see of everybody, of `size` requests."""
    halfway = MediaRequest.objects.get(pk=f"{span(MediaRequest)[0][:24]}{size // 2:012x}").created_at
    everybodys = MediaRequest.objects.all()
    return {
        "everybody's requests": lambda _me: _wishes(everybodys),
        "everybody's requests, halfway": lambda _me: _wishes(everybodys.filter(created_at__lte=halfway)),
        "the queue of moderators": lambda _me: _wishes(everybodys.pending()),
        "everybody's declined requests": lambda _me: _wishes(everybodys.filter(status="declined")),
        "waiting for Overseerr": lambda _me: everybodys.waiting_to_be_handed_over()[:PAGE],
    }


def _page(me: User) -> list[Any]:
    return list(_wishes(MediaRequest.objects.concerning(me)).values_list("pk", flat=True))


def _titles(me: User) -> list[Any]:
    return list(_wishes(MediaRequest.objects.of(me)).values_list("media_item", flat=True))


def _viewer(someone: User) -> User:
    """The same person without a moderator's eyes."""
    return User(pk=someone.pk, username=someone.username)


def _wishes(wishes: Any) -> Rows:
    page: Rows = wishes.newest_first()[:PAGE]
    return page


def _entries(entries: Any) -> Rows:
    page: Rows = entries.latest_first()[:PAGE]
    return page
