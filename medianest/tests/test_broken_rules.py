"""A refusal of the database becomes the rule's own sentence."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from catalog.models import MediaItem
from medianest.lib.broken_rules import sentence_for, told_plainly

pytestmark = pytest.mark.django_db


def test_a_rule_is_told_in_its_own_words_and_nothing_else_is_lost() -> None:
    MediaItem.objects.create(tmdb_id=550, media_type="movie", title="Fight Club")
    with pytest.raises(ValidationError, match=r"^\['This title is in the catalogue already\.'\]$"), told_plainly():
        MediaItem.objects.create(tmdb_id=550, media_type="movie", title="Again")
    assert MediaItem.objects.get().title == "Fight Club"


def test_a_refusal_that_no_model_knows_gives_a_general_sentence() -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE nests (eggs int CHECK (eggs > 0)); INSERT INTO nests VALUES (-1)")
    assert sentence_for(refused.value).startswith("This does not go together with what is stored already.")
