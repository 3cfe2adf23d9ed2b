"""The set-up page: a step for each kind of service, in the order in which they matter."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.http import HttpRequest

from medianest.lib import hooks
from services import summary
from services.forms import ConnectionForm, form_for, settings_names
from services.models import ServiceConfig
from services.providers import registry
from services.providers.base import KnowsItsGuests, Provider, TestResult
from services.summary import ServiceView

_SESSION_KEY = "setup_result"


@dataclasses.dataclass(frozen=True)
class Step:
    """One service on the set-up page: what it is for, its form, and how the latest try went (None: not tried)."""

    provider: type[Provider]
    form: ConnectionForm
    result: TestResult | None
    is_connected: bool
    can_keep: bool
    view: ServiceView

    @property
    def knows_guests(self) -> bool:
        """Whether people can sign in with it, and its key comes from its owner's sign-in too."""
        return issubclass(self.provider, KnowsItsGuests)

    @property
    def hint_path(self) -> str:
        """Where the service can say that something changed; "" if it cannot, or is not connected."""
        return hooks.path(self.provider.kind) if self.provider.hint_help and self.is_connected else ""

    @property
    def settings_fields(self) -> list[Any]:
        return [self.form[name] for name in settings_names(self.provider)]


def kinds() -> list[type[Provider]]:
    """What is needed first, then what is optional."""
    return sorted(registry.all(), key=lambda kind: (kind.optional, kind.label))


def setup_form(kind: type[Provider], row: ServiceConfig, data: Any = None) -> ConnectionForm:
    """The form of a step. Its fields have ids of their own, for there are several forms on the page."""
    form = form_for(kind)(data, instance=row, auto_id=f"{kind.kind}-%s")
    form.ask_for_all()
    return form


def steps(results: dict[str, TestResult] | None = None, tried: ConnectionForm | None = None) -> list[Step]:
    """All steps, in two queries. `tried` is the form that was sent and was not saved; it keeps what was typed."""
    views = {view.name: view for view in summary.everything()}
    rows = {row.service_name: row for row in ServiceConfig.objects.all()}
    found = []
    for kind in kinds():
        row = rows.get(kind.kind) or ServiceConfig(service_name=kind.kind)
        is_tried = tried is not None and tried.provider is kind
        form = tried if tried is not None and is_tried else setup_form(kind, row)
        result = (results or {}).get(kind.kind)
        can_keep = is_tried and result is not None and not result.ok
        is_connected = bool(row.pk and row.enabled and row.service_url)
        found.append(Step(kind, form, result, is_connected, can_keep, views[kind.kind]))
    return found


def is_needed() -> bool:
    """Whether something without which MediaNest is of little use is not connected yet."""
    needed = [kind.kind for kind in kinds() if not kind.optional]
    return ServiceConfig.objects.usable().filter(service_name__in=needed).count() < len(needed)


def remember(request: HttpRequest, service_name: str, result: TestResult) -> None:
    """Keep a result for the page that is shown next."""
    request.session[_SESSION_KEY] = [service_name, result.ok, result.sentence]


def remembered(request: HttpRequest) -> dict[str, TestResult]:
    """The result kept by `remember`, once."""
    kept = request.session.pop(_SESSION_KEY, None)
    return {kept[0]: TestResult(kept[1], kept[2])} if kept else {}
