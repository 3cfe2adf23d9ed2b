"""Who plays in and who made the titles. Those of the three real titles are real."""

from __future__ import annotations

import dataclasses
from typing import Any

from sandbox.tmdb import paths
from sandbox.world import Title


@dataclasses.dataclass(frozen=True)
class Actor:
    """A person as TMDB knows one; `gender` 1 is female, 2 male."""

    person_id: int
    name: str
    gender: int
    department: str = "Acting"


_INVENTED = (
    ("Maren Holt", 1),
    ("Idris Vance", 2),
    ("Lotte Brandis", 1),
    ("Tomas Ekberg", 2),
    ("Noor Alvarez", 1),
    ("Pete Crowther", 2),
    ("Sanna Virtala", 1),
    ("Luca Moretta", 2),
    ("Greta Ansel", 1),
    ("Owen Tallis", 2),
    ("Yuki Haraven", 1),
    ("Bram Oostveen", 2),
    ("Clara Fenwick", 1),
    ("Deniz Karahan", 2),
)
_MAKERS = (("Ines Calder", 1), ("Rolf Stannard", 2), ("Ada Winterbourne", 1), ("Milo Farrant", 2))

_REAL: dict[tuple[int, str], tuple[tuple[tuple[int, str, int, str], ...], tuple[int, str, int]]] = {
    (550, "movie"): (
        (
            (819, "Edward Norton", 2, "Narrator"),
            (287, "Brad Pitt", 2, "Tyler Durden"),
            (1283, "Helena Bonham Carter", 1, "Marla Singer"),
        ),
        (7467, "David Fincher", 2),
    ),
    (278, "movie"): (
        ((504, "Tim Robbins", 2, "Andy Dufresne"), (192, "Morgan Freeman", 2, "Ellis Boyd 'Red' Redding")),
        (4027, "Frank Darabont", 2),
    ),
    (1396, "tv"): (
        (
            (17419, "Bryan Cranston", 2, "Walter White"),
            (84497, "Aaron Paul", 2, "Jesse Pinkman"),
            (134531, "Anna Gunn", 1, "Skyler White"),
        ),
        (66633, "Vince Gilligan", 2),
    ),
}
_PARTS = ("The Keeper", "Ida", "Captain Brill", "The Stranger", "Jonas")

_CAST = tuple(Actor(96001 + number, name, gender) for number, (name, gender) in enumerate(_INVENTED))
_CREW = tuple(Actor(96101 + number, name, gender, "Directing") for number, (name, gender) in enumerate(_MAKERS))

PEOPLE: dict[int, Actor] = {
    person.person_id: person
    for person in (
        *_CAST,
        *_CREW,
        *(Actor(number, name, gender) for cast, _ in _REAL.values() for number, name, gender, _ in cast),
        *(Actor(*maker, "Directing") for _, maker in _REAL.values()),
    )
}


def cast_of(title: Title) -> list[tuple[Actor, str]]:
    """The actors with their parts, most important first."""
    real = _REAL.get((title.tmdb_id, title.media_type))
    if real is not None:
        return [(PEOPLE[number], part) for number, _, _, part in real[0]]
    start = title.tmdb_id * (3 if title.media_type == "movie" else 5)
    return [(_CAST[(start + 3 * number) % len(_CAST)], part) for number, part in enumerate(_PARTS[: 3 + start % 3])]


def maker_of(title: Title) -> Actor:
    """Who directed the film or created the series."""
    real = _REAL.get((title.tmdb_id, title.media_type))
    return PEOPLE[real[1][0]] if real is not None else _CREW[title.tmdb_id % len(_CREW)]


def named(person: Actor) -> dict[str, Any]:
    """What every mention of a person carries."""
    return {
        "adult": False,
        "gender": person.gender,
        "id": person.person_id,
        "known_for_department": person.department,
        "name": person.name,
        "original_name": person.name,
        "popularity": float(person.person_id % 40),
        "profile_path": paths.path("profile", person.name),
    }


def credits(title: Title) -> dict[str, Any]:
    cast = [
        named(person)
        | {"cast_id": order + 1, "character": part, "credit_id": f"5{title.tmdb_id:07}c{order:02}", "order": order}
        for order, (person, part) in enumerate(cast_of(title))
    ]
    job = "Director" if title.media_type == "movie" else "Executive Producer"
    department = "Directing" if title.media_type == "movie" else "Production"
    crew = [named(maker_of(title)) | {"credit_id": f"5{title.tmdb_id:07}m00", "department": department, "job": job}]
    if title.media_type == "tv":
        for one in cast:
            del one["cast_id"]
    return {"cast": cast, "crew": crew}
