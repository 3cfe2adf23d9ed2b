"""Moving over from the service's own pages: all requests that were ever made there, with people, seasons and dates.

May be stopped and run again: what is here already stays, and gets its person once that person is here, too.
"""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from medianest.lib.errors import Cannot
from medianest.lib.locks import held_if_free
from operations.row_security import for_others
from requests_app import adopting, outside, promises
from requests_app.models import RequestStatus
from requests_app.taking_over import Came, Outcome, Shelf, names, take_over
from services.providers.fetching import CanFetchTitles, FetchingPage

PAGE, PAGES = 200, 2_500
_SAY_EVERY = 2.0  # seconds
_LOCK = "requests.import"
Say = Callable[[str], object]


class CannotImport(Cannot):
    """Nothing to import from, or it is done at this very moment."""


@dataclasses.dataclass
class Report:
    """What came of an import: by state, by what came of each, and why some were refused.

    `strangers` counts requests by accounts there that nobody here has; `nameless` titles that have to be looked up.
    """

    total: int = 0
    read: int = 0
    unreadable: int = 0
    seconds: float = 0.0
    came: Counter[Came] = dataclasses.field(default_factory=Counter)
    states: Counter[str] = dataclasses.field(default_factory=Counter)
    refused: Counter[str] = dataclasses.field(default_factory=Counter)
    strangers: Counter[int] = dataclasses.field(default_factory=Counter)
    nameless: set[tuple[str, int]] = dataclasses.field(default_factory=set)

    def count(self, outcome: Outcome, owners: Mapping[int, UUID]) -> None:
        self.read += 1
        self.came[outcome.came] += 1
        if outcome.came is Came.MADE:
            self.states[outcome.told.stage.value] += 1
        if outcome.came is Came.REFUSED:
            self.refused[outcome.text] += 1
        if outcome.told.account not in owners:
            self.strangers[outcome.told.account or 0] += 1


def import_all(*, dry_run: bool, say: Say) -> Report:
    """Import what the connected service has. With `dry_run` only see what would come of it.

    Raises CannotImport without a service or while another import runs, and the ProviderError family; what was read
    until then is imported.
    """
    with for_others():
        service = outside.fetcher()
    if service is None:
        raise CannotImport(_("No Overseerr or Seerr is connected. Connect it first, on the set-up page."))
    with held_if_free(_LOCK) as is_mine:
        if not is_mine:
            raise CannotImport(_("Another import is running. Wait until it is done."))
        return _imported(service, dry_run=dry_run, say=say)


def _imported(service: CanFetchTitles, *, dry_run: bool, say: Say) -> Report:
    began = said = time.monotonic()
    accounts = service.accounts()
    with for_others():
        owners = adopting.people(accounts, accounts.numbers())
    report, rehearsal = Report(), Shelf() if dry_run else None
    try:
        for page in _pages(service):
            _take_page(page, owners, report, rehearsal)
            if time.monotonic() - said > _SAY_EVERY:
                said = time.monotonic()
                say(_("%(read)d of %(total)d …") % {"read": report.read, "total": report.total})
    finally:
        if not dry_run:
            _promise_the_rest(report)
    report.seconds = time.monotonic() - began
    return report


def _pages(service: CanFetchTitles) -> Iterator[FetchingPage]:
    """The oldest first where it can; else what is asked for meanwhile only shows some a second time."""
    for number in range(PAGES):
        page = service.page(skip=number * PAGE, take=PAGE, oldest_first=True)
        yield page
        if (number + 1) * PAGE >= page.total:
            return


def _take_page(page: FetchingPage, owners: Mapping[int, UUID], report: Report, rehearsal: Shelf | None) -> None:
    report.total = page.total
    report.unreadable += page.unreadable
    titles = {(one.media_type, one.tmdb_id) for one in page.requests}
    with for_others():
        called = names(titles)
        outcomes = take_over(page.requests, owners=owners, called=called, rehearsal=rehearsal)
    for outcome in outcomes:
        report.count(outcome, owners)
        title = (outcome.told.media_type, outcome.told.tmdb_id)
        if outcome.came is Came.MADE and (title not in called or called[title].item is None):
            report.nameless.add(title)


def _promise_the_rest(report: Report) -> None:
    with for_others():
        if report.nameless:
            promises.name_titles()
        if report.came[Came.MADE]:
            promises.follow()


def in_words(report: Report) -> Iterator[str]:
    """The report, a line each."""
    came = report.came
    yield _("Read: %(n)d of %(total)d requests, in %(s).1f seconds.") % {
        "n": report.read + report.unreadable,
        "total": report.total,
        "s": report.seconds,
    }
    states = ", ".join(f"{RequestStatus(state).label}: {n}" for state, n in report.states.most_common())
    lines = [
        (came[Came.MADE], _("Imported: %(n)d") + (f" ({states})" if states else "")),
        (came[Came.LINKED], _("The same was asked for here, and is one request now: %(n)d")),
        (came[Came.JOINED], _("Somebody else waits for the same here; who asked there follows along: %(n)d")),
        (came[Came.GIVEN], _("Here without a person until now, and given to whoever asked: %(n)d")),
        (came[Came.KNOWN], _("Here already: %(n)d")),
        (came[Came.TWICE], _("Skipped, because the same is waited for here: %(n)d")),
        (report.unreadable, _("Skipped, because the answer makes no sense: %(n)d")),
        *((n, _("Skipped: %(n)d") + f" ({why})") for why, n in report.refused.most_common()),
        (len(report.nameless), _("Titles that are looked up in the next minutes: %(n)d")),
    ]
    yield from (text % {"n": n} for n, text in lines if n)
    yield from _strangers(report)


def _strangers(report: Report) -> Iterator[str]:
    if not report.strangers:
        return
    told = ", ".join(f"{account}: {n}" for account, n in report.strangers.most_common(20))
    yield _("Of accounts in Overseerr that nobody here has (number of the account: requests): %(told)s") % {
        "told": told
    }
    yield _("Run it again when these people have signed in here: then they get their requests.")
