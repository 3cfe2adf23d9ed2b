"""What the watch page and the player say of a video."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from sandbox.youtube.catalogue import Failure, Video
from sandbox.youtube.shapes import CONTEXT, Tree, handle, owner, pictures, text
from sandbox.youtube.streams import Stream

MEDIA_HOST = "r1---sn-nest.googlevideo.com"
STARTS = "2030-01-01T00:00:00+00:00"

# Status, reason and further reason as the real player words them; U+2019 in the fifth is theirs.
_REFUSALS: dict[Failure, tuple[str, str, str]] = {
    Failure.PRIVATE: ("LOGIN_REQUIRED", "Private video", "Sign in if you've been granted access to this video"),
    Failure.DELETED: ("ERROR", "Video unavailable", "This video has been removed by the uploader"),
    Failure.MEMBERS: (
        "UNPLAYABLE",
        "Join this channel to get access to members-only content like this video, and other exclusive perks.",
        "",
    ),
    Failure.AGE: (
        "LOGIN_REQUIRED",
        "Sign in to confirm your age",
        "This video may be inappropriate for some users.",
    ),
    Failure.BOT_CHECK: ("LOGIN_REQUIRED", "Sign in to confirm you’re not a bot", ""),  # noqa: RUF001
    Failure.RATE_LIMITED: ("UNPLAYABLE", "This content isn't available, try again later.", ""),
    Failure.GEO: (
        "UNPLAYABLE",
        "Video unavailable",
        "The uploader has not made this video available in your country",
    ),
    Failure.LIVE_UPCOMING: ("LIVE_STREAM_OFFLINE", "This live event will begin in 2 days.", ""),
}

_PICTURE, _SOUND = "avc1.42C01F", "mp4a.40.2"


def stream_of(video: Video, itag: str) -> Stream | None:
    """The media behind a format's number: 136 and 134 pictures, 140 sound, 18 both."""
    files: dict[str, tuple[Path, str, int]] = {
        "136": (video.clip.video_720, "video/mp4", video.padding),
        "134": (video.clip.video_360, "video/mp4", video.padding),
        "140": (video.clip.sound, "audio/mp4", 0),
        "18": (video.clip.muxed, "video/mp4", video.padding),
    }
    if itag not in files:
        return None
    path, content_type, padding = files[itag]
    return Stream(video, path, content_type, padding)


def player(video: Video, failure: Failure | None) -> Tree:
    """The player's answer; nothing to play if the failure forbids it."""
    answer: Tree = {
        "responseContext": {"visitorData": CONTEXT["client"]["visitorData"]},
        "playabilityStatus": {"status": "OK", "playableInEmbed": True},
    }
    refusal = _REFUSALS.get(failure) if failure else None
    if refusal:
        answer["playabilityStatus"] = _refused(*refusal)
    if failure in (Failure.PRIVATE, Failure.DELETED):
        return answer
    answer["videoDetails"] = _details(video, upcoming=failure is Failure.LIVE_UPCOMING)
    answer["microformat"] = {"playerMicroformatRenderer": _microformat(video, failure)}
    if not refusal:
        answer["streamingData"] = {
            "expiresInSeconds": "21540",
            "formats": [_muxed(video)],
            "adaptiveFormats": [_video(video, "136", 720), _video(video, "134", 360), _audio(video)],
        }
        if video.captions:
            answer["captions"] = {"playerCaptionsTracklistRenderer": {"captionTracks": [_caption(video)]}}
    return answer


def unknown() -> Tree:
    """The player's answer for an id that no video has."""
    return {"playabilityStatus": _refused("ERROR", "Video unavailable", "This video is not available")}


def watch(video: Video | None, failure: Failure | None) -> Tree:
    """Title and channel as the watch page holds them; they are not told of what is private or gone."""
    results: list[Tree] = []
    if video and failure not in (Failure.PRIVATE, Failure.DELETED):
        results = [
            {"videoPrimaryInfoRenderer": {"title": text(video.title)}},
            {"videoSecondaryInfoRenderer": {"owner": {"videoOwnerRenderer": {"title": owner(video.channel)}}}},
        ]
    return {"contents": {"twoColumnWatchNextResults": {"results": {"results": {"contents": results}}}}}


