"""The sixth playlist within an hour is refused where it was typed, with what was typed kept."""

from __future__ import annotations

from django.test import Client

from downloads.models import YoutubeDownload


def link(n: int) -> str:
    return f"https://www.youtube.com/playlist?list=PL{n:032d}"


def test_the_sixth_playlist_within_an_hour_is_told_to_wait(annas: Client, bens: Client) -> None:
    for n in range(5):
        assert annas.post("/downloads/new/", {"link": link(n)}).status_code == 302
    assert annas.post("/downloads/new/", {"link": link(0)}).status_code == 302  # that one is there already
    response = annas.post("/downloads/new/", {"link": link(6)})
    assert response.status_code == 429
    assert 3500 < int(response.headers["Retry-After"]) <= 3600
    text = response.content.decode()
    assert "You can hand in 5 playlists an hour. Try again in 60 minutes." in text
    assert link(6) in text
    assert bens.post("/downloads/new/", {"link": link(6)}).status_code == 302
    assert YoutubeDownload.objects.count() == 6
