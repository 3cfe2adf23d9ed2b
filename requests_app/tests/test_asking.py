from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Role, User
from catalog.models import LibraryItem, MediaItem
from catalog.tests.rows import item as library_item
from catalog.tests.rows import stored_section, stored_title
from medianest.tests.at_once import at_once
from medianest.tests.people import person
from operations.limits import TooOften
from operations.row_security import acting_as
from requests_app import allowance, asking, changes, deciding
from requests_app.models import (
    ApprovalRule,
    EventKind,
    MediaRequest,
    RequestAllowance,
    RequestEvent,
    RequestStatus,
)
from requests_app.tests.rows import stored_film

SEASONS = [{"number": n, "episodes": 10, "name": f"Season {n}"} for n in (1, 2, 3)]


@pytest.fixture
def film(db: None) -> MediaItem:
    return stored_title(title="The Lantern Keeper", genres=["Drama"], certification="12")


@pytest.fixture
def series(db: None) -> MediaItem:
    return stored_title(title="Tidewater", media_type="tv", seasons=SEASONS)


def hold(title: MediaItem, **more: Any) -> LibraryItem:
    section = stored_section(type="movie" if title.media_type == "movie" else "show")
    kind = "movie" if title.media_type == "movie" else "show"
    found = library_item(section, type=kind, tmdb_id=title.tmdb_id, **more)
    found.save()
    return found


def story(request: MediaRequest) -> list[tuple[str, str]]:
    return list(RequestEvent.objects.filter(request=request).order_by("created_at").values_list("kind", "new_status"))


# --- films ----------------------------------------------------------------------------------------------------------------
def test_a_film_is_asked_for_and_waits(anna: User, film: MediaItem) -> None:
    with acting_as(anna):
        asked = asking.ask(user=anna, item=film, note="please")
    assert asked.request is not None
    assert (asked.request.status, asked.request.user, asked.request.note) == ("pending", anna, "please")
    assert story(asked.request) == [("requested", "")]


def test_a_film_that_is_there_is_not_asked_for(anna: User, film: MediaItem) -> None:
    hold(film)
    with acting_as(anna), pytest.raises(asking.CannotAsk, match="in the library already"):
        asking.ask(user=anna, item=film)


def test_asking_twice_is_said_and_asking_after_another_follows(anna: User, ben: User, film: MediaItem) -> None:
    with acting_as(anna):
        first = asking.ask(user=anna, item=film).request
        with pytest.raises(asking.CannotAsk, match="asked for “The Lantern Keeper” already"):
            asking.ask(user=anna, item=film)
    with acting_as(ben):
        asked = asking.ask(user=ben, item=film)
        assert (asked.request, [one.pk for one in asked.joined]) == (None, [first.pk if first else None])
        assert list(MediaRequest.objects.visible_to(ben)) == [first]
    assert MediaRequest.objects.count() == 1


def test_whoever_follows_may_leave_again(anna: User, ben: User, film: MediaItem) -> None:
    with acting_as(anna):
        first = asking.ask(user=anna, item=film).request
    assert first is not None
    with acting_as(ben):
        asking.ask(user=ben, item=film)
        asking.leave(request=first, user=ben)
        asking.leave(request=first, user=ben)
    assert not first.followers.exists()
    assert [kind for kind, _ in story(first)] == ["requested", "joined", "left"]


# --- series ---------------------------------------------------------------------------------------------------------------
def test_only_seasons_that_are_missing_and_free_are_asked_for(anna: User, ben: User, series: MediaItem) -> None:
    show = hold(series)
    library_item(show.section, type="season", parent=show, number=1, child_count=10).save()
    with acting_as(anna):
        first = asking.ask(user=anna, item=series, seasons=[2]).request
    with acting_as(ben):
        asked = asking.ask(user=ben, item=series, seasons=[1, 2, 3])
    assert asked.request is not None
    assert [one.season_number for one in asked.request.seasons.all()] == [3]
    assert [one.pk for one in asked.joined] == [first.pk if first else None]


def test_a_season_of_which_episodes_are_missing_can_be_asked_for(anna: User, series: MediaItem) -> None:
    show = hold(series)
    library_item(show.section, type="season", parent=show, number=1, child_count=9).save()
    with acting_as(anna):
        assert asking.ask(user=anna, item=series, seasons=[1]).request is not None


@pytest.mark.parametrize(("seasons", "refusal"), [([], "at least one season"), ([9], "no season 9")])
def test_seasons_must_be_chosen_and_exist(anna: User, series: MediaItem, seasons: list[int], refusal: str) -> None:
    with acting_as(anna), pytest.raises(asking.CannotAsk, match=refusal):
        asking.ask(user=anna, item=series, seasons=seasons)


