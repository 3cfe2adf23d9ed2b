"""The second step of signing in: codes from an app, spare ones, and what attackers try."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

import pyotp
import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from accounts.models import RecoveryCode, Role, SecondStep, Status, User
from accounts.second_step import codes
from accounts.tests.conftest import PASSWORD
from operations.models import SecurityEvent

SIGN_IN = "/account/sign-in/"
ASK = "/account/sign-in/code/"
OVERVIEW = "/account/second-step/"
SET_UP = OVERVIEW + "set-up/"
OFF = OVERVIEW + "turn-off/"
CODES = OVERVIEW + "codes/"
SPARE = re.compile(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>")


def code_of(user: User, *, ago: int = 0) -> str:
    """What the person's app shows, `ago` half minutes ago."""
    step = SecondStep.objects.get(user=user)
    return pyotp.TOTP(step.secret).at(int(time.time()) - ago * codes.SECONDS)


def half_way(client: Client, **sent: str) -> Any:
    return client.post(SIGN_IN, {"username": "olive", "password": PASSWORD, **sent})


def give(client: Client, code: str, **sent: str) -> Any:
    return client.post(ASK, {"code": code, **sent})


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def forget_slot() -> None:
    """As if half a minute had passed since the last code."""
    SecondStep.objects.update(last_slot=None)


@pytest.fixture
def olives(olive: User) -> Client:
    client = Client()
    client.force_login(olive)
    return client


@pytest.fixture
def spares(olive: User, olives: Client) -> list[str]:
    """Olive has set up her second step; her spare codes."""
    olives.get(SET_UP)
    page = olives.post(SET_UP, {"code": code_of(olive), "password": PASSWORD})
    forget_slot()
    return SPARE.findall(page.content.decode())


# --- setting it up ----------------------------------------------------------------------------------------------------
def test_it_is_set_up_with_a_first_code_and_the_password(olive: User, olives: Client) -> None:
    page = olives.get(SET_UP)
    step = SecondStep.objects.get(user=olive)
    assert step.confirmed_at is None
    assert "no-store" in page.headers["Cache-Control"]
    text = page.content.decode()
    assert step.secret in text.replace(" ", "")
    assert re.search(r'<path d="M4 4h7v1h-7z', text)
    assert "style=" not in text
    assert not re.search(r"<script>|<style", text)
    answer = olives.post(SET_UP, {"code": code_of(olive), "password": PASSWORD})
    assert len(set(SPARE.findall(answer.content.decode()))) == codes.HOW_MANY
    assert "no-store" in answer.headers["Cache-Control"]
    step.refresh_from_db()
    assert step.confirmed_at is not None
    assert SecurityEvent.objects.filter(kind="second_step.on", actor=olive).exists()
    assert not SPARE.search(olives.get(OVERVIEW).content.decode())


def test_the_picture_stays_the_same_until_it_is_in_force(olives: Client) -> None:
    olives.get(SET_UP)
    first = SecondStep.objects.get().secret
    olives.get(SET_UP)
    assert SecondStep.objects.get().secret == first


@pytest.mark.parametrize("wrong", [{"code": "000000"}, {"password": "not it"}, {"code": ""}, {"password": ""}])
def test_a_wrong_code_or_password_puts_nothing_in_force(wrong: dict[str, str], olive: User, olives: Client) -> None:
    olives.get(SET_UP)
    answer = olives.post(SET_UP, {"code": code_of(olive), "password": PASSWORD, **wrong})
    assert "errors" in answer.content.decode()
    assert not SecondStep.objects.in_force().exists()
    assert not RecoveryCode.objects.exists()


def test_who_only_begins_is_not_asked(olive: User, olives: Client, stranger: Client) -> None:
    olives.get(SET_UP)
    half_way(stranger)
    assert is_in(stranger)


def test_the_page_says_where_no_code_is_asked_for(olives: Client) -> None:
    assert "Signing in with Plex asks for no code of yours" in olives.get(OVERVIEW).content.decode()


def test_without_a_password_there_is_nothing_to_guard(annas: Client, anna: User) -> None:
    anna.set_unusable_password()
    anna.save()
    annas.force_login(anna)
    assert annas.get(SET_UP).status_code == 302
    assert "Plex can ask for a second step" in annas.get(OVERVIEW).content.decode()
    assert not SecondStep.objects.exists()


