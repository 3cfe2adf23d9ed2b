"""What the simulated TMDB knows beyond the shared world: enough further titles to fill pages, release dates, German."""

from __future__ import annotations

import datetime

from sandbox.world import TITLES, Title

_FILMS = """
Borrowed Weather|Drama|A weather presenter begins to be believed.
The Ninth Ferryman|Mystery,Thriller|Eight came back across the river and will not say why.
Copper Sunday|Crime|A scrap dealer buys a bell that is still being looked for.
Slow Comets|Science Fiction,Drama|An observatory is closing on the night it finds something.
Marguerite Sells the House|Comedy|Every buyer turns out to be a relative.
Under the Viaduct|Crime,Drama|Three boys keep one secret for thirty years.
The Paperhanger|Horror|Behind the wallpaper is older wallpaper.
Kite Season|Family,Adventure|A valley settles its quarrels in the air once a year.
Glass Harbour|Thriller|A pilot boat brings in a ship with nobody aboard.
Two Winters in Aldermoor|Romance,Drama|They met in the first and parted in the second.
The Cartographer's Daughter|Adventure,History|She draws the coast her father never reached.
Night Shift at the Aquarium|Fantasy,Family|After closing time the octopus gives advice.
Velvet Rope|Comedy,Romance|A doorman is invited in.
Ash Wednesday Blues|Music,Drama|A carnival band plays on a day too long.
The Last Telephone Box|Comedy|A village fights for a thing nobody uses.
Undertow|Thriller|A swimmer comes ashore on the wrong beach.
A Small Republic|Comedy,History|Forty islanders declare independence over a post office.
The Beekeeper's Alibi|Crime,Mystery|Sixty thousand witnesses and none can talk.
Low Orbit|Science Fiction|A repair takes nine minutes longer than there is air.
Saint Elsewhere Road|Drama|The bus goes there only on Thursdays.
Thirteen Lanterns|Animation,Family|Each lantern holds a night that was lost.
The Long Goodnight|Drama,Romance|A night porter and a guest who cannot leave.
Red Clay|Western|A potter and a sheriff share a well.
Static|Horror,Mystery|The station went off the air in 1971 and has not stopped.
The Understudy's Revenge|Comedy|Opening night has been postponed by poison.
Meridian|Science Fiction,Thriller|Two crews are told that they are the only one.
Cold Frame|Mystery|A gardener digs up a calendar for next year.
Song for a Small Boat|Animation,Music|A song that only works at sea.
The Inheritance of Dust|Drama|Three brothers, one farm, no rain.
Mapmakers|Documentary|The people who still walk the lines.
Wolf Hour|Thriller|Between three and four something always goes wrong.
The Bread Queue|History,Drama|A winter told by those who stood in it.
Neon Orchard|Science Fiction,Romance|Fruit that glows, and what it costs.
Harbour Lights Again|Comedy,Drama|The ferry is paid for; the sisters are not on speaking terms.
The Wrong Umbrella|Romance,Comedy|It rains, and everything follows from that.
Everest Street|Family|A boy decides to climb every staircase in town.
"""

_SERIES = """
Low Tide Radio|Drama,Comedy|8|A pirate station on a sandbank that appears twice a day.
The Registry Office|Comedy|10,10|Births, deaths and one marriage that keeps being postponed.
Quarry|Crime,Drama|6,6,8|A flooded quarry gives back what was put in it.
Seven Bridges|Drama|10,8|A city engineer counts the bridges and gets eight.
Orbit Cafe|Sci-Fi & Fantasy,Comedy|12|The last stop before the moon serves breakfast all day.
Northern Post|Mystery|8,8|Letters arrive that were written tomorrow.
The Conservatory|Drama|6|Music school, first year, nobody sleeps.
Foxglove|Crime,Mystery|4,4,4|A village doctor with too steady a hand.
Little Harbour Rescue|Animation,Family|26,26|Small boats with large hearts.
Allotment Wars|Reality|8|Vegetables, judged without mercy.
Deep Field|Documentary|5|What telescopes saw while nobody looked.
The Glasshouse|Drama,Mystery|10|A family of botanists and one missing seed.
Signal Hill|Drama|4,4,4,4|A radio town after the last programme.
The Tide Tables|Mystery,Drama|5,5,5,5|A printer finds tomorrow's high water in last year's tables.
"""

# Days from today on which these films open and this series shows its fourth episode of eight.
_OPENING = {91010: 12, 91019: 25, 91026: 40, 91034: 90}
ON_AIR = 92001
_ON_AIR_EPISODE = 4