# --- allowances and rules -------------------------------------------------------------------------------------------------
def test_a_quota_of_films_is_kept(anna: User, film: MediaItem) -> None:
    RequestAllowance.objects.create(role="USER", film_quota=1)
    with acting_as(anna):
        first = asking.ask(user=anna, item=film).request
        left = allowance.left(anna, "movie")
        assert first is not None
        assert left.returns == first.created_at + dt.timedelta(days=7)
        assert left.sentence.startswith("0 of 1 films left in 7 days; the next is free on ")
        with pytest.raises(
            asking.CannotAsk, match="You can ask for 1 film in 7 days, and 0 of them are left; the next"
        ):
            asking.ask(user=anna, item=stored_title())
    deciding.decline(request=first, by=person("mona", Role.MODERATOR), reason="Not this one")
    with acting_as(anna):
        assert asking.ask(user=anna, item=stored_title()).request is not None


def test_what_was_called_off_is_taken_up_within_the_quota(anna: User, film: MediaItem, series: MediaItem) -> None:
    RequestAllowance.objects.create(role="USER", film_quota=1, season_quota=2)
    with acting_as(anna):
        first = asking.ask(user=anna, item=film).request
        seasons = asking.ask(user=anna, item=series, seasons=[1, 2]).request
        assert first is not None
        assert seasons is not None
        called_off = [deciding.cancel(request=one, by=anna) for one in (first, seasons)]
        assert [deciding.take_up(request=one, by=anna).status for one in called_off] == ["pending", "pending"]
        called_off = [deciding.cancel(request=one, by=anna) for one in (first, seasons)]
        asking.ask(user=anna, item=stored_title())
        asking.ask(user=anna, item=series, seasons=[3])
        for one in called_off:
            with pytest.raises(deciding.CannotDecide, match="of them are left"):
                deciding.take_up(request=one, by=anna)
    assert deciding.take_up(request=called_off[0], by=person("mona", Role.MODERATOR)).status == "pending"


def test_a_quota_of_seasons_counts_seasons(anna: User, series: MediaItem) -> None:
    RequestAllowance.objects.create(role="USER", season_quota=2)
    with acting_as(anna):
        with pytest.raises(asking.CannotAsk, match="2 seasons in 7 days"):
            asking.ask(user=anna, item=series, seasons=[1, 2, 3])
        made = asking.ask(user=anna, item=series, seasons=[1, 2]).request
        assert made is not None
        assert allowance.left(anna, "tv").returns == made.created_at + dt.timedelta(days=7)


def test_the_next_is_free_when_the_oldest_that_stands_in_the_way_is_no_longer_counted(anna: User) -> None:
    now = timezone.now()
    for days in (6, 4, 2):
        stored_film(user=anna, created_by=anna, created_at=now - dt.timedelta(days=days))
    own = RequestAllowance.objects.create(user=anna, film_quota=2)
    with acting_as(anna):
        returns = allowance.left(anna, "movie").returns
        assert returns is not None
        assert abs(returns - now - dt.timedelta(days=3)) < dt.timedelta(minutes=1)
    own.film_quota = 0
    own.save()
    with acting_as(anna):
        assert allowance.left(anna, "movie").returns is None


def test_ones_own_allowance_goes_before_that_of_the_role(anna: User) -> None:
    RequestAllowance.objects.create(role="USER", film_quota=1, season_quota=3, approves_films=True)
    RequestAllowance.objects.create(user=anna, film_quota=5, approves_films=False)
    with acting_as(anna):
        found = allowance.of(anna)
    assert (found.film_quota, found.season_quota, found.approves_films) == (5, 3, False)


def test_approval_at_once_is_a_matter_of_role_person_and_rule(anna: User, film: MediaItem, series: MediaItem) -> None:
    RequestAllowance.objects.create(role="USER", approves_films=True)
    with acting_as(anna):
        asked = asking.ask(user=anna, item=film).request
        assert asked is not None
        assert asked.status == RequestStatus.APPROVED
        waiting = asking.ask(user=anna, item=series, seasons=[1]).request
        assert waiting is not None
        assert waiting.status == RequestStatus.PENDING
    assert ("status", "approved") in story(asked)


def test_rules_decide_before_allowances_and_refuse_with_their_reason(anna: User, film: MediaItem) -> None:
    RequestAllowance.objects.create(role="USER", approves_films=True)
    ApprovalRule.objects.create(name="Dramas", genre="drama", decision="ask", position=2)
    with acting_as(anna):
        asked = asking.ask(user=anna, item=film).request
    assert asked is not None
    assert asked.status == RequestStatus.PENDING
    ApprovalRule.objects.create(name="Old", year_to=1950, decision="refuse", reason="Nothing before 1950.", position=1)
    import datetime as dt  # noqa: PLC0415  (only here)

    with acting_as(anna), pytest.raises(asking.CannotAsk, match="Nothing before 1950"):
        asking.ask(user=anna, item=stored_title(release_date=dt.date(1940, 1, 1)))


