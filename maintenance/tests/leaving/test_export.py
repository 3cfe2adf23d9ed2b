"""Taking one's data along."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import MediaItem
from maintenance import actions, exporting, promises
from maintenance.actions import CannotExport
from maintenance.models import PersonalExport
from maintenance.tests.leaving.acts import SECRET, archive_of, belongings_of, now_is_past, part, table, worked
from medianest.lib import personal_data
from operations.models import Job
from watchlists.models import WatchlistEntry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def export(annas_things: User) -> PersonalExport:
    actions.ask_for_export(user=annas_things)
    worked()
    return PersonalExport.objects.get()


def test_holds_every_part_as_json_and_as_csv(export: PersonalExport) -> None:
    archive = archive_of(export)

    assert [row["part"] for row in table(archive, "files")] == sorted(row["part"] for row in table(archive, "files"))
    for row in table(archive, "files"):
        assert len(part(archive, row["part"])) == int(row["rows"]) == len(table(archive, row["part"]))
    assert part(archive, "watchlist")[0]["notes"] == "Private thoughts."
    assert part(archive, "watchlist")[0]["media_item"]["name"].startswith("Fight Club")
    assert part(archive, "person")[0]["username"] == "anna"
    assert len(part(archive, "families")) == 1


def test_holds_no_secret_and_nobody_elses_rows(export: PersonalExport, ben: User) -> None:
    archive = archive_of(export)
    everything = b"".join(archive.read(name) for name in archive.namelist())

    assert SECRET.encode() not in everything
    assert User.objects.get(username="anna").password.encode() not in everything
    assert [row["user"]["name"] for row in part(archive, "family-memberships")] == ["Anna"]


def test_others_rows_stay_out(export: PersonalExport, ben: User, film: MediaItem) -> None:
    WatchlistEntry.objects.create(user=ben, media_item=film, notes="Ben's alone")
    again = actions.ask_for_export(user=User.objects.get(username="anna"))
    worked()
    again.refresh_from_db()

    assert b"Ben's alone" not in archive_of(again).read("watchlist.json")


def test_spreadsheets_take_nothing_for_a_formula(export: PersonalExport) -> None:
    archive = archive_of(export)

    assert table(archive, "requests")[0]["note"] == "'=2+2 please"
    assert part(archive, "requests")[0]["note"] == "=2+2 please"


def test_the_file_is_for_us_alone(export: PersonalExport) -> None:
    place = exporting.folder() / export.path

    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in place.parent.iterdir()] == [export.path]


def test_only_its_person_gets_it(export: PersonalExport, annas: Client, bens: Client, administrators: Client) -> None:
    address = reverse("maintenance:export-file", args=[export.pk])

    assert bens.get(address).status_code == 404
    assert administrators.get(address).status_code == 404
    assert Client().get(address).status_code == 302
    answer = annas.get(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "anna" in answer["Content-Disposition"]
    assert answer.getvalue()[:2] == b"PK"


def test_one_at_a_time(annas_things: User) -> None:
    actions.ask_for_export(user=annas_things)

    with pytest.raises(CannotExport, match="already"):
        actions.ask_for_export(user=annas_things)


def test_three_a_day(annas_things: User) -> None:
    for _ in range(actions.EXPORTS_A_DAY):
        actions.ask_for_export(user=annas_things)
        worked()

    with pytest.raises(CannotExport, match="tomorrow"):
        actions.ask_for_export(user=annas_things)


def test_the_file_goes_after_its_days(export: PersonalExport) -> None:
    place = exporting.folder() / export.path
    now_is_past(export)
    promises.leaving()
    worked()
    export.refresh_from_db()

    assert not place.exists()
    assert not export.is_ready


def test_a_full_disk_is_told_and_leaves_no_half_file(annas_things: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "_fill", full)
    actions.ask_for_export(user=annas_things)
    for _ in range(3):
        worked()
        Job.objects.update(run_after="2020-01-01T00:00:00Z")
    export = PersonalExport.objects.get()

    assert "disk" in export.error
    assert export.finished_at is not None
    assert list(exporting.folder().iterdir()) == []


def test_a_run_that_was_lost_is_made_again_from_the_start(annas_things: User) -> None:
    export = actions.ask_for_export(user=annas_things)
    draft = Path(settings.DATA_DIR) / "exports" / f"{export.pk}.part"
    draft.parent.mkdir()
    draft.write_bytes(b"half")
    worked()
    export.refresh_from_db()

    assert zipfile.is_zipfile(exporting.folder() / export.path)
    assert not draft.exists()


class TestThePage:
    def test_asks_shows_progress_and_offers_the_file(self, annas_things: User, annas: Client) -> None:
        page = annas.post(reverse("maintenance:export"), follow=True).content.decode()
        assert "being made" in page
        assert "hx-get" in page
        assert annas.get(reverse("maintenance:export-progress")).status_code == 200

        worked()
        page = annas.get(reverse("maintenance:export-progress")).content.decode()
        assert "Download" in page
        assert "hx-get" not in page

    def test_sends_nothing_when_nothing_changed(self, annas_things: User, annas: Client) -> None:
        annas.post(reverse("maintenance:export"))
        mark = annas.get(reverse("maintenance:export-progress")).context["mark"]

        assert annas.get(reverse("maintenance:export-progress"), {"seen": mark}).status_code == 204

    def test_shows_nobody_elses(self, export: PersonalExport, bens: Client) -> None:
        assert str(export.pk) not in bens.get(reverse("maintenance:leaving")).content.decode()


def test_many_rows_cost_few_queries(
    anna: User, film: MediaItem, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    belongings_of(anna, film)
    for part_of in personal_data.exports():
        rows = list(part_of.rows(anna))
        with django_assert_max_num_queries(0):
            for row in rows:
                for column in part_of.columns():
                    exporting._value(row, column)
