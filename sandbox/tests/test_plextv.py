"""The simulated plex.tv as plexapi, a browser and MediaNest's own small client meet it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from xml.etree import ElementTree

import pytest
import requests
from plexapi.exceptions import NotFound, Unauthorized
from plexapi.myplex import MyPlexAccount, MyPlexPinLogin
from plexapi.server import PlexServer
from requests.adapters import HTTPAdapter

from sandbox.plex import Plex
from sandbox.plextv import PlexTv

CLIENT = {"X-Plex-Client-Identifier": "medianest-signin", "X-Plex-Product": "MediaNest"}
JSON = CLIENT | {"Accept": "application/json", "Origin": "http://portal.example"}
BACK = "http://portal.example/plex/return?state=abc"


class Elsewhere(HTTPAdapter):
    """Sends what is meant for plex.tv to the simulated one."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.target = urlsplit(url)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.url = urlunsplit(parts._replace(scheme=self.target.scheme, netloc=self.target.netloc))
        return super().send(request, *args, **kwargs)


@pytest.fixture
def plex(tmp_path: Path) -> Iterator[Plex]:
    server = Plex({"YouTube": tmp_path})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def tv(plex: Plex) -> Iterator[PlexTv]:
    server = PlexTv(plex=plex)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def session(tv: PlexTv) -> Iterator[requests.Session]:
    with requests.Session() as one:
        one.mount("https://plex.tv", Elsewhere(tv.url))
        yield one


def pin(tv: PlexTv, session: requests.Session, headers: Mapping[str, str] = JSON) -> dict[str, Any]:
    answer = session.post(f"{tv.url}/api/v2/pins?strong=true", headers=headers)
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def sign_in(tv: PlexTv, session: requests.Session, code: str, username: str, **more: str) -> requests.Response:
    form = {"code": code, "clientID": CLIENT["X-Plex-Client-Identifier"], "forwardUrl": BACK, "username": username}
    form |= {"password": f"{username}-in-the-nest"} | more
    return session.post(f"{tv.url}/auth", data=form, allow_redirects=False)


def check(tv: PlexTv, session: requests.Session, made: dict[str, Any], **headers: str) -> requests.Response:
    return session.get(f"{tv.url}/api/v2/pins/{made['id']}", headers=JSON | headers)


def codes(answer: requests.Response) -> list[tuple[int, int]]:
    return [(answer.status_code, error["code"]) for error in answer.json()["errors"]]


def test_a_person_signs_in_on_the_page_and_comes_back_with_a_token(tv: PlexTv, session: requests.Session) -> None:
    made = pin(tv, session)
    assert (made["authToken"], made["expiresIn"] > 1790, len(made["code"]) > 20) == (None, True, True)
    answer = sign_in(tv, session, made["code"], "ben")
    assert (answer.status_code, answer.headers["Location"]) == (302, BACK)
    token = check(tv, session, made).json()["authToken"]
    user = session.get(f"{tv.url}/api/v2/user", headers=JSON | {"X-Plex-Token": token}).json()
    assert (user["id"], user["username"], user["email"]) == (1002, "ben", "ben@nest.example")


def test_a_managed_person_signs_in_without_an_address(tv: PlexTv, session: requests.Session) -> None:
    made = pin(tv, session)
    tv.approve(made["code"], "mia")
    token = check(tv, session, made).json()["authToken"]
    user = session.get(f"{tv.url}/api/v2/user", headers=JSON | {"X-Plex-Token": token}).json()
    assert (user["email"], user["username"], user["title"], user["restricted"]) == (None, "", "Mia", True)


def test_a_wrong_password_keeps_what_was_asked(tv: PlexTv, session: requests.Session) -> None:
    made = pin(tv, session)
    answer = sign_in(tv, session, made["code"], "ben", password="guess")
    assert (answer.status_code, made["code"] in answer.text, BACK in answer.text) == (403, True, True)
    assert check(tv, session, made).json()["authToken"] is None
    assert sign_in(tv, session, "unknown", "ben").status_code == 404
    assert sign_in(tv, session, made["code"], "ben", clientID="another").status_code == 404


@pytest.mark.parametrize("target", ["", "javascript:alert(1)", "http://elsewhere.example/", "https://portal.example/"])
def test_nobody_is_sent_to_a_place_that_did_not_ask(tv: PlexTv, session: requests.Session, target: str) -> None:
    answer = sign_in(tv, session, pin(tv, session)["code"], "ben", forwardUrl=target)
    assert (answer.status_code, "Signed in as Ben" in answer.text) == (200, True)


def test_the_origin_rule_can_be_relaxed(tv: PlexTv, session: requests.Session) -> None:
    made = pin(tv, session, CLIENT | {"Accept": "application/json"})
    assert sign_in(tv, session, made["code"], "ben").status_code == 200
    tv.control({"strict_origin": False})
    assert sign_in(tv, session, made["code"], "ben").status_code == 302


