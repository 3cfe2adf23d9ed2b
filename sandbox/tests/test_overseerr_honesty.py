"""The simulated Overseerr's answers and doors against the real ones' own descriptions."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from openapi_schema_validator import OAS30ReadValidator
from referencing.jsonschema import DRAFT4, EMPTY_REGISTRY, SchemaRegistry

from sandbox.overseerr import Overseerr, Permission
from sandbox.overseerr.doors import DOORS
from sandbox.tests.overseerr_client import call, wished

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
FILES = {"1.34.0": "overseerr-api.yml", "3.1.0": "seerr-api.yml"}

pytestmark = pytest.mark.skipif(
    not all((REFERENCE / name).exists() for name in FILES.values()),
    reason="the folder shared/reference with Overseerr's and Seerr's API descriptions is not beside the checkout",
)

# Where real answers contradict the description (only requests are ever checked against it).
KNOWN_CONTRADICTIONS = (
    re.compile(r"/watchProviders/\d+$"),  # described as a list of lists
    re.compile(r"^/(gender|popularity)$"),  # of a person: numbers, described as strings
    re.compile(r"^/plexUsername$"),  # null for a local account
    re.compile(r"/lastEpisodeToAir$|/nextEpisodeToAir$"),  # null where there is none
)

# Described and served; what stands in braces is filled in by `places`.
GETS = [
    "/status", "/settings/public", "/settings/about", "/settings/notifications/webhook", "/auth/me",
    "/user", "/user/{userId}", "/user/{userId}/requests", "/user/{userId}/quota",
    "/search?query=a", "/discover/movies", "/discover/movies/genre/{genreId}", "/discover/movies/language/{language}",
    "/discover/movies/upcoming", "/discover/tv", "/discover/tv/genre/{genreId}", "/discover/tv/language/{language}",
    "/discover/tv/upcoming", "/discover/trending", "/discover/watchlist", "/discover/genreslider/movie",
    "/discover/genreslider/tv", "/request", "/request/count", "/request/{requestId}",
    "/movie/{movieId}", "/movie/{movieId}/recommendations", "/movie/{movieId}/similar",
    "/tv/{tvId}", "/tv/{tvId}/season/{season}", "/tv/{tvId}/recommendations", "/tv/{tvId}/similar",
    "/person/{personId}", "/person/{personId}/combined_credits", "/media", "/collection/{collectionId}",
    "/genres/movie", "/genres/tv", "/issue", "/issue/count", "/issue/{issueId}",
    "/watchproviders/regions", "/watchproviders/movies?watchRegion=DE", "/watchproviders/tv?watchRegion=DE",
]  # fmt: skip


@functools.cache
def description(version: str) -> dict[str, Any]:
    text = (REFERENCE / FILES[version]).read_text(encoding="utf-8")
    return cast("dict[str, Any]", yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


@functools.cache
def registry(version: str) -> SchemaRegistry:
    found: SchemaRegistry = EMPTY_REGISTRY.with_resource("urn:api", DRAFT4.create_resource(description(version)))
    return found


def described_path(version: str, path: str) -> str:
    """The path as that version spells it: one calls a season's number an id."""
    plain = path.partition("?")[0]
    for name in ("seasonNumber", "seasonId"):
        plain = plain if plain in description(version)["paths"] else plain.replace("{season}", f"{{{name}}}")
        if plain in description(version)["paths"]:
            return plain
        plain = path.partition("?")[0]
    raise KeyError(path)


def problems(version: str, path: str, method: str, status: int, body: object) -> list[str]:
    """What is wrong with an answer, by that version's description of it."""
    plain = described_path(version, path)
    assert str(status) in description(version)["paths"][plain][method]["responses"]
    pointer = f"#/paths/{plain.replace('~', '~0').replace('/', '~1')}/{method}/responses/{status}"
    check = OAS30ReadValidator(
        {"$ref": f"urn:api{pointer}/content/application~1json/schema"}, registry=registry(version)
    )
    found = [("/" + "/".join(map(str, one.absolute_path)), one.message) for one in check.iter_errors(body)]
    return [f"{at}: {message}" for at, message in found if not any(known.search(at) for known in KNOWN_CONTRADICTIONS)]


def filled(version: str) -> Iterator[Overseerr]:
    """With a film and a series asked for, decided and under way, and a problem reported."""
    started = Overseerr(version=version)
    started.start()
    film = wished(started, by="ben")["id"]
    call(started, "POST", f"/request/{film}/approve")
    started.advance(film)
    wished(started, by="anna", mediaType="tv", mediaId=92003, seasons=[1, 2])
    media_id = call(started, "GET", "/movie/550").json()["mediaInfo"]["id"]
    call(started, "POST", "/issue", {"issueType": 1, "message": "Dark", "mediaId": media_id})
    started.control({"default_movie_quota": 5, "default_tv_quota": 5})
    yield started
    started.stop()


@pytest.fixture(scope="module", params=list(FILES))
def unchanged(request: pytest.FixtureRequest) -> Iterator[Overseerr]:
    """Only read from."""
    yield from filled(request.param)


