"""Making people of Plex's guests beforehand."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import jobs
from accounts.models import User
from accounts.tests.plex.conftest import Visitor
from accounts.tests.plex.test_checking import check
from operations.models import Job, JobState
from operations.runner import work

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, START, PROGRESS, AGAIN = (
    "/account/import/",
    "/account/import/start/",
    "/account/import/progress/",
    "/account/import/look/",
)


def run() -> Job:
    work("default")
    return Job.objects.get(kind=jobs.IMPORT)


def from_plex() -> set[int | None]:
    return set(User.objects.filter(plex_id__isnull=False).values_list("plex_id", flat=True))


def test_all_at_once_brings_everybody_but_those_who_have_not_accepted(visitor: Visitor, administrators: Client) -> None:
    assert administrators.post(START, {"all": "1"}).headers["Location"] == PAGE
    job = run()
    assert (job.state, job.progress) == (JobState.DONE, {"done": 5, "of": 5, "added": 5})
    assert from_plex() == {1001, 1002, 1003, 1004, 1005}
    assert User.objects.get(plex_id=1002).email == "ben@nest.example"
    assert User.objects.get(plex_id=1005).email is None
    assert "5 people were added." in administrators.get(PAGE).content.decode()


def test_the_chosen_ones_alone_are_brought_and_come_in_as_themselves(visitor: Visitor, administrators: Client) -> None:
    check()
    page = administrators.get(PAGE).content.decode()
    assert 'name="guest" value="1002"' in page
    administrators.post(START, {"guest": ["1002", "1005"]})
    run()
    assert from_plex() == {1002, 1005}
    ben = User.objects.get(plex_id=1002)
    visitor.enter("ben")
    assert User.objects.get(plex_id=1002).pk == ben.pk


@pytest.mark.parametrize("chosen", [["1007"], ["1006"], ["999999"], ["x", "-1", "1e3", "٣", "9" * 30]])
def test_whoever_is_not_a_guest_is_not_made_one(visitor: Visitor, administrators: Client, chosen: list[str]) -> None:
    administrators.post(START, {"guest": chosen})
    work("default")
    assert from_plex() == set()


def test_importing_twice_adds_nobody_twice(visitor: Visitor, administrators: Client) -> None:
    for _ in range(2):
        administrators.post(START, {"all": "1"})
        job = run()
    assert job.progress["added"] == 0
    assert "Everybody was here already." in administrators.get(PAGE).content.decode()


def test_whom_an_administrator_deleted_is_not_brought_back(
    visitor: Visitor, administrators: Client, administrator: User
) -> None:
    from accounts.actions import delete_people  # noqa: PLC0415  (only here)

    visitor.enter("ben")
    delete_people(by=administrator, people=[User.objects.get(plex_id=1002)])
    administrators.post(START, {"all": "1"})
    run()
    assert not User.objects.present().filter(plex_id=1002).exists()


def test_while_plex_is_away_it_says_so_and_tries_again(visitor: Visitor, administrators: Client) -> None:
    visitor.plextv.turn("error")
    administrators.post(START, {"all": "1"})
    job = run()
    assert (job.state, job.error_code) == (JobState.QUEUED, "plex_away")
    page = administrators.get(PROGRESS)
    assert "plex.tv" in page.content.decode()
    assert "HX-Refresh" not in page.headers


def test_the_moving_part_asks_for_the_whole_page_at_the_end(visitor: Visitor, administrators: Client) -> None:
    administrators.post(START, {"all": "1"})
    assert "hx-get" in administrators.get(PROGRESS).content.decode()
    run()
    answer = administrators.get(PROGRESS)
    assert answer.headers["HX-Refresh"] == "true"
    assert "hx-get" not in answer.content.decode()


def test_it_is_for_administrators(visitor: Visitor, annas: Client, moderators: Client, stranger: Client) -> None:
    for client, status in ((annas, 403), (moderators, 403), (stranger, 302)):
        assert client.get(PAGE).status_code == client.get(PROGRESS).status_code == status
        assert client.post(START, {"all": "1"}).status_code == client.post(AGAIN).status_code == status
    assert not Job.objects.filter(kind=jobs.IMPORT).exists()


def test_reading_the_list_now_is_promised(visitor: Visitor, administrators: Client) -> None:
    administrators.post(AGAIN)
    work("default")
    assert "Ben" in administrators.get(PAGE).content.decode()


def test_a_long_list_costs_no_more_queries(
    visitor: Visitor, administrators: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    visitor.plextv.control({"crowd": 60})
    check()
    with django_assert_max_num_queries(8):
        page = administrators.get(PAGE)
    assert page.content.decode().count('name="guest"') == 66
