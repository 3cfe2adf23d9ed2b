"""What was handed over is followed until the library has it; hints may be lost, and nothing else counts than what is there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import LibraryItem
from catalog.tests.rows import item as library_item
from catalog.tests.rows import stored_section
from medianest.lib.http import Limits
from operations.lease import Run
from operations.models import Job
from requests_app import asking, deciding, following
from requests_app.models import MediaRequest
from requests_app.tests.fetched import (
    ANNA,
    SERIES,
    a_series,
    approved,
    known_there,
    look_again,
    now,
    shawshank,
    story,
    work,
)
from sandbox.overseerr import Overseerr, RequestStatus, rules
from sandbox.switches import Mode
from services.providers.overseerr import fetching


def handed_over(user: User, moderator: User, *seasons: int) -> MediaRequest:
    wish = approved(user, moderator, a_series(), seasons=list(seasons)) if seasons else approved(user, moderator)
    work()
    return now(wish)


def seasons_of(wish: MediaRequest) -> dict[int, str]:
    return dict(wish.seasons.values_list("season_number", "status"))


def hold(tmdb_id: int, *whole: int, episodes: int = 10) -> None:
    """Let the library have a film, or these seasons of a series, of whose ten episodes each."""
    if not whole:
        section = stored_section(type="movie")
        library_item(section, type="movie", tmdb_id=tmdb_id).save()
        return
    section = stored_section(type="show")
    show = library_item(section, type="show", tmdb_id=tmdb_id)
    show.save()
    for number in whole:
        LibraryItem.objects.create(
            section=section,
            parent=show,
            rating_key=f"s{number}",
            type="season",
            number=number,
            title=f"Season {number}",
            child_count=episodes,
            seen_at=timezone.now(),
        )


# --- on the way -----------------------------------------------------------------------------------------------------------
def test_a_film_goes_its_way_with_every_step_in_its_story(
    each_version: Overseerr, anna: User, moderator: User, annas: Client
) -> None:
    wish = handed_over(anna, moderator)
    number = wish.overseerr_id or 0
    assert wish.status == "approved"

    each_version.advance(number)
    look_again()
    assert now(wish).status == "processing"
    assert following.progress_of([now(wish)])[wish.pk] == pytest.approx(0.4)
    assert "40 % loaded" in annas.get(f"/requests/{wish.pk}").content.decode()

    each_version.advance(number)
    look_again()
    there = now(wish)
    assert there.status == "available"
    assert there.completed_at is not None
    assert following.progress_of([there]) == {}
    assert story(wish) == ["requested", "approved", "handed_over", "processing", "available"]
    look_again()
    assert len(story(wish)) == 5


def test_a_series_comes_season_by_season(each_version: Overseerr, anna: User, moderator: User) -> None:
    wish = handed_over(anna, moderator, 1, 2)
    each_version.advance(wish.overseerr_id or 0)
    look_again()
    assert seasons_of(wish) == {1: "processing", 2: "processing"}
    each_version.advance(wish.overseerr_id or 0)
    look_again()
    assert (now(wish).status, seasons_of(wish)) == ("partially_available", {1: "available", 2: "processing"})
    each_version.advance(wish.overseerr_id or 0)
    look_again()
    assert (now(wish).status, seasons_of(wish)) == ("available", {1: "available", 2: "available"})


def test_what_overseerr_calls_there_is_on_its_way_until_the_library_has_it(
    newest: Overseerr, anna: User, moderator: User
) -> None:
    hold(4711)
    wish = handed_over(anna, moderator)
    newest.set_media_status(278, "movie", "available")
    look_again()
    assert now(wish).status == "processing"
    hold(278)
    look_again()
    assert now(wish).status == "available"


def test_what_the_library_has_is_there_whatever_overseerr_says(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = handed_over(anna, moderator, 1, 2)
    newest.advance(wish.overseerr_id or 0)
    hold(SERIES, 2)
    look_again()
    assert (now(wish).status, seasons_of(wish)) == ("partially_available", {1: "processing", 2: "available"})


def test_a_failure_carries_its_reason_and_is_tried_again_there(
    each_version: Overseerr, anna: User, moderator: User, annas: Client
) -> None:
    wish = handed_over(anna, moderator)
    each_version.fail(wish.overseerr_id or 0)
    look_again()
    assert now(wish).status == "failed"
    assert now(wish).failure_reason == "Overseerr could not give it to Radarr or Sonarr."

    page = annas.get(f"/requests/{wish.pk}").content.decode()
    assert "Try again" in page
    assert annas.post(f"/requests/{wish.pk}/try-again").status_code == 302
    work()
    assert [one.status for one in each_version.requests] == [RequestStatus.APPROVED]
    assert now(wish).status == "approved"


def test_what_is_declined_there_is_declined_here_with_a_reason(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = handed_over(anna, moderator)
    rules.decline(newest.settings, newest.requests[0], newest.user("olive"))
    look_again()
    assert (now(wish).status, now(wish).decline_reason) == ("declined", "Declined in Overseerr.")


def test_what_is_set_back_there_is_approved_again(newest: Overseerr, anna: User, moderator: User) -> None:
    handed_over(anna, moderator)
    newest.requests[0].touch(RequestStatus.PENDING)
    look_again()
    assert newest.requests[0].status is RequestStatus.APPROVED


def test_what_is_deleted_there_has_failed_and_goes_again_when_tried(
    newest: Overseerr, anna: User, moderator: User
) -> None:
    wish = handed_over(anna, moderator)
    rules.delete(newest.settings, newest.requests[0])
    look_again()
    assert (now(wish).status, now(wish).failure_reason) == ("failed", "The request was deleted in Overseerr.")
    deciding.try_again(request=now(wish), by=anna)
    work()
    assert now(wish).overseerr_id == newest.requests[0].request_id


def test_a_list_that_hangs_is_replaced_by_single_looks(
    each_version: Overseerr, anna: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = handed_over(anna, moderator)
    each_version.advance(wish.overseerr_id or 0)
    monkeypatch.setattr(fetching, "_LIST", Limits(connect=1.0, total=2.0))
    each_version.control({"servarr_hung": True, "servarr_timeout": 5.0})
    following.follow(Run(Job()))
    assert now(wish).status == "processing"


def test_what_no_page_shows_is_looked_at_in_turn(
    newest: Overseerr, anna: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PAGE", 1)
    monkeypatch.setattr(following, "PAGES", 1)
    monkeypatch.setattr(following, "ONE_BY_ONE", 1)
    old, other = handed_over(anna, moderator), handed_over(anna, moderator, 1)
    for wish in (old, other):
        newest.advance(wish.overseerr_id or 0)
    look_again()
    look_again()
    assert [now(wish).status for wish in (old, other)] == ["processing", "processing"]


def test_an_overseerr_that_is_away_changes_nothing(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = handed_over(anna, moderator)
    newest.turn(Mode.DOWN)
    look_again()
    assert now(wish).status == "approved"


def test_the_page_says_that_it_waits_for_overseerr(
    newest: Overseerr, anna: User, moderator: User, annas: Client
) -> None:
    newest.turn(Mode.DOWN)
    wish = approved(anna, moderator)
    work()
    page = annas.get(f"/requests/{wish.pk}").content.decode()
    assert "Approved; it goes on by itself as soon as Overseerr can take it." in page


def test_a_season_of_which_episodes_lack_is_partly_there(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = handed_over(anna, moderator, 1)
    newest.set_media_status(SERIES, "tv", "available")
    hold(SERIES, 1, episodes=7)
    look_again()
    assert (now(wish).status, seasons_of(wish)) == ("partially_available", {1: "partially_available"})


# --- adopted --------------------------------------------------------------------------------------------------------------
def there(server: Overseerr, by: str, **body: object) -> int:
    """Ask in Overseerr itself."""
    with server.settings.lock:
        wanted = {"mediaType": "movie", "mediaId": 278, "is4k": False, **body}
        return rules.create(server.settings, server.user(by), wanted).request_id


def test_requests_made_there_are_adopted_under_the_right_person(
    each_version: Overseerr, anna: User, moderator: User
) -> None:
    known_there(anna, ANNA)
    shawshank()
    a_series()
    film = there(each_version, "anna")
    series = there(each_version, "ben", mediaType="tv", mediaId=SERIES, seasons=[1, 2])
    rules.approve(each_version.settings, each_version.requests[1], each_version.user("olive"))
    look_again()
    look_again()

    mine, nobodys = (MediaRequest.objects.get(overseerr_id=number) for number in (film, series))
    assert (mine.user, mine.status, mine.title) == (anna, "pending", "The Shawshank Redemption")
    assert timezone.now() - mine.created_at < dt.timedelta(minutes=1)
    assert (nobodys.user, nobodys.status) == (None, "approved")
    assert sorted(seasons_of(nobodys)) == [1, 2]
    assert MediaRequest.objects.count() == 2
    assert len(each_version.requests) == 2

    deciding.approve(request=mine, by=moderator)
    work()
    assert [one.status for one in each_version.requests] == [RequestStatus.APPROVED] * 2


def test_what_is_asked_for_here_and_there_is_one_request(newest: Overseerr, anna: User) -> None:
    asked = asking.ask(user=anna, item=shawshank()).request
    assert asked is not None
    number = there(newest, "ben")
    look_again()
    assert (now(asked).overseerr_id, MediaRequest.objects.count()) == (number, 1)


def test_what_overseerr_let_in_twice_is_adopted_once(newest: Overseerr) -> None:
    shawshank()
    for by in ("anna", "ben"):
        there(newest, by, is4k=None)
    look_again()
    assert MediaRequest.objects.count() == 1


def test_a_title_that_nobody_knows_here_is_looked_up(newest: Overseerr) -> None:
    there(newest, "anna")
    look_again()
    assert MediaRequest.objects.get().title == "The Shawshank Redemption"
