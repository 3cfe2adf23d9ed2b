"""From a rule that the database refused to break to the sentence that the model has for it.

Forms ask the rules first, so this is for what slips past them: two people at once, or code that did not ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

Model = type[models.Model]
_KEY = re.compile(r'\("?(\w+)"?\)=')
"""The column in PostgreSQL's detail of a broken unique or foreign key rule, whatever language it speaks."""
_UNIQUE, _NOT_NULL, _GONE, _CHECK = "23505", "23502", "23503", "23514"


def sentence_for(error: IntegrityError) -> str:
    """What to tell the person whose change was refused. Names no table, no value, and columns by their label only."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None:
        return _general()
    rule = _rules().get(diagnosis.constraint_name or "")
    if rule is not None and rule.violation_error_message != rule.default_violation_error_message:
        return str(rule.get_violation_error_message())
    tell = _TOLD.get(diagnosis.sqlstate or "")
    model = _models().get(diagnosis.table_name or "")
    return (tell(model, diagnosis) if tell and model else "") or _general()


@contextmanager
def told_plainly() -> Iterator[None]:
    """Run a write in a transaction of its own; raise ValidationError with the rule's sentence when it is refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ValidationError(sentence_for(error), code="refused") from error


def _general() -> str:
    return _("This does not go together with what is stored already. Nothing was saved; look again and retry.")


def _rules() -> dict[str, models.BaseConstraint]:
    return {rule.name: rule for model in apps.get_models() for rule in model._meta.constraints}


def _models() -> dict[str, Model]:
    return {model._meta.db_table: model for model in apps.get_models()}


# --- rules that a column brings by itself -----------------------------------------------------------------------------------
def _field(model: Model, column: str) -> Any:
    return next((field for field in model._meta.local_concrete_fields if field.column == column), None)


def _label(field: Any) -> str:
    return str(capfirst(str(field.verbose_name)))


def _taken(model: Model, diagnosis: Any) -> str:
    found = _KEY.search(diagnosis.message_detail or "")
    field = _field(model, found.group(1)) if found else None
    return str(model().unique_error_message(model, (field.name,)).messages[0]) if field else ""


def _missing(model: Model, diagnosis: Any) -> str:
    field = _field(model, diagnosis.column_name or "")
    return _("%(field)s is needed.") % {"field": _label(field)} if field else ""


def _out_of_range(model: Model, diagnosis: Any) -> str:
    """A number that may not be negative: PostgreSQL names the rule `<table>_<column>_check`."""
    name = str(diagnosis.constraint_name or "")
    column = name.removeprefix(f"{model._meta.db_table}_").removesuffix("_check")
    field = _field(model, column)
    return _("%(field)s must be 0 or more.") % {"field": _label(field)} if field else ""


def _tied(model: Model, diagnosis: Any) -> str:
    """Either what this points at was deleted meanwhile, or others still point at what is to go.

    `model` holds the key in both cases; the column told is the key's in the first, and the other table's in the second.
    """
    found = _KEY.search(diagnosis.message_detail or "")
    field = _field(model, found.group(1)) if found else None
    if field is None or not field.is_relation:
        return _("Other things still belong to this. Remove or move them first.")
    return _("%(field)s was deleted meanwhile. Look again and choose another.") % {"field": _label(field)}


_TOLD = {_UNIQUE: _taken, _NOT_NULL: _missing, _CHECK: _out_of_range, _GONE: _tied}
