"""Attack 7: another person's ids, in every address there is."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from medianest.tests.attacks import snapshot
from medianest.tests.attacks.addresses import ADMIN, NOBODYS, OWNED, PAGES, Address, in_admin, of

NOT_THERE = (404, 405)
LEADS_BACK = {
    "accounts:end-device": "Ending twice, or what is nobody's or another's, all lead to the list of one's own.",
    "accounts:end-token": "As with devices.",
}
OPEN = {
    "theme": "colours are chosen before signing in",
    "healthz": "asked by supervisors",
    "readyz": "asked by supervisors",
    "hooks:hook-overseerr": "asked by Overseerr, with a secret",
    "accounts:sign-in": "the door",
    "accounts:sign-out": "leaving is open to all",
    "accounts:second-step-ask": "the door",
    "accounts:forgotten": "whoever forgot a password is not in",
    "accounts:reset-new": "whoever forgot a password is not in",
    "accounts:reset-link": "whoever forgot a password is not in",
    "accounts:confirm-address": "the link may be opened in another browser",
    "accounts:plex-waiting": "the door",
    "accounts:plex-begin": "the door",
    "accounts:plex-return": "the door",
    "accounts:plex-continue": "the door",
    "accounts:plex-look": "the door",
    "accounts:plex-stop": "the door",
    "accounts:plex-refused": "the door",
}
DOORS = ((302, "/admin/login/"), (302, "/account/sign-in/"))
WITH_ID = [one for one in PAGES if one.wants]


def test_every_address_with_an_id_is_known_to_these_tests() -> None:
    names = {one.name for one in WITH_ID}
    assert names == set(OWNED) | set(NOBODYS), "add it to OWNED, or with a reason to NOBODYS, in addresses.py"
    assert all(reason.endswith(".") for reason, _make in NOBODYS.values())


@pytest.mark.parametrize("name", sorted(OWNED))
def test_another_persons_row_is_not_there(name: str, anna: User, annas: Client, bens: Client) -> None:
    address = next(one for one in PAGES if one.name == name)
    path = address.filled(OWNED[name](anna))
    before = snapshot.taken()
    looked, pressed = bens.get(path), bens.post(path)
    assert looked.status_code in NOT_THERE
    assert pressed.status_code in (*NOT_THERE, 302 if name in LEADS_BACK else 404)
    assert 404 in (looked.status_code, pressed.status_code)
    assert [bens.generic(method, path).status_code in NOT_THERE for method in ("PUT", "PATCH", "DELETE")] == [True] * 3
    assert snapshot.changed(before) == set()
    mine = annas.get(path)
    assert (annas.post(path) if mine.status_code == 405 else mine).status_code in (200, 204, 302), (
        "the row is not there"
    )


def test_a_moderators_deeds_are_not_there_for_others(anna: User, annas: Client, bens: Client) -> None:
    act = next(one for one in PAGES if one.name == "requests:act")
    ids = OWNED["requests:act"](anna)
    before = snapshot.taken()
    for client in (annas, bens):
        for doing in ("approve", "decline", "there", "delete", "update"):
            assert client.post(act.filled({**ids, "doing": doing}), {"reason": "mine now"}).status_code == 404
    assert snapshot.changed(before) == set()


def test_several_ids_in_a_form_or_a_query_reach_nobody_elses(anna: User, annas: Client, bens: Client) -> None:
    wish, download = OWNED["requests:detail"](anna)["id"], OWNED["downloads:detail"](anna)["download_id"]
    before = snapshot.taken()
    assert bens.post("/requests/all/decide", {"request": [wish], "do": "approve"}).status_code == 403
    assert "Garden year" in annas.get("/downloads/moving/", {"d": [str(download)], "seen": "0"}).text
    assert "Garden year" not in bens.get("/downloads/moving/", {"d": [str(download)], "seen": "0"}).text
    assert snapshot.changed(before) == set()


@pytest.mark.parametrize("address", PAGES, ids=lambda one: one.name)
def test_nothing_but_the_door_is_open_to_strangers(address: Address) -> None:
    is_open = not getattr(address.view, "login_required", True)
    assert is_open == (address.name in OPEN)


def test_strangers_are_sent_to_the_door_from_everywhere(anna: User, stranger: Client) -> None:
    paths = [(one.name, path) for one, path in of(anna) if one.name not in OPEN]
    paths += [("admin", path) for path in in_admin()]
    before = snapshot.taken()
    for name, path in paths:
        for answer in (stranger.get(path), stranger.post(path)):
            if name.startswith("api:"):
                assert answer.status_code == 401
            elif not path.startswith("/admin/"):
                assert (answer.status_code, answer.headers.get("Location", "")[:17]) == (302, "/account/sign-in/"), path
            elif path != "/admin/logout/":  # that one sends its form on to our own
                assert (answer.status_code, urlsplit(answer.headers["Location"]).path) in DOORS, path
    assert snapshot.changed(before) == set()
    assert len(paths) > len(ADMIN)


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_the_administration_is_closed_to_all_but_administrators(
    role: str, anna: User, bens: Client, moderators: Client
) -> None:
    client = bens if role == "viewer" else moderators
    paths = in_admin()
    before = snapshot.taken()
    for path in paths:
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code in (302, 307, 403), path
            if path != "/admin/logout/":
                assert answer.headers.get("Location", "/admin/login/").startswith(
                    ("/admin/login/", "/account/change")
                ), path
    assert snapshot.changed(before) == set()
    assert len(paths) > 200
