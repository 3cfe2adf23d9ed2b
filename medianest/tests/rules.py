"""For tests of tables: a rule is broken once, in the form's way and past it, and admin lists are counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from medianest.lib.append_only import AppendOnly
from medianest.lib.row_policies import RowSecurity
from medianest.tests.people import SCOPE

NOW = timezone.now()


def rules_of(app: str) -> set[str]:
    """The names of all rules on values that an app's models declare."""
    rules = [rule for model in apps.get_app_config(app).get_models() for rule in model._meta.constraints]
    return {rule.name for rule in rules if not isinstance(rule, AppendOnly | RowSecurity)}


def assert_refused(row: models.Model, rule: str) -> None:
    """A form shows the rule's own sentence, and the database refuses the row when nobody asked the rule."""
    declared = {each.name: each for each in row._meta.constraints}[rule]
    own = str(declared.violation_error_message)
    assert own != str(models.BaseConstraint.default_violation_error_message), f"{rule} has no sentence"
    with pytest.raises(ValidationError) as said:
        row.validate_constraints()
    assert own in said.value.messages
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row.save(force_insert=True)
    assert getattr(refused.value.__cause__, "diag").constraint_name == rule  # noqa: B009  (psycopg's, unknown to types)


def assert_flat(client: Client, model: type[models.Model], fill: Callable[[int], object]) -> None:
    """The admin's list of `model` opens with as many queries for 30 rows as for one."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    fill(1)
    one = _queries(client, url)
    fill(29)
    assert _queries(client, url) == one
    assert one <= 8 + SCOPE


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        page = client.get(url)
    assert page.status_code == 200
    return len(asked)
