"""Overseerr 1.34, Jellyseerr 2.7 and Seerr 3.1 have titles fetched, over real HTTP, with every trap they lay."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError

from medianest.lib.http import BadCredentials, Limits, Unreachable
from sandbox.overseerr import MediaStatus, Permission, RequestStatus
from sandbox.overseerr import Overseerr as Simulated
from sandbox.switches import Mode
from sandbox.world import PEOPLE
from services.providers.base import Connection, NotSetUp
from services.providers.fetching import (
    AlreadyAsked,
    Choices,
    NoSuchRequest,
    NothingLeft,
    Refusal,
    Stage,
    TitlesAway,
    Wish,
    WishRefused,
)
from services.providers.overseerr import Overseerr, fetching
from services.providers.overseerr.generation import Generation

SHAWSHANK = Wish("movie", 278)
FIGHT_CLUB, UNKNOWN = 550, 987654
SERIES = 92003  # not in the library at first
VERSIONS = ("1.34.0", "2.7.3", "3.1.0")
BEN, ANNA = 2, 3


def series(*seasons: int, tmdb_id: int = SERIES) -> Wish:
    return Wish("tv", tmdb_id, seasons=seasons)


@pytest.fixture(params=VERSIONS)
def simulated(request: pytest.FixtureRequest) -> Iterator[Simulated]:
    running = Simulated(version=request.param)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def newest() -> Iterator[Simulated]:
    running = Simulated()
    running.start()
    yield running
    running.stop()


def reached(simulated: Simulated, **settings: object) -> Overseerr:
    return Overseerr(Connection(simulated.url, simulated.api_key, settings))


# --- asking -------------------------------------------------------------------------------------------------------------------
def test_a_wish_is_asked_in_the_name_of_an_account_and_told_back(simulated: Simulated) -> None:
    made = reached(simulated).ask(SHAWSHANK, account=BEN)

    stored = simulated.requests[0]
    assert (made.number, made.media_type, made.tmdb_id, made.stage) == (stored.request_id, "movie", 278, Stage.PENDING)
    assert (made.account, stored.requested_by.plex_username) == (BEN, "ben")
    assert made.created_at is not None
    assert abs(dt.datetime.now(tz=dt.UTC) - made.created_at) < dt.timedelta(minutes=1)


def test_4k_is_always_sent_for_without_it_nothing_counts_as_asked_twice(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    overseerr.ask(SHAWSHANK, account=BEN)
    assert simulated.requests[0].is4k is False

    with pytest.raises(AlreadyAsked):
        overseerr.ask(SHAWSHANK, account=ANNA)


def test_4k_is_a_track_of_its_own(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    overseerr.ask(SHAWSHANK, account=None)
    sharp = overseerr.ask(dataclasses.replace(SHAWSHANK, is_4k=True), account=None)

    assert sharp.is_4k
    assert [one.is4k for one in simulated.requests] == [False, True]
    assert overseerr.find_own(SHAWSHANK, account=None) != overseerr.find_own(
        dataclasses.replace(SHAWSHANK, is_4k=True), account=None
    )


def test_seasons_are_asked_for_by_number(simulated: Simulated) -> None:
    made = reached(simulated).ask(series(2, 1), account=BEN)
    assert dict(made.seasons) == {1: Stage.PENDING, 2: Stage.PENDING}
    assert [one.number for one in simulated.requests[0].seasons] == [1, 2]


def test_a_202_is_a_refusal_when_nothing_is_left_of_the_seasons(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    overseerr.ask(series(1), account=BEN)
    with pytest.raises(NothingLeft):
        overseerr.ask(series(1), account=ANNA)
    with pytest.raises(NothingLeft):
        overseerr.ask(series(), account=ANNA)
    assert len(simulated.requests) == 1


def test_a_moderators_choices_go_along(simulated: Simulated) -> None:
    chosen = Choices(server_id=0, profile_id=7, root_folder="/movies", tags=(1, 2))
    reached(simulated).ask(dataclasses.replace(SHAWSHANK, choices=chosen), account=None)
    stored = simulated.requests[0]
    assert (stored.server_id, stored.profile_id, stored.root_folder, stored.tags) == (0, 7, "/movies", [1, 2])


def test_an_available_film_is_taken_again_by_all_but_the_oldest(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    made = overseerr.ask(SHAWSHANK, account=None)
    simulated.set_media_status(278, "movie", MediaStatus.AVAILABLE)
    assert overseerr.look(made.number).stage is Stage.AVAILABLE

    if simulated.version.startswith("1."):
        assert simulated.requests[0].status is RequestStatus.APPROVED
        with pytest.raises(AlreadyAsked):
            overseerr.ask(SHAWSHANK, account=None)
    else:
        assert simulated.requests[0].status is RequestStatus.COMPLETED
        assert overseerr.ask(SHAWSHANK, account=None).number != made.number


# --- refusals -----------------------------------------------------------------------------------------------------------------
def refused(overseerr: Overseerr, wish: Wish, account: int | None = BEN) -> Refusal:
    with pytest.raises(WishRefused) as caught:
        overseerr.ask(wish, account=account)
    assert caught.value.sentence
    return caught.value.why


def test_the_refusals_that_share_a_status_are_told_apart(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    simulated.control({"permit": ["anna", int(Permission.REQUEST_TV)]})
    assert refused(overseerr, SHAWSHANK, ANNA) is Refusal.PERMISSION
    assert refused(overseerr, dataclasses.replace(SHAWSHANK, is_4k=True)) is Refusal.PERMISSION
    assert refused(overseerr, SHAWSHANK, 4711) is Refusal.ACCOUNT
    assert refused(overseerr, Wish("movie", UNKNOWN)) is Refusal.NO_SUCH_TITLE
    simulated.control({"default_movie_quota": 1, "default_tv_quota": 1})
    overseerr.ask(SHAWSHANK, account=BEN)
    assert refused(overseerr, Wish("movie", 90003)) is Refusal.QUOTA
    assert refused(overseerr, series(1, 2)) is Refusal.QUOTA


def test_a_blocked_title_is_refused_for_what_it_is(simulated: Simulated) -> None:
    simulated.set_media_status(278, "movie", MediaStatus.BLOCKLISTED)
    assert refused(reached(simulated), SHAWSHANK) is Refusal.BLOCKED


def test_tmdb_being_away_is_no_refusal(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    simulated.control({"tmdb_down": True})
    with pytest.raises(TitlesAway):
        overseerr.ask(SHAWSHANK, account=BEN)
    with pytest.raises(TitlesAway):
        overseerr.season_stages(SERIES, is_4k=False)


def test_csrf_protection_lets_read_but_not_write(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    made = overseerr.ask(SHAWSHANK, account=BEN)
    simulated.control({"csrf": True})

    assert overseerr.look(made.number).number == made.number
    for writing in (lambda: overseerr.ask(series(1), account=BEN), lambda: overseerr.approve(made.number)):
        with pytest.raises(NotSetUp, match="CSRF"):
            writing()


def test_a_wrong_key_is_no_refusal_of_the_wish(newest: Simulated) -> None:
    stranger = Overseerr(Connection(newest.url, "not-the-key"))
    for asking in (lambda: stranger.ask(SHAWSHANK, account=None), lambda: stranger.find_own(SHAWSHANK, account=BEN)):
        with pytest.raises(BadCredentials):
            asking()


# --- what hangs ---------------------------------------------------------------------------------------------------------------
def test_an_account_that_is_no_number_is_never_sent(newest: Simulated) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        reached(newest).ask(SHAWSHANK, account="ben")  # type: ignore[arg-type]
    assert newest.requests == []


def test_an_answer_that_never_comes_is_given_up(newest: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_WRITE", Limits(connect=0.5, total=0.5))
    newest.turn(Mode.HANG, 20)
    began = time.monotonic()
    with pytest.raises(Unreachable):
        reached(newest).ask(SHAWSHANK, account=BEN)
    assert time.monotonic() - began < 10


def test_a_radarr_that_hangs_costs_the_list_but_not_a_single_request(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    overseerr = reached(simulated)
    made = overseerr.ask(SHAWSHANK, account=BEN)
    monkeypatch.setattr(fetching, "_LIST", Limits(connect=2.0, total=4.0))
    simulated.control({"servarr_hung": True, "servarr_timeout": 0.5})

    if simulated.version.startswith("2."):
        with pytest.raises(Unreachable):
            overseerr.page(skip=0, take=10)
    else:
        listed = overseerr.page(skip=0, take=10)
        assert [one.number for one in listed.requests] == [made.number]
        assert listed.troubles == (("Radarr",) if simulated.version.startswith("3.") else ())
    assert overseerr.look(made.number).number == made.number
    assert overseerr.find_own(SHAWSHANK, account=BEN) == overseerr.look(made.number)


# --- finding again ------------------------------------------------------------------------------------------------------------
def test_an_earlier_request_is_found_even_without_tmdb(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    made = overseerr.ask(series(1), account=BEN)
    overseerr.ask(Wish("movie", 90003), account=BEN)
    simulated.control({"tmdb_down": True})

    found = overseerr.find_own(series(1, 2), account=BEN)
    assert found is not None
    assert found.number == made.number
    assert overseerr.find_own(series(2), account=BEN) is None
    assert overseerr.find_own(series(1), account=ANNA) is None
    assert overseerr.find_own(series(1), account=None) is None


def test_a_declined_request_is_not_taken_for_an_earlier_one(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    made = overseerr.ask(SHAWSHANK, account=BEN)
    assert overseerr.decline(made.number).stage is Stage.DECLINED
    assert overseerr.find_own(SHAWSHANK, account=BEN) is None
    assert overseerr.find_any(SHAWSHANK) is None
    again = overseerr.find_any(SHAWSHANK, ended=True)
    assert again is not None
    assert (again.number, again.stage) == (made.number, Stage.DECLINED)


def test_anybodys_request_for_the_same_is_found_by_the_title(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    assert overseerr.find_any(SHAWSHANK) is None
    made = overseerr.ask(SHAWSHANK, account=ANNA)
    found = overseerr.find_any(SHAWSHANK)
    assert found is not None
    assert (found.number, found.account, found.tmdb_id) == (made.number, ANNA, 278)


# --- people -------------------------------------------------------------------------------------------------------------------
def test_people_are_found_by_plex_number_and_then_by_address(simulated: Simulated) -> None:
    known = reached(simulated).accounts()
    assert known.find(plex_id=1002, email="anna@nest.example") == BEN
    assert known.find(plex_id=None, email=" Anna@Nest.example") == ANNA
    assert known.find(plex_id=1005, email="") is None
    assert known.find(plex_id=None, email=None) is None


def test_all_pages_of_people_are_read(newest: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_PEOPLE_AT_ONCE", 2)
    known = reached(newest).accounts()
    assert set(known.by_plex_id.values()) == {1, BEN, ANNA}


def test_no_address_leaves_the_provider(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    made = overseerr.ask(SHAWSHANK, account=BEN)
    told = [made, overseerr.accounts(), overseerr.page(skip=0, take=10), overseerr.find_any(SHAWSHANK)]
    addresses = [person.email for person in PEOPLE if person.email]
    assert not [address for address in addresses if address in repr(told)]


@pytest.mark.parametrize(
    ("arranged", "found", "expected"),
    [
        ({}, BEN, BEN),
        ({}, None, None),
        ({"ask_as": "person", "account": 9}, BEN, BEN),
        ({"ask_as": "person", "account": 9}, None, 9),
        ({"ask_as": "account", "account": 9}, BEN, 9),
        ({"ask_as": "account", "account": None}, BEN, None),
    ],
)
def test_an_administrator_says_whose_name_a_wish_goes_under(
    arranged: dict[str, object], found: int | None, expected: int | None
) -> None:
    connection = Connection("http://nowhere.example", "key", arranged)
    assert Overseerr(connection).account_for(found) == expected


def test_the_account_must_be_a_number() -> None:
    assert Overseerr.clean_settings({"account": 4})["ask_as"] == "person"
    with pytest.raises(ValidationError):
        Overseerr.clean_settings({"account": "ben"})


# --- following ----------------------------------------------------------------------------------------------------------------
def test_a_film_is_followed_with_its_progress(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    number = overseerr.ask(SHAWSHANK, account=BEN).number
    assert overseerr.approve(number).stage is Stage.APPROVED
    assert overseerr.approve(number).stage is Stage.APPROVED
    simulated.advance(number)
    under_way = overseerr.look(number)
    assert under_way.stage is Stage.PROCESSING
    assert under_way.progress == pytest.approx(0.4)
    simulated.advance(number)
    there = overseerr.look(number)
    assert (there.stage, there.progress) == (Stage.AVAILABLE, None)


def test_a_series_is_followed_season_by_season(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    number = overseerr.ask(series(1, 2), account=None).number
    simulated.advance(number)
    assert dict(overseerr.look(number).seasons) == {1: Stage.PROCESSING, 2: Stage.PROCESSING}
    simulated.advance(number)
    partly = overseerr.look(number)
    assert partly.title_is_partly_there
    assert partly.progress == pytest.approx(0.8)
    assert dict(overseerr.season_stages(SERIES, is_4k=False)) == {1: Stage.AVAILABLE, 2: Stage.PROCESSING}
    simulated.advance(number)
    assert overseerr.season_stages(SERIES, is_4k=False)[2] is Stage.AVAILABLE


def test_a_failed_request_says_so_and_is_tried_again(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    number = overseerr.ask(SHAWSHANK, account=None).number
    simulated.fail(number)
    assert overseerr.look(number).stage is Stage.FAILED
    assert overseerr.retry(number).stage is Stage.APPROVED


def test_requests_are_listed_in_pages_with_what_each_version_accepts(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    numbers = [overseerr.ask(Wish("movie", one), account=BEN).number for one in (278, 90003, 90004)]

    first, second = overseerr.page(skip=0, take=2), overseerr.page(skip=2, take=2)
    assert [one.number for one in first.requests + second.requests] == numbers[::-1]
    assert (first.total, second.total) == (3, 3)
    from_the_start = overseerr.page(skip=0, take=2, oldest_first=True)
    expected = numbers[:2] if overseerr.can_list_oldest_first() else numbers[:0:-1]
    assert [one.number for one in from_the_start.requests] == expected


def test_a_request_that_is_gone_is_told_as_gone(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    number = overseerr.ask(SHAWSHANK, account=BEN).number
    overseerr.delete(number)
    overseerr.delete(number)
    assert simulated.requests == []
    for asking in (overseerr.look, overseerr.approve, overseerr.decline, overseerr.retry):
        with pytest.raises(NoSuchRequest):
            asking(number)


@pytest.mark.parametrize(
    ("version", "generation"),
    [
        ("1.33.2", Generation.OVERSEERR),
        ("2.7.3", Generation.JELLYSEERR),
        ("3.1.0", Generation.SEERR),
        ("develop-4f2c1d0", Generation.SEERR),
    ],
)
def test_the_generation_is_known_by_version_or_name(newest: Simulated, version: str, generation: Generation) -> None:
    newest.control({"version": version})
    assert reached(newest).generation() is generation
    newest.turn(Mode.DOWN)
    assert reached(newest).generation() is generation  # remembered


# --- what can be chosen, and problems -----------------------------------------------------------------------------------------
def test_servers_are_offered_with_profiles_folders_and_tags(simulated: Simulated) -> None:
    plain, sharp = reached(simulated).offers("movie")
    assert (plain.server_id, plain.name, plain.is_default, sharp.is_4k) == (0, "Radarr", True, True)
    assert plain.profiles == ((4, "HD-1080p"), (7, "Any"))
    assert (plain.folders[0].path, plain.folders[0].free_bytes) == ("/movies", 3_000_000_000_000)
    assert plain.tags == ((1, "nest"), (2, "kids"))
    assert reached(simulated).offers("tv")[0].language_profiles == ((1, "English"),)


def test_a_problem_is_passed_on_answered_and_settled(simulated: Simulated) -> None:
    overseerr = reached(simulated)
    media = overseerr.title_number("movie", FIGHT_CLUB)
    assert media is not None
    number = overseerr.report_problem(
        media=media, kind="audio", message="No sound", season=None, episode=None, account=1
    )
    heard = overseerr.comment_problem(number, "Try again", account=1)
    assert heard.is_open
    assert [(one.account, one.message) for one in heard.remarks] == [(1, "No sound"), (1, "Try again")]
    assert overseerr.look_at_problem(number) == heard
    overseerr.settle_problem(number, resolved=True)

    issue = simulated.settings.issues[0]
    assert (issue.issue_type, [one.message for one in issue.comments]) == (2, ["No sound", "Try again"])
    assert issue.status.name == "RESOLVED"
    overseerr.settle_problem(number, resolved=False)
    assert issue.status.name == "OPEN"
    with pytest.raises(NoSuchRequest):
        overseerr.comment_problem(4711, "Hello?", account=None)
    with pytest.raises(NoSuchRequest):
        overseerr.report_problem(media=4711, kind="other", message="?", season=None, episode=None, account=None)
