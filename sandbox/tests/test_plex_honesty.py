"""The simulated Plex server's JSON against the published description of the real one."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import plexapi
import pytest
import requests
from openapi_schema_validator import OAS31Validator
from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY, SchemaRegistry

from sandbox.plex import Plex

DESCRIPTION = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "plex-media-server-api.json"

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.exists(),
    reason="the folder shared/reference with Plex's API description is not beside the checkout",
)

NAME = "urn:plex"

# Outside identifiers come as {"id": "tmdb://550"}; the description declares the id of every tag a number.
KNOWN_CONTRADICTIONS = (re.compile(r"/Guid/\d+/id$"),)

LISTS = {"ratingKey", "key", "type", "title", "addedAt", "updatedAt"}
CASES = [
    ("get", "/", "/", {"machineIdentifier", "version", "friendlyName", "myPlexUsername", "Directory"}, ()),
    ("get", "/identity", "/identity", {"size", "claimed", "machineIdentifier", "version"}, ()),
    ("get", "/activities", "/activities", {"size", "Activity"}, ("Activity", {"uuid", "type", "title", "progress"})),
    (
        "get",
        "/library/sections/all",
        "/library/sections/all",
        {"size", "Directory"},
        ("Directory", {"key", "type", "title", "agent", "scanner", "refreshing", "scannedAt", "Location"}),
    ),
    ("get", "/library/sections/{sectionId}", "/library/sections/{section}", {"size", "Directory"}, ()),
    (
        "get",
        "/library/sections/{sectionId}/all",
        "/library/sections/{section}/all?includeGuids=1&includeMeta=1",
        {"size", "Metadata", "Meta"},
        ("Metadata", LISTS | {"Media", "thumb"}),
    ),
    (
        "get",
        "/library/sections/{sectionId}/all",
        "/library/sections/2/all?includeGuids=1&X-Plex-Container-Size=2",
        {"size", "totalSize", "offset", "Metadata"},
        ("Metadata", LISTS | {"leafCount", "Guid"}),
    ),
    (
        "get",
        "/library/metadata/{ids}",
        "/library/metadata/{item}",
        {"size", "Metadata"},
        ("Metadata", LISTS | {"Media"}),
    ),
    (
        "post",
        "/library/collections",
        "/library/collections?type=1&title=New&smart=0&sectionId={section}&uri={uri}",
        {"size", "Metadata"},
        ("Metadata", LISTS | {"subtype", "childCount"}),
    ),
    (
        "get",
        "/library/collections/{collectionId}/items",
        "/library/collections/{collection}/items",
        {"size", "totalSize", "Metadata"},
        ("Metadata", LISTS | {"Media"}),
    ),
    (
        "put",
        "/library/collections/{collectionId}/items",
        "/library/collections/{collection}/items?uri={uri}",
        {"size", "Metadata"},
        ("Metadata", LISTS),
    ),
    (
        "put",
        "/library/collections/{collectionId}/items/{itemId}/move",
        "/library/collections/{collection}/items/{item}/move",
        {"size", "Metadata"},
        ("Metadata", LISTS),
    ),
    (
        "put",
        "/library/collections/{collectionId}/items/{itemId}",
        "/library/collections/{collection}/items/{item}",
        {"size", "Metadata"},
        ("Metadata", LISTS),
    ),
    (
        "post",
        "/playlists",
        "/playlists?type=video&title=Evening&smart=0&uri={uri}",
        {"size", "Metadata"},
        ("Metadata", LISTS | {"playlistType", "leafCount", "smart"}),
    ),
    ("get", "/playlists", "/playlists", {"size", "Metadata"}, ("Metadata", LISTS | {"playlistType"})),
    ("get", "/playlists/{playlistId}", "/playlists/{playlist}", {"size", "Metadata"}, ("Metadata", LISTS)),
    (
        "get",
        "/playlists/{playlistId}/items",
        "/playlists/{playlist}/items",
        {"size", "Metadata"},
        ("Metadata", LISTS | {"playlistItemID"}),
    ),
    (
        "get",
        "/status/sessions",
        "/status/sessions",
        {"size", "Metadata"},
        ("Metadata", {"sessionKey", "User", "Player", "Session", "Media", "title"}),
    ),
    (
        "get",
        "/hubs/search",
        "/hubs/search?query=ha",
        {"size", "Hub"},
        ("Hub", {"type", "hubIdentifier", "title", "size", "more"}),
    ),
]


@functools.cache
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return loaded


@functools.cache
def registry() -> SchemaRegistry:
    found: SchemaRegistry = EMPTY_REGISTRY.with_resource(NAME, DRAFT202012.create_resource(description()))
    return found


@functools.cache
def words() -> frozenset[str]:
    """Every name that the description declares or shows in an example."""
    return frozenset(_names(description()))


@functools.cache
def plexapi_source() -> str:
    return "".join(file.read_text(encoding="utf-8") for file in Path(plexapi.__file__).parent.rglob("*.py"))


def known(name: str) -> bool:
    """Described, or undescribed but read by plexapi from real servers' answers."""
    return name in words() or f"'{name}'" in plexapi_source()


