from __future__ import annotations

from django.test import Client
from django.urls import reverse

from accounts.models import User
from downloads.models import Video, YoutubeDownload
from downloads.tests.views import making
from downloads.tests.views.test_moving import address_in


def first_address(client: Client, download: YoutubeDownload) -> str:
    return address_in(client.get(reverse("downloads:detail", args=[download.pk])).content.decode())


def test_it_sends_nothing_while_nothing_changed(annas: Client, anna: User) -> None:
    response = annas.get(first_address(annas, making.ordered(anna)))
    assert response.status_code == 204
    assert response.content == b""


def test_it_sends_the_head_and_the_row_that_moved(annas: Client, anna: User) -> None:
    made = making.ordered(anna)
    address = first_address(annas, made)
    moving = made.entries.get(status="downloading")
    Video.objects.filter(pk=moving.video_id).update(total_bytes=1000, downloaded_bytes=400)
    text = annas.get(address).content.decode()
    assert 'id="progress"' in text
    assert f'id="entry-{moving.pk}" hx-swap-oob="true"' in text
    assert text.count("hx-swap-oob") == 1
    assert annas.get(address_in(text)).status_code == 204


def test_a_new_phase_replaces_the_whole_body(annas: Client, anna: User) -> None:
    made = making.download(anna)
    address = first_address(annas, made)
    making.fill(made, "queued")
    YoutubeDownload.objects.filter(pk=made.pk).update(inspected_at=made.created_at)
    response = annas.get(address)
    assert response.headers["HX-Retarget"] == "#download"
    assert "Order it?" in response.content.decode()
    assert "<title>Garden year" in response.content.decode()


def test_the_end_replaces_the_whole_body_and_stops(annas: Client, anna: User) -> None:
    made = making.ordered(anna)
    address = first_address(annas, made)
    YoutubeDownload.objects.filter(pk=made.pk).update(status="completed", plex_state="done")
    response = annas.get(address)
    assert response.headers["HX-Retarget"] == "#download"
    assert "hx-get" not in response.content.decode()


def test_another_person_gets_nothing_of_a_private_list(bens: Client, anna: User) -> None:
    private = making.ordered(anna, visibility="private")
    assert bens.get(reverse("downloads:progress", args=[private.pk])).status_code == 404


def test_a_moderator_sees_it_move(moderators: Client, anna: User) -> None:
    private = making.ordered(anna, visibility="private")
    assert moderators.get(reverse("downloads:progress", args=[private.pk])).status_code == 200


def test_signed_out_the_whole_page_goes_to_sign_in(stranger: Client, anna: User) -> None:
    address = reverse("downloads:progress", args=[making.ordered(anna).pk])
    response = stranger.get(address, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"].startswith(reverse("accounts:sign-in"))
