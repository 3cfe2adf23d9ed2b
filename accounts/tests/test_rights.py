"""Who may do what, and that it is decided in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from accounts import rights
from accounts.models import Role, Status, User
from accounts.rights import Right, may

HOUSE = Path(settings.BASE_DIR)


def written() -> list[tuple[str, list[bool]]]:
    """The table of docs/people.md."""
    text = (HOUSE / "docs" / "people.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (yes|no) \| (yes|no) \| (yes|no) \|$", text, re.MULTILINE)
    return [(words, [cell == "yes" for cell in cells]) for words, *cells in rows]


def test_the_written_table_is_what_the_code_decides() -> None:
    assert written() == list(rights.table())


def test_each_role_includes_the_one_before_it() -> None:
    for _words, held in rights.table():
        assert held == sorted(held)


def test_nobody_may_act_as_somebody_else() -> None:
    assert rights.roles_with(Right.IMPERSONATE) == []


@pytest.mark.parametrize("status", [Status.INACTIVE, Status.SUSPENDED, Status.DELETED])
def test_whoever_is_not_active_may_nothing(status: Status) -> None:
    person = User(username="ada", role=Role.ADMIN, status=status)
    assert not any(may(person, right) for right in Right)
    assert not any([person.is_moderator, person.is_administrator, person.is_staff, person.is_superuser])
    assert not any([person.has_perm("accounts.change_user"), person.has_module_perms("accounts")])


def test_somebody_not_signed_in_and_an_unknown_role_may_nothing() -> None:
    for nobody in (AnonymousUser(), None, User(username="x", role="OWNER")):
        assert not any(may(nobody, right) for right in Right)


def test_no_other_code_compares_roles() -> None:
    """It asks for a right. What is left names a role to give it, or to count."""
    compares = re.compile(
        r"((user|person|self)\.role\s*(==|!=|in|not in)\s)|is_superuser\s*=|role=\s*[\"'](ADMIN|MODERATOR)"
    )
    found = [
        f"{path.relative_to(HOUSE)}: {line.strip()}"
        for path in sorted(HOUSE.glob("*/**/*.py"))
        if not {"tests", "migrations", ".venv", "sandbox", "var", "bench"} & set(path.relative_to(HOUSE).parts)
        for line in path.read_text(encoding="utf-8").splitlines()
        if compares.search(line)
    ]
    assert found == []


def test_everyone_signed_in_can_read_the_table(annas: Client, stranger: Client) -> None:
    text = annas.get("/account/rights/").content.decode()
    assert "Who may do what" in text
    assert text.count('<th scope="row">') == len(Right)
    assert stranger.get("/account/rights/").status_code == 302