# Nobody has filled this one in yet: no date, no overview, no pictures.
BARE = 91037

SPECIALS = {1396: 9, 90008: 2}  # episodes in season 0

_REAL_DATES = {
    (550, "movie"): datetime.date(1999, 10, 15),
    (278, "movie"): datetime.date(1994, 9, 23),
    (1396, "tv"): datetime.date(2008, 1, 20),
}

GERMAN = {
    (550, "movie"): (
        "Fight Club",
        "Ein schlafloser Angestellter gründet mit einem Seifenhändler einen Klub, der ausufert.",
    ),
    (278, "movie"): (
        "Die Verurteilten",
        "Ein zu lebenslanger Haft verurteilter Bankier bewahrt sich hinter Mauern die Hoffnung.",
    ),
    (1396, "tv"): (
        "Breaking Bad",
        "Einem Chemielehrer bleibt wenig Zeit. Er entdeckt ein Handwerk, das ihm unheimlich liegt.",
    ),
    (90001, "movie"): ("Der Lampenwärter", "Der letzte Wärter eines Hafenlichts lehrt eine Ausreißerin das Bleiben."),
    (90002, "tv"): ("Salz und Signal", "Eine Funkerin an ferner Küste hört eine Stimme, die es nicht geben dürfte."),
    (90003, "movie"): ("Hafenlichter", "Zwei Schwestern erben eine Fähre und eine Schuld."),
    (90004, "movie"): ("Ein Feld aus Glas", "Ein Glasbläser soll ein Fenster nachbilden, das niemand gesehen hat."),
    (90005, "tv"): ("Nordwärts", "Ein Nachtzug, elf Reisende und ein Halt zu viel."),
    (90006, "movie"): ("Der stille Obstgarten", "Eine Großmutter verkauft alles, nur die Bäume nicht."),
    (90007, "movie"): ("Violette Stunde", "Ein Abend in einer Stadt, in der um sechs der Strom ausfällt."),
    (90008, "tv"): ("Gezeiten", "Vier Jahre in einer Stadt, die zweimal am Tag unter Wasser steht."),
    (90009, "movie"): ("Glut und Asche", "Zwei Feuerwächter teilen eine Funkfrequenz und sonst nichts."),
    (90010, "movie"): ("Papierastronauten", "Kinder bauen eine Rakete; die Stadt tut, als wüsste sie nichts."),
    (90001, "tv"): ("Uhrmachergasse", "Eine Gasse voller Werkstätten und eine gestohlene Hemmung."),
}

COLLECTION_ID = 95001
COLLECTION_NAME = "Harbour Lights Collection"
COLLECTION_PARTS = (90003, 91012, 91034)


def today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


def released(title: Title) -> datetime.date | None:
    """When a film opened or a series began; None when nobody has said."""
    if title.tmdb_id == BARE:
        return None
    if title.media_type == "movie" and title.tmdb_id in _OPENING:
        return today() + datetime.timedelta(days=_OPENING[title.tmdb_id])
    if title.tmdb_id == ON_AIR:
        return today() - datetime.timedelta(days=7 * _ON_AIR_EPISODE - 3)
    known = _REAL_DATES.get((title.tmdb_id, title.media_type))
    return known or datetime.date(title.year, 1 + title.tmdb_id * 7 % 10, 1 + title.tmdb_id * 11 % 28)


def _films() -> list[Title]:
    made = [line.split("|") for line in _FILMS.strip().splitlines()]
    films = [
        Title(
            91001 + number,
            "movie",
            name,
            2008 + number * 5 % 18,
            overview,
            tuple(genres.split(",")),
            f"tt{9100001 + number}",
            runtime=84 + number * 13 % 60,
            vote=5.6 + number * 7 % 30 / 10,
        )
        for number, (name, genres, overview) in enumerate(made)
    ]
    return [*films, Title(BARE, "movie", "Untitled Ferry Project", 2030, "", (), "", runtime=0, vote=0.0)]


def _series() -> list[Title]:
    made = [line.split("|") for line in _SERIES.strip().splitlines()]
    return [
        Title(
            92001 + number,
            "tv",
            name,
            2012 + number * 5 % 13,
            overview,
            tuple(genres.split(",")),
            f"tt{9200001 + number}",
            992001 + number,
            runtime=22 + number * 11 % 36,
            vote=6.1 + number * 7 % 26 / 10,
            seasons=tuple(int(count) for count in seasons.split(",")),
        )
        for number, (name, genres, seasons, overview) in enumerate(made)
    ]


ALL: tuple[Title, ...] = (*TITLES, *_films(), *_series())
