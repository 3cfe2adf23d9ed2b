"""Counting the bytes of one video over its streams, which come one after the other."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

REPORT_SECONDS = 1.0
NAP = 0.25
LONGEST_ETA = 2**31 - 1  # what the column takes
LONGEST_PAUSE = 8.0  # seconds between two tries of one stream


@dataclasses.dataclass(frozen=True)
class Progress:
    """Bytes over all streams together; speed in bytes a second, `eta` in seconds. None: not known."""

    downloaded_bytes: int
    total_bytes: int | None
    speed_bps: int | None
    eta_seconds: int | None


class Transfer:
    """What yt-dlp's hooks say, as one progress, told at most once a second."""

    def __init__(self, report: Callable[[Progress], None], breathe: Callable[[], None]) -> None:
        self._report = report
        self._breathe = breathe
        self._streams: set[str] = set()
        self._expected: dict[str, int] = {}
        self._arrived: dict[str, int] = {}
        self._told = 0.0

    def expect(self, info: dict[str, Any]) -> None:
        """Note the sizes of the chosen streams."""
        for stream in info.get("requested_formats") or [info]:
            self._streams.add(str(stream.get("format_id")))
            size = stream.get("filesize") or stream.get("filesize_approx")
            if size:
                self._expected[str(stream.get("format_id"))] = int(size)

    @property
    def total_bytes(self) -> int | None:
        return sum(self._expected.values()) or None

    def hook(self, state: dict[str, Any]) -> None:
        """yt-dlp's progress hook."""
        self._breathe()
        stream = str((state.get("info_dict") or {}).get("format_id"))
        if stream not in self._streams:
            return  # subtitles and the like do not count
        total = state.get("total_bytes") or state.get("total_bytes_estimate")
        if total:
            self._expected[stream] = int(total)
        if state.get("downloaded_bytes") is not None:
            self._arrived[stream] = int(state["downloaded_bytes"])
        now = time.monotonic()
        if now - self._told >= REPORT_SECONDS or state.get("status") == "finished":
            self._told = now
            self._report(self._progress(state.get("speed")))

    def _progress(self, speed: float | None) -> Progress:
        arrived, total = sum(self._arrived.values()), self.total_bytes
        left = max(0, total - arrived) if total else None
        return Progress(
            downloaded_bytes=arrived,
            total_bytes=total,
            speed_bps=int(speed) if speed else None,
            eta_seconds=round(min(left / speed, LONGEST_ETA)) if left is not None and speed else None,
        )

    def pause(self, n: int) -> float:
        """Seconds before yt-dlp's next try, taken here so that a request to stop is heard; `n` counts from 0."""
        ends = time.monotonic() + min(2.0**n, LONGEST_PAUSE)
        while time.monotonic() < ends:
            self._breathe()
            time.sleep(NAP)
        return 0.0
