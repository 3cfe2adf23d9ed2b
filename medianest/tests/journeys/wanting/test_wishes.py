"""From a wish to “Play on Plex”, in real browsers: films, series, moderators, and people who want the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from medianest.tests.journeys.wanting.conftest import At
from medianest.tests.journeys.wanting.screens import DESKTOP, PHONE, PLAIN, Outside, Screen, film, series
from tools.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("screen", "number"), [(PHONE, 91001), (DESKTOP, 91002), (PLAIN, 91003)], ids=["phone", "desktop", "plain"]
)
def test_a_film_is_found_asked_for_approved_loaded_and_played(
    at: At, outside: Outside, screen: Screen, number: int
) -> None:
    wanted, anna, ben = film(number), at("anna", screen), at("ben", screen.other)
    anna.goes_to("/")
    anna.finds(wanted)
    anna.asks(note="For Friday evening.")
    anna.sees("A moderator decides")
    anna.follows("My request")
    anna.sees("waiting for approval", "For Friday evening.", "Asked for")

    ben.goes_to("/requests/all?status=pending")
    ben.follows(wanted.name)
    ben.sees("for Anna", "For Friday evening.")
    ben.presses("Approve")
    ben.sees("Done")

    outside.number_of(wanted)
    anna.sees_in_time("approved", "Handed over")
    outside.loads(wanted)
    anna.sees_in_time("on its way", "40 % loaded")
    expect(anna.main.get_by_role("progressbar")).to_have_attribute("value", "40.0")
    anna.goes_to("/requests/")
    anna.sees("40 % loaded")

    anna.opens_request(wanted)
    outside.arrives(wanted)
    outside.loads(wanted)
    anna.sees_in_time("there")
    expect(anna.main.get_by_role("link", name="Play on Plex")).to_have_attribute("href", re.compile("^http"))
    anna.sees_no("loaded")
    anna.finds(wanted)
    expect(anna.main.get_by_role("link", name="Play on Plex")).to_be_visible()
    expect(anna.main.get_by_role("link", name="Request", exact=True)).to_have_count(0)


@pytest.mark.parametrize(("screen", "number"), [(PHONE, 92013), (DESKTOP, 92014)], ids=["phone", "desktop"])
def test_a_series_is_asked_for_by_season_and_comes_in_parts(
    at: At, outside: Outside, screen: Screen, number: int
) -> None:
    wanted, anna, ben = series(number), at("anna", screen), at("ben", screen.other)
    outside.arrives(wanted, 1)
    anna.goes_to("/")
    anna.finds(wanted)
    anna.sees("In the library", re.compile(r"Season 1\s+whole"))
    anna.follows("Request seasons")
    dialog = anna.page.get_by_role("dialog")
    first = dialog.get_by_role("checkbox", name=re.compile("Season 1"))
    expect(first).to_be_disabled()
    expect(dialog).to_contain_text("in the library")
    anna.follows("Not now", within=dialog)
    expect(dialog).to_have_count(0)
    anna.asks(leaving_out=("Season 4",))
    anna.sees("A moderator decides")

    ben.opens_request(wanted, everybodys=True)
    ben.sees("seasons 2\u20133")
    ben.presses("Approve")
    ben.sees("Done")
    outside.number_of(wanted)
    assert [one["seasons"] for one in outside.there(wanted)] == [[2, 3]]

    anna.opens_request(wanted)
    outside.loads(wanted)
    anna.sees_in_time("Season 2: on its way", "Season 3: on its way")
    outside.arrives(wanted, 2)
    outside.loads(wanted)
    anna.sees_in_time("partly there", "Season 2: there", "Season 3: on its way")
    outside.arrives(wanted, 3)
    outside.loads(wanted)
    anna.sees_in_time("Season 2: there", "Season 3: there", "Play on Plex")
    anna.opens(wanted)
    anna.follows("Request seasons")
    expect(dialog.get_by_role("checkbox", name=re.compile("Season 3"))).to_be_disabled()
    expect(dialog.get_by_role("checkbox", name=re.compile("Season 4"))).to_be_enabled()


@pytest.mark.parametrize(
    ("screen", "number"), [(PHONE, 91004), (DESKTOP, 91005), (PLAIN, 91006)], ids=["phone", "desktop", "plain"]
)
def test_who_is_declined_reads_why(at: At, screen: Screen, number: int) -> None:
    wanted, anna, ben = film(number), at("anna", screen), at("ben", screen.other)
    anna.opens(wanted)
    anna.asks()
    anna.sees("A moderator decides")

    ben.opens_request(wanted, everybodys=True)
    ben.main.get_by_text("Decline…").click()
    ben.main.get_by_label("Why").fill("It comes to the cinema in March: let us go together.")
    ben.presses("Decline")
    ben.sees("declined", "let us go together")

    anna.goes_to("/requests/")
    row = anna.main.get_by_role("listitem").filter(has_text=wanted.name)
    expect(row).to_contain_text("declined")
    expect(row).to_contain_text("let us go together")
    anna.opens_request(wanted)
    anna.sees("declined", "It comes to the cinema in March: let us go together.", "Ben")
    anna.opens(wanted)
    expect(anna.main.get_by_role("link", name="Request", exact=True)).to_be_visible()  # another time


@pytest.mark.parametrize(("screen", "number"), [(PHONE, 91007), (DESKTOP, 91008)], ids=["phone", "desktop"])
def test_who_wants_the_same_joins_and_both_see_it_arrive(
    at: At, outside: Outside, house: House, screen: Screen, number: int
) -> None:
    wanted, anna, carl, ben = film(number), at("anna", screen), at("carl", screen.other), at("ben", DESKTOP)
    anna.opens(wanted)
    anna.asks()
    anna.sees("A moderator decides")
    carl.goes_to("/")
    carl.looks_for(wanted.name)
    carl.sees("requested")
    carl.finds(wanted)
    carl.sees("Requested by Anna")
    carl.presses("I want this, too")
    carl.sees("You follow along")
    assert house.sql("select count(*) from media_requests where tmdb_id = %s", number) == [(1,)]

    ben.opens_request(wanted, everybodys=True)
    ben.sees("1 more wants it, too")
    ben.presses("Approve")
    ben.sees("Done")
    carl.opens_request(wanted)
    anna.opens_request(wanted)
    outside.arrives(wanted)
    outside.loads(wanted)
    for person in (anna, carl):
        person.sees_in_time("there")
        expect(person.main.get_by_role("link", name="Play on Plex")).to_be_visible()
        person.goes_to("/")
        expect(person.main.get_by_role("listitem").filter(has_text=wanted.name).first).to_contain_text("there")


@pytest.mark.parametrize(
    ("screen", "first"), [(PHONE, 91009), (DESKTOP, 91012), (PLAIN, 91015)], ids=["phone", "desktop", "plain"]
)
def test_a_moderator_decides_about_many_at_once(at: At, house: House, screen: Screen, first: int) -> None:
    wanted, carl, ben = [film(first + n) for n in range(3)], at("carl", screen.other), at("ben", screen)
    for one in wanted:
        carl.opens(one)
        carl.asks()
        carl.sees("A moderator decides")
    ben.goes_to("/requests/all?status=pending")
    for one in wanted[:2]:
        ben.main.get_by_role("checkbox", name=f"Choose {one.name}").check()
    ben.presses("Approve")
    ben.sees("2 requests are approved.")
    ben.main.get_by_role("checkbox", name=f"Choose {wanted[2].name}").check()
    ben.presses("Decline")
    ben.sees("Say why: the person who asked will read it.")
    ben.main.get_by_role("checkbox", name=f"Choose {wanted[2].name}").check()
    ben.main.get_by_label("Why, when declining").fill("There is a better cut.")
    ben.presses("Decline")
    ben.sees("1 request is declined.")
    carl.goes_to("/requests/?status=declined")
    carl.sees(wanted[2].name, "There is a better cut.")
    decided = "select decline_reason from media_requests where tmdb_id between %s and %s order by tmdb_id"
    assert house.sql(decided, first, first + 2) == [("",), ("",), ("There is a better cut.",)]


@pytest.mark.parametrize(("screen", "number"), [(PHONE, 91018), (DESKTOP, 91019)], ids=["phone", "desktop"])
def test_of_two_moderators_one_decides_and_the_other_is_told(at: At, house: House, screen: Screen, number: int) -> None:
    wanted, anna, ben, olive = film(number), at("anna", PHONE), at("ben", screen), at("olive", screen.other)
    anna.opens(wanted)
    anna.asks()
    anna.sees("A moderator decides")
    for moderator in (ben, olive):
        moderator.goes_to("/requests/all?status=pending")
        moderator.main.get_by_role("checkbox", name=f"Choose {wanted.name}").check()
    ben.presses("Approve")
    ben.sees("1 request is approved.")
    olive.main.get_by_label("Why, when declining").fill("Too late for this one.")
    olive.presses("Decline")
    olive.sees("Ben was faster", "“approved” now")
    assert house.sql("select status, decline_reason from media_requests where tmdb_id = %s", number)[0][1] == ""
