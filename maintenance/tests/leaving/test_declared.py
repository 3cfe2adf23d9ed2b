"""Nothing about a person is forgotten when they ask for it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

from medianest.lib import personal_data


def test_every_column_that_names_a_person_is_exported_or_left_out_with_a_reason() -> None:
    ours = (model for model in apps.get_models() if not model.__module__.startswith(("django.", "pghistory.")))

    assert personal_data.undeclared(ours) == []


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("operations.Job", "created_by"),
        ("accounts.RefreshToken", "session_token"),
        ("accounts.VerificationToken", "identifier"),
    ],
    ids=["a person", "a row of theirs", "a name of theirs"],
)
def test_a_column_nobody_declared_is_found(label: str, column: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = apps.get_model(label)
    monkeypatch.delitem(personal_data._LEFT_OUT, (model, column))
    assert personal_data.undeclared([model]) == [f"{label}.{column}"]


def test_every_model_that_is_left_out_says_why() -> None:
    assert all(len(because.split()) > 4 for because in personal_data._LEFT_OUT.values())


def test_parts_have_names_of_their_own_and_lookups_that_lead_to_a_person() -> None:
    names = [part.name for part in personal_data.exports()]
    person = get_user_model()()

    assert len(names) == len(set(names))
    for part in personal_data.exports():
        assert str(part.rows(person).query)
        assert set(part.leave_out) <= {field.name for field in part.model._meta.concrete_fields}
