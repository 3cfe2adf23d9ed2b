"""What the demo's people have done so far, so that every page has something on it.

Each part is put in once; what people do with it afterwards stays as they leave it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import transaction

from maintenance.household import downloads, history, lists, requests, signins, titles
from maintenance.household.people import Household
from maintenance.planting import once

# In the order in which they build on each other.
PARTS: tuple[tuple[str, str, Callable[[Household], str]], ...] = (
    ("titles", "Demo titles", titles.make),
    ("lists", "Demo watchlists", lists.make_watchlists),
    ("family", "Demo family", lists.make_family),
    ("recommendations", "Demo recommendations", lists.make_recommendations),
    ("requests", "Demo requests", requests.make),
    ("download", "Demo download", downloads.make),
    ("services", "Demo service history", history.make),
    ("profiles", "Demo profiles", signins.make_profiles),
    ("sessions", "Demo sessions", signins.make_sessions),
)


def furnish(household: Household) -> Iterator[str]:
    """Put in what is not there yet; a line for each part."""
    for key, label, make in PARTS:
        with transaction.atomic():
            made = make(household) if once("demo", key) else ""
        yield f"{label}: added {made}." if made else f"{label}: all there."
