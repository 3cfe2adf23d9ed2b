"""Problems reach Overseerr's issues: each once, open or resolved as here."""

from __future__ import annotations

import pytest

from accounts.models import User
from catalog.tests.rows import stored_title
from requests_app import passing, problems
from requests_app.models import ProblemReport
from requests_app.tests.fetched import ANNA, known_there, later, work
from sandbox.overseerr import Overseerr
from sandbox.switches import Mode

FIGHT_CLUB = 550  # in the simulated library


def test_a_problem_is_passed_on_in_the_name_of_who_reported_it_and_resolved(
    each_version: Overseerr, anna: User, moderator: User
) -> None:
    film = stored_title(tmdb_id=FIGHT_CLUB, title="Fight Club")
    each_version.permit("anna", 32 | 4194304)
    problem = problems.report(user=known_there(anna, ANNA), item=film, kind="audio", message="Only noise")
    work()

    (issue,) = each_version.settings.issues
    assert (issue.issue_type, issue.comments[0].message) == (2, "Only noise")
    assert issue.created_by.plex_username == "anna"
    problem.refresh_from_db()
    assert problem.overseerr_id == issue.issue_id

    problems.resolve(problem=problem, by=moderator, answer="New copy")
    work()
    assert issue.status.name == "RESOLVED"
    problems.reopen(problem=problem)
    work()
    assert issue.status.name == "OPEN"


def test_a_crash_before_its_number_is_written_makes_no_second_issue(newest: Overseerr, anna: User) -> None:
    film = stored_title(tmdb_id=FIGHT_CLUB, title="Fight Club")
    problem = problems.report(user=anna, item=film, kind="video")
    work()
    ProblemReport.objects.filter(pk=problem.pk).update(overseerr_id=None)
    passing.pass_on(problem.pk)
    problem.refresh_from_db()
    assert [one.issue_id for one in newest.settings.issues] == [problem.overseerr_id]


def test_whose_account_may_not_report_there_is_spoken_for_by_the_owner(newest: Overseerr, anna: User) -> None:
    newest.permit("anna", 32)
    film = stored_title(tmdb_id=FIGHT_CLUB, title="Fight Club")
    problems.report(user=known_there(anna, ANNA), item=film, kind="video", message="Dark")
    work()
    assert [one.created_by.plex_username for one in newest.settings.issues] == ["olive"]


def test_overseerr_is_told_when_it_is_back(newest: Overseerr, anna: User) -> None:
    newest.turn(Mode.DOWN)
    problems.report(user=anna, item=stored_title(tmdb_id=FIGHT_CLUB), kind="other", message="?")
    work()
    assert newest.settings.issues == []
    newest.turn(Mode.UP)
    later()
    assert len(newest.settings.issues) == 1


@pytest.mark.parametrize("connected", [True, False])
def test_a_title_overseerr_does_not_know_stays_here(
    alone: Overseerr, anna: User, connected: bool, request: pytest.FixtureRequest
) -> None:
    if connected:
        request.getfixturevalue("newest")
    problem = problems.report(user=anna, item=stored_title(tmdb_id=278), kind="subtitles")
    work()
    problem.refresh_from_db()
    assert (alone.settings.issues, problem.overseerr_id) == ([], None)
