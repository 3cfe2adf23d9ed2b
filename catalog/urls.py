"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path, register_converter

from catalog.views import arranging, discover, library, pictures, search, slashes, titles


class MediaTypeConverter:
    """Film or series, as TMDB names them in addresses."""

    regex = "movie|tv"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(MediaTypeConverter, "media_type")

app_name = "catalog"
urlpatterns = [
    path("discover", discover.discover, name="discover"),
    path("discover/arrange", arranging.arrange, name="arrange"),
    path("discover/arrange/keep", arranging.keep, name="keep-row"),
    path("discover/arrange/<uuid:pk>/<slug:doing>", arranging.change, name="change-row"),
    path("discover/<slug:slug>", discover.row, name="row"),
    path("library", library.library, name="library"),
    path("library/<uuid:pk>", library.section, name="section"),
    path("search", search.search, name="search"),
    path("discover/", slashes.without, name="discover-slash"),
    path("library/", slashes.without, name="library-slash"),
    path("search/", slashes.without, name="search-slash"),
    path("title/<media_type:media_type>/<int:tmdb_id>", titles.title, name="title"),
    path("title/tv/<int:tmdb_id>/season/<int:number>", titles.season, name="season"),
    path("person/<int:person_id>", titles.person, name="person"),
    path("collection/<int:collection_id>", titles.collection, name="collection"),
    path("pictures/tmdb/<slug:size>/<str:name>", pictures.tmdb, name="tmdb-picture"),
    path("pictures/plex/<uuid:pk>", pictures.library, name="library-picture"),
]
