"""The invented world that all simulated services agree on: people and titles."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Person:
    """A plex.tv account; `email` is None for a managed (Plex Home) user."""

    plex_id: int
    username: str
    title: str
    email: str | None
    password: str
    relation: str  # owner | shared | home | pending | stranger


PEOPLE = (
    Person(1001, "olive", "Olive", "olive@nest.example", "olive-in-the-nest", "owner"),
    Person(1002, "ben", "Ben", "ben@nest.example", "ben-in-the-nest", "shared"),
    Person(1003, "anna", "Anna", "anna@nest.example", "anna-in-the-nest", "shared"),
    Person(1004, "carl", "Carl", "carl@nest.example", "carl-in-the-nest", "shared"),
    Person(1005, "mia", "Mia", None, "mia-in-the-nest", "home"),
    Person(1006, "pia", "Pia", "pia@nest.example", "pia-is-pending", "pending"),
    Person(1007, "stefan", "Stefan", "stefan@far.example", "stefan-a-stranger", "stranger"),
)


@dataclasses.dataclass(frozen=True)
class Title:
    """A film or series as TMDB knows it. Ids repeat between the two types, as at TMDB."""

    tmdb_id: int
    media_type: str  # movie | tv
    name: str
    year: int
    overview: str
    genres: tuple[str, ...]
    imdb_id: str
    tvdb_id: int | None = None
    runtime: int = 100  # minutes; of an episode for a series
    certification: str = "12"
    vote: float = 7.4
    seasons: tuple[int, ...] = ()  # episodes in season 1, 2, …
    in_library: bool = False


TITLES = (
    Title(
        550,
        "movie",
        "Fight Club",
        1999,
        "An office worker who cannot sleep meets a soap maker and founds a club that gets out of hand.",
        ("Drama",),
        "tt0137523",
        runtime=139,
        certification="R",
        vote=8.4,
        in_library=True,
    ),
    Title(
        278,
        "movie",
        "The Shawshank Redemption",
        1994,
        "A banker sentenced to life keeps hope alive behind prison walls.",
        ("Drama", "Crime"),
        "tt0111161",
        runtime=142,
        certification="R",
        vote=8.7,
    ),
    Title(
        1396,
        "tv",
        "Breaking Bad",
        2008,
        "A chemistry teacher with little time left turns to a trade he is frighteningly good at.",
        ("Drama", "Crime"),
        "tt0903747",
        81189,
        runtime=47,
        certification="TV-MA",
        vote=8.9,
        seasons=(7, 13, 13, 13, 16),
        in_library=True,
    ),
    Title(
        90001,
        "movie",
        "The Lantern Keeper",
        2025,
        "The last keeper of a harbour light teaches a runaway how to stay.",
        ("Drama", "Family"),
        "tt9000001",
        in_library=True,
    ),
    Title(
        90002,
        "tv",
        "Salt and Signal",
        2024,
        "A radio operator on a remote coast hears a voice that should not be there.",
        ("Mystery",),
        "tt9000002",
        990002,
        runtime=52,
        seasons=(8, 8),
        in_library=True,
    ),
    Title(
        90003,
        "movie",
        "Harbour Lights",
        2024,
        "Two sisters inherit a ferry and a debt.",
        ("Comedy", "Drama"),
        "tt9000003",
        in_library=True,
    ),
    Title(
        90004,
        "movie",
        "A Field of Glass",
        2026,
        "A glassblower is asked to copy a window nobody has seen.",
        ("Thriller",),
        "tt9000004",
    ),
    Title(
        90005,
        "tv",
        "Northbound",
        2025,
        "A night train, eleven passengers, and one stop too many.",
        ("Thriller", "Mystery"),
        "tt9000005",
        990005,
        runtime=49,
        seasons=(6,),
        in_library=True,
    ),
    Title(
        90006,
        "movie",
        "The Quiet Orchard",
        2023,
        "A grandmother sells everything but the trees.",
        ("Drama",),
        "tt9000006",
        vote=7.9,
        in_library=True,
    ),
    Title(
        90007,
        "movie",
        "Violet Hour",
        2025,
        "An evening in a city where the power goes out at six.",
        ("Romance", "Drama"),
        "tt9000007",
    ),
    Title(
        90008,
        "tv",
        "Tidewater",
        2021,
        "Four seasons in a town that floods twice a day.",
        ("Drama",),
        "tt9000008",
        990008,
        seasons=(10, 10, 10, 8),
        in_library=True,
    ),
    Title(
        90009,
        "movie",
        "Ember & Ash",
        2026,
        "Two firewatchers share a radio frequency and nothing else.",
        ("Adventure",),
        "tt9000009",
    ),
    Title(
        90010,
        "movie",
        "Paper Astronauts",
        2022,
        "Children build a rocket; the town pretends not to know.",
        ("Family", "Animation"),
        "tt9000010",
        certification="0",
        in_library=True,
    ),
    # The same number as The Lantern Keeper, as a series: the id alone never says which.
    Title(
        90001,
        "tv",
        "Clockmaker's Row",
        2020,
        "A street of workshops and one stolen escapement.",
        ("Crime",),
        "tt9000011",
        990011,
        seasons=(6, 6),
    ),
)
