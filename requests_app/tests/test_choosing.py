"""Moderators choose how a film or series is fetched, where Overseerr offers something, and decide where it does not."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from operations.models import Job
from requests_app import asking, deciding, following, offering, promises
from requests_app.models import MediaRequest, RequestEvent
from requests_app.tests.fetched import a_series, now, shawshank, work
from requests_app.tests.test_following import there
from sandbox.overseerr import Overseerr
from sandbox.switches import Mode

PAGE = "/requests/{}"


def asked(user: User, *seasons: int, is_4k: bool = False) -> MediaRequest:
    made = asking.ask(user=user, item=a_series() if seasons else shawshank(), seasons=seasons).request
    assert made is not None
    if is_4k:
        MediaRequest.objects.filter(pk=made.pk).update(is_4k=True)
    return now(made)


def told(service: Overseerr) -> None:
    """Let what can be chosen be known, as it is a few minutes after connecting."""
    promises.follow()
    work()


def shown(client: Client, wish: MediaRequest) -> str:
    return client.get(PAGE.format(wish.pk)).content.decode()


def approve(client: Client, wish: MediaRequest, **chosen: object) -> str:
    """Approve it with the form as it was shown; what the page says then."""
    sent = {"choosing": "1", **{f"fetch-{name}": value for name, value in chosen.items()}}
    return client.post(f"/requests/{wish.pk}/approve", sent, follow=True).content.decode()


def test_what_is_chosen_is_kept_shown_and_handed_over(
    each_version: Overseerr, anna: User, moderators: Client, annas: Client
) -> None:
    wish = asked(anna)
    told(each_version)
    page = shown(moderators, wish)
    assert "HD-1080p" in page
    assert "/movies (2793 GiB free)" in page
    assert "/movies-4k" not in page
    assert "As Overseerr offered it" in page

    page = approve(moderators, wish, profile="0:7", folder="0:/movies", tags=["0:2"])
    assert now(wish).handover == {"server_id": 0, "profile_id": 7, "root_folder": "/movies", "tags": [2]}
    assert "Radarr · Any · /movies · kids" in page
    assert "How it is fetched was chosen." in page
    assert "/movies" not in shown(annas, wish)

    work()
    (made,) = each_version.requests
    assert (made.server_id, made.profile_id, made.root_folder, made.tags) == (0, 7, "/movies", [2])


def test_a_series_offers_its_own_and_its_language_profiles(newest: Overseerr, anna: User, moderators: Client) -> None:
    wish = asked(anna, 1)
    told(newest)
    assert "English" in shown(moderators, wish)
    approve(moderators, wish, profile="0:", language="0:1", seasons="")
    assert now(wish).handover == {"server_id": 0, "language_profile_id": 1}
    assert now(wish).status == "approved"


def test_4k_is_offered_the_servers_for_4k_alone(newest: Overseerr, anna: User, moderators: Client) -> None:
    wish = asked(anna, is_4k=True)
    told(newest)
    assert "/movies-4k" in shown(moderators, wish)
    assert "has been chosen" not in approve(moderators, wish, folder="1:/movies-4k")
    assert now(wish).handover == {"server_id": 1, "root_folder": "/movies-4k"}


def test_nothing_chosen_leaves_it_to_overseerr(newest: Overseerr, anna: User, moderators: Client) -> None:
    wish = asked(anna)
    told(newest)
    approve(moderators, wish, profile="", folder="")
    assert (now(wish).status, now(wish).handover) == ("approved", {})
    assert not RequestEvent.objects.filter(request=wish, kind="edited").exists()


@pytest.mark.parametrize("value", ["0:99", "1:4", "nonsense"])
def test_what_is_not_offered_cannot_be_chosen(newest: Overseerr, anna: User, moderators: Client, value: str) -> None:
    wish = asked(anna)
    told(newest)
    approve(moderators, wish, profile=value)
    assert (now(wish).status, now(wish).handover) == ("pending", {})


def test_what_belongs_to_two_servers_is_refused(newest: Overseerr, anna: User, moderators: Client) -> None:
    wish = asked(anna)
    told(newest)
    offers = offering.known("movie")
    assert offers is not None
    first, second = offers.servers
    both = offering.Offers((first, type(second)(**{**vars(second), "is_4k": False})), offers.at)
    cache.set(offering._key("movie"), both)
    assert "<optgroup" in shown(moderators, wish)
    page = approve(moderators, wish, profile="0:7", folder="1:/movies-4k")
    assert "of one and the same server" in page
    assert now(wish).status == "pending"


# --- away -----------------------------------------------------------------------------------------------------------------
def test_while_overseerr_is_away_nothing_is_offered_and_the_decision_is_possible(
    newest: Overseerr, anna: User, moderators: Client
) -> None:
    wish = asked(anna)
    told(newest)
    newest.turn(Mode.DOWN)
    _minutes_later(6)
    told(newest)
    page = shown(moderators, wish)
    assert "HD-1080p" not in page
    assert "You can decide all the same" in page
    assert "has stopped answering" in approve(moderators, wish, profile="0:7")
    assert now(wish).status == "pending"
    moderators.post(f"/requests/{wish.pk}/approve")
    assert now(wish).status == "approved"

    newest.turn(Mode.UP)
    promises.read_offers()
    work()
    assert offering.known("movie") is not None


def test_what_was_told_long_ago_is_not_offered(newest: Overseerr, anna: User, moderators: Client) -> None:
    wish = asked(anna)
    told(newest)
    _minutes_later(31)
    assert "HD-1080p" not in shown(moderators, wish)


def test_the_page_asks_nobody(newest: Overseerr, anna: User, moderators: Client) -> None:
    wish = asked(anna)
    told(newest)
    newest.turn(Mode.DOWN)  # what was told a moment ago is offered all the same
    page = shown(moderators, wish)
    assert "HD-1080p" in page
    assert "As Overseerr offered it" in page


def test_a_server_that_hangs_can_be_chosen_without_its_profiles(
    newest: Overseerr, anna: User, moderators: Client
) -> None:
    newest.control({"servarr_hung": True, "servarr_timeout": 0.1})
    wish = asked(anna)
    promises.read_offers()
    work()
    assert "Radarr: its usual profile" in shown(moderators, wish)
    approve(moderators, wish, profile="0:")
    assert now(wish).handover == {"server_id": 0}


def test_it_is_asked_for_again_every_few_minutes(newest: Overseerr) -> None:
    told(newest)
    first = offering.known("movie")
    told(newest)
    assert offering.known("movie") == first
    _minutes_later(6)
    told(newest)
    second = offering.known("movie")
    assert first is not None
    assert second is not None
    assert timezone.now() - second.at < dt.timedelta(minutes=5)
    assert Job.objects.filter(kind="requests.read_offers").count() == 1


def test_without_overseerr_nothing_is_said_of_it(alone: Overseerr, anna: User, moderators: Client) -> None:
    wish = asked(anna)
    told(alone)
    page = shown(moderators, wish)
    assert "How it is fetched" not in page
    assert "does not tell at the moment" not in page


# --- edited there ---------------------------------------------------------------------------------------------------------
def test_what_waits_there_already_is_changed_before_it_is_approved(
    each_version: Overseerr, anna: User, moderator: User
) -> None:
    a_series()
    there(each_version, "anna", mediaType="tv", mediaId=92003, seasons=[1, 2, 3])
    promises.follow()
    work()
    mine = MediaRequest.objects.get()
    deciding.approve(request=mine, by=moderator, seasons=[1, 2], choices={"server_id": 0, "profile_id": 7, "tags": [1]})
    work()
    (made,) = each_version.requests
    assert [one.number for one in made.seasons] == [1, 2]
    assert (made.profile_id, made.tags, made.status.name) == (7, [1], "APPROVED")
    assert following.progress_of([now(mine)]) == {}


def _minutes_later(minutes: int) -> None:
    """Let what was told be that old."""
    for media_type in offering.TYPES:
        offers = offering.known(media_type)
        assert offers is not None
        aged = offering.Offers(offers.servers, offers.at - dt.timedelta(minutes=minutes), offers.silent)
        cache.set(offering._key(media_type), aged)