def test_the_page_serves_its_own_script_and_warns_when_told(tv: PlexTv, session: requests.Session) -> None:
    assert "Security alert" not in session.get(tv.auth_url).text
    tv.control({"alert": True})
    assert "Security alert" in session.get(f"{tv.auth_url}/").text
    assert "forwardUrl" in session.get(f"{tv.url}/static/auth.js").text
    assert session.get(f"{tv.url}/").status_code == 200


def test_pins_are_refused_with_plex_codes(tv: PlexTv, session: requests.Session) -> None:
    assert codes(session.post(f"{tv.url}/api/v2/pins", headers={"Accept": "application/json"})) == [(400, 1000)]
    made = pin(tv, session)
    other = {"X-Plex-Client-Identifier": "another"}
    assert codes(check(tv, session, made, **other)) == [(404, 1020)]
    xml = session.get(f"{tv.url}/api/v2/pins/{made['id']}", headers=other)
    error = ElementTree.fromstring(xml.content).find("error")
    assert error is not None
    assert (error.attrib["code"], error.attrib["status"]) == ("1020", "404")
    tv.control({"poll_limit": 0})
    assert codes(check(tv, session, made)) == [(429, 1003)]
    tv.control({"poll_limit": None, "expire_pins": True})
    assert codes(check(tv, session, made)) == [(404, 1020)]
    with pytest.raises(KeyError):
        tv.approve(made["code"], "ben")


def test_a_pin_for_typing_is_short(tv: PlexTv, session: requests.Session) -> None:
    made = session.post(f"{tv.url}/api/v2/pins", headers=JSON).json()
    assert (len(made["code"]), made["expiresIn"] <= 900) == (4, True)
    strong = session.post(f"{tv.url}/api/v2/pins", headers=JSON, json={"strong": True}).json()
    assert len(strong["code"]) > 20


def test_browsers_may_ask_for_pins_unless_told_otherwise(tv: PlexTv, session: requests.Session) -> None:
    headers = {"Access-Control-Request-Headers": "x-plex-client-identifier", "Origin": "http://portal.example"}
    answer = session.options(f"{tv.url}/api/v2/pins", headers=headers)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Headers"] == "x-plex-client-identifier"
    tv.control({"cors": False})
    assert "Access-Control-Allow-Origin" not in session.options(f"{tv.url}/api/v2/pins", headers=headers).headers


def test_the_page_learns_who_asked(tv: PlexTv, session: requests.Session) -> None:
    made = pin(tv, session)
    info = session.get(f"{tv.url}/api/v2/pins/info", params={"code": made["code"]}, headers=JSON).json()
    assert (info["product"], info["origin"], info["trusted"]) == ("MediaNest", "http://portal.example", False)
    assert "authToken" not in info
    assert session.get(f"{tv.url}/api/v2/pins/info?code=x", headers=JSON).status_code == 404


def test_a_new_sign_in_kills_the_token_before_it(tv: PlexTv, session: requests.Session) -> None:
    def alive(token: str) -> int:
        return session.get(f"{tv.url}/api/v2/user", headers=JSON | {"X-Plex-Token": token}).status_code

    first, elsewhere = tv.issue("ben", "portal"), tv.issue("ben", "television")
    second = tv.issue("ben", "portal")
    assert (alive(first), alive(second), alive(elsewhere)) == (401, 200, 200)
    assert session.delete(f"{tv.url}/api/v2/users/signout", headers={"X-Plex-Token": second}).status_code == 204
    assert (alive(second), alive(elsewhere)) == (401, 200)
    tv.control({"revoke": "ben"})
    assert alive(elsewhere) == 401
    dead = session.get(f"{tv.url}/api/v2/user", headers=JSON | {"X-Plex-Token": second})
    assert codes(dead) == [(401, 1001)]


def test_plexapi_signs_in_by_pin(tv: PlexTv, session: requests.Session) -> None:
    login = MyPlexPinLogin(session=session, oauth=True)
    assert "forwardUrl=http" in login.oauthUrl("http://portal.example/")
    assert login.checkLogin() is False
    tv.approve(str(login._code), "anna")
    assert login.checkLogin() is True
    account = MyPlexAccount(token=login.token, session=session)
    assert (account.username, account.id, account.ping()) == ("anna", 1003, True)
    account.signout()
    with pytest.raises(Unauthorized):
        MyPlexAccount(token=login.token, session=session)


