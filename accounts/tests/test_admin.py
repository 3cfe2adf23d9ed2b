"""People in the admin."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Profile, Role, Status, User
from accounts.passwords import one_time_password
from operations.models import SecurityEvent

LIST = "/admin/accounts/user/"
ADD = "/admin/accounts/user/add/"
ONE_TIME = re.compile(r"(?:[bdfghjkmnprstvwz][aeio]){3}(?:-(?:[bdfghjkmnprstvwz][aeio]){3}){3}")


def edit(person: User) -> str:
    return reverse("admin:accounts_user_change", args=[person.pk])


def act(client: Client, action: str, *people: User) -> Any:
    chosen = [str(person.pk) for person in people]
    return client.post(LIST, {"action": action, "_selected_action": chosen, "sure": "yes"}, follow=True)


def fields(person: User, **changes: str) -> dict[str, str]:
    now = {"username": person.username, "name": person.name, "email": person.email or "", "role": person.role}
    return {**now, "status": person.status, **changes}


# --- who ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["moderators", "annas"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_others_get_nowhere(who: str, method: str, anna: User, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(who)
    for address in (LIST, ADD, edit(anna), f"/admin/accounts/user/{anna.pk}/delete/"):
        send = getattr(client, method)
        data = {"post": "yes", "role": "ADMIN", "username": "anna", "status": "active"} if method == "post" else {}
        assert send(address, data, follow=True).status_code in (403, 405)
    anna.refresh_from_db()
    assert anna.role == Role.USER


def test_strangers_sign_in_first(stranger: Client, anna: User) -> None:
    for address in (LIST, ADD, edit(anna)):
        assert stranger.get(address, follow=True).redirect_chain[-1][0].startswith("/account/sign-in/")


# --- the list ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 60])
def test_the_list_asks_as_often_for_many_as_for_one(
    rows: int, administrators: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    User.objects.bulk_create(User(username=f"person{number}") for number in range(rows))
    administrators.get(LIST)
    with django_assert_max_num_queries(8):
        assert administrators.get(LIST).status_code == 200


def test_the_list_shows_who_they_are_and_no_password(administrators: Client, administrator: User) -> None:
    User.objects.create_user("anna", "anna-in-the-nest", name="Anna", email="anna@nest.example")
    text = administrators.get(LIST).content.decode()
    assert "anna@nest.example" in text
    assert "argon2" not in text
    assert "md5$" not in text


@pytest.mark.parametrize("found", ["ann", "nest.example", "Anna B"])
def test_people_are_found_by_name_and_address(found: str, administrators: Client) -> None:
    User.objects.create_user("anna", name="Anna B", email="anna@nest.example")
    User.objects.create_user("carl")
    text = administrators.get(LIST, {"q": found}).content.decode()
    assert "anna@nest.example" in text
    assert "carl" not in text


@pytest.mark.parametrize(
    "query",
    [
        "password__startswith=md5",
        "email__startswith=a&_connector=OR",
        "o=-password",
        "o=9",
        "p=-1",
        "p=9e99",
        "p=abc",
        "p=%D9%A3",
        "q=%00",
        "role__exact=%00",
        "_to_field=password",
    ],
)
def test_a_hostile_address_shows_nothing_more(query: str, administrators: Client, anna: User) -> None:
    response = administrators.get(f"{LIST}?{query}")
    assert response.status_code in (200, 302, 400)
    assert "md5$" not in response.content.decode()


# --- adding ------------------------------------------------------------------------------------------------------------
def test_a_new_person_gets_a_one_time_password_that_is_shown_once(administrators: Client) -> None:
    response = administrators.post(
        ADD, {"username": "nina", "name": "Nina", "email": "", "role": "MODERATOR", "_save": "Save"}
    )
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    shown = ONE_TIME.search(response.content.decode())
    assert shown
    nina = User.objects.get(username="nina")
    assert nina.check_password(shown[0])
    assert nina.requires_password_change
    assert (nina.role, nina.email) == (Role.MODERATOR, None)
    for address in (LIST, edit(nina), "/admin/", "/admin/operations/securityevent/"):
        assert not ONE_TIME.search(administrators.get(address).content.decode())


def test_the_one_time_password_works_once_and_must_be_changed(administrators: Client) -> None:
    page = administrators.post(ADD, {"username": "nina", "role": "USER"}).content.decode()
    shown = ONE_TIME.search(page)
    assert shown
    client = Client()
    client.post("/account/sign-in/", {"username": "nina", "password": shown[0]})
    assert client.get("/").headers["Location"] == "/account/change-password/"


def test_more_than_the_form_asks_for_is_not_taken(administrators: Client) -> None:
    administrators.post(
        ADD, {"username": "nina", "role": "USER", "status": "suspended", "password": "x", "is_bootstrap_user": "1"}
    )
    nina = User.objects.get(username="nina")
    assert (nina.status, nina.is_bootstrap_user) == (Status.ACTIVE, False)
    assert not nina.check_password("x")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"username": "ANNA"}, "This user name is taken"),
        ({"username": "anna@nest.example"}, "is somebody&#x27;s e-mail address"),
        ({"username": "\u202etni"}, "invisible characters"),
        ({"username": "ni\x00na"}, "Null characters"),
        ({"username": ""}, "This field is required."),
        ({"username": "x" * 151}, "at most 150 characters"),
        ({"email": "ANNA@nest.example"}, "Somebody else has this e-mail address"),
        ({"email": "not-an-address"}, "valid email"),
        ({"role": "OWNER"}, "not one of the available choices"),
    ],
)
def test_a_wrong_field_says_so_and_nobody_is_added(
    changes: dict[str, str], says: str, administrators: Client, anna: User
) -> None:
    User.objects.filter(pk=anna.pk).update(email="anna@nest.example")
    response = administrators.post(ADD, {"username": "nina", "name": "Nina", "role": "USER", **changes})
    text = response.content.decode()
    assert response.status_code == 200
    assert says in text
    assert 'value="Nina"' in text
    assert User.objects.count() == 2


# --- editing -----------------------------------------------------------------------------------------------------------
def test_an_edited_person_is_saved_and_written_down(administrators: Client, administrator: User, anna: User) -> None:
    response = administrators.post(edit(anna), fields(anna, name="Anna B.", role="MODERATOR"))
    assert response.status_code == 302
    anna.refresh_from_db()
    assert (anna.name, anna.role) == ("Anna B.", Role.MODERATOR)
    event = SecurityEvent.objects.get(kind="person.role_changed")
    assert (event.actor, event.object, event.address) == (administrator, "anna", "127.0.0.1")


@pytest.mark.parametrize(
    ("field", "value"), [("role", "USER"), ("status", "suspended"), ("status", "deleted"), ("status", "inactive")]
)
def test_the_last_administrator_is_kept_with_a_sentence_beside_the_field(
    field: str, value: str, administrators: Client, administrator: User
) -> None:
    response = administrators.post(edit(administrator), fields(administrator, **{field: value}))
    assert response.status_code == 200
    text = response.content.decode()
    assert "is the last active administrator. Make somebody else an administrator first." in text
    assert re.search(rf'<div class="form-row errors field-{field}">', text)
    administrator.refresh_from_db()
    assert administrator.is_administrator


def test_the_form_of_a_person_shows_no_password(administrators: Client, olive: User) -> None:
    text = administrators.get(edit(olive)).content.decode()
    assert olive.password not in text
    assert 'name="password"' not in text


def test_a_name_is_shown_as_text(administrators: Client, anna: User) -> None:
    anna.name = "<svg onload=alert(1)>"
    anna.save()
    for address in (LIST, edit(anna)):
        assert "<svg onload" not in administrators.get(address).content.decode()


# --- several at once ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("action", "role"),
    [("make_viewers", Role.USER), ("make_moderators", Role.MODERATOR), ("make_administrators", Role.ADMIN)],
)
def test_roles_are_given_to_several(
    action: str, role: Role, administrators: Client, anna: User, moderator: User
) -> None:
    text = act(administrators, action, anna, moderator).content.decode()
    assert "2 people changed." in text
    assert set(User.objects.filter(pk__in=[anna.pk, moderator.pk]).values_list("role", flat=True)) == {role}


def test_suspending_shuts_out_and_letting_in_opens(administrators: Client, anna: User, annas: Client) -> None:
    act(administrators, "suspend_people", anna)
    assert annas.get("/account/").status_code == 302
    act(administrators, "activate_people", anna)
    anna.refresh_from_db()
    assert anna.is_active


@pytest.mark.parametrize("action", ["make_viewers", "suspend_people"])
def test_the_last_administrator_is_left_out_and_the_others_done(
    action: str, administrators: Client, administrator: User, moderator: User
) -> None:
    text = act(administrators, action, administrator, moderator).content.decode()
    assert "is the last active administrator." in text
    assert "1 person changed." in text
    administrator.refresh_from_db()
    assert administrator.is_administrator


def test_new_one_time_passwords_are_shown_once(administrators: Client, olive: User, anna: User) -> None:
    response = act(administrators, "issue_passwords", olive, anna)
    shown = ONE_TIME.findall(response.content.decode())
    assert len(shown) == 2
    olive.refresh_from_db()
    assert any(olive.check_password(password) for password in shown)
    assert ONE_TIME.search(one_time_password())


@pytest.mark.parametrize("action", ["make_viewers", "delete_selected", "issue_passwords", "__class__", "", "\x00"])
@pytest.mark.parametrize("chosen", ["not-an-id", "\x00", "00000000-0000-0000-0000-000000000000"])
def test_an_action_on_nobody_is_no_error(action: str, chosen: str, administrators: Client) -> None:
    response = administrators.post(LIST, {"action": action, "_selected_action": [chosen]}, follow=True)
    assert response.status_code in (200, 400)


# --- deleting ----------------------------------------------------------------------------------------------------------
def test_a_person_is_deleted(administrators: Client, anna: User) -> None:
    response = administrators.post(f"/admin/accounts/user/{anna.pk}/delete/", {"post": "yes"}, follow=True)
    assert response.status_code == 200
    assert User.objects.deleted().get() == anna
    assert SecurityEvent.objects.get(kind="person.deleted").object == "anna"


def test_the_last_administrator_is_not_deleted(administrators: Client, administrator: User, anna: User) -> None:
    address = f"/admin/accounts/user/{administrator.pk}/delete/"
    text = administrators.post(address, {"post": "yes"}, follow=True).content.decode()
    assert "is the last active administrator." in text
    chosen = {"action": "delete_selected", "_selected_action": [str(administrator.pk), str(anna.pk)], "post": "yes"}
    text = administrators.post(LIST, chosen, follow=True).content.decode()
    assert "is the last active administrator." in text
    assert User.objects.present().count() == 2
    assert not SecurityEvent.objects.exists()


def test_deleting_asks_first_and_says_what_follows(administrators: Client, anna: User) -> None:
    profile = Profile.objects.create(user=anna)
    pages = (
        administrators.get(f"/admin/accounts/user/{anna.pk}/delete/"),
        act(administrators, "delete_selected", anna),
    )
    for page in pages:
        assert "For 30 days you can restore them" in page.text
        assert str(profile.pk) not in page.text
    assert User.objects.present().contains(anna)


def test_deleted_people_show_when_asked_for_and_come_back(administrators: Client, anna: User) -> None:
    act(administrators, "delete_selected", anna)
    administrators.post(LIST, {"action": "delete_selected", "_selected_action": [str(anna.pk)], "post": "yes"})
    assert "Anna" not in administrators.get(LIST).text
    assert "Anna" in administrators.get(LIST, {"deleted": "yes"}).text
    chosen = {"action": "restore_people", "_selected_action": [str(anna.pk)]}
    text = administrators.post(f"{LIST}?deleted=yes", chosen, follow=True).text
    assert "1 person changed." in text
    anna.refresh_from_db()
    assert anna.is_active
    assert "Anna is not deleted." in act(administrators, "restore_people", anna).text


def test_who_lost_their_name_comes_back_only_under_another(administrators: Client, anna: User) -> None:
    administrators.post(LIST, {"action": "delete_selected", "_selected_action": [str(anna.pk)], "post": "yes"})
    User.objects.create_user("Anna", name="Another Anna")
    chosen = {"action": "restore_people", "_selected_action": [str(anna.pk)]}
    text = administrators.post(f"{LIST}?deleted=yes", chosen, follow=True).text
    assert "somebody else has the same user name by now. Change that first." in text
    anna.refresh_from_db()
    assert anna.is_deleted
    page = administrators.post(edit(anna), fields(anna, status="active"), follow=True)
    assert "This user name is taken" in page.text
    assert administrators.post(edit(anna), fields(anna, username="anna2", status="active")).status_code == 302
    anna.refresh_from_db()
    assert (anna.is_active, anna.username, anna.deleted_at) == (True, "anna2", None)


# --- around ------------------------------------------------------------------------------------------------------------
def test_signing_out_and_changing_the_password_are_our_own(administrators: Client) -> None:
    text = administrators.get("/admin/").content.decode()
    assert 'action="/account/sign-out/"' in text
    assert administrators.get("/admin/password_change/").headers["Location"] == "/account/change-password/"
    response = administrators.post("/admin/logout/", follow=True)
    assert "You are signed out." in response.content.decode()
    assert administrators.get("/admin/").status_code == 302


def test_a_forged_form_changes_nobody(administrator: User, anna: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(administrator)
    assert browser.post(edit(anna), fields(anna, role="ADMIN")).status_code == 403
    anna.refresh_from_db()
    assert anna.role == Role.USER


def test_every_page_of_the_admin_lives_with_the_strict_policy(administrators: Client, anna: User) -> None:
    for address in ("/admin/", "/admin/accounts/", LIST, ADD, edit(anna), f"/admin/accounts/user/{anna.pk}/history/"):
        response = administrators.get(address)
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        text = response.content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)[^>]*>\s*[^<\s]|javascript:", text)
