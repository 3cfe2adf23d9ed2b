"""The simulated Plex server as the real plexapi meets it."""

from __future__ import annotations

import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
import requests
from plexapi.exceptions import BadRequest, NotFound, Unauthorized
from plexapi.server import PlexServer

from sandbox.plex import Plex

Wait = Callable[..., None]


@pytest.fixture
def await_(request: pytest.FixtureRequest) -> Wait:
    """Waits until the condition holds, at most ten seconds."""
    tick = threading.Event()

    def wait(condition: Callable[[], object], seconds: float = 10) -> None:
        for _ in range(int(seconds / 0.02)):
            if condition():
                return
            tick.wait(0.02)
        pytest.fail("the condition never came true")

    return wait


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "youtube"
    root.mkdir()
    return root


@pytest.fixture
def plex(folder: Path) -> Iterator[Plex]:
    server = Plex({"YouTube": folder})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as one:
        yield one


@pytest.fixture
def api(plex: Plex, session: requests.Session) -> PlexServer:
    return PlexServer(plex.url, plex.token, session=session)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of test picture."""
    file = tmp_path_factory.mktemp("clip") / "clip.mp4"
    source = ["-f", "lavfi", "-i", "testsrc=duration=2:size=64x36:rate=5"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, str(file)], check=True)
    return file.read_bytes()


def fill(folder: Path, *names: str, data: bytes = b"video") -> list[str]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in names]


@pytest.fixture
def videos(plex: Plex, api: PlexServer, folder: Path, await_: Wait) -> list[Any]:
    """Three scanned videos, named so that their alphabet is not their order on disk."""
    fill(folder, "List/c [1].mp4", "List/a [2].mp4", "List/b [3].mp4")
    section = api.library.section("YouTube")
    section.update(str(folder / "List"))
    await_(lambda: len(plex.items("YouTube")) == 3)
    found = {item.title: item for item in section.all()}
    return [found["c [1]"], found["a [2]"], found["b [3]"]]


def test_the_library_is_filled_from_the_invented_world(api: PlexServer) -> None:
    assert [section.title for section in api.library.sections()] == ["Films", "Series", "YouTube"]
    film = api.library.section("Films").get("Fight Club")
    assert {guid.id for guid in film.guids} == {"imdb://tt0137523", "tmdb://550"}
    assert (film.year, film.duration) == (1999, 139 * 60_000)
    show = api.library.section("Series").get("Breaking Bad")
    assert [season.index for season in show.seasons()] == [1, 2, 3, 4, 5]
    assert len(show.episodes()) == 62
    assert show.episode(season=2, episode=3).grandparentTitle == "Breaking Bad"


def test_a_title_is_found_by_its_outside_id(api: PlexServer) -> None:
    assert api.library.section("Films").getGuid("tmdb://550").title == "Fight Club"
    with pytest.raises(NotFound):
        api.library.section("Films").getGuid("tmdb://424242")


def test_a_title_can_arrive_later(plex: Plex, api: PlexServer) -> None:
    plex.control({"add": [278, "movie"]})
    newest = api.library.section("Films").recentlyAdded(maxresults=1)
    assert [item.title for item in newest] == ["The Shawshank Redemption"]
    with pytest.raises(KeyError):
        plex.control({"add": [1, "movie"]})
    with pytest.raises(KeyError):
        plex.control({"colour": "red"})


def test_a_series_can_arrive_season_by_season(plex: Plex, api: PlexServer) -> None:
    plex.control({"add": [92003, "tv", [2]]})
    assert [season.index for season in api.library.section("Series").get("Quarry").seasons()] == [2]
    plex.control({"add": [92003, "tv", [1, 2]]})
    assert [season.index for season in api.library.section("Series").get("Quarry").seasons()] == [1, 2]
    plex.control({"add": [92003, "tv"]})
    quarry = api.library.section("Series").search(title="Quarry")
    assert [len(show.episodes()) for show in quarry] == [6 + 6 + 8]


def test_a_scan_happens_after_the_refresh_was_answered(
    plex: Plex, api: PlexServer, folder: Path, clip: bytes, await_: Wait
) -> None:
    plex.scan_delay = 0.4
    [path] = fill(folder, "List/A talk [abc].mp4", data=clip)
    section = api.library.section("YouTube")
    before = section.reload()._data.attrib["scannedAt"]
    section.update(str(folder / "List"))
    assert section.reload().refreshing is True
    assert [activity.type for activity in api.activities] == ["library.update.section"]
    assert plex.items("YouTube") == []
    await_(lambda: not section.reload().refreshing)
    assert section._data.attrib["scannedAt"] > before
    assert api.activities == []
    [item] = api.fetchItems(f"/library/sections/{section.key}/all?type=1", Media__Part__file__endswith="[abc].mp4")
    assert item.media[0].parts[0].file == path
    assert (item.title, item.duration) == ("A talk [abc]", 2000)
    assert plex.scans == [str(folder / "List")]


def test_a_scan_sees_only_videos_below_its_folder_and_forgets_what_is_gone(
    plex: Plex, api: PlexServer, folder: Path, await_: Wait
) -> None:
    fill(folder, "one/a.mp4", "one/a.jpg", "one/a.mp4.part", "one/.hidden.mp4", "one/.b/c.mp4", "two/d.mkv")
    section = api.library.section("YouTube")
    section.update(str(folder / "one"))
    await_(lambda: len(plex.scans) == 1 and not plex.scanner.running())
    assert [item.file for item in plex.items("YouTube")] == [str(folder / "one/a.mp4")]
    section.update()
    await_(lambda: len(plex.scans) == 2 and not plex.scanner.running())
    assert len(plex.items("YouTube")) == 2
    (folder / "one/a.mp4").unlink()
    (folder / "two/d.mkv").unlink()
    section.update(str(folder / "one"))
    await_(lambda: len(plex.scans) == 3 and not plex.scanner.running())
    assert [item.title for item in plex.items("YouTube")] == ["d"]


@pytest.mark.parametrize("path", ["/etc", "{folder}/../elsewhere", "{folder}x"])
def test_a_folder_outside_the_section_is_ignored(plex: Plex, api: PlexServer, folder: Path, path: str) -> None:
    api.library.section("YouTube").update(path.format(folder=folder))
    assert (plex.scanner.running(), plex.scans) == ([], [])


def test_a_scan_can_be_cancelled(plex: Plex, api: PlexServer, await_: Wait) -> None:
    plex.scan_delay = 60
    section = api.library.section("YouTube")
    section.update()
    assert section.reload().refreshing is True
    section.cancelUpdate()
    await_(lambda: not section.reload().refreshing)
    assert plex.scans == []


def test_new_folders_can_be_hidden_from_a_scan_of_their_own(
    plex: Plex, api: PlexServer, folder: Path, await_: Wait
) -> None:
    plex.control({"skips_new_folders": True})
    fill(folder, "fresh/a.mp4")
    section = api.library.section("YouTube")
    section.update(str(folder / "fresh"))
    await_(lambda: len(plex.scans) == 1 and not plex.scanner.running())
    assert plex.items("YouTube") == []
    section.update(str(folder))
    await_(lambda: len(plex.items("YouTube")) == 1)


def test_the_server_may_see_the_folder_under_another_name(
    folder: Path, session: requests.Session, await_: Wait
) -> None:
    plex = Plex({"YouTube": folder}, seen_as={"YouTube": "/data/videos"})
    plex.start()
    try:
        fill(folder, "List/a.mp4")
        section = PlexServer(plex.url, plex.token, session=session).library.section("YouTube")
        assert section.locations == ["/data/videos"]
        section.update(str(folder / "List"))
        section.update("/data/videos/List")
        await_(lambda: len(plex.items("YouTube")) == 1)
        assert plex.items("YouTube")[0].file == "/data/videos/List/a.mp4"
        assert plex.scans == ["/data/videos/List"]
    finally:
        plex.stop()


def test_a_collection_keeps_its_own_order_once_it_is_custom(plex: Plex, api: PlexServer, videos: list[Any]) -> None:
    c, a, b = videos
    collection = api.library.section("YouTube").createCollection("Talks", items=[c, a])
    collection.addItems([b, a])
    assert [item.title for item in collection.items()] == ["a [2]", "b [3]", "c [1]"]
    collection.sortUpdate("custom")
    assert [item.title for item in collection.reload().items()] == ["c [1]", "a [2]", "b [3]"]
    collection.moveItem(b, after=c)
    assert [item.title for item in collection.reload().items()] == ["c [1]", "b [3]", "a [2]"]
    collection.moveItem(a)
    [shown] = plex.collections()
    assert (shown.title, shown.rating_key) == ("Talks", collection.ratingKey)
    assert [Path(file).name for file in shown.items] == ["a [2].mp4", "c [1].mp4", "b [3].mp4"]


def test_a_collection_is_found_edited_and_deleted(plex: Plex, api: PlexServer, videos: list[Any]) -> None:
    section = api.library.section("YouTube")
    collection = section.createCollection("Talks", items=videos)
    collection.editTitle("Good talks").editSummary("From a playlist").addLabel("MediaNest")
    found = section.collection("Good talks")
    assert (found.summary, [label.tag for label in found.labels]) == ("From a playlist", ["MediaNest"])
    found.removeLabel("MediaNest")
    assert plex.collections()[0].labels == []
    found.modeUpdate("hide")
    assert found.reload().collectionMode == 0
    found.removeItems(videos[:2])
    assert plex.collections()[0].items == [videos[2].locations[0]]
    assert [one.title for one in section.collections()] == ["Good talks"]
    found.delete()
    assert plex.collections() == []
    with pytest.raises(NotFound):
        found.reload()


def test_a_taken_collection_title_is_refused(api: PlexServer, videos: list[Any]) -> None:
    section = api.library.section("YouTube")
    section.createCollection("Talks", items=videos[:1])
    other = section.createCollection("Songs", items=videos[1:])
    with pytest.raises(BadRequest, match="409"):
        other.editTitle("Talks")


def test_a_collection_is_gone_with_its_last_item(
    plex: Plex, api: PlexServer, videos: list[Any], folder: Path, await_: Wait
) -> None:
    api.library.section("YouTube").createCollection("Talks", items=videos[:1])
    Path(videos[0].locations[0]).unlink()
    api.library.section("YouTube").update()
    await_(lambda: len(plex.items("YouTube")) == 2)
    assert plex.collections() == []


def test_a_collection_can_be_made_by_tagging_items(plex: Plex, videos: list[Any]) -> None:
    videos[0].addCollection("Tagged")
    assert [shown.title for shown in plex.collections()] == ["Tagged"]
    assert [tag.tag for tag in videos[0].reload().collections] == ["Tagged"]
    videos[0].removeCollection("Tagged")
    assert plex.collections() == []


def test_every_uploaded_poster_is_kept(
    plex: Plex, api: PlexServer, videos: list[Any], tmp_path: Path, session: requests.Session
) -> None:
    collection = api.library.section("YouTube").createCollection("Talks", items=videos)
    for data in (b"first", b"second", b"first"):
        (tmp_path / "poster.jpg").write_bytes(data)
        collection.uploadPoster(filepath=str(tmp_path / "poster.jpg"))
    assert len(collection.posters()) == plex.collections()[0].posters == 2
    assert session.get(api.url(collection.reload().thumb, includeToken=True)).content == b"first"
    collection.uploadPoster(url=api.url(videos[0].thumb, includeToken=True))
    assert session.get(api.url(collection.reload().thumb, includeToken=True)).content.startswith(b"\x89PNG")
    with pytest.raises(BadRequest):
        collection.uploadPoster(url="http://elsewhere.example/poster.jpg")


def test_playlists_belong_to_the_person_who_made_them(
    plex: Plex, api: PlexServer, videos: list[Any], session: requests.Session
) -> None:
    c, a, b = videos
    playlist = api.createPlaylist("Evening", items=[c, a])
    playlist.addItems([b])
    playlist.moveItem(playlist.items()[1], after=playlist.items()[0])
    assert [item.title for item in playlist.reload().items()] == ["c [1]", "a [2]", "b [3]"]
    playlist.removeItems([playlist.items()[0]])
    assert [item.title for item in api.playlist("Evening").items()] == ["a [2]", "b [3]"]
    friend = PlexServer(plex.url, plex.token_of("ben"), session=session)
    assert friend.playlists() == []
    friend.createPlaylist("Mine", items=friend.library.section("YouTube").all())
    assert [one.title for one in friend.playlists()] == ["Mine"]
    playlist.delete()
    assert api.playlists() == []


def test_sessions_activities_bandwidth_and_search_answer(api: PlexServer) -> None:
    watching = api.sessions()
    assert [one.usernames for one in watching] == [["ben"], ["anna"]]
    assert watching[0].player.state == "playing"
    assert watching[0].transcodeSession.videoDecision == "transcode"
    assert api.bandwidth(timespan="hours")
    assert [hit.title for hit in api.search("lantern")] == ["The Lantern Keeper"]
    assert len(api.search("Episode", mediatype="episode", limit=2)) == 2
    with pytest.raises(BadRequest):
        api.query("/hubs/search?query=")


def test_lists_filter_sort_and_count(api: PlexServer) -> None:
    films = api.library.section("Films")
    assert films.totalSize == 5
    assert [film.title for film in films.search(sort="year:desc", maxresults=1)] == ["The Lantern Keeper"]
    assert [film.title for film in films.search(title="harbour")] == ["Harbour Lights"]
    assert {film.title for film in films.search(filters={"year>>": 2022})} == {
        "The Lantern Keeper",
        "Harbour Lights",
        "The Quiet Orchard",
    }
    assert films.all()[0].title == "Fight Club"
    assert films.all()[1].titleSort == "Harbour Lights"
    assert [one.title for one in films.search(genre="Animation")] == ["Paper Astronauts"]
    assert api.library.recentlyAdded()


def test_more_than_one_page_is_walked(plex: Plex, api: PlexServer, folder: Path, await_: Wait) -> None:
    fill(folder, *(f"List/{number:03}.mp4" for number in range(257)))
    section = api.library.section("YouTube")
    section.update()
    await_(lambda: len(plex.items("YouTube")) == 257)
    before = plex.requests
    items = section.all()
    assert len({item.ratingKey for item in items}) == 257
    assert plex.requests - before == 3
    collection = section.createCollection("Long", items=items[:1])
    for start in (1, 101, 201):
        collection.addItems(items[start : start + 100])
    assert len(collection.items()) == 257
    answer = api.query(f"/library/collections/{collection.ratingKey}/items")
    assert (answer.attrib["size"], answer.attrib["totalSize"]) == ("100", "257")
    counted = api.query(f"/library/sections/{section.key}/all", headers={"X-Plex-Container-Size": "0"})
    assert (counted.attrib["totalSize"], len(counted)) == ("257", 0)


def test_nothing_but_the_identity_is_open(plex: Plex, session: requests.Session) -> None:
    assert plex.machine_id in session.get(f"{plex.url}/identity").text
    for path in ("/", "/library/sections", "/nowhere"):
        answer = session.get(plex.url + path, headers={"Accept": "application/json", "X-Plex-Token": "wrong"})
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (401, "text/html")
    with pytest.raises(Unauthorized):
        PlexServer(plex.url, "wrong", session=session)
    answer = session.get(f"{plex.url}/nowhere?X-Plex-Token={plex.token}")
    assert (answer.status_code, "404 Not Found" in answer.text) == (404, True)


def test_friends_see_what_is_shared_and_change_nothing(plex: Plex, session: requests.Session) -> None:
    carl = PlexServer(plex.url, plex.token_of("carl"), session=session)
    assert [section.title for section in carl.library.sections()] == ["Films", "YouTube"]
    assert carl.search("Breaking") == []
    film = carl.library.section("Films").all()[0]
    for attempt in (
        carl.sessions,
        carl.library.section("YouTube").update,
        lambda: carl.library.section("Films").createCollection("Mine", items=[film]),
        lambda: film.editSummary("changed"),
    ):
        with pytest.raises(BadRequest, match="403"):
            attempt()
    episode = plex.items("Series")[0]
    with pytest.raises(NotFound):
        carl.fetchItem(episode.rating_key)
    for stranger in ("pia", "stefan"):
        with pytest.raises(Unauthorized):
            PlexServer(plex.url, plex.token_of(stranger), session=session)


def test_pictures_are_real_and_have_the_size_asked_for(plex: Plex, api: PlexServer, session: requests.Session) -> None:
    film = api.library.section("Films").all()[0]
    data = session.get(film.thumbUrl).content
    assert struct.unpack(">II", data[16:24]) == (300, 450)
    assert struct.unpack(">II", session.get(film.artUrl).content[16:24]) == (640, 360)
    small = session.get(api.transcodeImage(film.thumbUrl.partition("?")[0].removeprefix(plex.url), 90, 60)).content
    assert struct.unpack(">II", small[16:24]) == (60, 90)
    refused = session.get(api.transcodeImage("http://elsewhere.example/a.png", 90, 60))
    assert refused.status_code == 400


def test_a_picture_beside_a_video_is_its_poster(
    plex: Plex, videos: list[Any], folder: Path, session: requests.Session
) -> None:
    assert session.get(videos[0].thumbUrl).content.startswith(b"\x89PNG")
    (folder / "List/c [1].jpg").write_bytes(b"a photograph")
    answer = session.get(videos[0].thumbUrl)
    assert (answer.content, answer.headers["Content-Type"]) == (b"a photograph", "image/jpeg")


def test_files_are_never_deleted_through_the_server(api: PlexServer, videos: list[Any]) -> None:
    with pytest.raises(BadRequest):
        videos[0].delete()
    assert Path(videos[0].locations[0]).exists()


def test_json_and_xml_say_the_same(plex: Plex, session: requests.Session) -> None:
    url = f"{plex.url}/library/sections/1/all?includeGuids=1&X-Plex-Token={plex.token}"
    found = session.get(url, headers={"Accept": "application/json"}).json()["MediaContainer"]["Metadata"]
    xml = session.get(url)
    assert xml.headers["Content-Type"].startswith("text/xml")
    assert all(f'title="{item["title"]}"' in xml.text for item in found)
    assert found[0]["Media"][0]["Part"][0]["file"].endswith(".mkv")
    assert "<Video " in xml.text


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("down", requests.ConnectionError),
        ("hang", requests.Timeout),
        ("slow", requests.Timeout),
        ("unauthorized", Unauthorized),
        ("error", BadRequest),
        ("garbage", Exception),
        ("wrong", Exception),
    ],
)
def test_each_switch_is_felt_and_can_be_turned_back(
    plex: Plex, session: requests.Session, mode: str, error: type[Exception]
) -> None:
    port = plex.port
    plex.turn(mode, delay=30)
    with pytest.raises(error):
        PlexServer(plex.url, plex.token, session=session, timeout=0.3).library.sections()
    plex.turn("up")
    assert plex.port == port
    assert len(PlexServer(plex.url, plex.token, session=session).library.sections()) == 3


def test_the_version_can_be_set(plex: Plex, session: requests.Session) -> None:
    plex.version = "1.19.0.1"
    assert PlexServer(plex.url, plex.token, session=session).version == "1.19.0.1"
    assert plex.state()["version"] == "1.19.0.1"


def test_the_doors_that_plexapi_does_not_use_open_too(
    plex: Plex, api: PlexServer, videos: list[Any], session: requests.Session, await_: Wait
) -> None:
    session.headers["X-Plex-Token"] = plex.token
    scanned = len(plex.scans)
    assert session.post(f"{plex.url}/library/sections/3/refresh?force=1").status_code == 200
    assert session.post(f"{plex.url}/library/sections/all/refresh").status_code == 200
    await_(lambda: len(plex.scans) == scanned + 4)
    plex.scan_delay = 60
    session.post(f"{plex.url}/library/sections/refresh")
    session.delete(f"{plex.url}/library/sections/all/refresh")
    await_(lambda: not plex.scanner.running())
    for path in ("sections/3/emptyTrash", "sections/3/analyze", f"metadata/{videos[0].ratingKey}/refresh"):
        assert session.put(f"{plex.url}/library/{path}").status_code == 200
    edited = session.put(f"{plex.url}/library/metadata/{videos[0].ratingKey}?title.value=New&title.locked=1")
    assert edited.status_code == 200
    assert api.fetchItem(videos[0].ratingKey).title == "New"
    newest = session.get(f"{plex.url}/library/sections/2/recentlyAdded", headers={"Accept": "application/json"})
    assert newest.json()["MediaContainer"]["Metadata"][0]["type"] == "episode"
    assert "Genre" not in session.get(f"{plex.url}/library/sections/1/genre").text
    collection = api.library.section("YouTube").createCollection("Talks", items=videos)
    assert session.delete(f"{plex.url}/library/sections/3/collection/{collection.ratingKey}").status_code == 200
    assert plex.collections() == []
    assert [account.name for account in api.systemAccounts()][:2] == ["olive", "ben"]


def test_a_playlist_is_renamed_emptied_and_holds_an_item_twice(api: PlexServer, videos: list[Any]) -> None:
    playlist = api.createPlaylist("Evening", items=videos[:1])
    playlist.addItems(videos[:1])
    assert len(playlist.reload().items()) == 2
    playlist.editTitle("Night").editSummary("Late")
    assert (api.playlist("Night").summary, api.playlist("Night").leafCount) == ("Late", 2)
    api.query(f"/playlists/{playlist.ratingKey}/items", method=api._session.delete)
    assert api.playlist("Night").leafCount == 0


def test_hostile_file_names_are_told_in_both_formats(plex: Plex, api: PlexServer, folder: Path, await_: Wait) -> None:
    names = ["a\x01b.mp4", 'quote " & <tag>.mp4', "émoji 🏮.mp4", "x" * 200 + ".mp4"]
    fill(folder, *names)
    api.library.section("YouTube").update()
    await_(lambda: len(plex.items("YouTube")) == 4)
    titles = {item.title for item in api.library.section("YouTube").all()}
    assert titles == {"ab", 'quote " & <tag>', "émoji 🏮", "x" * 200}


def test_a_restarted_server_remembers(tmp_path: Path, session: requests.Session, folder: Path, await_: Wait) -> None:
    fill(folder, "a.mp4", "b.mp4")

    def server() -> Plex:
        one = Plex({"YouTube": folder}, memory=tmp_path / "memory")
        one.start()
        return one

    first = server()
    section = PlexServer(first.url, first.token, session=session).library.section("YouTube")
    section.update()
    await_(lambda: len(first.items("YouTube")) == 2)
    collection = section.createCollection("Talks", items=section.search(sort="titleSort:desc"))
    collection.sortUpdate("custom")
    shown = first.collections()
    first.stop()
    second = server()
    assert second.collections() == shown
    again = PlexServer(second.url, second.token, session=session).library.section("YouTube")
    assert again.createCollection("More", items=again.all()).ratingKey > collection.ratingKey
    assert len(second.items("Films")) == len(first.items("Films"))
    second.stop()
    elsewhere = Plex({"YouTube": tmp_path}, memory=tmp_path / "memory")
    assert elsewhere.collections() == []


def test_the_web_page_shows_collections_to_anybody(plex: Plex, videos: list[Any], session: requests.Session) -> None:
    assert "None yet" in session.get(f"{plex.url}/web").text
    videos[0].addCollection("Talks <1>")
    page = session.get(f"{plex.url}/web/index.html")
    assert "Talks &lt;1&gt;" in page.text
    assert session.get(f"{plex.url}/web/static/web.css").status_code == 200
    assert session.get(f"{plex.url}/webhooks").status_code == 401
