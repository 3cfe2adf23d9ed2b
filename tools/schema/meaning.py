"""What the models say in words about tables, columns and rules: the catalogue knows only their shape."""

from __future__ import annotations

import dataclasses
import inspect

from django.apps import apps
from django.conf import settings
from django.db import models


@dataclasses.dataclass(frozen=True)
class Meaning:
    """A table in words. `app` is "" for tables that are not ours; `columns` and `rules` are by name."""

    app: str
    text: str
    columns: dict[str, str]
    rules: dict[str, str]


def by_table() -> dict[str, Meaning]:
    """For each table that a model stands for, in the order of the apps."""
    own = {config.label for config in apps.get_app_configs() if config.path.startswith(str(settings.BASE_DIR) + "/")}
    own = {label for label in own if ".venv" not in apps.get_app_config(label).path}
    return {
        str(model._meta.db_table): Meaning(
            app=model._meta.app_label if model._meta.app_label in own else "",
            text=_docstring(model),
            columns={str(field.column): _column(field) for field in model._meta.local_concrete_fields},
            rules={rule.name: _rule(rule) for rule in model._meta.constraints},
        )
        for model in apps.get_models(include_auto_created=True)
    }


def _docstring(model: type[models.Model]) -> str:
    """The first paragraph; nothing where Django wrote the docstring itself (`Model(field, …)`)."""
    text = inspect.cleandoc(model.__doc__ or "")
    return "" if text.startswith(f"{model.__name__}(") else text.split("\n\n")[0].replace("\n", " ")


def _column(field: models.Field[object, object]) -> str:
    said = str(field.help_text)
    if not said and field.verbose_name != field.name.replace("_", " "):
        said = str(field.verbose_name)
    kind = "encrypted" if hasattr(field, "bind_to") else ""
    return "; ".join(filter(None, (said, kind)))


def _rule(rule: models.BaseConstraint) -> str:
    own = getattr(rule, "violation_error_message", "")
    return "" if own == models.BaseConstraint.default_violation_error_message else str(own or "")
