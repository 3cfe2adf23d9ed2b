"""What may be pasted, and what is said about the rest."""

from __future__ import annotations

import pytest

from downloads.links import BadLink, parse

PL = "PLx0sYbCqOb8TBPRdmBHs5Iftvv9TPboYG"
ID = "dQw4w9WgXcQ"
LIST_URL = f"https://www.youtube.com/playlist?list={PL}"
VIDEO_URL = f"https://www.youtube.com/watch?v={ID}"


@pytest.mark.parametrize(
    "text",
    [
        LIST_URL,
        f"  {LIST_URL}\n",
        f"http://youtube.com/playlist?list={PL}",
        f"https://m.youtube.com/playlist?list={PL}&si=abc",
        f"https://music.youtube.com/playlist?list={PL}",
        f"https://WWW.YouTube.com/playlist?list={PL}#t=3",
        f"https://www.youtube.com/embed/videoseries?list={PL}",
        f"youtube.com/playlist?list={PL}",
        f"https://www.youtube.com/watch?v={ID}&list={PL}&index=3",
        f"https://youtu.be/{ID}?list={PL}",
        f"https://www.youtube.com/playlist?list={PL}&list=WL",
    ],
)
def test_a_playlist_is_known_in_every_spelling(text: str) -> None:
    link = parse(text)
    assert (link.kind, link.id, link.url) == ("playlist", PL, LIST_URL)


@pytest.mark.parametrize(
    "text",
    [
        VIDEO_URL,
        f"https://www.youtube.com/watch?app=desktop&v={ID}&t=30s",
        f"https://youtu.be/{ID}?si=xyz",
        f"https://www.youtube.com/shorts/{ID}",
        f"https://www.youtube.com/live/{ID}?feature=share",
        f"https://www.youtube.com/embed/{ID}",
        f"youtu.be/{ID}",
    ],
)
def test_a_single_video_is_known_in_every_spelling(text: str) -> None:
    link = parse(text)
    assert (link.kind, link.id, link.url) == ("video", ID, VIDEO_URL)


def test_a_video_inside_a_playlist_means_the_playlist_and_says_so() -> None:
    assert "whole playlist" in parse(f"{VIDEO_URL}&list={PL}").note
    assert parse(LIST_URL).note == ""