def test_the_owner_sees_who_has_a_share_and_who_is_still_invited(
    tv: PlexTv, plex: Plex, session: requests.Session
) -> None:
    owner = MyPlexAccount(token=plex.token, session=session)
    users = {user.title: user for user in owner.users()}
    assert list(users) == ["Ben", "Anna", "Carl", "Mia", "Pia"]
    assert {title for title, user in users.items() if user.servers[0].pending} == {"Pia"}
    assert {user.servers[0].machineIdentifier for user in users.values()} == {plex.machine_id}
    assert (users["Mia"].home, users["Mia"].email) == (True, "")
    assert users["Carl"].get_token(plex.machine_id) == plex.token_of("carl")
    shared = session.get(f"{tv.url}/api/servers/{plex.machine_id}/shared_servers?X-Plex-Token={plex.token}")
    carl = ElementTree.fromstring(shared.content).find("SharedServer[@username='carl']")
    assert carl is not None
    assert {section.attrib["title"] for section in carl if section.attrib["shared"] == "1"} == {"Films", "YouTube"}


def test_friends_see_no_lists_of_friends(tv: PlexTv, plex: Plex, session: requests.Session) -> None:
    headers = {"X-Plex-Token": tv.issue("ben", "portal")}
    assert "<User" not in session.get(f"{tv.url}/api/users", headers=headers).text
    shared = session.get(f"{tv.url}/api/servers/{plex.machine_id}/shared_servers", headers=headers)
    assert shared.status_code == 401


def test_resources_give_each_person_their_own_server_token(tv: PlexTv, plex: Plex, session: requests.Session) -> None:
    def resources(username: str) -> dict[str, Any]:
        account = MyPlexAccount(token=tv.issue(username, "portal"), session=session)
        return {resource.clientIdentifier: resource for resource in account.resources()}

    mine = resources("ben")[plex.machine_id]
    assert (mine.owned, mine.ownerId, mine.provides) == (False, 1001, "server")
    assert mine.connections[0].uri == plex.url
    assert PlexServer(plex.url, mine.accessToken, session=session).machineIdentifier == plex.machine_id
    assert resources("olive")[plex.machine_id].owned is True
    assert resources("pia") == {}
    assert plex.machine_id not in resources("stefan")


def test_the_owners_account_token_opens_the_server_until_it_dies(
    tv: PlexTv, plex: Plex, session: requests.Session
) -> None:
    token = tv.issue("olive", "portal")
    assert PlexServer(plex.url, token, session=session).sessions()
    tv.revoke("olive")
    for username in ("olive", "ben"):
        dead = token if username == "olive" else tv.issue(username, "portal")
        with pytest.raises(Unauthorized):
            PlexServer(plex.url, dead, session=session)


def test_the_owner_switches_to_a_member_of_the_household(tv: PlexTv, session: requests.Session) -> None:
    owner = MyPlexAccount("olive", "olive-in-the-nest", session=session)
    mia = owner.switchHomeUser("Mia")
    assert (mia.title, mia.restricted) == ("Mia", True)
    home = session.get(f"{tv.url}/api/home/users", headers={"X-Plex-Token": owner.authenticationToken})
    assert [user.attrib["title"] for user in ElementTree.fromstring(home.content)] == ["Olive", "Mia"]
    with pytest.raises(Unauthorized):
        MyPlexAccount("ben", "ben-in-the-nest", session=session).switchHomeUser(owner.user("Mia"))


def test_names_without_their_password_open_nothing(tv: PlexTv, session: requests.Session) -> None:
    for name, password in (("ben", "guess"), ("nobody", "x"), ("mia", "mia-in-the-nest")):
        with pytest.raises(Unauthorized):
            MyPlexAccount(name, password, session=session)
    with pytest.raises(KeyError):
        tv.control({"colour": "red"})


def test_xml_is_the_default(tv: PlexTv, session: requests.Session) -> None:
    made = ElementTree.fromstring(session.post(f"{tv.url}/api/v2/pins", headers=CLIENT).content)
    assert (made.tag, made.attrib["authToken"]) == ("pin", "")
    resources = session.get(f"{tv.url}/api/v2/resources", headers={"X-Plex-Token": tv.issue("ben", "portal")})
    assert ElementTree.fromstring(resources.content).find("resource/connections/connection") is not None
    listed = session.get(f"{tv.url}/api/v2/resources", headers=JSON | {"X-Plex-Token": tv.issue("ben", "portal")})
    assert listed.json()[0]["connections"][0]["local"] is True


def test_it_can_be_switched_off_and_on(tv: PlexTv, session: requests.Session) -> None:
    tv.turn("down")
    with pytest.raises(requests.ConnectionError):
        session.get(tv.auth_url)
    tv.turn("up")
    assert session.get(tv.auth_url).status_code == 200
    with pytest.raises(NotFound):
        MyPlexAccount("olive", "olive-in-the-nest", session=session).user("Stefan")
