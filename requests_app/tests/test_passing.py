"""Problems reach Overseerr's issues: each once, open or resolved as here."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.tests.rows import stored_title
from operations.lease import Run
from operations.models import Job
from requests_app import passing, problems
from requests_app.models import ProblemReport
from requests_app.tests.fetched import ANNA, BEN, known_there, later, look_again, work
from sandbox.overseerr import Overseerr
from sandbox.overseerr.records import Comment, IssueStatus
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


# --- what is said about it ------------------------------------------------------------------------------------------------
def passed_on(user: User, message: str = "Only noise") -> ProblemReport:
    problem = problems.report(
        user=user, item=stored_title(tmdb_id=FIGHT_CLUB, title="Fight Club"), kind="audio", message=message
    )
    work()
    return again(problem)


def again(problem: ProblemReport) -> ProblemReport:
    return ProblemReport.objects.get(pk=problem.pk)


def said(problem: ProblemReport) -> list[str]:
    return list(problem.comments.order_by("created_at").values_list("message", flat=True))


def said_there(server: Overseerr) -> list[tuple[str | None, str]]:
    return [(one.user.plex_username, one.message) for one in server.settings.issues[0].comments]


def speak(server: Overseerr, by: str, message: str) -> None:
    """Somebody says something in Overseerr itself."""
    server.settings.issues[0].comments.append(Comment(server.settings.next_id(), server.user(by), message))


def test_comments_go_there_and_come_from_there_each_once(
    each_version: Overseerr, anna: User, ben: User, moderator: User
) -> None:
    each_version.permit("anna", 32 | 4194304)
    known_there(ben, BEN)
    problem = passed_on(known_there(anna, ANNA))
    problems.comment(problem=problem, user=anna, message="On the television, too")
    problems.comment(problem=problem, user=moderator, message="I look at it")
    work()
    speak(each_version, "ben", "Here as well")
    speak(each_version, "olive", "I fetch it anew")
    for _ in range(2):
        look_again()
        passing.pass_on(problem.pk)

    everything = ["On the television, too", "I look at it", "Here as well", "I fetch it anew"]
    assert said(problem) == everything
    assert said_there(each_version) == [
        ("anna", "Only noise"),
        ("anna", "On the television, too"),
        ("olive", "I look at it"),
        ("ben", "Here as well"),
        ("olive", "I fetch it anew"),
    ]
    told = problem.comments.order_by("created_at").values_list("user", "said_there")
    assert list(told) == [(anna.pk, False), (moderator.pk, False), (ben.pk, True), (None, True)]


def test_who_spoke_there_is_named_without_address(newest: Overseerr, anna: User, annas: Client) -> None:
    problem = passed_on(anna)
    newest.user("olive").username = None
    newest.user("olive").plex_username = None  # whose name in Overseerr is the address, then
    newest.settings.issues[0].comments.append(
        Comment(newest.settings.next_id(), newest.settings.users[1], "I fetch it anew")
    )
    look_again()
    page = annas.get(f"/requests/problems/{problem.pk}").content.decode()
    assert "I fetch it anew" in page
    assert "somebody in Overseerr" in page
    assert "olive@" not in page


def test_a_comment_that_was_sent_before_a_crash_is_not_sent_again(
    newest: Overseerr, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = passed_on(anna)
    problems.comment(problem=problem, user=anna, message="Still so")
    with monkeypatch.context() as broken:
        broken.setattr(passing, "_know_again", _breaks_after(2))
        with pytest.raises(ZeroDivisionError):
            passing.pass_on(problem.pk)
    assert [message for _by, message in said_there(newest)] == ["Only noise", "Still so"]
    look_again()
    passing.pass_on(problem.pk)
    assert [message for _by, message in said_there(newest)] == ["Only noise", "Still so"]
    assert said(problem) == ["Still so"]


def _breaks_after(calls: int) -> Any:
    know_again, left = passing._know_again, [calls]

    def breaks(*told: Any) -> Any:
        left[0] -= 1
        return know_again(*told) if left[0] else 1 / 0

    return breaks


def test_the_same_words_twice_are_said_twice(newest: Overseerr, anna: User) -> None:
    problem = passed_on(anna)
    for _ in range(2):
        problems.comment(problem=problem, user=anna, message="Still so")
        work()
    look_again()
    assert [message for _by, message in said_there(newest)] == ["Only noise", "Still so", "Still so"]
    assert said(problem) == ["Still so", "Still so"]


def test_an_answer_is_said_there_and_not_heard_back(newest: Overseerr, anna: User, moderator: User) -> None:
    problem = passed_on(anna)
    problems.resolve(problem=problem, by=moderator, answer="New copy")
    work()
    look_again()
    assert [message for _by, message in said_there(newest)] == ["Only noise", "New copy"]
    assert (said(problem), again(problem).status) == ([], "resolved")


# --- resolved and opened again there --------------------------------------------------------------------------------------
def settle_there(server: Overseerr, status: IssueStatus, by: str = "ben") -> None:
    server.settings.issues[0].status = status
    server.settings.issues[0].modified_by = server.user(by)


def test_what_is_resolved_or_opened_again_there_is_so_here(each_version: Overseerr, anna: User, ben: User) -> None:
    known_there(ben, BEN)
    problem = passed_on(anna)
    settle_there(each_version, IssueStatus.RESOLVED)
    look_again()
    resolved = again(problem)
    assert (resolved.status, resolved.resolved_by, resolved.resolved_at is not None) == ("resolved", ben, True)
    settle_there(each_version, IssueStatus.OPEN)
    look_again()
    opened = again(problem)
    assert (opened.status, opened.resolved_by, opened.resolved_at) == ("open", None, None)
    work()
    assert each_version.settings.issues[0].status is IssueStatus.OPEN


def test_what_was_not_passed_on_yet_is_not_undone(newest: Overseerr, anna: User, moderator: User) -> None:
    problem = passed_on(anna)
    newest.turn(Mode.DOWN)
    problems.resolve(problem=problem, by=moderator)
    work()
    newest.turn(Mode.UP)
    passing.hear(Run(Job()))
    assert again(problem).status == "resolved"
    later()
    assert newest.settings.issues[0].status is IssueStatus.RESOLVED
    assert again(problem).status == "resolved"


def test_what_was_reported_anew_meanwhile_stays_resolved(newest: Overseerr, anna: User, moderator: User) -> None:
    problem = passed_on(anna)
    problems.resolve(problem=problem, by=moderator)
    work()
    problems.report(user=anna, item=problem.media_item, kind="audio")
    settle_there(newest, IssueStatus.OPEN)
    passing.hear(Run(Job()))
    assert again(problem).status == "resolved"


def test_problems_are_looked_at_in_turn(newest: Overseerr, anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "AT_ONCE", 1)
    item = stored_title(tmdb_id=FIGHT_CLUB, title="Fight Club")
    both = [problems.report(user=anna, item=item, kind=kind) for kind in ("audio", "video")]
    work()
    for issue in newest.settings.issues:
        issue.status = IssueStatus.RESOLVED
    for _ in range(2):
        passing.hear(Run(Job()))
    assert {again(one).status for one in both} == {"resolved"}


def test_a_problem_that_is_gone_there_stays_here(newest: Overseerr, anna: User) -> None:
    problem = passed_on(anna)
    newest.settings.issues.clear()
    look_again()
    assert again(problem).status == "open"
