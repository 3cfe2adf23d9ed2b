"""A forgotten password by mail, another e-mail address, and what attackers try with either."""

from __future__ import annotations

import datetime as dt
import re
import smtplib
import socketserver
import threading
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import jobs
from accounts.models import Purpose, SecondStep, SessionToken, Status, User, VerificationToken
from accounts.second_step import codes
from accounts.tests.conftest import PASSWORD
from accounts.tests.rows import token
from medianest import env
from operations.jobs import GiveUp, Retry
from operations.models import Job, SecurityEvent

FORGOTTEN = "/account/reset/"
NEW = FORGOTTEN + "new/"
ADDRESS = "/account/e-mail/"
FRESH = "stairs-under-the-nest"
LINK = re.compile(r"https://nest\.example(/account/(?:reset|e-mail)/[^\s/]+/)")


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.PUBLIC_URL = "https://nest.example"
    settings.ALLOWED_HOSTS = ["testserver"]


def ask(client: Client, login: str = "olive", **extra: Any) -> Any:
    return client.post(FORGOTTEN, {"login": login}, **extra)


def deliver() -> None:
    """What the worker does: each promise once."""
    run: Any = None
    for job in Job.objects.filter(kind__in=[jobs.RESET, jobs.CONFIRM], state="queued").order_by("created_at"):
        {jobs.RESET: jobs.send_reset, jobs.CONFIRM: jobs.send_confirmation}[job.kind](run, **job.args)
        Job.objects.filter(pk=job.pk).delete()


def link_in(letter: Any) -> str:
    found = LINK.search(str(letter.body))
    assert found is not None
    return found[1]


def sent_link(client: Client, login: str = "olive") -> str:
    ask(client, login)
    deliver()
    return link_in(mail.outbox[-1])


def choose(client: Client, new: str = FRESH) -> Any:
    return client.post(NEW, {"new": new, "again": new})


def may_enter(password: str, username: str = "olive") -> bool:
    client = Client()
    client.post("/account/sign-in/", {"username": username, "password": password})
    return SESSION_KEY in client.session


# --- asking -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("login", ["olive", "OLIVE", "olive@nest.example"])
def test_a_link_comes_by_mail(login: str, olive: User, stranger: Client) -> None:
    assert "Look into your mail" in ask(stranger, login).content.decode()
    assert mail.outbox == []  # no page waits for a mail server
    deliver()
    assert mail.outbox[0].to == ["Olive@Nest.example"]
    assert link_in(mail.outbox[0])
    assert PASSWORD not in mail.outbox[0].body


def test_the_answer_and_the_work_are_the_same_for_nobody(olive: User, stranger: Client) -> None:
    shown = set()
    for login in ("olive", "nobody", "nobody@nest.example", "' OR 1=1 --", "\U0001f426"):
        page = ask(stranger, login)
        shown.add((page.status_code, re.sub(r'value="[^"]+"', "", page.content.decode())))
    assert len(shown) == 1
    assert Job.objects.filter(kind=jobs.RESET).count() == 5
    deliver()
    assert [letter.to for letter in mail.outbox] == [["Olive@Nest.example"]]


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.INACTIVE])
def test_who_may_not_enter_gets_no_link(status: Status, olive: User, stranger: Client) -> None:
    User.objects.filter(pk=olive.pk).update(status=status)
    ask(stranger)
    deliver()
    assert mail.outbox == []


def test_who_signs_in_with_plex_is_told_so(olive: User, stranger: Client) -> None:
    olive.set_unusable_password()
    olive.save()
    ask(stranger)
    deliver()
    assert "you sign in with Plex" in mail.outbox[0].body
    assert not VerificationToken.objects.exists()


def test_a_mailbox_is_not_flooded_and_nobody_learns_of_it(olive: User, stranger: Client) -> None:
    answers = {ask(stranger, login).status_code for login in ("olive", "OLIVE") for _try in range(4)}
    deliver()
    assert answers == {200}
    assert len(mail.outbox) == 3


def test_an_address_asks_so_often_and_no_more(db: None, stranger: Client) -> None:
    for number in range(20):
        assert ask(stranger, f"nobody{number}").status_code == 200
    answer = ask(stranger, "nobody")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_the_link_leads_to_the_public_address_whatever_the_browser_claims(olive: User, stranger: Client) -> None:
    assert ask(stranger, headers={"Host": "evil.example"}).status_code == 400
    ask(stranger, headers={"X-Forwarded-Host": "evil.example"})
    deliver()
    assert "evil" not in mail.outbox[0].body


def test_without_a_mail_server_the_page_says_what_to_do(olive: User, stranger: Client, settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = False
    for page in (stranger.get(FORGOTTEN), ask(stranger)):
        assert "manage.py reset_password" in page.content.decode()
    assert not Job.objects.filter(kind=jobs.RESET).exists()


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [(smtplib.SMTPServerDisconnected(), Retry), (TimeoutError(), Retry), (smtplib.SMTPRecipientsRefused({}), GiveUp)],
)
def test_a_mail_server_in_trouble_is_tried_again(
    trouble: Exception, outcome: type[Exception], olive: User, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_letter: object) -> None:
        raise trouble

    ask(stranger)
    monkeypatch.setattr("accounts.letters.sending.EmailMessage.send", fail)
    with pytest.raises(outcome):
        deliver()
    monkeypatch.undo()
    deliver()
    assert VerificationToken.objects.count() == 1


