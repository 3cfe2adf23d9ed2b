"""What can stand in a wish's way, and what people are told then: limits, outages, and what does not play well."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pickle
import re
from collections.abc import Callable, Iterator

import pytest
import redis
from playwright.sync_api import expect

from medianest.lib.breaker import Reading
from medianest.tests.journeys.wanting.conftest import At
from medianest.tests.journeys.wanting.screens import DESKTOP, PHONE, PLAIN, Outside, Screen, film, series
from tools.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
Limit = Callable[..., None]
CARL = "(select id from users where username = 'carl')"


@pytest.fixture
def limits(house: House) -> Iterator[Limit]:
    """What an administrator sets for Carl: `quota` of films in seven days, `age`. Taken away afterwards."""

    def set_for_carl(*, quota: int | None = None, age: int | None = None) -> None:
        if quota is not None:
            used = f"select count(*) from media_requests where user_id = {CARL} and media_type = 'movie'"
            used += " and status not in ('declined', 'cancelled')"
            ((spent,),) = house.sql(used)
            house.sql(
                "insert into request_allowances (id, role, user_id, film_quota, created_at, updated_at)"
                f" values (gen_random_uuid(), '', {CARL}, %s, now(), now()) returning 1",
                spent + quota,
            )
        if age is not None:
            house.sql(
                "insert into age_limits (id, user_id, years, sees_unrated, created_at, updated_at)"
                f" values (gen_random_uuid(), {CARL}, %s, false, now(), now()) returning 1",
                age,
            )

    yield set_for_carl
    house.sql(f"delete from request_allowances where user_id = {CARL} returning 1")
    house.sql(f"delete from age_limits where user_id = {CARL} returning 1")


def forget_answers(house: House) -> None:
    """Let what TMDB and Overseerr said be forgotten, as it is after some days."""
    store = redis.Redis.from_url(house.secret("redis_url"))
    for key in store.scan_iter("*told:*", count=1000):
        store.delete(key)
    store.close()


def knock_again(house: House) -> None:
    """Ask services anew that did not answer, without the half minute of patience in between."""
    store = redis.Redis.from_url(house.secret("redis_url"))
    for key in store.scan_iter("*breaker:*", count=1000):
        if key.endswith(b":trial"):
            store.delete(key)
        else:  # not deleted: each process would go by what it remembers itself
            store.set(key, pickle.dumps(dataclasses.astuple(Reading())), keepttl=True)
    store.close()


@pytest.mark.parametrize(
    ("screen", "number"), [(PHONE, 91020), (DESKTOP, 91022), (PLAIN, 91024)], ids=["phone", "desktop", "plain"]
)
def test_a_quota_is_told_before_the_work_with_when_it_returns(
    at: At, limits: Limit, house: House, screen: Screen, number: int
) -> None:
    limits(quota=1)
    carl, last, too_many = at("carl", screen), film(number), film(number + 1)
    carl.opens(last)
    carl.sees(re.compile(r"1 of \d+ films left in 7 days"))
    carl.asks()
    carl.sees("A moderator decides")
    carl.opens(too_many)
    carl.sees("No more films for now: 0 of")
    counted = "media_type = 'movie' and status not in ('declined', 'cancelled')"
    ((first,),) = house.sql(f"select min(created_at) from media_requests where user_id = {CARL} and {counted}")
    back = first.astimezone(dt.UTC) + dt.timedelta(days=7)
    carl.sees(re.compile(rf"the next is free on \w+\.? {back.day}, {back.year}"))
    expect(carl.main.get_by_role("link", name="Request", exact=True)).to_have_count(0)


@pytest.mark.parametrize("screen", [PHONE, DESKTOP, PLAIN], ids=["phone", "desktop", "plain"])
def test_a_title_for_older_people_is_neither_offered_nor_opened(at: At, limits: Limit, screen: Screen) -> None:
    grown_up, carl = film(278), at("carl", screen)  # rated R
    carl.goes_to("/")
    carl.looks_for(grown_up.name)
    carl.sees(grown_up.name)
    limits(age=12)
    carl.looks_for(grown_up.name)
    carl.sees("Nothing found for")
    carl.opens(grown_up)
    carl.sees("This title is not open to you", "Whoever runs this server can change that.")
    expect(carl.main.get_by_role("link", name="Request", exact=True)).to_have_count(0)
    carl.finds(film(90010))  # Paper Astronauts: for everybody


@pytest.mark.parametrize("screen", [PHONE, DESKTOP, PLAIN], ids=["phone", "desktop", "plain"])
def test_while_overseerr_is_down_a_request_says_so_waits_and_goes_once(
    at: At, outside: Outside, house: House, screen: Screen
) -> None:
    wanted = film({PHONE: 91026, DESKTOP: 91027, PLAIN: 91028}[screen])
    anna, ben = at("anna", screen), at("ben", screen.other)
    outside.control.turn("overseerr", "down")
    anna.opens(wanted)
    anna.asks()
    anna.sees("A moderator decides")
    ben.opens_request(wanted, everybodys=True)
    ben.presses("Approve")
    ben.sees("Done")
    anna.opens_request(wanted)
    anna.sees_in_time("it goes on by itself as soon as Overseerr can take it")
    anna.goes_to("/requests/")
    anna.sees("it goes on by itself as soon as Overseerr can take it")

    anna.opens_request(wanted)
    outside.control.turn("overseerr", "up")
    knock_again(house)
    for _twice in range(2):
        house.hurry("requests.hand_over")
    outside.number_of(wanted)
    anna.sees_in_time("Handed over")
    anna.sees_no("as soon as Overseerr can")
    outside.look()
    assert [(one["by"], one["status"]) for one in outside.there(wanted)] == [("anna", "APPROVED")]


@pytest.mark.parametrize("screen", [PHONE, DESKTOP, PLAIN], ids=["phone", "desktop", "plain"])
def test_while_tmdb_is_down_search_and_pages_live_on_what_is_known(
    at: At, outside: Outside, house: House, screen: Screen
) -> None:
    known, anna = series(92007), at("anna", screen)  # The Conservatory
    anna.opens(known)
    anna.sees(known.overview)
    age = "update media_items set fetched_at = now() - interval '73 hours' where tmdb_id = %s and media_type = 'tv'"
    house.sql(f"{age} returning 1", known.tmdb_id)
    outside.control.turn("tmdb", "down")
    outside.control.control("overseerr", {"tmdb_down": True})  # it has its facts from there
    forget_answers(house)

    anna.looks_for("consevatory")
    anna.sees("Only what MediaNest knows already can be searched just now.", known.name)
    anna.main.locator('a[href="/title/tv/92007"]').first.click()
    anna.sees(known.overview, re.compile(r"what MediaNest knew last, 3\s+days, 1\s+hour ago"))
    anna.opens(film(91033))
    anna.sees("Nobody can tell about this just now", "Nothing is lost")

    outside.control.turn("tmdb", "up")
    outside.control.control("overseerr", {"tmdb_down": False})
    knock_again(house)
    forget_answers(house)
    anna.opens(known)
    anna.sees(known.overview)
    anna.sees_no("knew last")
    ((fresh,),) = house.sql("select fetched_at > now() - interval '1 hour' from media_items where tmdb_id = 92007")
    assert fresh


@pytest.mark.parametrize(
    ("screen", "season"),
    [(PHONE, "Season 1"), (DESKTOP, "Season 2"), (PLAIN, "Season 3")],
    ids=["phone", "desktop", "plain"],
)
def test_a_problem_is_reported_answered_and_resolved(at: At, screen: Screen, season: str) -> None:
    held, anna, ben = series(90008), at("anna", screen), at("ben", screen.other)  # Tidewater
    anna.opens(held)
    anna.follows("Report a problem")
    anna.main.get_by_label("What").select_option(label="sound")
    anna.main.get_by_label("Season").select_option(label=season)
    anna.main.get_by_label("Episode").fill("2")
    anna.main.get_by_label("In words").fill("The voices come a second late.")
    anna.presses("Report it")
    anna.sees("Reported.", "The voices come a second late.", "episode 2")

    ben.goes_to("/requests/problems/")
    ben.main.get_by_role("listitem").filter(has_text=season.lower()).get_by_role("link").first.click()
    ben.sees("The voices come a second late.", "Anna")
    ben.main.get_by_label("Answer").fill("I am getting another copy.")
    ben.presses("Send")
    ben.sees("What was said", "I am getting another copy.")

    anna.page.reload()
    anna.sees("I am getting another copy.", "Ben")
    ben.main.get_by_label("Answer").fill("The new copy is there.")
    ben.presses("It plays well now")
    ben.sees("resolved", "The new copy is there.")
    anna.goes_to("/requests/problems/?which=all")
    row = anna.main.get_by_role("listitem").filter(has_text=season.lower())
    expect(row).to_contain_text("resolved")
    row.get_by_role("link").first.click()
    anna.sees("resolved", "The new copy is there.")
    expect(anna.main.get_by_role("button", name="It is still so")).to_be_visible()
