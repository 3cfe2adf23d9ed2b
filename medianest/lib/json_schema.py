"""JSON columns that hold only what their schema allows, and say in plain words what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jsonschema
from django.core import checks
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Schema = Mapping[str, Any]
_MOST_SENTENCES = 10
_KINDS = {
    "object": gettext_lazy("named values"),
    "array": gettext_lazy("a list"),
    "string": gettext_lazy("text"),
    "integer": gettext_lazy("a whole number"),
    "number": gettext_lazy("a number"),
    "boolean": gettext_lazy("true or false"),
    "null": gettext_lazy("nothing"),
}


def complaints(value: object, schema: Schema) -> list[str]:
    """What is wrong with `value`, a sentence for each fault, in the order of the value; empty when it fits.

    A sentence begins with the place of the fault: `entry 2, number: must be a whole number.`
    """
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    found = sorted(validator.iter_errors(value), key=lambda error: [str(step) for step in error.absolute_path])
    return [f"{_place(error.absolute_path)}{_fault(error)}" for error in found[:_MOST_SENTENCES]]


def _place(path: Iterable[str | int]) -> str:
    """`entry 2, number: ` for ["…"][1]["number"]; "" for the value as a whole."""
    steps = [_("entry %(n)d") % {"n": step + 1} if isinstance(step, int) else step for step in path]
    return f"{', '.join(steps)}: " if steps else ""


def _fault(error: jsonschema.ValidationError) -> str:
    say = _FAULTS.get(str(error.validator), _unfit)
    return say(error.validator_value, error.instance, error.schema)


def _type(wanted: Any, value: Any, schema: Any) -> str:
    kinds = [wanted] if isinstance(wanted, str) else wanted
    return _("must be %(kind)s.") % {"kind": _(" or ").join(str(_KINDS[kind]) for kind in kinds)}


def _required(wanted: Any, value: Any, schema: Any) -> str:
    missing = ", ".join(f"“{name}”" for name in wanted if name not in value)
    return _("%(names)s is missing.") % {"names": missing}


def _unknown(wanted: Any, value: Any, schema: Any) -> str:
    known = schema.get("properties", {})
    extra = ", ".join(f"“{name}”" for name in value if name not in known)
    return _("%(names)s is not known here.") % {"names": extra}


def _enum(wanted: Any, value: Any, schema: Any) -> str:
    return _("must be one of: %(choices)s.") % {"choices": ", ".join(map(str, wanted))}


def _minimum(wanted: Any, value: Any, schema: Any) -> str:
    return _("must be %(limit)s or more.") % {"limit": wanted}


def _maximum(wanted: Any, value: Any, schema: Any) -> str:
    return _("must be %(limit)s or less.") % {"limit": wanted}


def _shortest(wanted: Any, value: Any, schema: Any) -> str:
    if wanted == 1:
        return _("must not be empty.")
    return _("must have at least %(n)d characters.") % {"n": wanted}


def _longest(wanted: Any, value: Any, schema: Any) -> str:
    return ngettext("must have %(n)d character at most.", "must have %(n)d characters at most.", wanted) % {"n": wanted}


def _fewest(wanted: Any, value: Any, schema: Any) -> str:
    return ngettext("must hold %(n)d entry at least.", "must hold %(n)d entries at least.", wanted) % {"n": wanted}


def _most(wanted: Any, value: Any, schema: Any) -> str:
    return ngettext("must hold %(n)d entry at most.", "must hold %(n)d entries at most.", wanted) % {"n": wanted}


def _twice(wanted: Any, value: Any, schema: Any) -> str:
    return _("holds the same entry twice.")


def _format(wanted: Any, value: Any, schema: Any) -> str:
    return _("is not a valid %(format)s.") % {"format": wanted}


def _unfit(wanted: Any, value: Any, schema: Any) -> str:
    """For the rarer rules: what the schema itself says that it wants."""
    wish = schema.get("description", "") if isinstance(schema, dict) else ""
    return _("must be %(wish)s.") % {"wish": wish} if wish else _("does not fit.")


_FAULTS: dict[str, Callable[[Any, Any, Any], str]] = {
    "type": _type,
    "required": _required,
    "additionalProperties": _unknown,
    "enum": _enum,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _shortest,
    "maxLength": _longest,
    "minItems": _fewest,
    "maxItems": _most,
    "uniqueItems": _twice,
    "format": _format,
}


class SchemaJSONField(models.JSONField[Any, Any]):
    """A JSON column whose value must fit `schema` (JSON Schema 2020-12), in forms and on every write.

    Forms and `full_clean` show the complaints beside the field. A write past them (`save`, `bulk_create`,
    `update`) raises ValidationError, with the field's name, before anything reaches the database.
    The schema is no part of migrations: for the database this is a JSON column like any other.
    """

    def __init__(self, *args: Any, schema: Schema | None = None, **kwargs: Any) -> None:
        self.schema: Schema = schema if schema is not None else {}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_schema()]

    def _check_schema(self) -> list[checks.CheckMessage]:
        try:
            jsonschema.Draft202012Validator.check_schema(self.schema)
        except jsonschema.SchemaError as error:
            return [checks.Error(f"The schema is not a JSON schema: {error.message}", obj=self, id="medianest.E101")]
        if not self.schema:
            return [checks.Error("Give the column a schema.", obj=self, id="medianest.E102")]
        return []

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if wrong := complaints(value, self.schema):
            raise ValidationError(wrong, code="schema")

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if value is not None and not hasattr(value, "as_sql") and (wrong := complaints(value, self.schema)):
            raise ValidationError({self.name: wrong}, code="schema")
        return super().get_db_prep_save(value, connection)