def test_neither_secret_nor_spare_codes_stand_in_the_database(olive: User, spares: list[str]) -> None:
    secret = SecondStep.objects.get(user=olive).secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM second_steps s")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(row_to_json(c)::text, ' ') FROM recovery_codes c")
        stored += cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(row_to_json(a)::text, ' ') FROM second_steps_audit a")
        stored += cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(row_to_json(e)::text, ' ') FROM security_events e")
        stored += cursor.fetchone()[0]
    for word in (secret, *spares):
        assert word not in stored


# --- coming in --------------------------------------------------------------------------------------------------------
def test_the_password_alone_lets_nobody_in(spares: list[str], stranger: Client) -> None:
    answer = half_way(stranger, next="/downloads/")
    assert answer.headers["Location"] == f"{ASK}?next=%2Fdownloads%2F"
    assert not is_in(stranger)
    assert stranger.get("/account/").status_code == 302
    page = stranger.get(answer.headers["Location"])
    assert 'value="/downloads/"' in page.content.decode()


def test_both_fields_of_the_page_have_names_of_their_own(spares: list[str], stranger: Client) -> None:
    half_way(stranger)
    text = stranger.get(ASK).content.decode()
    ids = re.findall(r'<input[^>]* id="([^"]+)"', text)
    assert len(ids) == len(set(ids)) == 2
    wrong = give(stranger, "no such code", recovery="1").content.decode()
    assert 'id="spare_code_error"' in wrong
    assert re.search(r"<details[^>]* open", wrong)


def test_the_code_lets_one_in_where_one_wanted_to_go(olive: User, spares: list[str], stranger: Client) -> None:
    half_way(stranger)
    answer = give(stranger, code_of(olive), next="/downloads/")
    assert answer.headers["Location"] == "/downloads/"
    assert is_in(stranger)
    event = SecurityEvent.objects.filter(kind="sign_in").latest("pk")
    assert event.detail == {"second_step": True}


