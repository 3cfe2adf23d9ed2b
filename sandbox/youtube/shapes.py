"""The nested objects that several of YouTube's pages share."""

from __future__ import annotations

import json
from typing import Any

from sandbox.youtube.catalogue import Video, channel_id

VERSION = "2.20260101.00.00"
SIGNATURE_TIMESTAMP = 20454
PLAYER = "/s/player/0badcafe/player_ias.vflset/en_US/base.js"

Tree = dict[str, Any]

CONTEXT: Tree = {
    "client": {
        "clientName": "WEB",
        "clientVersion": VERSION,
        "hl": "en",
        "gl": "AT",
        "visitorData": "CgtuZXN0c2FuZGJveA%3D%3D",
    }
}


def text(words: str) -> Tree:
    return {"runs": [{"text": words}]}


def handle(channel: str) -> str:
    """The short name of a channel, e.g. @quietcorner."""
    return "@" + ("".join(letter for letter in channel.lower() if letter.isascii() and letter.isalnum()) or "channel")


def owner(channel: str) -> Tree:
    """A channel's name that leads to its page."""
    leads = {"browseId": channel_id(channel), "canonicalBaseUrl": f"/{handle(channel)}"}
    return {"runs": [{"text": channel, "navigationEndpoint": {"browseEndpoint": leads}}]}


def pictures(video: Video) -> Tree:
    base = f"https://i.ytimg.com/vi/{video.id}"
    return {
        "thumbnails": [
            {"url": f"{base}/hqdefault.jpg", "width": 480, "height": 270},
            {"url": f"{base}/maxresdefault.jpg", "width": 1280, "height": 720},
        ]
    }


def page(title: str, data: Tree, player: Tree | None = None) -> str:
    """A web page with the settings of the player, `data` as its initial data and the player's first answer."""
    settings = {
        "INNERTUBE_CONTEXT": CONTEXT,
        "INNERTUBE_CLIENT_NAME": "WEB",
        "INNERTUBE_CLIENT_VERSION": VERSION,
        "INNERTUBE_CONTEXT_CLIENT_NAME": 1,
        "PLAYER_JS_URL": PLAYER,
        "STS": SIGNATURE_TIMESTAMP,
        "LOGGED_IN": False,
    }
    first = f"var ytInitialPlayerResponse = {_embedded(player)};" if player else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_plain(title)}</title>'
        f"<script>ytcfg.set({_embedded(settings)});</script></head><body>"
        f"<script>var ytInitialData = {_embedded(data)};{first}</script></body></html>"
    )


def _embedded(data: Tree) -> str:
    """JSON that no title can break out of the script with."""
    return json.dumps(data).replace("<", "\\u003c").replace(">", "\\u003e")


def _plain(words: str) -> str:
    """Text for HTML, without characters that cannot be encoded."""
    shown = words.encode("utf-8", "replace").decode()
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
