"""How somebody is shown and spoken to: the page, and what becomes of it elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Profile, User
from accounts.profile import choices
from medianest.tests.people import SCOPE, browser_of, person
from operations.row_security import acting_as

PAGE = "/account/"
TYPED = {"display_name": "Annie", "language": "de", "region": "AT", "theme": "light"}


def shown(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def save(client: Client, **typed: str) -> Any:
    return client.post(PAGE, {**TYPED, **typed})


def error_of(response: Any, field: str) -> str:
    found = re.search(rf'id="id_{field}_error"[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)
    return found[1] if found else ""


def test_what_is_saved_is_shown_again(annas: Client, anna: User) -> None:
    response = save(annas)
    assert (response.status_code, response.headers["Location"]) == (302, PAGE)
    text = shown(annas)
    assert 'value="Annie"' in text
    assert '<option value="de" selected>German (Deutsch)</option>' in text
    assert '<option value="AT" selected>Austria</option>' in text
    assert re.search(r'<input type="radio" name="theme" value="light"[^>]* checked', text)
    kept = Profile.objects.get(user=anna)
    assert {name: getattr(kept, name) for name in TYPED} == TYPED


def test_the_page_leads_on_to_what_it_led_to_before(annas: Client) -> None:
    text = shown(annas)
    for address in ("sign-out", "rights", "leaving", "streaming"):  # to the password: for who has one
        assert f'"/account/{address}/"' in text


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("display_name", "x" * 81, "at most 80"),
        ("display_name", "Ann\u202eeb", "invisible"),
        ("display_name", "A\u200bnna", "invisible"),
        ("language", "klingon", "not one of the available choices"),
        ("region", "XX", "not one of the available choices"),
        ("theme", "pink", "not one of the available choices"),
        ("theme", "", "required"),
    ],
)
def test_what_does_not_fit_is_told_and_what_was_typed_stays(
    annas: Client, anna: User, field: str, typed: str, says: str
) -> None:
    response = save(annas, **{field: typed})
    assert response.status_code == 200
    assert says in error_of(response, field)
    if field != "display_name":
        assert 'value="Annie"' in response.content.decode()
    if field != "region":
        assert '<option value="AT" selected>' in response.content.decode()
    assert not Profile.objects.filter(user=anna).exists()


@pytest.mark.parametrize("name", ["ben", "BEN", " Ben ", "\uff22\uff45\uff4e"])
def test_nobody_is_shown_under_somebody_elses_name(annas: Client, ben: User, name: str) -> None:
    assert "Somebody else is shown" in error_of(save(annas, display_name=name), "display_name")


def test_ones_own_name_may_be_typed(annas: Client, anna: User) -> None:
    assert save(annas, display_name="ANNA").status_code == 302
    assert str(User.objects.get(pk=anna.pk)) == "ANNA"


def test_others_meet_the_shown_name_without_asking_for_it(
    annas: Client, anna: User, ben: User, django_assert_num_queries: Any
) -> None:
    save(annas, display_name="Annie")
    with acting_as(ben), django_assert_num_queries(1):
        assert [str(one) for one in User.objects.order_by("username")] == ["Annie", "Ben"]


def test_without_a_shown_name_the_name_is_back(annas: Client, anna: User) -> None:
    save(annas)
    save(annas, display_name="")
    assert str(User.objects.get(pk=anna.pk)) == "Anna"


def test_the_copies_follow_whichever_way_a_profile_changes(anna: User) -> None:
    profile = Profile.objects.bulk_create([Profile(user=anna, display_name="Annie", theme="light")])[0]
    anna.refresh_from_db()
    assert (anna.shown_name, anna.theme, anna.language) == ("Annie", "light", "")
    Profile.objects.filter(pk=profile.pk).update(display_name="Ann", theme="system", language="fr")
    anna.refresh_from_db()
    assert (anna.shown_name, anna.theme, anna.language) == ("Ann", "system", "fr")


# --- others -----------------------------------------------------------------------------------------------------------
def test_strangers_are_sent_to_sign_in(stranger: Client) -> None:
    for address in (PAGE, "/account/streaming/"):
        assert stranger.get(address).headers["Location"].startswith("/account/sign-in/")
        assert stranger.post(address, TYPED).status_code == 302
    assert not Profile.objects.exists()


@pytest.mark.parametrize("who", ["bens", "moderators", "administrators"])
def test_others_have_a_page_of_their_own(request: pytest.FixtureRequest, annas: Client, anna: User, who: str) -> None:
    save(annas, display_name="Annie")
    other: Client = request.getfixturevalue(who)
    assert "Annie" not in shown(other)
    assert save(other, display_name="Mine", user=str(anna.pk)).status_code == 302
    assert Profile.objects.get(user=anna).display_name == "Annie"


def test_a_profile_is_out_of_reach_for_others_in_the_database(annas: Client, anna: User, ben: User) -> None:
    save(annas)
    with acting_as(ben):
        assert not Profile.objects.filter(user=anna).exists()
        assert Profile.objects.filter(user=anna).update(display_name="Taken") == 0
    assert Profile.objects.get(user=anna).display_name == "Annie"


def test_the_page_asks_little(annas: Client, anna: User, django_assert_max_num_queries: Any) -> None:
    save(annas)
    annas.post("/account/streaming/", {"others": ", ".join(f"Service {n}" for n in range(60))})
    with django_assert_max_num_queries(8 + SCOPE):
        text = shown(annas)
    assert "Service 59" in text
    assert len(text.encode()) < 60 * 1024


# --- colours and language ---------------------------------------------------------------------------------------------
def test_colours_follow_to_another_device(annas: Client, anna: User) -> None:
    phone = browser_of(anna)
    phone.cookies["theme"] = "dark"
    assert annas.post("/theme/", {"theme": "light"}).cookies["theme"].value == "light"
    response = phone.get("/downloads/")
    assert 'data-theme="light"' in response.content.decode()
    assert response.cookies["theme"].value == "light"
    assert "theme" not in phone.get("/downloads/").cookies


def test_colours_saved_on_the_page_are_kept_by_the_browser(annas: Client) -> None:
    assert save(annas, theme="system").cookies["theme"].value == "system"
    assert 'data-theme="system"' in shown(annas)
    annas.logout()
    assert "theme" in annas.post("/theme/", {"theme": "light"}).cookies


def test_choosing_colours_keeps_what_else_was_chosen(annas: Client, anna: User) -> None:
    save(annas)
    annas.post("/theme/", {"theme": "dark"})
    kept = Profile.objects.get(user=anna)
    assert (kept.display_name, kept.region, kept.theme) == ("Annie", "AT", "dark")


def test_a_first_choice_of_another_kind_keeps_this_browsers_colours(annas: Client, anna: User) -> None:
    annas.cookies["theme"] = "light"
    annas.post("/account/streaming/", {"others": "Mubi"})
    assert Profile.objects.get(user=anna).theme == "light"


def test_pages_speak_the_persons_language_where_it_is_spoken(annas: Client, settings: Settings) -> None:
    save(annas, language="de")
    assert '<html lang="en"' in shown(annas)
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    assert '<html lang="de"' in shown(annas)
    assert '<html lang="en"' in shown(browser_of(person("ben")))


def test_every_language_and_country_that_is_offered_can_be_kept(anna: User) -> None:
    for code, name in choices.languages():
        Profile(user=anna, language=code).clean_fields()
        assert name
        assert len(code) <= 15
    assert ("DE", "Germany") in choices.regions()
    for code, _name in choices.languages():
        Profile(user=anna, language=code, region="DE").validate_constraints()
