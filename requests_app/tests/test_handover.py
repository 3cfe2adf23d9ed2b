"""Approved requests reach Overseerr: each once, in the right name, whatever breaks on the way."""

from __future__ import annotations

import pytest

from accounts.models import User
from medianest.lib.http import Limits
from medianest.tests.at_once import at_once
from medianest.tests.people import person
from operations.jobs import Wait
from operations.lease import Run
from operations.models import Job
from requests_app import actions, asking, deciding, handover
from requests_app.models import MediaRequest
from requests_app.tests.fetched import (
    ANNA,
    BEN,
    a_series,
    approved,
    connect,
    known_there,
    later,
    look_again,
    now,
    story,
    work,
)
from sandbox.overseerr import MediaStatus, Overseerr, Permission, RequestStatus, rules
from sandbox.switches import Mode
from services.providers.overseerr import fetching


# --- once ---------------------------------------------------------------------------------------------------------------------
def test_an_approved_film_is_handed_over_in_the_name_of_who_asked(
    each_version: Overseerr, anna: User, moderator: User
) -> None:
    wish = approved(known_there(anna, ANNA), moderator)
    work()

    (there,) = each_version.requests
    assert (there.media.tmdb_id, there.is4k, there.requested_by.plex_username) == (278, False, "anna")
    assert there.status is RequestStatus.APPROVED
    assert now(wish).overseerr_id == there.request_id
    assert story(wish)[:3] == ["requested", "approved", "handed_over"]


def test_seasons_are_handed_over_as_they_were_approved(each_version: Overseerr, anna: User, moderator: User) -> None:
    wish = approved(known_there(anna, ANNA), moderator, a_series(), seasons=[1, 3])
    work()
    assert [one.number for one in each_version.requests[0].seasons] == [1, 3]
    assert now(wish).overseerr_id == each_version.requests[0].request_id


