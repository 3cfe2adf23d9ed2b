from __future__ import annotations

import html
import re

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from downloads.models import Video
from downloads.tests.views import making


def address_in(text: str) -> str:
    found = re.search(r'hx-get="([^"]+)"', text)
    assert found
    return html.unescape(found[1])


def test_it_sends_nothing_while_nothing_changed(annas: Client, anna: User) -> None:
    making.ordered(anna)
    address = address_in(annas.get(reverse("downloads:list")).content.decode())
    response = annas.get(address)
    assert response.status_code == 204
    assert response.content == b""


def test_it_sends_the_changed_row_alone(annas: Client, anna: User) -> None:
    still = making.ordered(anna)
    moved = making.ordered(anna)
    address = address_in(annas.get(reverse("downloads:list")).content.decode())
    Video.objects.filter(entries__download=moved, entries__status="downloading").update(
        total_bytes=1000, downloaded_bytes=500, speed_bps=100
    )
    response = annas.get(address)
    text = response.content.decode()
    assert f'id="download-{moved.pk}" hx-swap-oob="true"' in text
    assert f'id="download-{still.pk}"' not in text
    assert annas.get(address_in(text)).status_code == 204


def test_it_stops_asking_when_all_is_done(annas: Client, anna: User) -> None:
    making.ordered(anna)
    address = address_in(annas.get(reverse("downloads:list")).content.decode())
    anna.youtube_downloads.update(status="completed", plex_state="done")
    text = annas.get(address).content.decode()
    assert "in Plex" in text
    assert "hx-get" not in text


def test_it_tells_nothing_of_other_peoples_lists(bens: Client, anna: User) -> None:
    secret = making.ordered(anna, title="Secret", visibility="private")
    response = bens.get(reverse("downloads:moving"), {"d": [str(secret.pk), "nonsense"], "seen": ""})
    assert response.status_code == 200
    assert "Secret" not in response.content.decode()


def test_more_rows_of_other_people_cost_no_more_queries(
    bens: Client, anna: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [str(making.ordered(anna, visibility="shared").pk) for _ in range(8)]
    address = reverse("downloads:moving")
    with django_assert_max_num_queries(50) as few:
        bens.get(address, {"d": ids[:1], "seen": ""})
    with django_assert_max_num_queries(len(few)):
        response = bens.get(address, {"d": ids, "seen": ""})
    assert response.content.decode().count("hx-swap-oob") >= len(ids)


def test_signed_out_the_page_as_a_whole_goes_to_sign_in(stranger: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/downloads/?whose=all"}
    response = stranger.get(reverse("downloads:moving"), headers=headers)
    assert response.content == b""
    assert response.headers["HX-Redirect"] == f"{reverse('accounts:sign-in')}?next=/downloads/%3Fwhose%3Dall"
