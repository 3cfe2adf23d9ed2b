"""Problems with titles, passed to Overseerr's issues."""

from __future__ import annotations

from django.utils.translation import gettext as _

from medianest.lib.http import not_the_service
from services.providers.fetching import CanHearProblems, NoSuchRequest, Problem
from services.providers.overseerr import reading
from services.providers.overseerr.fetching import FetchesTitles
from services.providers.title_facts import entries, record, under

_OPEN = reading.OPEN_PROBLEM
_KINDS = {"video": 1, "audio": 2, "subtitles": 3, "other": 4}


class HearsProblems(FetchesTitles, CanHearProblems):
    """The part of Overseerr that keeps problems. An unknown number is 500 there, or 404."""

    def report_problem(
        self, *, media: int, kind: str, message: str, season: int | None, episode: int | None, account: int | None
    ) -> int:
        told = {
            "issueType": _KINDS[kind],
            "message": message,
            "mediaId": int(media),
            "problemSeason": season or 0,
            "problemEpisode": episode or 0,
        }
        answer = self._send("POST", "/issue", account=account, json=told, accept=(404,))
        if answer.status == 404:
            raise NoSuchRequest(_("Overseerr does not know this title."))
        number = reading.whole(record(answer.json(), self.label).get("id"))
        if number is None:
            raise not_the_service(self.label)
        return number

    def look_at_problem(self, number: int) -> Problem:
        return self._problem("GET", number, "", None)

    def comment_problem(self, number: int, message: str, *, account: int | None) -> Problem:
        return self._problem("POST", number, "/comment", {"message": message}, account)

    def settle_problem(self, number: int, *, resolved: bool) -> None:
        self._problem("POST", number, "/resolved" if resolved else "/open", None)

    def _problem(
        self, method: str, number: int, deed: str, told: dict[str, str] | None, account: int | None = None
    ) -> Problem:
        answer = self._send(method, f"/issue/{int(number)}{deed}", account=account, json=told, accept=(404, 500))
        if answer.status in (404, 500):
            raise NoSuchRequest(_("Overseerr does not have this problem any more."))
        return reading.problem(record(answer.json(), self.label), int(number))

    def problem_numbers(
        self, media_type: str, tmdb_id: int, *, kind: str, season: int | None, episode: int | None
    ) -> tuple[int, ...]:
        info = under(self._title(media_type, tmdb_id).json(), "mediaInfo")
        wanted = (_OPEN, _KINDS[kind], season or 0, episode or 0)
        told = ("status", "issueType", "problemSeason", "problemEpisode")
        same = [
            reading.whole(one.get("id"))
            for one in entries(under(info, "issues"))
            if tuple(reading.whole(one.get(name)) or 0 for name in told) == wanted
        ]
        return tuple(number for number in same if number is not None)

    def title_number(self, media_type: str, tmdb_id: int) -> int | None:
        return reading.whole(under(under(self._title(media_type, tmdb_id).json(), "mediaInfo"), "id"))
