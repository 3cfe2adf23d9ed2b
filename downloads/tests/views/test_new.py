from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from downloads.models import YoutubeDownload

NEW = reverse("downloads:new")
LINK = "https://www.youtube.com/playlist?list=PLabcdefghijklmnop"


def test_it_leads_to_sign_in(stranger: Client) -> None:
    assert stranger.post(NEW, {"link": LINK}).status_code == 302
    assert not YoutubeDownload.objects.exists()


def test_a_good_link_leads_to_its_page(annas: Client, anna: User) -> None:
    response = annas.post(NEW, {"link": LINK})
    made = YoutubeDownload.objects.get()
    assert response.headers["Location"] == reverse("downloads:detail", args=[made.pk])
    assert made.user == anna
    assert made.playlist_id == "PLabcdefghijklmnop"


def test_a_video_inside_a_list_says_that_the_whole_list_is_meant(annas: Client) -> None:
    link = "https://www.youtube.com/watch?v=abcdefghijk&list=PLabcdefghijklmnop"
    text = annas.post(NEW, {"link": link}, follow=True).content.decode()
    assert "takes the whole playlist" in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Paste a link first."),
        ("https://vimeo.com/1", "is not YouTube"),
        ("https://www.youtube.com/playlist?list=WL", "private to one YouTube account"),
        ("ytsearch:cats", "begin with https://"),
    ],
)
def test_a_refusal_stands_beside_the_field_and_keeps_what_was_typed(annas: Client, typed: str, said: str) -> None:
    text = annas.post(NEW, {"link": typed}).content.decode()
    assert said in text
    assert f'value="{typed}"' in text or not typed
    assert 'aria-invalid="true"' in text
    assert not YoutubeDownload.objects.exists()


def test_the_error_is_tied_to_the_field(annas: Client) -> None:
    text = annas.post(NEW, {"link": "nonsense"}).content.decode()
    assert 'aria-describedby="id_link_helptext id_link_error"' in text or 'id="id_link_error"' in text
    assert text.count('id="id_link_helptext"') == 1
    assert text.count('id="id_link_error"') == 1


def test_a_form_from_elsewhere_is_refused(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    response = client.post(NEW, {"link": LINK})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()
    assert not YoutubeDownload.objects.exists()