def _names(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key)
            yield from _names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _names(value)


def validator(path: str, method: str) -> OAS31Validator:
    answer = description()["paths"][path][method]["responses"]["200"]
    pointer = f"#/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}/responses/200"
    if "$ref" in answer:
        pointer = answer["$ref"]
    return OAS31Validator({"$ref": f"{NAME}{pointer}/content/application~1json/schema"}, registry=registry())


@pytest.fixture
def plex(tmp_path: Path) -> Iterator[Plex]:
    server = Plex({"YouTube": tmp_path})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def places(plex: Plex) -> dict[str, str]:
    """What stands in the braces of a case: a film, a collection that holds two, a playlist."""
    library = plex.library
    films = library.section("Films")
    items = plex.items("Films")[:2]
    collection = library.collect(films, "Old", items, "movie")
    headers = {"Accept": "application/json", "X-Plex-Token": plex.token}
    uri = f"server://{plex.machine_id}/com.plexapp.plugins.library/library/metadata/{items[0].rating_key}"
    made = requests.post(f"{plex.url}/playlists?type=video&title=Old&smart=0&uri={uri}", headers=headers, timeout=5)
    plex.scan_delay = 60
    plex.scanner.refresh(films)
    return {
        "section": str(films.key),
        "item": str(items[0].rating_key),
        "collection": str(collection.rating_key),
        "playlist": made.json()["MediaContainer"]["Metadata"][0]["ratingKey"],
        "uri": uri,
    }


def ask(plex: Plex, method: str, url: str) -> requests.Response:
    headers = {"Accept": "application/json", "X-Plex-Token": plex.token}
    return requests.request(method, plex.url + url, headers=headers, timeout=5)


@pytest.mark.parametrize(
    ("method", "path", "url", "keys", "entries"),
    CASES,
    ids=[f"{case[0]} {case[2].partition('?')[0]}" for case in CASES],
)
def test_an_answer_has_the_described_shape(
    plex: Plex,
    places: dict[str, str],
    method: str,
    path: str,
    url: str,
    keys: set[str],
    entries: tuple[()] | tuple[str, set[str]],
) -> None:
    answer = ask(plex, method, url.format_map(places))
    assert answer.status_code == 200
    body = answer.json()
    problems = [
        f"/{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in validator(path, method).iter_errors(body)
        if not any(one.search("/" + "/".join(map(str, error.absolute_path))) for one in KNOWN_CONTRADICTIONS)
    ]
    assert problems == []
    container = body["MediaContainer"]
    assert keys <= container.keys()
    assert [name for name in _names(body) if not known(name)] == []
    if entries:
        name, wanted = entries
        assert container[name]
        assert [wanted - entry.keys() for entry in container[name]] == [set()] * len(container[name])


def test_the_check_would_notice_a_lie() -> None:
    check = validator("/identity", "get")
    assert not list(check.iter_errors({"MediaContainer": {"size": 0, "claimed": True, "version": "1"}}))
    assert list(check.iter_errors({"MediaContainer": {"size": "none", "claimed": "perhaps"}}))


@pytest.mark.parametrize(
    ("method", "path", "url", "status"),
    [
        ("get", "/hubs/search", "/hubs/search", 400),
        ("put", "/library/sections/{sectionId}/all", "/library/sections/1/all?id=999999&type=1&title.value=x", 404),
        ("put", "/library/collections/{collectionId}/items", "/library/collections/999999/items?uri={uri}", 404),
        (
            "put",
            "/library/collections/{collectionId}/items/{itemId}/move",
            "/library/collections/{collection}/items/999999/move",
            400,
        ),
        ("post", "/library/collections", "/library/collections?type=1&title=New&smart=0&sectionId=1", 400),
        ("get", "/playlists/{playlistId}", "/playlists/999999", 404),
        ("get", "/photo/:/transcode", "/photo/:/transcode?url=http://elsewhere.example/a.png", 400),
    ],
)
def test_a_refusal_is_a_described_page_of_html(
    plex: Plex, places: dict[str, str], method: str, path: str, url: str, status: int
) -> None:
    answer = ask(plex, method, url.format_map(places))
    assert str(status) in description()["paths"][path][method]["responses"]
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (status, "text/html")


@pytest.mark.parametrize(
    ("method", "path", "url"),
    [
        ("get", "/status/sessions", "/status/sessions"),
        ("post", "/library/sections/{sectionId}/refresh", "/library/sections/1/refresh"),
        ("put", "/library/collections/{collectionId}/items", "/library/collections/{collection}/items?uri={uri}"),
        ("delete", "/library/metadata/{ids}", "/library/metadata/{item}"),
    ],
)
def test_what_is_for_admins_is_refused_to_friends(
    plex: Plex, places: dict[str, str], method: str, path: str, url: str
) -> None:
    assert {"user_token": ["admin"]} in description()["paths"][path][method]["security"]
    headers = {"X-Plex-Token": plex.token_of("ben")}
    answer = requests.request(method, plex.url + url.format_map(places), headers=headers, timeout=5)
    assert answer.status_code == 403