def _refused(status: str, reason: str, more: str) -> Tree:
    error: Tree = {"reason": {"simpleText": reason}}
    if more:
        error["subreason"] = {"simpleText": more}
    return {"status": status, "reason": reason, "errorScreen": {"playerErrorMessageRenderer": error}}


def _details(video: Video, *, upcoming: bool) -> Tree:
    details: Tree = {
        "videoId": video.id,
        "title": video.title,
        "lengthSeconds": "0" if upcoming else str(video.duration),
        "channelId": video.channel_id,
        "author": video.channel,
        "shortDescription": video.description,
        "thumbnail": pictures(video),
        "viewCount": "1234",
        "isPrivate": False,
        "isLiveContent": upcoming,
    }
    if upcoming:
        details["isUpcoming"] = True
    return details


def _microformat(video: Video, failure: Failure | None) -> Tree:
    about: Tree = {
        "title": {"simpleText": video.title},
        "lengthSeconds": str(video.duration),
        "ownerProfileUrl": f"http://www.youtube.com/{handle(video.channel)}",
        "externalChannelId": video.channel_id,
        "uploadDate": f"{video.uploaded.isoformat()}T10:00:00-08:00",
        "publishDate": f"{video.uploaded.isoformat()}T10:00:00-08:00",
        "category": "Howto & Style",
        "isFamilySafe": failure is not Failure.AGE,
        "isUnlisted": False,
        "availableCountries": ["NZ"] if failure is Failure.GEO else ["AT", "DE", "NZ", "US"],
    }
    if failure is Failure.LIVE_UPCOMING:
        about["liveBroadcastDetails"] = {"isLiveNow": False, "startTimestamp": STARTS}
    return about


def _format(video: Video, itag: str, mime: str) -> Tree:
    stream = stream_of(video, itag)
    size = stream.size if stream else 0
    query = {"id": video.id, "itag": itag, "source": "youtube", "mime": mime, "clen": size, "dur": video.clip.seconds}
    return {
        "itag": int(itag),
        "url": f"https://{MEDIA_HOST}/videoplayback?{urlencode(query)}",
        "contentLength": str(size),
        "bitrate": size * 8 // video.clip.seconds,
        "averageBitrate": size * 8 // video.clip.seconds,
        "approxDurationMs": str(video.clip.seconds * 1000),
        "lastModified": "1700000000000000",
    }


def _video(video: Video, itag: str, height: int) -> Tree:
    return _format(video, itag, "video/mp4") | {
        "mimeType": f'video/mp4; codecs="{_PICTURE}"',
        "width": height * 16 // 9,
        "height": height,
        "fps": 24,
        "quality": "hd720" if height == 720 else "medium",
        "qualityLabel": f"{height}p",
        "projectionType": "RECTANGULAR",
    }


def _audio(video: Video) -> Tree:
    return _format(video, "140", "audio/mp4") | {
        "mimeType": f'audio/mp4; codecs="{_SOUND}"',
        "quality": "tiny",
        "audioQuality": "AUDIO_QUALITY_MEDIUM",
        "audioSampleRate": "44100",
        "audioChannels": 2,
    }


def _muxed(video: Video) -> Tree:
    return _video(video, "18", 360) | {
        "mimeType": f'video/mp4; codecs="{_PICTURE}, {_SOUND}"',
        "audioQuality": "AUDIO_QUALITY_LOW",
        "audioSampleRate": "44100",
        "audioChannels": 2,
    }


def _caption(video: Video) -> Tree:
    return {
        "baseUrl": f"https://www.youtube.com/api/timedtext?v={video.id}&lang=en",
        "name": {"simpleText": "English"},
        "vssId": ".en",
        "languageCode": "en",
        "isTranslatable": True,
    }
