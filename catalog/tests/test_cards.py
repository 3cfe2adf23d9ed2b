"""Addresses of pictures."""

from __future__ import annotations

import pytest
from django.urls import resolve

from catalog import cards


def test_a_picture_stands_where_it_is_served() -> None:
    address = cards.picture("/abc-1.jpg", "w342")
    assert address == "/pictures/tmdb/w342/abc-1.jpg"
    assert resolve(address).kwargs == {"size": "w342", "name": "abc-1.jpg"}


@pytest.mark.parametrize(
    "path", ["", "/", "/a/b.jpg", "https://elsewhere.example/x.jpg", "/a.jpg?x=1", "/a b", "/é.jpg", "/a\n"]
)
def test_what_is_no_picture_of_tmdbs_has_none(path: str) -> None:
    """A title kept with such a path would break every list that it stands in."""
    assert cards.picture(path, "w342") == cards.srcset(path) == ""