@pytest.mark.parametrize(
    "id_", ["UUx0sYbCqOb8TBPRdmBHs5If", "FLx0sYbCqOb8TBPRdmBHs5If", "OLAK5uy_kX0sYbCqOb8TBPRdmBHs5If"]
)
def test_lists_of_uploads_favourites_and_albums_are_taken(id_: str) -> None:
    assert parse(f"https://www.youtube.com/playlist?list={id_}").id == id_


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste the address"),
        ("   ", "Paste the address"),
        ("https://www.youtube.com/playlist?list=WL", "private to one"),
        ("https://www.youtube.com/playlist?list=LL", "private to one"),
        ("https://music.youtube.com/playlist?list=LM", "private to one"),
        (f"{VIDEO_URL}&list=WL", "private to one"),
        (f"{VIDEO_URL}&list=RD{ID}", "mix has no end"),
        ("https://www.youtube.com/playlist?list=RDMM", "mix has no end"),
        ("https://www.youtube.com/playlist?list=PL", "no complete playlist id"),
        ("https://www.youtube.com/playlist", "no complete playlist id"),
        (f"https://www.youtube.com/playlist?list={PL}%0d%0aX", "no complete playlist id"),
        (f"https://www.youtube.com/playlist?list={PL}{'x' * 60}", "no complete playlist id"),
        (f"https://www.youtube.com/playlist?list=../{PL}", "no complete playlist id"),
        ("https://www.youtube.com/watch?v=short", "no complete video id"),
        ("https://www.youtube.com/watch", "no complete video id"),
        (f"https://www.youtube.com/shorts/{ID}/x", "no complete video id"),
        ("https://youtu.be/", "no complete video id"),
        (f"https://youtu.be/a/{ID}", "no complete video id"),
        ("https://www.youtube.com/@somebody", "whole channel"),
        ("https://www.youtube.com/@somebody/playlists", "whole channel"),
        ("https://www.youtube.com/channel/UCx0sYbCqOb8TBPRdmBHs5If", "whole channel"),
        ("https://www.youtube.com/c/somebody", "whole channel"),
        ("https://www.youtube.com/user/somebody", "whole channel"),
        ("https://www.youtube.com/feed/subscriptions", "Feeds differ"),
        ("https://www.youtube.com/feed/history", "Feeds differ"),
        ("https://www.youtube.com/hashtag/cats", "hashtag"),
        ("https://www.youtube.com/results?search_query=cats", "search results"),
        ("https://www.youtube.com/", "front page"),
        (f"https://www.youtube.com/redirect?q=http://127.0.0.1/?list={PL}", "neither"),
        ("https://www.youtube.com/oembed", "neither"),
        (f"https://youtube.com.evil.example/playlist?list={PL}", "looks like YouTube"),
        (f"https://www.youtube-nocookie.com/embed/{ID}", "looks like YouTube"),
        (f"https://yewtu.be/watch?v={ID}", "is not YouTube"),
        (f"https://notyoutu.be/{ID}", "looks like YouTube"),
        (f"https://evilyoutube.com/watch?v={ID}", "looks like YouTube"),
        (f"https://www.y\u043eutube.com/watch?v={ID}", "looks like YouTube"),
        (f"https://xn--yutube-wqf.com/watch?v={ID}", "looks like YouTube"),
        (f"https://youtube.com./playlist?list={PL}", "looks like YouTube"),
        ("https://vimeo.com/1", "is not YouTube"),
        (f"https://user:pw@www.youtube.com/watch?v={ID}", "user name or password"),
        (f"https://www.youtube.com@evil.example/watch?v={ID}", "user name or password"),
        (f"https://www.youtube.com:8443/watch?v={ID}", "port"),
        (f"https://www.youtube.com:/watch?v={ID}", "port"),
        (f"https://www.youtube.com:x/watch?v={ID}", "not a web address"),
        (f"http://127.0.0.1/watch?v={ID}", "made of numbers"),
        (f"http://2130706433/watch?v={ID}", "made of numbers"),
        (f"http://0x7f000001/watch?v={ID}", "made of numbers"),
        (f"http://0177.0.0.1/watch?v={ID}", "made of numbers"),
        (f"http://127.1/watch?v={ID}", "made of numbers"),
        (f"http://[::1]/watch?v={ID}", "made of numbers"),
        ("http://169.254.169.254/latest", "made of numbers"),
        ("ytsearch:cats", "ytsearch:"),
        ("ytsearch5:cats", "ytsearch5:"),
        ("file:///etc/passwd", "file:"),
        ("javascript:alert(1)", "javascript:"),
        (f"ftp://www.youtube.com/watch?v={ID}", "ftp:"),
        (PL, "not a web address"),
        ("cats", "not a web address"),
        ("https://[youtube.com", "not a web address"),
        (f"{VIDEO_URL}#__youtubedl_smuggle=%7B%7D", "hidden behind"),
        (f"{VIDEO_URL} extra", "invisible characters"),
        (f"https://www.youtube.com/wa\ttch?v={ID}", "invisible characters"),
        (f"https://www.youtube.com/watch?v={ID}\x00", "invisible characters"),
        (f"https://www.youtube.com/\u202ewatch?v={ID}", "invisible characters"),
        (f"https:\\\\www.youtube.com\\watch?v={ID}", "invisible characters"),
        (f"{VIDEO_URL}&x={'y' * 500}", "too long"),
        (f"{VIDEO_URL}{'&a=1' * 80}", "too many"),
    ],
)
def test_everything_else_is_refused_with_its_reason(text: str, words: str) -> None:
    with pytest.raises(BadLink) as refused:
        parse(text)
    assert words in refused.value.reason
    assert refused.value.sentence == refused.value.reason


def test_reasons_never_repeat_markup_unbroken() -> None:
    with pytest.raises(BadLink) as refused:
        parse("https://<script>.example/")
    assert refused.value.reason.startswith("\N{LEFT DOUBLE QUOTATION MARK}<script>")  # pages escape it like any text
