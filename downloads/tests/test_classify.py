"""What YouTube's and yt-dlp's own words mean."""

from __future__ import annotations

import errno

import pytest

from downloads.classify import LEFT_OUT, Disposition, Trouble, classify, sentence

P, R, Q = Disposition.PERMANENT, Disposition.RETRY, Disposition.PAUSE_QUEUE


@pytest.mark.parametrize(
    ("text", "code", "disposition"),
    [
        ("Sign in to confirm you\u2019re not a bot. Use --cookies", "bot_check", Q),
        ("Sign in to confirm you're not a bot", "bot_check", Q),
        ("This content isn't available, try again later.", "rate_limited", Q),
        (
            "Video unavailable. The current session has been rate-limited by YouTube for up to an hour.",
            "rate_limited",
            Q,
        ),
        ("HTTP Error 429: Too Many Requests", "rate_limited", Q),
        ("A captcha is required", "captcha", Q),
        ("Private video. Sign in if you've been granted access to this video", "private", P),
        ("This video is private", "private", P),
        ("This playlist is private", "list_private", P),
        ("The playlist does not exist.", "list_gone", P),
        ("Join this channel to get access to members-only content like this video", "members", P),
        ("This video is available to this channel's members on level: Gold", "members", P),
        ("Sign in to confirm your age. This video may be inappropriate for some users.", "age", P),
        ("The uploader has not made this video available in your country", "region", P),
        ("Video unavailable. This video has been removed by the uploader", "gone", P),
        ("This video is no longer available because the account associated has been terminated.", "gone", P),
        ("Video unavailable. This video contains content from X, who has blocked it", "gone", P),
        ("This video is not available", "gone", P),
        ("Requested format is not available", "no_format", P),
        ("This video is DRM protected", "no_format", P),
        ("Premieres in 3 hours", "upcoming", Disposition.LATER),
        ("This live event will begin in a few moments.", "upcoming", Disposition.LATER),
        ("HTTP Error 503: Service Unavailable", "unreachable", R),
        ("Unable to download webpage: The read operation timed out", "unreachable", R),
        ("1024 bytes read, 195223 more expected", "unreachable", R),
        ("something nobody has seen", "unknown", R),
    ],
)
def test_texts(text: str, code: str, disposition: Disposition) -> None:
    status = int(text.split()[2].strip(":")) if text.startswith("HTTP Error") else None
    failure = classify(Trouble(text, http_status=status))
    assert (failure.code, failure.disposition) == (code, disposition)
    assert failure.sentence
    assert text not in failure.sentence


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble("unable to write data", errno=errno.ENOSPC), "disk_full"),
        (Trouble("unable to write data", errno=errno.EDQUOT), "disk_full"),
        (Trouble("unable to write data", errno=errno.EROFS), "folder_closed"),
        (Trouble("x", is_geo=True), "region"),
        (Trouble("Conversion failed!", is_processing=True), "processing"),
        (Trouble("unable to download video data", http_status=403), "forbidden"),
        (Trouble("unable to download", http_status=404), "not_found"),
        (Trouble("x", is_transport=True), "unreachable"),
        (Trouble("x", http_status=500), "unreachable"),
    ],
)
def test_signs(trouble: Trouble, code: str) -> None:
    assert classify(trouble).code == code


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("Premieres in 3 hours", 10_800), ("This live event will begin in a few moments.", 60), ("scheduled", None)],
)
def test_how_long_until_it_begins(text: str, seconds: int | None) -> None:
    assert classify(Trouble(text)).seconds == seconds


def test_what_youtube_does_not_give_is_left_out_and_the_rest_has_failed() -> None:
    assert {"private", "gone", "members", "age", "region", "upcoming", "live"} <= LEFT_OUT
    assert not {"unreachable", "forbidden", "unknown", "disk_full", "processing", "bot_check"} & LEFT_OUT


def test_a_code_alone_gives_its_sentence() -> None:
    assert sentence("private") == classify(Trouble("Private video")).sentence
    assert sentence("never heard of")
