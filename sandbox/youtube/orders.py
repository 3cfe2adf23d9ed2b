"""Orders that come over a wire as a dictionary, such as a control port receives.

| order | takes | answers |
|---|---|---|
| rate | bytes a second for each connection, or None | |
| latency | seconds | |
| mode | a `Mode`, with `delay` in seconds beside it | |
| failure | [video id, `Failure` or None], and after it, if wanted, bytes and times | |
| global_failure | a `Failure` or None | |
| add_playlist | {title, entries}, and if wanted size, padding, failure, channel | url, videos (ids) |
| bench_playlist | [title, entries]: large videos | url, videos |
| requests | true | requests: host, method, path, range, start (first byte) and video_id of each |
| media_starts | video id | media_starts: how often its bytes were asked for |
| forget | true: start the list of requests anew | |

The rest of an answer is the state of the service.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.youtube.catalogue import Size

if TYPE_CHECKING:
    from sandbox.youtube.server import YouTube

Answer = dict[str, Any]


def obey(youtube: YouTube, command: Answer) -> Answer:
    """Obey all orders or, if one is unknown, none.

    Raises KeyError for what is unknown, ValueError or TypeError for what makes no sense.
    """
    orders = dict(command)
    delay = float(orders.pop("delay", 5.0))
    acts = [(_turn(delay) if name == "mode" else _ORDERS[name], wanted) for name, wanted in orders.items()]
    answers: Answer = {}
    for act, wanted in acts:
        answers |= act(youtube, wanted) or {}
    return youtube.state() | answers


def _turn(delay: float) -> Callable[[YouTube, Any], None]:
    return lambda youtube, mode: youtube.turn(mode, delay)


def _rate(youtube: YouTube, wanted: Any) -> None:
    youtube.rate = None if wanted is None else int(wanted)


def _latency(youtube: YouTube, wanted: Any) -> None:
    youtube.latency = float(wanted)


def _global_failure(youtube: YouTube, wanted: Any) -> None:
    youtube.global_failure = wanted


def _failure(youtube: YouTube, wanted: Any) -> None:
    video_id, failure, *details = wanted
    youtube.fail(video_id, failure, **dict(zip(("after", "times"), details, strict=False)))


def _add_playlist(youtube: YouTube, wanted: Any) -> Answer:
    """Large videos unless another size is wanted, so that there is time to do something to them."""
    about = {"size": Size.LARGE} | dict(wanted)
    title, entries, channel = str(about.pop("title")), int(about.pop("entries")), about.pop("channel", "Quiet Corner")
    made = [youtube.add_video(f"{title} {number}", channel=channel, **about) for number in range(1, entries + 1)]
    playlist = youtube.add_playlist(title, made, channel=channel)
    return {"url": playlist.url, "videos": list(playlist.video_ids)}


def _bench_playlist(youtube: YouTube, wanted: Any) -> Answer:
    title, entries = wanted
    return _add_playlist(youtube, {"title": title, "entries": entries})


def _requests(youtube: YouTube, _: Any) -> Answer:
    return {
        "requests": [seen._asdict() | {"start": seen.start, "video_id": seen.video_id} for seen in youtube.requests]
    }


def _media_starts(youtube: YouTube, wanted: Any) -> Answer:
    return {"media_starts": len(youtube.media_starts(str(wanted)))}


def _forget(youtube: YouTube, wanted: Any) -> None:
    if wanted:
        youtube.forget()


_ORDERS: dict[str, Callable[[YouTube, Any], Answer | None]] = {
    "rate": _rate,
    "latency": _latency,
    "failure": _failure,
    "global_failure": _global_failure,
    "add_playlist": _add_playlist,
    "bench_playlist": _bench_playlist,
    "requests": _requests,
    "media_starts": _media_starts,
    "forget": _forget,
}
