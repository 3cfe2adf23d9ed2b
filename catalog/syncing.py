"""The library as Plex holds it, copied here, so that no list, search or “is it there” ever waits for Plex.

Each look reads what came or was changed since the last one. A section is read as a whole at first, every night, and
when the counts differ: then what was no longer seen goes. Nothing goes after a reading that was cut short, and a
section that suddenly lacks most of what it had is read again later before that is believed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

import structlog
from django.utils import timezone

from catalog import sharing, shelving
from catalog.models import LibraryItem, LibrarySection
from catalog.querysets import LibraryItemQuerySet
from medianest.lib.http import BadCredentials, ProviderError, Refused
from operations.jobs import Wait
from operations.lease import Run
from services import connections
from services.providers.holding import PARTS, HeldSection, HoldsLibrary

log = structlog.get_logger(__name__)

OVERLAP = dt.timedelta(hours=1)
"""How far a look reaches back before the last one: clocks differ, and Plex writes some changes down late."""
WHOLE_AFTER = dt.timedelta(hours=12)
WHOLE_AT_LATEST = dt.timedelta(hours=30)
NIGHT = range(2, 6)
COUNTS_AFTER = dt.timedelta(hours=1)
SECOND_LOOK = dt.timedelta(hours=1)
EMPTY_BELIEVED_AFTER = dt.timedelta(hours=24)
_FEW = 5
_AWAY, _LOCKED_OUT = 120.0, 600.0  # seconds until Plex is tried again
_SERVERS_OWN = 500  # statuses from here on tell of the server's trouble
_AT_ONCE = 500


def sync(run: Run) -> None:
    """Bring the copy up to date. Without a media server nothing happens; Wait while it cannot be read."""
    media = connections.first(HoldsLibrary)  # type: ignore[type-abstract]
    if media is None:
        return
    try:
        server_id, sections = media.server_id()[:64], media.library()
    except ProviderError as error:
        raise _not_now(error) from None
    now = timezone.now()
    rows = _keep_sections(server_id, sections, now)
    sharing.keep(server_id)
    refused: list[ProviderError] = []
    for number, (section, row) in enumerate(rows):
        run.breathe()
        run.report(section=section.title, done=number, sections=len(rows))
        try:
            _Reading(run, media, section, row, now).bring_up_to_date()
        except ProviderError as error:
            if not _is_about_this_one(error):
                raise _not_now(error) from None
            log.warning("section_not_read", section=section.key, error=type(error).__name__)
            refused.append(error)
    shelving.link_titles()
    if refused and len(refused) == len(rows):
        raise _not_now(refused[0])


def _is_about_this_one(error: ProviderError) -> bool:
    """Whether a section alone may be refused, so that the others are worth a try."""
    return isinstance(error, BadCredentials) or (isinstance(error, Refused) and error.code < _SERVERS_OWN)


def _not_now(error: ProviderError) -> Wait:
    pause = _LOCKED_OUT if isinstance(error, BadCredentials | Refused) else _AWAY
    return Wait(pause, code="plex_away", reason=error.sentence)


# --- sections ---------------------------------------------------------------------------------------------------------
def _keep_sections(
    server_id: str, sections: Iterable[HeldSection], now: dt.datetime
) -> list[tuple[HeldSection, LibrarySection]]:
    """Write down which there are; those that are gone for a while go with all that they held."""
    rows = []
    for section in sections:
        told = {
            "type": section.type,
            "title": section.title,
            "agent": section.agent,
            "language": section.language,
            "scanned_at": section.scanned_at,
        }
        row, _new = LibrarySection.objects.update_or_create(server_id=server_id, section_key=section.key, defaults=told)
        rows.append((section, row))
    patience = SECOND_LOOK if rows else EMPTY_BELIEVED_AFTER
    for gone in LibrarySection.objects.exclude(pk__in=[row.pk for _section, row in rows]):
        if gone.doubted_at is None:
            log.warning("section_gone", section=gone.section_key, title=gone.title)
            LibrarySection.objects.filter(pk=gone.pk).update(doubted_at=now)
        elif now - gone.doubted_at >= patience:
            _delete(LibraryItem.objects.filter(section=gone))
            gone.delete()
    return rows


def _delete(items: LibraryItemQuerySet) -> None:
    """A portion at a time, with what hangs on them."""
    pks = list(items.values_list("pk", flat=True))
    for start in range(0, len(pks), _AT_ONCE):
        LibraryItem.objects.filter(pk__in=pks[start : start + _AT_ONCE]).delete()


def is_due_whole(row: LibrarySection, now: dt.datetime) -> bool:
    """Whether a section is to be read as a whole: at first, every night, and to ask a second time."""
    if row.read_whole_at is None and row.doubted_at is None:
        return True
    if row.doubted_at is not None:
        return now - row.doubted_at >= SECOND_LOOK
    age = now - (row.read_whole_at or now)
    return age >= WHOLE_AT_LATEST or (age >= WHOLE_AFTER and timezone.localtime(now).hour in NIGHT)


# --- one section ------------------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True)
class _Reading:
    """One look at one section, begun at `now`."""

    run: Run
    media: HoldsLibrary
    section: HeldSection
    row: LibrarySection
    now: dt.datetime

    @property
    def types(self) -> tuple[str, ...]:
        return PARTS.get(self.section.type, ())

    def bring_up_to_date(self) -> None:
        if is_due_whole(self.row, self.now) or not self._read_news():
            self._read_whole()
        top = shelving.stored_type(self.section, self.types[0]) if self.types else None
        count = self.row.items.filter(type=top).count() if top else 0
        LibrarySection.objects.filter(pk=self.row.pk).update(synced_at=self.now, item_count=count)

    def _read_news(self) -> bool:
        """Read what came or changed; False if the section has to be read as a whole."""
        since = (self.row.synced_at or self.now) - OVERLAP
        is_whole = True
        for type in self.types:
            for page in self.media.held(self.section, type, since):
                self.run.breathe()
                is_whole &= shelving.put(self.row, self.section, page.items, self.now)
        if not is_whole:
            return False
        return self.row.doubted_at is not None or self._counts_agree()

    def _counts_agree(self) -> bool:
        """Whether Plex has as many as we do. A difference that a whole reading did not mend is left alone for a while."""
        if self.row.read_whole_at is not None and self.now - self.row.read_whole_at < COUNTS_AFTER:
            return True
        for type in self.types:
            ours = self.row.items.filter(type=shelving.stored_type(self.section, type)).count()
            if self.media.count(self.section, type) != ours:
                return False
        return True

    def _read_whole(self) -> None:
        is_complete = True
        for type in self.types:
            is_complete &= self._read_all_of(type)
        self.run.breathe()
        if not is_complete:
            log.warning("section_moved_while_read", section=self.section.key)
            return
        held = self.row.items.filter(type__in=shelving.stored_types(self.section))
        lost = held.not_seen_since(self.now)
        if self._is_hard_to_believe(lost.count(), held.count()):
            return
        _delete(lost)
        LibrarySection.objects.filter(pk=self.row.pk).update(read_whole_at=self.now, doubted_at=None)

    def _read_all_of(self, type: str) -> bool:
        """Read everything of a type; whether that was all of it and nothing was moved meanwhile."""
        totals, places = set(), 0
        for page in self.media.held(self.section, type):
            self.run.breathe()
            shelving.put(self.row, self.section, page.items, self.now)
            totals.add(page.total)
            places += page.places
        return totals == {places}

    def _is_hard_to_believe(self, lost: int, known: int) -> bool:
        """Whether to keep what was not seen and ask again later; whoever has waited long enough decides."""
        if lost <= _FEW or lost * 2 <= known:
            return False
        patience = EMPTY_BELIEVED_AFTER if lost == known else SECOND_LOOK
        since = self.row.doubted_at
        if since is not None and self.now - since >= patience:
            return False
        log.warning("library_shrunk", section=self.section.key, lost=lost, known=known)
        if since is None:
            LibrarySection.objects.filter(pk=self.row.pk).update(doubted_at=self.now)
        return True
