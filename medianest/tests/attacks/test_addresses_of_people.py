"""Attack 8: everybody's e-mail address and Plex id, looked for in all that others can open."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import Role, User
from medianest.tests.people import browser_of, person
from requests_app import asking, deciding, problems
from requests_app.models import MediaRequest, ProblemReport
from requests_app.tests.fetched import a_series, look_again, shawshank, work
from sandbox.overseerr import Overseerr, rules
from sandbox.overseerr.records import Comment

MOST = 40  # pages that are opened by one person
BEGIN = (
    "/requests/",
    "/requests/all",
    "/requests/all.csv",
    "/requests/mine.csv",
    "/requests/moving",
    "/requests/problems/?which=all",
    "/title/movie/278",
    "/title/tv/92003",
    "/title/tv/92003/season/1",
    "/title/movie/550",
    "/search?q=shawshank",
    "/discover",
    "/library",
    "/",
    "/api/v1/requests",
    "/api/v1/requests/all",
    "/api/v1/titles/movie/278",
    "/api/v1/search?q=shawshank",
)
NOT_FOLLOWED = ("/account/", "/static/", "/pictures/", "/admin/", "/downloads")
_LINK = re.compile(r'(?:href|hx-get|action)="(/[^"#]*)"')


def secretive(username: str, number: int, role: Role = Role.USER, *, name: str = "") -> User:
    """Somebody who can be told by their address and by their Plex id wherever those appear."""
    made = person(username, role)
    made.name, made.plex_id, made.email = name, 918_273_000 + number, f"{number}.private@secret{number}.example"
    made.plex_username = f"{number}.plexname@secret{number}.example"
    made.save()
    return made


def marks(user: User) -> tuple[str, ...]:
    return user.email or "", user.plex_username, str(user.plex_id), f"secret{(user.plex_id or 0) - 918_273_000}"


@pytest.fixture
def people(newest: Overseerr) -> dict[str, User]:
    """A household in which everybody has to do with everything, here and in Overseerr."""
    anna = secretive("anna", 1, name="Anna")
    # A Plex account without a name of its own bears its address as one.
    ben = secretive("2.private@secret2.example", 2)
    carl, mona = secretive("carl", 3, name="Carl"), secretive("mona", 4, Role.MODERATOR, name="4@secret4.example")
    for there, user in zip(("olive", "ben", "anna"), (mona, ben, anna), strict=True):
        known = newest.user(there)
        known.email, known.plex_id, known.plex_username = user.email or "", user.plex_id, user.plex_username
        known.permissions = 2
    _requests(newest, anna, ben, mona)
    _problem(newest, anna, mona)
    return {"anna": anna, "ben": ben, "carl": carl, "mona": mona}


def _requests(newest: Overseerr, anna: User, ben: User, mona: User) -> None:
    film = asking.ask(user=anna, item=shawshank(), note="Please").request
    assert film is not None
    asking.ask(user=ben, item=shawshank())
    deciding.approve(request=film, by=mona)
    series = a_series()
    declined = asking.ask(user=ben, item=series, seasons=[1]).request
    assert declined is not None
    deciding.decline(request=declined, by=mona, reason="Not now")
    asking.ask(user=mona, item=series, seasons=[2])
    work()
    with newest.settings.lock:
        wanted = {"mediaType": "movie", "mediaId": 550, "is4k": False}
        rules.create(newest.settings, next(iter(newest.settings.users.values())), wanted)
    look_again()


def _problem(newest: Overseerr, anna: User, mona: User) -> None:
    film = MediaRequest.objects.filter(tmdb_id=278).get().media_item
    assert film is not None
    newest.set_media_status(278, "movie", "available")
    problem = problems.report(user=anna, item=film, kind="audio", message="Only noise")
    problems.comment(problem=problem, user=mona, message="I look at it")
    work()
    for user in newest.settings.users.values():
        newest.settings.issues[0].comments.append(Comment(newest.settings.next_id(), user, "Said there"))
    look_again()
    assert ProblemReport.objects.get().comments.filter(said_there=True).exists()


def crawled(browser: Client, begin: tuple[str, ...], **headers: str) -> Iterator[tuple[str, str]]:
    """Addresses with all that came back: head and body. Follows what is linked, within its own house."""
    waiting, seen = list(begin), set(begin)
    while waiting:
        path = waiting.pop(0)
        answer = browser.get(path, headers=headers)
        body: bytes = getattr(answer, "content_read", b"") if answer.streaming else answer.content
        text = body.decode(errors="replace")
        yield path, f"{dict(answer.headers)} {text}"
        for link in _LINK.findall(text):
            found = link.replace("&amp;", "&")
            if found not in seen and len(seen) < MOST and not urlsplit(found).path.startswith(NOT_FOLLOWED):
                seen.add(found)
                waiting.append(found)


@pytest.mark.parametrize("viewer", ["anna", "ben", "carl", "mona"])
def test_nobody_reads_the_address_or_plex_id_of_another(people: dict[str, User], viewer: str) -> None:
    wanted = [mark for name, user in people.items() if name != viewer for mark in marks(user)]
    opened = []
    for path, said in crawled(browser_of(people[viewer]), BEGIN):
        opened.append(path)
        assert [mark for mark in wanted if mark in said] == [], path
    for kind in ("/requests/problems/", "/title/movie/", "/requests/"):
        assert any(path.startswith(kind) for path in opened)
    if viewer != "carl":
        assert any(re.match(r"/requests/[0-9a-f-]{36}$", path) for path in opened)


@pytest.mark.parametrize("viewer", ["ben", "mona"])
def test_no_program_reads_them_either(people: dict[str, User], viewer: str) -> None:
    wanted = [mark for name, user in people.items() if name != viewer for mark in marks(user)]
    ids = [f"/api/v1/requests/{one}" for one in MediaRequest.objects.values_list("pk", flat=True)]
    scopes = ["read", "admin"] if viewer == "mona" else ["read"]
    token = tokens.make(user=people[viewer], name="a program", scopes=scopes, lasts=dt.timedelta(days=1)).text
    told = dict(crawled(Client(), (*BEGIN[-4:], *ids), authorization=f"Bearer {token}"))
    for path, said in told.items():
        assert [mark for mark in wanted if mark in said] == [], path
    assert "Shawshank" in told["/api/v1/requests/all" if viewer == "mona" else "/api/v1/requests"]
