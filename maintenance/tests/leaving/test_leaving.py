"""Leaving, staying after all, and being forgotten."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from accounts.rules import CannotChangePerson
from families.models import Family, FamilyMembership, Recommendation
from maintenance import actions, erasing, exporting, promises
from maintenance.models import Departure, Erasure, PersonalExport
from maintenance.tests.leaving.acts import worked
from operations.models import Job, SecurityEvent
from requests_app.models import MediaRequest, RequestFollower
from watchlists.models import WatchlistEntry

pytestmark = pytest.mark.django_db(transaction=True)


def _day_comes(person: User) -> None:
    past = timezone.now() - dt.timedelta(minutes=1)
    Departure.objects.filter(user=person).update(asked_at=past - dt.timedelta(days=7), due_at=past)
    promises.leaving()
    worked()


def test_nothing_happens_before_the_day(annas_things: User) -> None:
    departure = actions.ask_to_leave(user=annas_things)
    promises.leaving()
    worked()

    assert User.objects.filter(pk=annas_things.pk).exists()
    assert departure.due_at - departure.asked_at == dt.timedelta(days=7)
    assert Job.objects.filter(idempotency_key=f"leaving:{annas_things.pk}", state="queued").exists()


def test_asking_again_moves_nothing(annas_things: User) -> None:
    first = actions.ask_to_leave(user=annas_things)

    assert actions.ask_to_leave(user=annas_things).due_at == first.due_at


def test_one_may_stay_after_all(annas_things: User) -> None:
    actions.ask_to_leave(user=annas_things)

    assert actions.stay(user=annas_things)
    promises.leaving()
    worked()
    assert User.objects.filter(pk=annas_things.pk).exists()
    assert not actions.stay(user=annas_things)


def test_what_is_private_goes_and_what_is_shared_stays_without_a_name(annas_things: User, ben: User) -> None:
    RequestFollower.objects.create(request=MediaRequest.objects.get(), user=ben)
    actions.ask_to_leave(user=annas_things)
    _day_comes(annas_things)

    assert not User.objects.filter(username="anna").exists()
    assert not WatchlistEntry.objects.exists()
    request = MediaRequest.objects.get()
    assert (request.user, request.created_by, request.note) == (ben, None, "")
    recommendation = Recommendation.objects.get()
    assert (recommendation.sender, recommendation.message) == (None, "")
    assert FamilyMembership.objects.get().role == "owner"
    assert FamilyMembership.objects.get().user == ben


def test_a_request_nobody_else_waits_for_is_cancelled(annas_things: User) -> None:
    actions.ask_to_leave(user=annas_things)
    _day_comes(annas_things)

    assert MediaRequest.objects.get().status == "cancelled"
    assert MediaRequest.objects.get().user is None


def test_a_family_of_one_ends(annas_things: User, ben: User) -> None:
    FamilyMembership.objects.filter(user=ben).delete()
    actions.ask_to_leave(user=annas_things)
    _day_comes(annas_things)

    assert not Family.objects.exists()


def test_an_admin_inherits_before_an_older_member(annas_things: User, ben: User, moderator: User) -> None:
    FamilyMembership.objects.create(family=Family.objects.get(), user=moderator, role="admin")
    actions.ask_to_leave(user=annas_things)
    _day_comes(annas_things)

    assert FamilyMembership.objects.owners().get().user == moderator


def test_their_exports_files_go_too(annas_things: User) -> None:
    actions.ask_for_export(user=annas_things)
    worked()
    path = exporting.folder() / PersonalExport.objects.get().path
    actions.ask_to_leave(user=annas_things)
    _day_comes(annas_things)

    assert not path.exists()


def test_leaves_a_note_in_and_beside_the_database(annas_things: User) -> None:
    former_id = annas_things.pk
    actions.ask_to_leave(user=annas_things)
    _day_comes(annas_things)

    assert Erasure.objects.get().pk == former_id
    (line,) = (settings.DATA_DIR / "erasures.jsonl").read_text().splitlines()
    assert json.loads(line)["id"] == str(former_id)
    assert SecurityEvent.objects.filter(kind="person.erased", object=str(former_id)).exists()


def test_whoever_a_restored_backup_brings_back_is_erased_again(annas_things: User) -> None:
    former_id = annas_things.pk
    actions.ask_to_leave(user=annas_things)
    _day_comes(annas_things)
    User.objects.create_user("anna", pk=former_id)
    Erasure.objects.all().delete()

    assert erasing.forget_again() == 1
    assert not User.objects.filter(pk=former_id).exists()
    assert Erasure.objects.filter(pk=former_id).exists()
    assert len((settings.DATA_DIR / "erasures.jsonl").read_text().splitlines()) == 1


def test_preparing_erases_them_again(annas_things: User) -> None:
    (settings.DATA_DIR / "erasures.jsonl").write_text(json.dumps({"id": str(annas_things.pk)}) + "\n{half")

    call_command("prepare")

    assert not User.objects.filter(username="anna").exists()


def test_the_last_administrator_cannot_ask(administrator: User) -> None:
    with pytest.raises(CannotChangePerson, match="last active administrator"):
        actions.ask_to_leave(user=administrator)


def test_one_who_became_the_last_administrator_meanwhile_is_told_why_they_are_still_here(administrator: User) -> None:
    other = User.objects.create_user("olga", role="ADMIN")
    actions.ask_to_leave(user=administrator)
    other.delete()
    _day_comes(administrator)

    assert User.objects.filter(pk=administrator.pk).exists()
    assert "last active administrator" in Departure.objects.get().problem


class TestThePage:
    def test_wants_the_user_name(self, annas_things: User, annas: Client) -> None:
        page = annas.post(reverse("maintenance:leave"), {"username": "ben"})

        assert "not your user name" in page.content.decode()
        assert not Departure.objects.exists()

    def test_says_when_and_offers_to_stay(self, annas_things: User, annas: Client) -> None:
        page = annas.post(reverse("maintenance:leave"), {"username": "Anna "}, follow=True).content.decode()
        assert "You leave on" in page

        page = annas.post(reverse("maintenance:stay"), follow=True).content.decode()
        assert "You stay." in page
        assert "You leave on" not in page

    def test_refuses_the_last_administrator_in_words(self, administrator: User, administrators: Client) -> None:
        page = administrators.post(reverse("maintenance:leave"), {"username": administrator.username})

        assert "last active administrator" in page.content.decode()

    @pytest.mark.parametrize("name", ["leave", "stay", "export"])
    def test_does_nothing_by_a_link(self, annas_things: User, annas: Client, name: str) -> None:
        annas.get(reverse(f"maintenance:{name}"))

        assert not Departure.objects.exists()
        assert not PersonalExport.objects.exists()

    def test_asks_strangers_to_sign_in(self, stranger: Client) -> None:
        assert stranger.get(reverse("maintenance:leaving")).status_code == 302

    def test_costs_few_queries(
        self, annas_things: User, annas: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_max_num_queries(8):
            annas.get(reverse("maintenance:leaving"))
