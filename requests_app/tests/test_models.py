"""Each rule of the requests' tables is broken once, and what follows from a change is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.models import Role, User
from medianest.lib.broken_rules import told_plainly
from medianest.tests.at_once import at_once
from medianest.tests.rules import assert_refused, rules_of
from requests_app.models import (
    OPEN,
    SEASON_TRANSITIONS,
    TRANSITIONS,
    ApprovalRule,
    MediaRequest,
    ProblemComment,
    RequestAllowance,
    RequestedSeason,
    RequestEvent,
    RequestFollower,
    RequestStatus,
    SeasonStatus,
)
from requests_app.tests.rows import film, problem, stored, stored_film, stored_series

pytestmark = pytest.mark.django_db


def film_twice() -> models.Model:
    stored_film(tmdb_id=550)
    return film(tmdb_id=550)


def book_twice() -> models.Model:
    stored(film(media_type="book", tmdb_id=None, title="Momo", creator="Michael Ende"))
    return film(media_type="book", tmdb_id=None, title="MOMO", creator="michael ende")


def adopted_twice() -> models.Model:
    stored_film(overseerr_id=7)
    return film(overseerr_id=7)


def same_key() -> models.Model:
    return film(pk=stored_film(tmdb_id=550, status="cancelled").pk, tmdb_id=550, status="cancelled")


def season_in_two_requests() -> models.Model:
    stored_series([1, 2])
    return RequestedSeason.of(stored_series([]), [2])[0]


def season_twice() -> models.Model:
    wish = stored_series([1])
    RequestedSeason.objects.update(status="available")
    return RequestedSeason.of(wish, [1])[0]


def season(**said: object) -> models.Model:
    made = RequestedSeason.of(stored_series([]), [1])[0]
    for name, value in said.items():
        setattr(made, name, value)
    return made


def followed_twice() -> models.Model:
    wish, someone = stored_film(), User.objects.create_user("someone")
    RequestFollower.objects.create(request=wish, user=someone)
    return RequestFollower(request=wish, user=someone)


def reported_twice() -> models.Model:
    someone = User.objects.create_user("someone")
    first = problem(someone)
    first.save()
    return problem(someone, media_item=first.media_item)


def issue_twice() -> models.Model:
    problem(overseerr_id=3).save()
    return problem(overseerr_id=3)


def said_twice() -> models.Model:
    about = problem()
    about.save()
    ProblemComment.objects.create(report=about, message="It stutters.", overseerr_id=7)
    return ProblemComment(report=about, message="It stutters.", overseerr_id=7)


def commented() -> models.Model:
    about = problem()
    about.save()
    return ProblemComment(report=about, message="")


def allowed_twice() -> models.Model:
    RequestAllowance.objects.create(role=Role.USER)
    return RequestAllowance(role=Role.USER)


def approval(**said: Any) -> ApprovalRule:
    return ApprovalRule(**{"name": "Films for all", "decision": "approve", **said})


BROKEN: dict[str, Callable[[], models.Model]] = {
    "requests_one_open_per_film": film_twice,
    "requests_one_open_per_work": book_twice,
    "requests_overseerr_unique": adopted_twice,
    "requests_status_known": lambda: film(status="lost"),
    "requests_type_known": lambda: film(media_type="game", tmdb_id=None),
    "requests_id_fits_type": lambda: film(tmdb_id=None),
    "requests_has_title": lambda: film(title=""),
    "requests_declined_with_reason": lambda: film(status="declined"),
    "requests_failed_with_reason": lambda: film(status="failed"),
    "requests_there_since": lambda: film(status="available"),
    "requested_seasons_unique": season_twice,
    "requested_seasons_one_open": season_in_two_requests,
    "requested_seasons_status_known": lambda: season(status="lost"),
    "requested_seasons_follow": lambda: season(tmdb_id=1),
    "request_followers_unique": followed_twice,
    "request_events_kind_known": lambda: RequestEvent(request=stored_film(), kind="dreamt"),
    "request_events_status_known": lambda: RequestEvent(request=stored_film(), kind="noted", new_status="lost"),
    "request_events_change_names_status": lambda: RequestEvent(request=stored_film(), kind="status"),
    "problems_reported_once": reported_twice,
    "problems_overseerr_unique": issue_twice,
    "problems_kind_known": lambda: problem(kind="smell"),
    "problems_status_known": lambda: problem(status="lost"),
    "problems_episode_has_season": lambda: problem(episode=3),
    "problems_resolved_when": lambda: problem(status="resolved"),
    "problems_overseerr_status_known": lambda: problem(overseerr_status="lost"),
    "problem_comments_said_once": said_twice,
    "problem_comments_not_empty": commented,
    "request_allowances_one_per_role": allowed_twice,
    "request_allowances_role_or_person": RequestAllowance,
    "request_allowances_role_known": lambda: RequestAllowance(role="BOSS"),
    "request_allowances_days_range": lambda: RequestAllowance(role=Role.USER, days=0),
    "approval_rules_has_name": lambda: approval(name=""),
    "approval_rules_decision_known": lambda: approval(decision="dream"),
    "approval_rules_type_known": lambda: approval(media_type="game"),
    "approval_rules_refuses_with_reason": lambda: approval(decision="refuse"),
    "approval_rules_years_in_order": lambda: approval(year_from=2020, year_to=1999),
}


def test_every_rule_is_tried() -> None:
    assert set(BROKEN) == rules_of("requests_app") - {"requests_seasons_key"}  # the primary key refuses first


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told_and_refused(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


def test_the_key_that_seasons_refer_to_is_unique() -> None:
    with pytest.raises(ValidationError, match="exists already"):
        same_key().validate_constraints()


@pytest.mark.parametrize("status", RequestStatus.values)
def test_only_open_requests_stand_in_the_way(status: str) -> None:
    reasons = {"decline_reason": "too long", "failure_reason": "no disk"}
    there = {"completed_at": timezone.now()} if status == "available" else {}
    first = stored_film(tmdb_id=550, status=status, **reasons, **there)
    first.refresh_from_db()
    assert first.is_open is (status in OPEN)
    if status in OPEN:
        with pytest.raises(ValidationError, match="follow that request"), told_plainly():
            stored_film(tmdb_id=550)
    else:
        assert stored_film(tmdb_id=550).is_open


def test_the_same_id_may_be_open_as_a_film_a_series_and_in_4k() -> None:
    stored_film(tmdb_id=605)
    stored_film(tmdb_id=605, is_4k=True)
    stored_series([1], tmdb_id=605)
    stored_series([1], tmdb_id=605, is_4k=True)
    assert MediaRequest.objects.for_title(605, "movie").open().count() == 2
    assert RequestedSeason.objects.taken(605).count() == 1


def test_two_books_of_one_title_by_two_authors_are_two_wishes() -> None:
    for creator in ("One", "Another"):
        stored_film(media_type="book", tmdb_id=None, title="Poems", creator=creator)
    assert MediaRequest.objects.open().count() == 2


def test_a_request_that_ends_frees_its_seasons_at_that_moment() -> None:
    first, second = stored_series([1, 2]), stored_series([])
    MediaRequest.objects.filter(pk=first.pk).update(status="cancelled")
    assert not RequestedSeason.objects.taken(1396).exists()
    RequestedSeason.objects.bulk_create(RequestedSeason.of(second, [2]))
    with pytest.raises(ValidationError, match="This season is asked for already"), told_plainly():
        MediaRequest.objects.filter(pk=first.pk).update(status="pending")
    MediaRequest.objects.filter(pk=second.pk).update(status="cancelled")
    MediaRequest.objects.filter(pk=first.pk).update(status="pending")
    assert set(RequestedSeason.objects.taken(1396).values_list("season_number", flat=True)) == {1, 2}


def test_a_season_that_is_there_may_be_asked_for_again() -> None:
    stored_series([1, 2])
    RequestedSeason.objects.numbered([1]).update(status="available")
    again = stored_series([1])
    assert again.seasons.get().season_number == 1


def test_a_request_takes_its_seasons_with_it() -> None:
    stored_series([1, 2]).delete()
    assert not RequestedSeason.objects.exists()


def test_a_handover_that_does_not_fit_is_named() -> None:
    with pytest.raises(ValidationError) as refused:
        film(handover={"tags": ["anime"], "colour": 1}).save()
    assert refused.value.message_dict == {
        "handover": ["“colour” is not known here.", "tags, entry 1: must be a whole number."]
    }


def test_a_departed_person_leaves_their_requests_behind(anna: User) -> None:
    wish = stored_film(user=anna, created_by=anna, decided_by=anna)
    anna.delete()
    wish.refresh_from_db()
    assert wish.user is None
    assert wish.created_by is None


def test_every_status_has_its_ways_and_no_way_leads_elsewhere() -> None:
    assert set(TRANSITIONS) == set(RequestStatus.values)
    assert set(SEASON_TRANSITIONS) == set(SeasonStatus.values)
    assert frozenset().union(*TRANSITIONS.values()) <= set(RequestStatus.values)
    assert frozenset().union(*SEASON_TRANSITIONS.values()) <= set(SeasonStatus.values)
    assert all(status not in ways for status, ways in TRANSITIONS.items())


@pytest.mark.parametrize(
    ("status", "goal", "may"),
    [
        ("pending", "approved", True),
        ("pending", "processing", False),
        ("declined", "pending", True),
        ("available", "pending", False),
        ("failed", "approved", True),
        ("cancelled", "available", False),
    ],
)
def test_a_request_knows_where_it_may_go(status: str, goal: str, may: bool) -> None:
    assert film(status=status).may_become(goal) is may


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_request() -> None:
    def ask() -> bool:
        with told_plainly():
            stored_film(tmdb_id=550)
        return True

    made = [result is True for result in at_once(*[ask] * 20, refusal=ValidationError)]
    assert sorted(made) == [False] * 19 + [True]
    assert MediaRequest.objects.count() == 1