@pytest.fixture(params=list(FILES))
def server(request: pytest.FixtureRequest) -> Iterator[Overseerr]:
    yield from filled(request.param)


def places(path: str) -> list[str]:
    """The path with films and series of each kind: known and unknown, asked for, on the air."""
    fixed = {"userId": 2, "requestId": 1, "personId": 819, "collectionId": 95001, "issueId": 1, "language": "en"}
    fixed |= {"season": 1, "genreId": 18}
    if "{movieId}" in path:
        return [path.format(movieId=number, **fixed) for number in (550, 278, 90003, 91001)]
    if "{tvId}" in path:
        return [path.format(tvId=number, **fixed) for number in (1396, 92001, 92003)]
    return [path.format(**fixed)]


@pytest.mark.parametrize("path", GETS)
def test_an_answer_has_the_described_shape(unchanged: Overseerr, path: str) -> None:
    for place in places(path):
        answer = call(unchanged, "GET", place)
        assert answer.status_code == 200
        assert problems(unchanged.version, path, "get", 200, answer.json()) == []


def test_what_is_written_answers_as_described(server: Overseerr) -> None:
    media_id = next(one.media_id for one in server.media if one.tmdb_id == 92003)
    cases: list[tuple[str, str, str, object]] = [
        ("post", "/request", "/request", {"mediaType": "movie", "mediaId": 90004, "is4k": False}),
        ("put", "/request/{requestId}", "/request/2", {"mediaType": "tv", "seasons": [1]}),
        ("post", "/request/{requestId}/{status}", "/request/2/approve", None),
        ("post", "/request/{requestId}/retry", "/request/2/retry", None),
        ("post", "/media/{mediaId}/{status}", f"/media/{media_id}/available", {"is4k": False}),
        ("post", "/issue", "/issue", {"issueType": 1, "message": "x", "mediaId": media_id}),
        ("post", "/issue/{issueId}/comment", "/issue/1/comment", {"message": "y"}),
        ("post", "/issue/{issueId}/{status}", "/issue/1/resolved", None),
        ("post", "/user", "/user", {"email": "a@b.example", "username": "a", "password": "long-enough"}),
        ("post", "/user/import-from-plex", "/user/import-from-plex", {"plexIds": ["1004"]}),
    ]
    for method, path, place, body in cases:
        answer = call(server, method.upper(), place, body)
        assert problems(server.version, path, method, answer.status_code, answer.json()) == [], place
    for path, place in (("/issue/{issueId}", "/issue/1"), ("/request/{requestId}", "/request/1")):
        answer = call(server, "DELETE", place)
        assert str(answer.status_code) in description(server.version)["paths"][path]["delete"]["responses"]


@pytest.mark.parametrize("version", list(FILES))
def test_every_door_takes_the_described_query_and_body(version: str) -> None:
    major, wrong, checked = int(version[0]), [], 0
    for endpoint, door in DOORS.items():
        method, _, rule = endpoint.partition(".")[2].partition(" ")
        path = re.sub(r"<(\w+)>", r"{\1}", rule).replace("{code}", "{language}").replace("{seasonNumber}", "{season}")
        if rule == "/" or not door.first <= major <= door.last:
            continue  # the name at the root is not described
        described = description(version)["paths"][described_path(version, path)][method.lower()]
        checked += 1
        query = {one["name"]: one for one in described.get("parameters", []) if one["in"] == "query"}
        own = {name: param for name, param in door.query.items() if param.since <= major}
        optional = {"mediaType"} if path.startswith(("/blocklist/", "/blacklist/")) else set()
        if own.keys() - optional != query.keys():
            wrong.append(f"{endpoint}: query {sorted(own)} is described as {sorted(query)}")
        for name in own.keys() & query.keys():
            schema = query[name]["schema"]
            same = (own[name].kind, set(own[name].allowed(major)), own[name].required) == (
                schema["type"],
                set(schema.get("enum", ())) if path != "/blocklist" and path != "/blacklist" else set(),
                bool(query[name].get("required")),
            )
            if not same:
                wrong.append(f"{endpoint}: {name} is described as {query[name]}")
        needed = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        required = {name for name, field in (door.body or {}).items() if field.required}
        if required - {"tmdbId"} != set(needed.get("required", ())):
            wrong.append(f"{endpoint}: body needs {sorted(required)}, described {needed.get('required')}")
    assert wrong == []
    assert checked > 55


def test_without_managing_users_the_described_address_is_left_out(server: Overseerr) -> None:
    """The description requires it, the real ones hide it."""
    server.permit("ben", Permission.REQUEST)
    answer = call(server, "GET", "/user/1", by="ben").json()
    assert problems(server.version, "/user/{userId}", "get", 200, answer) == ["/: 'email' is a required property"]


@pytest.mark.parametrize("version", list(FILES))
def test_the_check_would_notice_a_lie(version: str) -> None:
    told = {"pageInfo": {"page": "one"}, "results": [{"id": 1}]}
    assert sorted(problems(version, "/request", "get", 200, told)) == [
        "/pageInfo/page: 'one' is not of type 'number'",
        "/results/0: 'status' is a required property",
    ]