@pytest.mark.parametrize("goal", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_nobody_is_led_away(goal: str, olive: User, spares: list[str], stranger: Client) -> None:
    answer = half_way(stranger, next=goal)
    assert "evil" not in answer.headers["Location"]
    assert "evil" not in give(stranger, code_of(olive), next=goal).headers["Location"]


def test_the_session_gets_a_new_key_at_both_steps(olive: User, spares: list[str], stranger: Client) -> None:
    session = stranger.session
    session["planted"] = "1"
    session.save()
    keys = [session.session_key]
    stranger.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    half_way(stranger)
    keys.append(stranger.session.session_key)
    give(stranger, code_of(olive))
    keys.append(stranger.session.session_key)
    assert len(set(keys)) == 3


def test_a_planted_session_does_not_come_half_way(olive: User, spares: list[str], stranger: Client) -> None:
    """Whoever planted the victim's session key cannot go on with it after the victim typed the password."""
    session = stranger.session
    session["planted"] = "1"
    session.save()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = planted = str(session.session_key)
    half_way(stranger)
    attacker = Client()
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted
    give(attacker, code_of(olive))
    assert not is_in(attacker)


def test_without_the_password_the_code_is_not_even_looked_at(olive: User, spares: list[str], stranger: Client) -> None:
    answer = give(stranger, code_of(olive))
    assert answer.headers["Location"] == SIGN_IN
    assert SecondStep.objects.get().last_slot is None


@pytest.mark.parametrize("ago", [-1, 0, 1])
def test_clocks_may_differ_by_half_a_minute(ago: int, olive: User, spares: list[str], stranger: Client) -> None:
    half_way(stranger)
    began = int(time.time()) // codes.SECONDS * codes.SECONDS
    with time_machine.travel(began, tick=False):  # else the next half minute may begin on the way
        code = code_of(olive, ago=ago)
        give(stranger, f" {code[:3]} {code[3:]} ")
    assert is_in(stranger)


@pytest.mark.parametrize("ago", [-4, 3, 100])
def test_older_and_later_codes_are_refused(ago: int, olive: User, spares: list[str], stranger: Client) -> None:
    half_way(stranger)
    assert "This code is not right" in give(stranger, code_of(olive, ago=ago)).content.decode()
    assert not is_in(stranger)


def test_a_code_works_once(olive: User, spares: list[str], stranger: Client) -> None:
    code = code_of(olive)
    half_way(stranger)
    give(stranger, code)
    assert is_in(stranger)
    thief = Client()
    half_way(thief)
    assert "was used before" in give(thief, code).content.decode()
    assert not is_in(thief)
    assert "was used before" in give(thief, code_of(olive, ago=1)).content.decode()  # an older one neither


@pytest.mark.django_db(transaction=True)
def test_of_two_with_the_same_code_at_once_one_comes_in() -> None:
    user = User.objects.create_user("olive", PASSWORD)
    step = SecondStep(user=user, secret=codes.new_secret())
    step.confirmed_at = user.created_at
    step.save()
    clients = [Client(), Client(), Client()]
    for client in clients:
        half_way(client)
    code, begin = code_of(user), threading.Barrier(len(clients))

    def run(client: Client) -> None:
        begin.wait()
        try:
            give(client, code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(map(is_in, clients)) == 1


@pytest.mark.parametrize("typed", ["", "abcdef", "١٢٣٤٥٦", "1" * 300, "\ud800", "<svg onload=x>", "12345", "0.1e10"])
def test_anything_may_be_typed_and_is_refused(typed: str, spares: list[str], stranger: Client) -> None:
    half_way(stranger)
    body = f"code={typed}".encode("utf-8", "surrogatepass")
    for extra in (b"", b"&recovery=1"):
        answer = stranger.post(ASK, body + extra, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (200, 400)
        assert "<svg onload" not in answer.content.decode()
    assert not is_in(stranger)


def test_guessing_ends_after_five_tries_on_every_browser(olive: User, spares: list[str], stranger: Client) -> None:
    half_way(stranger)
    for _try in range(5):
        assert give(stranger, "000000").status_code == 200
    assert give(stranger, "000000").status_code == 429
    again = Client()
    half_way(again)  # signing in anew gives no new tries
    answer = give(again, code_of(olive))
    assert (answer.status_code, is_in(again)) == (429, False)
    assert int(answer.headers["Retry-After"]) > 600
    assert SecurityEvent.objects.filter(kind="second_step.throttled").exists()
    spare = Client()
    half_way(spare)
    give(spare, spares[0], recovery="1")  # the rightful owner has another way
    assert is_in(spare)


def test_being_half_way_in_ends_after_ten_minutes(
    olive: User, spares: list[str], stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_way(stranger)
    code, now = code_of(olive), time.time()
    monkeypatch.setattr("accounts.second_step.pending.time.time", lambda: now + 601)
    assert give(stranger, code).headers["Location"] == SIGN_IN
    assert not is_in(stranger)


@pytest.mark.parametrize("what", ["password", "suspended", "deleted"])
def test_what_changes_meanwhile_counts(what: str, olive: User, spares: list[str], stranger: Client) -> None:
    half_way(stranger)
    code = code_of(olive)
    if what == "password":
        olive.set_password("another-good-one")
    elif what == "suspended":
        olive.status = Status.SUSPENDED
    else:
        olive.status, olive.deleted_at = Status.DELETED, olive.created_at
    olive.save()
    assert give(stranger, code).headers["Location"] == SIGN_IN
    assert not is_in(stranger)


def test_forged_forms_are_refused(spares: list[str], olive: User, browser: Client) -> None:
    assert browser.post(ASK, {"code": code_of(olive)}).status_code == 403


# --- spare codes ------------------------------------------------------------------------------------------------------
def test_a_spare_code_works_once_however_it_is_typed(spares: list[str], stranger: Client) -> None:
    half_way(stranger)
    give(stranger, spares[3].upper().replace("-", " "), recovery="1")
    assert is_in(stranger)
    thief = Client()
    half_way(thief)
    assert "was used before" in give(thief, spares[3], recovery="1").content.decode()
    assert not is_in(thief)
    assert SecurityEvent.objects.filter(kind="second_step.recovery_used").count() == 1
    assert RecoveryCode.objects.unused().count() == codes.HOW_MANY - 1


def test_anothers_spare_code_is_of_no_use(spares: list[str], stranger: Client) -> None:
    ben = User.objects.create_user("ben", PASSWORD)
    step = SecondStep(user=ben, secret=codes.new_secret(), confirmed_at=ben.created_at)
    step.save()
    stranger.post(SIGN_IN, {"username": "ben", "password": PASSWORD})
    give(stranger, spares[0], recovery="1")
    assert not is_in(stranger)


def test_new_spare_codes_replace_the_old_ones(olive: User, olives: Client, spares: list[str]) -> None:
    page = olives.post(CODES, {"code": code_of(olive)})
    fresh = SPARE.findall(page.content.decode())
    assert len(fresh) == codes.HOW_MANY
    assert not set(fresh) & set(spares)
    stranger = Client()
    half_way(stranger)
    give(stranger, spares[0], recovery="1")
    assert not is_in(stranger)
    give(stranger, fresh[0], recovery="1")
    assert is_in(stranger)


# --- turning it off ---------------------------------------------------------------------------------------------------
def test_turning_it_off_asks_for_a_code_again(olive: User, olives: Client, spares: list[str], stranger: Client) -> None:
    assert "This code is not right" in olives.post(OFF, {"code": "000000"}).content.decode()
    assert SecondStep.objects.exists()
    assert olives.post(OFF, {"code": code_of(olive)}).status_code == 302
    assert not SecondStep.objects.exists()
    half_way(stranger)
    assert is_in(stranger)
    assert SecurityEvent.objects.filter(kind="second_step.off", actor=olive).exists()


def test_guessing_there_is_counted_as_well(olives: Client, olive: User, spares: list[str]) -> None:
    for _try in range(5):
        olives.post(OFF, {"code": "000000"})
    assert olives.post(OFF, {"code": code_of(olive)}).status_code == 429
    assert SecondStep.objects.exists()


def test_an_administrator_takes_it_away_and_it_is_written_down(
    olive: User, spares: list[str], administrators: Client, administrator: User, stranger: Client
) -> None:
    sent = {"action": "take_second_step", "_selected_action": str(olive.pk)}
    administrators.post("/admin/accounts/user/", sent)
    assert SecondStep.objects.exists()  # it only asked
    administrators.post("/admin/accounts/user/", {**sent, "sure": "yes"})
    assert not SecondStep.objects.exists()
    event = SecurityEvent.objects.get(kind="second_step.taken_away")
    assert (event.actor, event.object) == (administrator, "olive")
    half_way(stranger)
    assert is_in(stranger)


def test_a_lost_key_leaves_the_spare_codes(
    spares: list[str], stranger: Client, monkeypatch: pytest.MonkeyPatch, olive: User
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE second_steps SET secret = 'v1:gone:' || substr(secret, 7)")
    half_way(stranger)
    assert give(stranger, "123456").status_code == 200
    give(stranger, spares[0], recovery="1")
    assert is_in(stranger)


# --- from the server's shell ------------------------------------------------------------------------------------------
ONE_TIME = re.compile(r"[a-z]{6}-[a-z]{6}-[a-z]{6}-[a-z]{6}")


@pytest.mark.parametrize("command", [["bootstrap_admin", "--reset"], ["reset_password", "olive"]])
def test_a_command_gives_a_password_and_takes_the_second_step_only_when_asked(
    command: list[str], olive: User, spares: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    olive.role, olive.is_bootstrap_user = Role.ADMIN, True
    olive.save()
    call_command(*command)
    said = capsys.readouterr().out
    assert "--without-second-step" in said
    assert SecondStep.objects.exists()
    call_command(*command, "--without-second-step")
    password = ONE_TIME.search(capsys.readouterr().out)
    assert password is not None
    assert not SecondStep.objects.exists()
    browser = Client()
    browser.post(SIGN_IN, {"username": "olive", "password": password[0]})
    assert is_in(browser)
    assert browser.get("/").headers["Location"] == "/account/change-password/"


def test_a_suspension_is_lifted_when_asked(olive: User, capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.filter(pk=olive.pk).update(status=Status.SUSPENDED)
    with pytest.raises(CommandError, match="Olive is suspended"):
        call_command("reset_password", "OLIVE@nest.example")
    call_command("reset_password", "OLIVE@nest.example", "--let-in")
    assert ONE_TIME.search(capsys.readouterr().out)
    olive.refresh_from_db()
    assert olive.is_active


@pytest.mark.django_db
def test_an_unknown_name_is_told() -> None:
    with pytest.raises(CommandError, match="Nobody is known as"):
        call_command("reset_password", "nobody")
