"""Moving over from Overseerr: everything once, under the right people, as it stands there."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from catalog.tests.rows import item as library_item
from catalog.tests.rows import stored_section, stored_title
from medianest.tests.people import person
from operations.models import Job
from requests_app import asking, importing, naming, promises
from requests_app.models import MediaRequest, RequestEvent, RequestFollower
from requests_app.tests.fetched import ANNA, BEN, SERIES, a_series, known_there, later, now, shawshank, story, work
from requests_app.tests.rows import stored_film
from sandbox.overseerr import Overseerr, RequestStatus, rules
from sandbox.overseerr.filling import FIRST_TITLE
from sandbox.switches import Mode


def imported(*options: str) -> str:
    """What the command says."""
    said = io.StringIO()
    call_command("import_overseerr", *options, stdout=said)
    return said.getvalue()


def there(server: Overseerr, by: str, **body: Any) -> int:
    with server.settings.lock:
        wanted = {"mediaType": "movie", "mediaId": 278, "is4k": False, **body}
        return rules.create(server.settings, server.user(by), wanted).request_id


def all_there() -> set[int]:
    return set(MediaRequest.objects.values_list("overseerr_id", flat=True))


# --- what is imported -------------------------------------------------------------------------------------------------------
def test_everything_comes_with_its_person_state_and_date(each_version: Overseerr) -> None:
    each_version.fill(60, people=3)
    first = known_there(person("first"), 5000)
    second = person("second")
    User.objects.filter(pk=second.pk).update(email="FRIEND1@nest.example")
    said = imported()

    assert MediaRequest.objects.count() == 60
    assert Job.objects.filter(kind="requests.hand_over").count() == 0
    by_number = {one.overseerr_id: one for one in MediaRequest.objects.all()}
    words = {
        RequestStatus.PENDING: "pending",
        RequestStatus.DECLINED: "declined",
        RequestStatus.FAILED: "failed",
        RequestStatus.COMPLETED: "available",
    }
    for one in each_version.requests:
        mine = by_number[one.request_id]
        assert (mine.tmdb_id, mine.media_type, mine.is_4k) == (one.media.tmdb_id, one.media.media_type, one.is4k)
        expected = words.get(one.status, "available" if one.finished else "processing")
        assert mine.status == expected, one
        assert abs((mine.created_at - one.created).total_seconds()) < 0.01
        owner = {"friend0": first.pk, "friend1": second.pk}.get(one.requested_by.plex_username or "")
        assert (mine.user_id, mine.created_by_id) == (owner, owner)
        assert sorted(mine.seasons.values_list("season_number", flat=True)) == [each.number for each in one.seasons]
        if mine.status == "available":
            assert mine.completed_at is not None
            assert abs((mine.completed_at - one.updated).total_seconds()) < 0.01
            assert set(mine.seasons.values_list("status", flat=True)) <= {"available"}
    assert "Imported: 60 (there: " in said
    assert "Of accounts in Overseerr that nobody here has (number of the account: requests): 6: 20" in said


def test_the_story_of_an_imported_request_has_its_own_dates(newest: Overseerr) -> None:
    newest.fill(3)
    imported()
    old = MediaRequest.objects.get(overseerr_id=newest.requests[1].request_id)
    assert (story(old), old.status) == (["requested", "declined"], "declined")
    assert old.decline_reason == "Declined in Overseerr."
    first, last = RequestEvent.objects.filter(request=old).order_by("created_at")
    assert (first.created_at, last.created_at) == (old.created_at, old.decided_at)


def test_running_it_again_imports_nothing_twice(each_version: Overseerr) -> None:
    each_version.fill(30)
    imported()
    before = sorted(MediaRequest.objects.values_list("pk", "updated_at"))
    assert "Here already: 30" in imported()
    assert sorted(MediaRequest.objects.values_list("pk", "updated_at")) == before
    assert RequestEvent.objects.count() == sum(
        1 if one.status == "pending" else 2 for one in MediaRequest.objects.all()
    )


def test_a_rehearsal_says_the_same_and_writes_nothing(newest: Overseerr, anna: User, ben: User) -> None:
    known_there(anna, ANNA)
    known_there(ben, BEN)
    newest.fill(30)
    for by in ("anna", "ben"):
        there(newest, by, is4k=None)
    rehearsal = imported("--dry-run").splitlines()
    assert not MediaRequest.everything.exists()
    assert not Job.objects.exists()
    assert rehearsal[-1] == "Nothing was written: this was a rehearsal."
    assert rehearsal[1:-1] == imported().splitlines()[1:]


def test_what_stopped_halfway_goes_on(newest: Overseerr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PAGE", 10)
    newest.fill(30)
    page, asked = importing._take_page, []

    def breaks(*told: Any) -> None:
        asked.append(told)
        if len(asked) == 3:
            newest.turn(Mode.DOWN)
        page(*told)

    monkeypatch.setattr(importing, "_take_page", breaks)
    newest.fill(10)
    with pytest.raises(CommandError, match="What was imported stays; run it again to go on"):
        imported()
    assert 0 < MediaRequest.objects.count() < 40
    monkeypatch.setattr(importing, "_take_page", page)
    newest.turn(Mode.UP)
    imported()
    assert all_there() == {one.request_id for one in newest.requests}


def test_requests_are_given_to_people_who_come_later(newest: Overseerr) -> None:
    newest.fill(6, people=2)
    imported()
    late = known_there(person("late"), 5001)
    assert "Here without a person until now, and given to whoever asked: 3" in imported()
    assert MediaRequest.objects.filter(user=late).count() == 3
    assert "Here already: 6" in imported()


def test_what_is_given_to_somebody_is_not_followed_by_them(newest: Overseerr) -> None:
    newest.fill(6, people=2)
    imported()
    late = person("late")
    for wish in MediaRequest.objects.all():
        RequestFollower.objects.create(request=wish, user=late)
    known_there(late, 5001)
    imported()
    assert set(RequestFollower.objects.values_list("request__user", flat=True)) == {None}


# --- what is here already ---------------------------------------------------------------------------------------------------
def test_who_asked_there_for_what_somebody_waits_for_follows_along(newest: Overseerr, anna: User, ben: User) -> None:
    known_there(anna, ANNA)
    known_there(ben, BEN)
    for by in ("anna", "ben", "ben"):
        there(newest, by, is4k=None)
    said = imported()
    assert "follows along: 1" in said
    assert "Skipped, because the same is waited for here: 1" in said
    (mine,) = MediaRequest.objects.all()
    assert (mine.user, list(mine.followers.values_list("user", flat=True))) == (anna, [ben.pk])

    asking.leave(request=mine, user=ben)
    imported()
    assert not RequestFollower.objects.exists()


def test_what_is_asked_for_in_both_is_one_request(newest: Overseerr, anna: User, ben: User) -> None:
    known_there(ben, BEN)
    asked = asking.ask(user=anna, item=shawshank()).request
    assert asked is not None
    number = there(newest, "ben")
    assert "is one request now: 1" in imported()
    assert now(asked).overseerr_id == number
    assert list(now(asked).followers.values_list("user", flat=True)) == [ben.pk]


def test_only_seasons_that_nobody_waits_for_are_taken_over(newest: Overseerr, anna: User, ben: User) -> None:
    known_there(ben, BEN)
    asked = asking.ask(user=anna, item=a_series(), seasons=[1]).request
    MediaRequest.objects.filter(pk=asked and asked.pk).update(overseerr_id=4_000)
    there(newest, "ben", mediaType="tv", mediaId=SERIES, seasons=[1, 2])
    imported()
    mine = MediaRequest.objects.get(user=ben)
    assert list(mine.seasons.values_list("season_number", flat=True)) == [2]
    assert RequestFollower.objects.get().request == asked


def test_deleted_requests_do_not_come_back(newest: Overseerr, moderator: User) -> None:
    newest.fill(3)
    imported()
    MediaRequest.objects.filter(overseerr_id=newest.requests[0].request_id).put_away(newest.requests[0].created)
    assert "Here already: 3" in imported()
    assert MediaRequest.objects.count() == 2


def test_one_that_makes_no_sense_keeps_none_of_the_others(newest: Overseerr) -> None:
    newest.fill(6)
    newest.requests[1].media.tmdb_id = 0
    newest.requests[2].seasons.clear()
    newest.requests[3].media.media_type = "music"
    said = imported()
    assert all_there() == {newest.requests[k].request_id for k in (0, 4, 5)}
    assert "Skipped: 1 (It has no TMDB number.)" in said
    assert "Skipped: 1 (It names no season.)" in said
    assert "Skipped, because the answer makes no sense: 1" in said


def test_two_imports_at_once_are_refused(newest: Overseerr, monkeypatch: pytest.MonkeyPatch) -> None:
    class Taken:
        def __enter__(self) -> bool:
            return False

        def __exit__(self, *error: object) -> None:
            return None

    monkeypatch.setattr(importing, "held_if_free", lambda name: Taken())
    with pytest.raises(CommandError, match="Another import is running"):
        imported()


@pytest.mark.django_db
def test_without_a_connected_overseerr_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="Connect it first"):
        imported()


# --- titles -----------------------------------------------------------------------------------------------------------------
def test_titles_are_called_as_the_catalogue_or_the_library_knows_and_the_rest_is_looked_up(
    newest: Overseerr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "AT_ONCE", 2)
    newest.fill(3)
    there(newest, "anna")
    kept = stored_title(tmdb_id=FIRST_TITLE, title="Kept")
    library_item(stored_section(type="movie"), type="movie", tmdb_id=FIRST_TITLE + 1, title="On the shelf").save()
    imported()
    called = dict(MediaRequest.objects.values_list("tmdb_id", "title"))
    assert called[FIRST_TITLE] == "Kept"
    assert called[FIRST_TITLE + 1] == "On the shelf"
    assert called[FIRST_TITLE + 2] == f"Series {FIRST_TITLE + 2} at TMDB"
    assert called[278] == "Film 278 at TMDB"
    assert MediaRequest.objects.get(tmdb_id=FIRST_TITLE).media_item == kept

    work()
    later()
    found = MediaRequest.objects.get(tmdb_id=278)
    assert found.title == "The Shawshank Redemption"
    assert found.media_item is not None


def test_titles_wait_while_nobody_can_tell(newest: Overseerr) -> None:
    there(newest, "anna")
    imported()
    newest.control({"tmdb_down": True})
    work()
    assert MediaRequest.objects.get().title == "Film 278 at TMDB"
    assert Job.objects.get(kind="requests.name_titles").state == "queued"
    newest.control({"tmdb_down": False})
    later()
    assert MediaRequest.objects.get().title == "The Shawshank Redemption"


def test_titles_of_which_nothing_is_told_keep_no_other_waiting(
    newest: Overseerr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "_MOST_SILENT", 2)
    for number in (2, 3):
        stored_film(tmdb_id=number, title="Nameless")
    stored_film(tmdb_id=278, title="Nameless")
    promises.name_titles()
    work()
    assert MediaRequest.objects.get(tmdb_id=278).title == "Nameless"
    later()
    assert MediaRequest.objects.get(tmdb_id=278).title == "The Shawshank Redemption"