def test_handing_over_again_makes_no_second_request(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = approved(anna, moderator)
    work()
    MediaRequest.objects.filter(pk=wish.pk).update(overseerr_id=None, status="approved")
    Job.objects.all().delete()
    handover.hand_over(Run(Job()), wish.pk)
    assert len(newest.requests) == 1
    assert now(wish).overseerr_id == newest.requests[0].request_id


def test_a_crash_between_sending_and_writing_makes_no_second_request(
    each_version: Overseerr, anna: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = approved(anna, moderator, a_series(), seasons=[1, 2])
    with monkeypatch.context() as broken:
        broken.setattr(handover, "_note", lambda *told: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            handover.hand_over(Run(Job()), wish.pk)
    assert (len(each_version.requests), now(wish).overseerr_id) == (1, None)

    work()
    assert len(each_version.requests) == 1
    assert now(wish).overseerr_id == each_version.requests[0].request_id


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_make_one_request(newest: Overseerr) -> None:
    newest.control({"race_window": 0.3})
    wish = approved(person("wendy"), person("max"))
    at_once(*[lambda: handover.hand_over(Run(Job()), wish.pk)] * 3)
    assert len(newest.requests) == 1


def test_what_somebody_asked_for_there_already_is_taken_over(
    newest: Overseerr, anna: User, ben: User, moderator: User
) -> None:
    first = approved(known_there(anna, ANNA), moderator)
    work()
    MediaRequest.objects.filter(pk=first.pk).update(status="cancelled", overseerr_id=None)
    second = approved(known_there(ben, BEN), moderator)
    work()
    assert len(newest.requests) == 1
    assert now(second).overseerr_id == newest.requests[0].request_id


# --- in whose name ------------------------------------------------------------------------------------------------------------
def test_people_without_plex_id_are_found_by_address_and_others_ask_as_the_owner(
    newest: Overseerr, anna: User, ben: User, moderator: User
) -> None:
    anna.email = "Anna@nest.example"
    anna.save()
    approved(anna, moderator)
    approved(ben, moderator, a_series(), seasons=[1])
    work()
    assert [one.requested_by.plex_username for one in newest.requests] == ["anna", "olive"]


def test_all_requests_can_go_under_one_account(alone: Overseerr, anna: User, moderator: User) -> None:
    connect(alone, ask_as="account", account=2)
    approved(known_there(anna, ANNA), moderator)
    work()
    assert [one.requested_by.plex_username for one in alone.requests] == ["ben"]


def test_4k_is_handed_over_as_such(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = approved(anna, moderator)
    MediaRequest.objects.filter(pk=wish.pk).update(is_4k=True)
    work()
    assert newest.requests[0].is4k is True


# --- away, and back -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("trouble", ["down", "tmdb", "csrf", "key"])
def test_what_keeps_overseerr_from_taking_it_is_waited_for_and_then_it_goes_once(
    newest: Overseerr, anna: User, moderator: User, trouble: str
) -> None:
    wish = approved(known_there(anna, ANNA), moderator)
    key = newest.settings.api_key
    newest.control({"tmdb_down": trouble == "tmdb", "csrf": trouble == "csrf"})
    newest.settings.api_key = "another" if trouble == "key" else key
    if trouble == "down":
        newest.turn(Mode.DOWN)
    work()
    assert newest.requests == []
    assert now(wish).status == "approved"
    assert handover.waiting_for(now(wish))
    assert "Overseerr" in handover.waiting_for(now(wish))

    newest.turn(Mode.UP)
    newest.control({"tmdb_down": False, "csrf": False})
    newest.settings.api_key = key
    later()
    assert len(newest.requests) == 1
    assert handover.waiting_for(now(wish)) == ""
    assert Job.objects.get(kind="requests.hand_over").failures == 0


def test_an_overseerr_that_hangs_is_waited_for(
    newest: Overseerr, anna: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = approved(anna, moderator)
    monkeypatch.setattr(fetching, "_READ", Limits(connect=0.3, total=0.3))
    newest.turn(Mode.HANG, 20)
    with pytest.raises(Wait):
        handover.hand_over(Run(Job()), wish.pk)


def test_without_overseerr_it_stays_with_the_moderators_and_goes_when_one_is_connected(
    alone: Overseerr, anna: User, moderator: User
) -> None:
    wish = approved(anna, moderator)
    work()
    assert (now(wish).status, alone.requests, handover.waiting_for(now(wish))) == ("approved", [], "")

    connect(alone)
    handover.waiting()
    work()
    assert now(wish).overseerr_id == alone.requests[0].request_id


# --- no -----------------------------------------------------------------------------------------------------------------------
def test_a_refusal_fails_the_request_with_its_reason_and_can_be_tried_again(
    each_version: Overseerr, anna: User, moderator: User
) -> None:
    wish = approved(known_there(anna, ANNA), moderator)
    each_version.permit("anna", int(Permission.REQUEST_TV))
    work()
    failed = now(wish)
    assert (failed.status, each_version.requests) == ("failed", [])
    assert failed.failure_reason == "This account may not ask for that in Overseerr."

    each_version.permit("anna", int(Permission.REQUEST))
    deciding.try_again(request=failed, by=anna)
    work()
    assert now(wish).status in ("approved", "processing")
    assert now(wish).failure_reason == ""
    assert len(each_version.requests) == 1


def test_seasons_that_are_there_already_are_told(newest: Overseerr, anna: User, moderator: User) -> None:
    newest.set_media_status(92003, "tv", 5)
    wish = approved(anna, moderator, a_series(), seasons=[1])
    work()
    assert now(wish).status == "failed"
    assert "asked for already" in now(wish).failure_reason


def test_an_error_of_its_own_is_tried_a_few_times(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = approved(anna, moderator)
    newest.turn(Mode.ERROR)
    work()
    assert now(wish).status == "approved"
    for _ in range(4):
        later()
    assert now(wish).status == "failed"
    assert "error of its own" in now(wish).failure_reason


def test_only_what_failed_after_an_approval_is_tried_again(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = approved(anna, moderator)
    with pytest.raises(deciding.CannotDecide):
        deciding.try_again(request=wish, by=anna)


# --- no longer wanted ---------------------------------------------------------------------------------------------------------
def test_what_is_declined_here_is_declined_there(each_version: Overseerr, anna: User, moderator: User) -> None:
    wish = approved(anna, moderator)
    work()
    deciding.decline(request=now(wish), by=moderator, reason="Too long")
    work()
    assert each_version.requests[0].status is RequestStatus.DECLINED

    deciding.approve(request=now(wish), by=moderator)
    work()
    assert [one.status for one in each_version.requests] == [RequestStatus.APPROVED]


def test_what_is_called_off_or_deleted_here_is_gone_there(
    newest: Overseerr, anna: User, ben: User, moderator: User
) -> None:
    called_off, deleted = approved(anna, moderator), approved(ben, moderator, a_series(), seasons=[1])
    work()
    deciding.cancel(request=now(called_off), by=anna)
    actions.put_away(request=now(deleted), by=moderator)
    work()
    assert newest.requests == []
    assert (now(called_off).overseerr_id, now(deleted).overseerr_id) == (None, None)


def test_what_is_called_off_while_it_is_sent_is_taken_back(
    newest: Overseerr, anna: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = approved(anna, moderator)
    note = handover._note

    def meanwhile(request: MediaRequest, found: object) -> None:
        deciding.cancel(request=now(wish), by=anna)
        note(request, found)  # type: ignore[arg-type]

    monkeypatch.setattr(handover, "_note", meanwhile)
    work()
    assert newest.requests == []
    assert now(wish).status == "cancelled"


def test_music_is_not_handed_over(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = asking.wish(user=anna, kind="music", title="Kind of Blue", creator="Miles Davis").request
    assert wish is not None
    deciding.approve(request=wish, by=moderator)
    assert not Job.objects.filter(kind="requests.hand_over").exists()


# --- deleted here, and brought back -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("withdrawn", [True, False], ids=["after it was withdrawn", "before"])
def test_what_was_deleted_on_its_way_and_comes_back_is_fetched_and_followed_again(
    each_version: Overseerr, anna: User, moderator: User, withdrawn: bool
) -> None:
    wish = approved(anna, moderator)
    work()
    each_version.advance(now(wish).overseerr_id or 0)
    look_again()
    assert now(wish).status == "processing"

    actions.put_away(request=now(wish), by=moderator)
    if withdrawn:
        work()
        assert each_version.requests == []
    actions.restore(request=now(wish), by=moderator)
    work()
    (there,) = each_version.requests
    assert (now(wish).overseerr_id, there.status.name) == (there.request_id, "APPROVED")

    for _ in range(2):
        each_version.advance(there.request_id)
    look_again()
    assert now(wish).status == "available"


def test_seasons_that_came_before_it_was_deleted_are_not_asked_for_again(
    newest: Overseerr, anna: User, moderator: User
) -> None:
    wish = approved(anna, moderator, a_series(), seasons=[1, 2])
    work()
    for _ in range(2):
        newest.advance(now(wish).overseerr_id or 0)
    look_again()
    assert now(wish).status == "partially_available"
    actions.put_away(request=now(wish), by=moderator)
    work()
    newest.settings.set_seasons(newest.media[-1], MediaStatus.UNKNOWN, [2])
    actions.restore(request=now(wish), by=moderator)
    work()
    assert [one.number for one in newest.requests[0].seasons] == [2]


# --- traps ------------------------------------------------------------------------------------------------------------------
def test_what_a_watchlist_asked_for_and_was_declined_there_is_approved_there(
    each_version: Overseerr, anna: User, moderator: User
) -> None:
    """It would be refused for ever as asked for already."""
    with each_version.settings.lock:
        body = {"mediaType": "movie", "mediaId": 278, "is4k": False}
        old = rules.create(each_version.settings, each_version.user("anna"), body)
        old.is_auto = True
        rules.decline(each_version.settings, old, each_version.user("olive"))
    wish = approved(known_there(anna, ANNA), moderator)
    work()
    assert [one.status for one in each_version.requests] == [RequestStatus.APPROVED]
    assert (now(wish).status, now(wish).overseerr_id) == ("approved", old.request_id)


def test_what_may_not_be_deleted_there_is_tried_a_few_times(newest: Overseerr, anna: User, moderator: User) -> None:
    """Overseerr says 401 then, though the key is right."""
    wish = approved(known_there(anna, ANNA), moderator)
    work()
    newest.permit("olive", int(Permission.REQUEST))
    deciding.cancel(request=now(wish), by=anna)
    work()
    job = Job.objects.get(kind="requests.withdraw")
    assert (job.error_code, job.error_text) == ("not_withdrawn", "Overseerr does not let this request be deleted.")
    newest.permit("olive", int(Permission.ADMIN))
    later()
    assert newest.requests == []


def test_a_title_that_was_there_and_is_deleted_does_not_unsettle_a_finished_request(
    each_version: Overseerr, anna: User, moderator: User
) -> None:
    wish = approved(anna, moderator)
    work()
    for _ in range(2):
        each_version.advance(now(wish).overseerr_id or 0)
    look_again()
    each_version.requests[0].media.status = MediaStatus.DELETED
    look_again()
    assert now(wish).status == "available"


def test_with_csrf_protection_its_page_says_what_to_switch_off(newest: Overseerr, anna: User, moderator: User) -> None:
    wish = approved(anna, moderator)
    newest.control({"csrf": True})
    work()
    assert "switch its CSRF protection off" in handover.waiting_for(now(wish))
