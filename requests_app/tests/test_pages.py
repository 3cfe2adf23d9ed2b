from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from catalog.models import LibraryShare, MediaItem
from catalog.tests.rows import item as library_item
from catalog.tests.rows import stored_section, stored_title
from medianest.tests.people import SCOPE, browser_of, person
from operations.jobs import promise
from operations.models import Job
from requests_app import promises
from requests_app.models import MediaRequest, RequestAllowance, RequestFollower
from requests_app.tests.rows import stored_film, stored_series
from sandbox.tmdb import Tmdb


def text(client: Client, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def post(client: Client, address: str, **data: Any) -> str:
    """The page that a form leads to."""
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def of(user: User, **said: Any) -> MediaRequest:
    return stored_film(user=user, created_by=user, media_item=stored_title(), **said)


# --- asking ---------------------------------------------------------------------------------------------------------------
def test_a_film_goes_from_its_page_to_a_request_and_back(annas: Client, anna: User, tmdb: Tmdb) -> None:
    RequestAllowance.objects.create(role="USER", film_quota=4)
    page = text(annas, "/title/movie/550")
    assert "/requests/ask/movie/550" in page
    assert "4 of 4 films left in 7 days" in page

    after = post(annas, "/requests/ask/movie/550", note="the director&apos;s cut")
    assert "A moderator decides" in after
    assert "My request" in after
    request = MediaRequest.objects.get()
    assert (request.user, request.tmdb_id, request.status) == (anna, 550, "pending")
    assert "requested" in text(annas, "/search?q=fight")


def test_another_person_sees_who_asked_and_how_far_it_is_and_follows(annas: Client, ben: User, tmdb: Tmdb) -> None:
    bens = browser_of(ben)
    text(bens, "/title/movie/550")
    post(bens, "/requests/ask/movie/550")
    page = text(annas, "/title/movie/550")
    assert "I want this, too" in page
    assert "Requested by Ben" in page
    assert "waiting for approval" in page
    assert "@" not in page.partition("<main")[2]
    assert "You follow along" in post(annas, "/requests/ask/movie/550")
    assert "Fight Club" in text(annas, "/requests/")


def test_seasons_are_chosen_with_those_taken_marked(annas: Client, ben: User, tmdb: Tmdb) -> None:
    bens = browser_of(ben)
    text(bens, "/title/tv/1396")
    post(bens, "/requests/ask/tv/1396", seasons=["1", "2"])
    page = text(annas, "/title/tv/1396")
    assert page.count("disabled") == 2
    assert "Asked for." in post(annas, "/requests/ask/tv/1396", seasons=["2", "3"])
    assert "seasons 1\u20132" in text(bens, "/requests/")
    assert "season 3" in text(annas, "/requests/")


def test_a_refusal_is_shown_on_the_titles_page(annas: Client, tmdb: Tmdb) -> None:
    RequestAllowance.objects.create(role="USER", film_quota=0)
    text(annas, "/title/movie/550")
    assert "0 of them are left" in post(annas, "/requests/ask/movie/550")
    assert not MediaRequest.objects.exists()


def test_a_quota_that_is_used_up_is_told_instead_of_the_button(annas: Client, anna: User, tmdb: Tmdb) -> None:
    RequestAllowance.objects.create(role="USER", film_quota=1, season_quota=2)
    of(anna, title="Another film")
    page = text(annas, "/title/movie/550")
    assert "/requests/ask/movie/550" not in page
    assert "No more films for now: 0 of 1 films left in 7 days; the next is free on " in page
    assert text(annas, "/title/tv/1396").count(" checked") == 2  # as many as are left


def test_a_moderator_asks_for_somebody_else(moderators: Client, anna: User, tmdb: Tmdb) -> None:
    text(moderators, "/title/movie/550")
    assert "Nobody here is called" in post(moderators, "/requests/ask/movie/550", person="nobody")
    post(moderators, "/requests/ask/movie/550", person="Anna")
    request = MediaRequest.objects.get()
    assert (request.user, request.status) == (anna, "approved")
    assert request.created_by != anna


def test_a_viewer_cannot_ask_in_anothers_name(annas: Client, anna: User, ben: User, tmdb: Tmdb) -> None:
    text(annas, "/title/movie/550")
    post(annas, "/requests/ask/movie/550", person="ben")
    assert MediaRequest.objects.get().user == anna


def test_a_title_nobody_has_looked_at_is_404(annas: Client) -> None:
    assert annas.post("/requests/ask/movie/550").status_code == 404


def test_music_and_books_are_wished_for(annas: Client) -> None:
    assert "This field is required" in post(annas, "/requests/wish", kind="book", title="")
    assert "Sea Room" in post(annas, "/requests/wish", kind="book", title="Sea Room", creator="A. Nicolson")


# --- looking --------------------------------------------------------------------------------------------------------------
def test_everyone_sees_their_own_and_moderators_all(annas: Client, anna: User, ben: User, moderators: Client) -> None:
    mine, other = of(anna, title="Mine"), of(ben, title="Other")
    page = text(annas, "/requests/")
    assert "Mine" in page
    assert "Other" not in page
    assert annas.get(f"/requests/{other.pk}").status_code == 404
    assert annas.get("/requests/all").status_code == 403
    assert "Mine" in text(annas, f"/requests/{mine.pk}")
    everything = text(moderators, "/requests/all")
    assert "Mine" in everything
    assert "Other" in everything
    assert "Other" in text(moderators, f"/requests/{other.pk}")


def test_strangers_see_nothing(client: Client, anna: User) -> None:
    for address in ("/requests/", "/requests/all", f"/requests/{of(anna).pk}", "/requests/mine.csv", "/requests/wish"):
        assert client.get(address).status_code == 302


def test_lists_are_filtered_and_searched(annas: Client, anna: User) -> None:
    of(anna, title="Waiting One")
    of(anna, title="Declined One", status="declined", decline_reason="No room for it")
    assert "Declined One" not in text(annas, "/requests/?status=open")
    assert "No room for it" in text(annas, "/requests/?status=declined")
    assert "Waiting One" in text(annas, "/requests/?q=waiting")
    assert "Nothing like that" in text(annas, "/requests/?q=zzz")
    assert "Waiting One" in text(annas, "/requests/?status=nonsense")


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_costs_the_same_however_long(
    annas: Client, anna: User, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        of(anna)
    with django_assert_max_num_queries(8 + SCOPE):
        text(annas, "/requests/")


def test_what_was_written_is_shown_as_text(annas: Client, anna: User) -> None:
    wish = of(anna, note="<script>x</script>", status="declined", decline_reason="<b>no</b>")
    page = text(annas, f"/requests/{wish.pk}")
    assert "<script>x" not in page
    assert "<b>no" not in page


def test_what_can_be_played_leads_to_plex(annas: Client, anna: User) -> None:
    wish = of(anna, status="available", completed_at=timezone.now())
    assert "Play on Plex" not in text(annas, f"/requests/{wish.pk}")
    section = stored_section(type="movie")
    LibraryShare.objects.create(section=section, user=anna)
    library_item(section, type="movie", tmdb_id=wish.tmdb_id).save()
    assert "Play on Plex" in text(annas, f"/requests/{wish.pk}")


def test_a_row_tells_what_is_loaded_and_what_it_waits_for(annas: Client, anna: User, moderators: Client) -> None:
    loading = of(anna, status="processing")
    cache.set(f"requests.progress:{loading.pk}", 0.4)
    assert "40 % loaded." in text(annas, "/requests/")
    waiting = of(anna, status="approved")
    job = promise(promises.HAND_OVER, key=promises.hand_over_key(waiting.pk), args={})
    Job.objects.filter(pk=job.pk).update(error_text="Overseerr does not answer.")
    assert "it goes on by itself as soon as Overseerr can take it." in text(annas, "/requests/")
    assert "Overseerr does not answer" not in text(annas, "/requests/")
    assert "as soon as Overseerr can take it. Overseerr does not answer." in text(moderators, "/requests/all")


def test_what_one_calls_off_goes_on_for_whoever_follows(annas: Client, bens: Client, anna: User, ben: User) -> None:
    wish = of(anna)
    RequestFollower.objects.create(request=wish, user=ben)
    assert "Done" in post(annas, f"/requests/{wish.pk}/cancel")
    assert MediaRequest.objects.get(pk=wish.pk).user == ben
    assert not RequestFollower.objects.exists()
    assert "Done" in post(bens, f"/requests/{wish.pk}/cancel")


# --- deciding -------------------------------------------------------------------------------------------------------------
def test_a_moderator_approves_and_the_story_tells(moderators: Client, anna: User, annas: Client) -> None:
    wish = of(anna)
    assert "Done" in post(moderators, f"/requests/{wish.pk}/approve")
    page = text(annas, f"/requests/{wish.pk}")
    assert "Approved" in page
    assert "Mona" in page


def test_a_declined_request_tells_why(moderators: Client, anna: User, annas: Client) -> None:
    wish = of(anna)
    assert "Say why" in post(moderators, f"/requests/{wish.pk}/decline", reason="")
    post(moderators, f"/requests/{wish.pk}/decline", reason="There is a better cut.")
    assert "There is a better cut." in text(annas, f"/requests/{wish.pk}")
    assert "There is a better cut." in text(annas, "/requests/")


@pytest.mark.parametrize("doing", ["approve", "decline", "there"])
def test_viewers_decide_nothing(annas: Client, anna: User, doing: str) -> None:
    wish = of(anna)
    assert annas.post(f"/requests/{wish.pk}/{doing}", {"reason": "x"}).status_code == 404
    wish.refresh_from_db()
    assert wish.status == "pending"


def test_one_calls_off_ones_own_but_not_anothers(annas: Client, anna: User, ben: User) -> None:
    mine, other = of(anna), of(ben)
    assert "Done" in post(annas, f"/requests/{mine.pk}/cancel")
    assert annas.post(f"/requests/{other.pk}/cancel").status_code == 404
    fetched = of(anna, status="processing")
    assert "being fetched already" in post(annas, f"/requests/{fetched.pk}/cancel")


def test_one_takes_up_again_what_one_called_off(annas: Client, anna: User) -> None:
    wish = of(anna, status="cancelled")
    post(annas, f"/requests/{wish.pk}/take-up")
    wish.refresh_from_db()
    assert wish.status == "pending"
    no = of(anna, status="declined", decline_reason="No")
    assert "you cannot" in post(annas, f"/requests/{no.pk}/take-up")


def test_many_are_approved_at_once(moderators: Client, anna: User) -> None:
    wishes = [of(anna) for _ in range(3)]
    page = post(moderators, "/requests/all/decide", request=[str(w.pk) for w in wishes] + ["rubbish"], do="approve")
    assert "3 requests are approved" in page
    again = post(moderators, "/requests/all/decide", request=[str(wishes[0].pk)], do="decline", reason="late")
    assert "1 request is declined" in again
    assert "Tick the requests first" in post(moderators, "/requests/all/decide", do="approve")


@pytest.mark.parametrize(("first", "second"), [("approve", "decline"), ("decline", "approve")])
def test_who_decides_about_what_has_been_decided_meanwhile_is_told(
    moderators: Client, anna: User, first: str, second: str
) -> None:
    late = browser_of(person("olga", Role.MODERATOR))
    wish, another = of(anna), of(anna)
    shown = text(late, f"/requests/{wish.pk}")
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    ticked = text(late, "/requests/all").split('type="checkbox" name="request" value="')[2].split('"')[0]
    assert ticked.startswith(str(wish.pk))
    post(moderators, f"/requests/{wish.pk}/{first}", reason="first", seen=seen)
    told = post(late, f"/requests/{wish.pk}/{second}", reason="second", seen=seen)
    assert "Mona was faster" in told
    told = post(late, "/requests/all/decide", request=[ticked, f"{another.pk}:none"], do=second, reason="second")
    assert "Mona was faster" in told
    assert "1 request is" in told
    wish.refresh_from_db()
    assert wish.status == {"approve": "approved", "decline": "declined"}[first]

    now = text(late, f"/requests/{wish.pk}").split('name="seen" value="')[1].split('"')[0]
    post(late, f"/requests/{wish.pk}/{second}", reason="second", seen=now)  # knowing what was decided
    wish.refresh_from_db()
    assert wish.status == {"approve": "approved", "decline": "declined"}[second]


def test_seasons_are_taken_away_on_approval(moderators: Client, anna: User) -> None:
    item = MediaItem.objects.create(tmdb_id=1396, media_type="tv", title="Breaking Bad")
    wish = stored_series([1, 2], user=anna, created_by=anna, media_item=item)
    post(moderators, f"/requests/{wish.pk}/approve", seasons=["2"])
    assert [one.season_number for one in wish.seasons.all()] == [2]
