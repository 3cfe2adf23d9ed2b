"""From a rule that the database refused to break to the sentence that the model has for it.

Forms ask the rules first, so this is for what slips past them: two people at once, or code that did not ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _


def sentence_for(error: IntegrityError) -> str:
    """What to tell the person whose change was refused. Names no table, no column and no value."""
    name = _constraint_name(error)
    rule = _rules().get(name) if name else None
    if rule is not None and rule.violation_error_message != rule.default_violation_error_message:
        return str(rule.get_violation_error_message())
    return _("This does not go together with what is stored already. Nothing was saved; look again and retry.")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Run a write in a transaction of its own; raise ValidationError with the rule's sentence when it is refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ValidationError(sentence_for(error), code="refused") from error


def _constraint_name(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def _rules() -> dict[str, models.BaseConstraint]:
    return {rule.name: rule for model in apps.get_models() for rule in model._meta.constraints}
