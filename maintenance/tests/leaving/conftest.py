"""People with something of their own in every part of the house."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from catalog.models import MediaItem
from families.models import Family, FamilyMembership, Recommendation
from maintenance.tests.leaving.acts import belongings_of
from medianest.tests.people import (  # noqa: F401  (fixtures)
    _files_as_they_are,
    administrator,
    administrators,
    anna,
    annas,
    ben,
    bens,
    moderator,
    moderators,
    stranger,
)


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def film(db: None) -> MediaItem:
    return MediaItem.objects.create(tmdb_id=550, media_type="movie", title="Fight Club", fetched_at=timezone.now())


@pytest.fixture
def annas_things(anna: User, ben: User, film: MediaItem) -> User:  # noqa: F811
    """Anna, with a row of hers in most tables; some touch Ben."""
    belongings_of(anna, film)
    family = Family.objects.create(name="The Annas")
    FamilyMembership.objects.create(family=family, user=anna, role="owner")
    FamilyMembership.objects.create(family=family, user=ben, role="member")
    Recommendation.objects.create(sender=anna, recipient=ben, media_item=film, message="You will love it.")
    return anna
