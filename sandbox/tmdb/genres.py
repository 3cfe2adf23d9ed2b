"""TMDB's genres: films and series have lists of their own, and some names exist in one of them only."""

from __future__ import annotations

from sandbox.world import Title

MOVIE = {
    "Action": 28,
    "Adventure": 12,
    "Animation": 16,
    "Comedy": 35,
    "Crime": 80,
    "Documentary": 99,
    "Drama": 18,
    "Family": 10751,
    "Fantasy": 14,
    "History": 36,
    "Horror": 27,
    "Music": 10402,
    "Mystery": 9648,
    "Romance": 10749,
    "Science Fiction": 878,
    "TV Movie": 10770,
    "Thriller": 53,
    "War": 10752,
    "Western": 37,
}
TV = {
    "Action & Adventure": 10759,
    "Animation": 16,
    "Comedy": 35,
    "Crime": 80,
    "Documentary": 99,
    "Drama": 18,
    "Family": 10751,
    "Kids": 10762,
    "Mystery": 9648,
    "News": 10763,
    "Reality": 10764,
    "Sci-Fi & Fantasy": 10765,
    "Soap": 10766,
    "Talk": 10767,
    "War & Politics": 10768,
    "Western": 37,
}

_FILM_ONLY = {"Thriller": "Mystery", "Adventure": "Action & Adventure", "Romance": "Drama"}

_GERMAN = {
    "Adventure": "Abenteuer",
    "Comedy": "Komödie",
    "Crime": "Krimi",
    "Documentary": "Dokumentarfilm",
    "Family": "Familie",
    "History": "Historie",
    "Music": "Musik",
    "Romance": "Liebesfilm",
    "TV Movie": "TV-Film",
    "War": "Kriegsfilm",
}


def names(title: Title) -> list[str]:
    """The title's genres as the list of its type calls them, each once."""
    if title.media_type == "movie":
        return list(title.genres)
    return list(dict.fromkeys(_FILM_ONLY.get(name, name) for name in title.genres))


def ids(title: Title) -> list[int]:
    table = MOVIE if title.media_type == "movie" else TV
    return [table[name] for name in names(title)]


def listed(media_type: str, language: str) -> list[dict[str, object]]:
    """All genres of one type, as `{"id", "name"}`."""
    table = MOVIE if media_type == "movie" else TV
    return [
        {"id": number, "name": _GERMAN.get(name, name) if language == "de" else name} for name, number in table.items()
    ]


def of(title: Title, language: str) -> list[dict[str, object]]:
    known = {genre["id"]: genre for genre in listed(title.media_type, language)}
    return [known[number] for number in ids(title)]
