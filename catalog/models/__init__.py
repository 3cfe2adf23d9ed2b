"""What can be watched: films and series as TMDB describes them, and what Plex holds of them."""

from catalog.models.ages import AgeLimit
from catalog.models.library import CollectionMember, ItemType, LibraryItem, LibrarySection, LibraryShare, SectionType
from catalog.models.rows import DiscoverRow, RowKind
from catalog.models.titles import SEARCH_LANGUAGE, MediaItem, MediaType, StreamingKind, StreamingProvider

__all__ = [
    "SEARCH_LANGUAGE",
    "AgeLimit",
    "CollectionMember",
    "DiscoverRow",
    "ItemType",
    "LibraryItem",
    "LibrarySection",
    "LibraryShare",
    "MediaItem",
    "MediaType",
    "RowKind",
    "SectionType",
    "StreamingKind",
    "StreamingProvider",
]