def test_4k_is_a_right_and_a_track_of_its_own(anna: User, film: MediaItem) -> None:
    with acting_as(anna), pytest.raises(asking.CannotAsk, match="4K"):
        asking.ask(user=anna, item=film, is_4k=True)
    RequestAllowance.objects.create(user=anna, may_ask_4k=True)
    with acting_as(anna):
        assert asking.ask(user=anna, item=film).request is not None
        assert asking.ask(user=anna, item=film, is_4k=True).request is not None


def test_twenty_an_hour_are_enough(anna: User, settings: Settings) -> None:
    settings.LIMIT_REQUESTS_PER_HOUR = 2
    with acting_as(anna):
        for _ in range(2):
            asking.ask(user=anna, item=stored_title())
        with pytest.raises(TooOften):
            asking.ask(user=anna, item=stored_title())
    assert MediaRequest.objects.count() == 2


# --- deciding -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def waiting(anna: User, film: MediaItem) -> MediaRequest:
    with acting_as(anna):
        asked = asking.ask(user=anna, item=film).request
    assert asked is not None
    return asked


def test_two_moderators_make_one_decision_and_the_second_is_told(waiting: MediaRequest, moderator: User) -> None:
    deciding.approve(request=waiting, by=moderator)
    with pytest.raises(changes.CannotChange, match="Mona was faster"):
        deciding.approve(request=waiting, by=person("max", Role.MODERATOR))
    assert [new for _, new in story(waiting)] == ["", "approved"]


def test_declining_needs_a_reason_which_is_kept(waiting: MediaRequest, moderator: User) -> None:
    with pytest.raises(deciding.CannotDecide, match="Say why"):
        deciding.decline(request=waiting, by=moderator, reason="   ")
    done = deciding.decline(request=waiting, by=moderator, reason="We have the other cut.")
    assert (done.status, done.decline_reason, done.decided_by) == ("declined", "We have the other cut.", moderator)


def test_what_was_declined_is_taken_up_only_while_nobody_else_asked(
    waiting: MediaRequest, moderator: User, ben: User, film: MediaItem
) -> None:
    deciding.decline(request=waiting, by=moderator, reason="No")
    assert deciding.take_up(request=waiting, by=moderator).status == "pending"
    deciding.decline(request=waiting, by=moderator, reason="No")
    with acting_as(ben):
        asking.ask(user=ben, item=film)
    with pytest.raises(deciding.CannotDecide, match="follow that request"):
        deciding.take_up(request=waiting, by=moderator)


def test_seasons_can_be_taken_away_before_approval(anna: User, series: MediaItem, moderator: User) -> None:
    with acting_as(anna):
        asked = asking.ask(user=anna, item=series, seasons=[1, 2, 3]).request
    assert asked is not None
    deciding.approve(request=asked, by=moderator, seasons=[1])
    assert [one.season_number for one in asked.seasons.all()] == [1]
    assert (EventKind.EDITED, "") in story(asked)
    with pytest.raises(deciding.CannotDecide):
        deciding.edit_seasons(request=asked, by=moderator, seasons=[2])


def test_calling_off_passes_it_to_whoever_follows(
    waiting: MediaRequest, ben: User, anna: User, film: MediaItem
) -> None:
    with acting_as(ben):
        asking.ask(user=ben, item=film)
    assert deciding.cancel(request=waiting, by=anna).user == ben
    assert deciding.cancel(request=waiting, by=ben).status == "cancelled"


def test_many_are_decided_each_by_itself(anna: User, moderator: User) -> None:
    with acting_as(anna):
        found = [asking.ask(user=anna, item=stored_title()).request for _ in range(3)]
    requests = [one for one in found if one is not None]
    deciding.approve(request=requests[1], by=moderator)
    outcome = deciding.each(requests, lambda one: deciding.approve(request=one, by=moderator))
    assert (outcome.done, len(outcome.refused)) == (2, 1)


def test_music_and_books_are_wished_for_once(anna: User, ben: User, moderator: User) -> None:
    with acting_as(anna):
        asked = asking.wish(user=anna, kind="book", title="Sea Room", creator="A. Nicolson").request
    with acting_as(ben):
        assert asking.wish(user=ben, kind="book", title="sea room", creator="a. nicolson").request is None
    assert asked is not None
    deciding.approve(request=asked, by=moderator)
    assert deciding.mark_there(request=asked, by=moderator).completed_at is not None


# --- at the same moment ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_twenty_at_the_same_moment_make_one_request() -> None:
    title = stored_title(title="Wanted By All")
    people = [person(f"p{n}") for n in range(20)]

    def ask(user: User) -> None:
        with acting_as(user):
            asking.ask(user=user, item=title)

    at_once(*[partial(ask, user) for user in people])
    (only,) = MediaRequest.objects.filter(tmdb_id=title.tmdb_id)
    assert only.followers.count() == 19