class MailServer(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as it takes to hand a mail over, and keeps what it was told."""

    heard: list[str] = []

    def handle(self) -> None:
        self._say("220 mail.example")
        for line in self.rfile:
            word = line.decode().rstrip("\r\n")
            self.heard.append(word)
            if word.upper() == "DATA":
                self._say("354 go on")
                for body in self.rfile:
                    self.heard.append(body.decode().rstrip("\r\n"))
                    if body == b".\r\n":
                        break
            self._say("221 bye" if word.upper() == "QUIT" else "250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


def test_a_real_mail_server_gets_it(olive: User, stranger: Client, settings: Settings) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name, value in env.mail("EMAIL_URL", f"smtp://127.0.0.1:{server.server_address[1]}").items():
            setattr(settings, name, value)
        ask(stranger)
        deliver()
        server.shutdown()
    assert "rcpt TO:<Olive@Nest.example>" in MailServer.heard
    assert f"From: {settings.DEFAULT_FROM_EMAIL}" in MailServer.heard
    assert any("Hello Olive," in line for line in MailServer.heard)


def test_a_mail_address_of_another_kind_is_refused_at_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must be"):
        env.mail("EMAIL_URL", "file:///tmp")
    facts = env.mail("EMAIL_URL", "smtp+tls://ann%40example.org:p%40ss@mail.example.org:587")
    assert (facts["EMAIL_HOST_USER"], facts["EMAIL_HOST_PASSWORD"]) == ("ann@example.org", "p@ss")
    assert (facts["EMAIL_USE_TLS"], facts["EMAIL_PORT"]) == (True, 587)


# --- choosing ---------------------------------------------------------------------------------------------------------
def test_the_link_sets_a_password_once_and_ends_everything(olive: User, stranger: Client) -> None:
    elsewhere = Client()
    elsewhere.force_login(olive)
    token(olive).save()
    link = sent_link(stranger)
    opened = stranger.get(link)
    assert opened.headers["Location"] == NEW  # the secret is in no address from here on
    assert "no-store" in opened.headers["Cache-Control"]
    assert choose(stranger).headers["Location"] == "/account/sign-in/"
    assert elsewhere.get("/account/").status_code == 302
    assert SessionToken.objects.get().revoked_at is not None
    assert SESSION_KEY not in stranger.session  # one signs in as ever
    assert may_enter(FRESH)
    assert not may_enter(PASSWORD)
    assert SecurityEvent.objects.filter(kind="password.reset", actor=olive).exists()
    stranger.get(link)
    assert "This link is over" in choose(stranger, "another-under-the-nest").content.decode()
    assert may_enter(FRESH)


def test_the_second_step_is_asked_for_as_ever(olive: User, stranger: Client) -> None:
    SecondStep(user=olive, secret=codes.new_secret(), confirmed_at=timezone.now()).save()
    stranger.get(sent_link(stranger))
    choose(stranger)
    assert not may_enter(FRESH)
    olive.refresh_from_db()
    assert olive.check_password(FRESH)


@pytest.mark.parametrize("what", ["old", "password", "email", "suspended", "newer", "cut", "other"])
def test_a_link_that_is_over_sets_nothing(what: str, olive: User, stranger: Client) -> None:
    link = sent_link(stranger)
    if what == "old":
        past = timezone.now() - dt.timedelta(hours=2)
        VerificationToken.objects.update(created_at=past, expires=past + dt.timedelta(hours=1))
    elif what == "password":
        olive.set_password("changed-meanwhile")
        olive.save()
    elif what == "email":
        User.objects.filter(pk=olive.pk).update(email="new@nest.example")
    elif what == "suspended":
        User.objects.filter(pk=olive.pk).update(status=Status.SUSPENDED)
    elif what == "newer":
        sent_link(stranger)
    elif what == "cut":
        link = link[:-3] + "/"
    else:
        ben = User.objects.create_user("ben", PASSWORD, email="ben@nest.example")
        link = link.replace(olive.pk.hex, ben.pk.hex)
    stranger.get(link)
    assert "This link is over" in stranger.get(NEW).content.decode()
    choose(stranger)
    assert not may_enter(FRESH)
    assert not may_enter(FRESH, "ben")


def test_a_password_changed_after_opening_the_link_stays(olive: User, stranger: Client) -> None:
    stranger.get(sent_link(stranger))
    olive.set_password("changed-meanwhile")
    olive.save()
    assert "This link is over" in choose(stranger).content.decode()
    assert may_enter("changed-meanwhile")


@pytest.mark.parametrize("text", ["x", "0" * 32, "0" * 75, "%00", "%ed%a0%80", "..%2f..", "a" * 2000])
def test_any_link_may_be_typed(text: str, db: None, stranger: Client) -> None:
    for page in (FORGOTTEN, ADDRESS):
        assert stranger.get(f"{page}{text}/", follow=True).status_code in (200, 400, 404)


def test_a_weak_password_is_refused_and_the_link_stays_good(olive: User, stranger: Client) -> None:
    stranger.get(sent_link(stranger))
    assert "errors" in choose(stranger, "olive").content.decode()
    assert choose(stranger).status_code == 302


def test_a_link_for_one_purpose_serves_no_other(olive: User, stranger: Client) -> None:
    link = sent_link(stranger).replace("/reset/", "/e-mail/")
    assert "This link is over" in stranger.post(link).content.decode()


def test_the_database_holds_no_link(olive: User, stranger: Client) -> None:
    link = sent_link(stranger)
    secret = link.rstrip("/").rsplit("/", 1)[1]
    stranger.get(link)
    stored = ""
    for table in ("verification_tokens", "jobs", "sessions", "security_events", "error_logs"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(string_agg(row_to_json(t)::text, ' '), '') FROM {table} t")
            stored += cursor.fetchone()[0]
    assert secret not in stored
    assert secret[32:] not in stored


@pytest.mark.django_db(transaction=True)
def test_of_two_with_one_link_at_once_one_sets_the_password() -> None:
    User.objects.create_user("olive", PASSWORD, email="olive@nest.example")
    clients = [Client(), Client(), Client()]
    link = sent_link(clients[0])
    for client in clients:
        client.get(link)
    begin, wanted = threading.Barrier(len(clients)), [f"{FRESH}-{number}" for number in range(len(clients))]

    def run(client: Client, new: str) -> None:
        begin.wait()
        try:
            choose(client, new)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(clients, wanted, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert SecurityEvent.objects.filter(kind="password.reset").count() == 1
    assert sum(map(may_enter, wanted)) == 1


def test_forged_forms_are_refused(olive: User, browser: Client) -> None:
    assert browser.post(FORGOTTEN, {"login": "olive"}).status_code == 403
    assert browser.post(NEW, {"new": FRESH, "again": FRESH}).status_code == 403


# --- another address --------------------------------------------------------------------------------------------------
@pytest.fixture
def olives(olive: User) -> Client:
    client = Client()
    client.force_login(olive)
    return client


def wish(client: Client, address: str = "new@nest.example", password: str = PASSWORD) -> Any:
    return client.post(ADDRESS, {"email": address, "password": password})


def test_a_new_address_counts_once_it_is_proved(olive: User, olives: Client, stranger: Client) -> None:
    assert wish(olives, "New@Nest.example").status_code == 302
    deliver()
    assert mail.outbox[0].to == ["new@nest.example"]
    link = link_in(mail.outbox[0])
    page = stranger.get(link).content.decode()
    assert "new@nest.example" in page
    olive.refresh_from_db()
    assert olive.email == "Olive@Nest.example"  # a mail program that opens links changes nothing
    stranger.post(link)
    olive.refresh_from_db()
    assert olive.email == "new@nest.example"
    assert SecurityEvent.objects.filter(kind="email.changed", actor=olive).exists()
    assert "This link is over" in stranger.post(link).content.decode()


def test_it_asks_for_the_password(olives: Client) -> None:
    assert "This is not your password" in wish(olives, password="wrong").content.decode()
    assert not VerificationToken.objects.exists()
    for _try in range(10):
        answer = wish(olives, password="wrong")
    assert answer.status_code == 429


def test_anothers_address_is_neither_taken_nor_told(olives: Client, olive: User, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(email="anna@nest.example")
    assert wish(olives, "Anna@nest.example").status_code == 302
    deliver()
    assert mail.outbox == []


def test_an_address_taken_meanwhile_is_refused(olives: Client, olive: User, anna: User) -> None:
    wish(olives)
    deliver()
    User.objects.filter(pk=anna.pk).update(email="new@nest.example")
    text = olives.post(link_in(mail.outbox[0]), follow=True).content.decode()
    assert "Somebody else has this address by now." in text
    olive.refresh_from_db()
    assert olive.email == "Olive@Nest.example"


@pytest.mark.parametrize("address", ["", "x", "a@b", "a@b.c\nBcc: x@y.z", "a" * 300 + "@nest.example"])
def test_what_is_no_address_is_refused(address: str, olives: Client) -> None:
    assert "errors" in wish(olives, address).content.decode()
    assert not Job.objects.filter(kind=jobs.CONFIRM).exists()


def test_a_link_to_one_address_proves_no_other(olives: Client, olive: User) -> None:
    wish(olives)
    wish(olives, "third@nest.example")
    deliver()
    assert VerificationToken.objects.filter(purpose=Purpose.VERIFY_EMAIL).count() == 2
    olives.post(link_in(mail.outbox[1]))
    olive.refresh_from_db()
    assert olive.email == mail.outbox[1].to[0]
    assert "This link is over" in olives.post(link_in(mail.outbox[0])).content.decode()
