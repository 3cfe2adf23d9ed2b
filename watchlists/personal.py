"""What watchlists keep about a person. All of it goes when they leave."""

from __future__ import annotations

from medianest.lib.personal_data import export
from watchlists.models import Viewing, ViewingCompanion, WatchlistEntry

export(WatchlistEntry, "watchlist", "user")
export(Viewing, "viewings", "user")
export(ViewingCompanion, "viewing-companions", "user", "viewing__user")
