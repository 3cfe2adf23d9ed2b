"""Services in the admin: how they are reached, with a button that tries it, and how they were."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medianest.lib.admin_base import CarefulAdmin
from medianest.lib.errors import Cannot
from operations.admin import LookOnly
from operations.row_security import own_scope
from services import actions
from services.forms import ConnectionForm, form_for, provider_of, settings_names
from services.models import (
    Incident,
    ServiceCheck,
    ServiceConfig,
    ServiceDay,
    ServiceHour,
    ServiceStatus,
    StateChange,
    watched_choices,
)
from services.models.history import Tally

Fieldsets = Any  # django-stubs names the type in a private module


class ByService(admin.SimpleListFilter):
    """The services this version knows; asking the table for all names in it would read it from end to end."""

    title = gettext_lazy("service")
    parameter_name = "service"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return watched_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(service_name=self.value()) if self.value() else queryset


@admin.register(ServiceConfig)
class ServiceConfigAdmin(CarefulAdmin[ServiceConfig]):
    """One row for each kind of service; the rows are there from the start, so none is added or deleted here."""

    change_form_template = "services/admin/change_form.html"
    list_display = ["__str__", "service_url", "enabled", "key_state", "updated_by", "updated_at"]
    list_filter = ["enabled"]
    list_select_related = ["updated_by"]
    search_fields = ["service_name", "service_url"]
    readonly_fields = ["key_state", "updated_by", "updated_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ServiceConfig | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("stored key"))
    def key_state(self, config: ServiceConfig) -> str:
        if not config.has_key:
            return _("none")
        if not config.has_readable_key:
            return _("cannot be read: enter the key again")
        return _("stored, with encryption key “%(id)s”") % {"id": config.key_id}

    def get_form(
        self, request: HttpRequest, obj: ServiceConfig | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[ServiceConfig]]:
        provider = provider_of(obj) if obj is not None else None
        if provider is not None:
            kwargs["form"] = form_for(provider)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: ServiceConfig | None = None) -> Fieldsets:
        provider = provider_of(obj) if obj is not None else None
        if obj is None or provider is None:
            return [(None, {"fields": ["enabled"]})]
        key = ["key", "remove_key"] if obj.has_key else ["key"]
        shown: Fieldsets = [
            (None, {"fields": ["service_url", *key, "enabled"], "description": str(provider.purpose)}),
        ]
        if names := settings_names(provider):
            shown.append((_("Settings"), {"fields": names}))
        shown.append((_("What MediaNest knows"), {"fields": ["key_state", "updated_by", "updated_at"]}))
        return shown

    def save_model(self, request: HttpRequest, obj: ServiceConfig, form: Any, change: bool) -> None:
        """Through the action, which also writes down who changed what."""
        values = form.values() | {"enabled": form.cleaned_data["enabled"], "by": request.user, "request": request}
        try:
            actions.save_connection(**values)
        except Cannot as refusal:
            messages.error(request, refusal.sentence)

    def get_urls(self) -> list[URLPattern]:
        name = "services_serviceconfig_test"
        return [path("<path:object_id>/test/", self.admin_site.admin_view(self.test), name=name), *super().get_urls()]

    @own_scope
    def test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Try the connection as typed. Nothing is saved, and the page comes back with what was typed."""
        config = self.get_object(request, object_id)
        if config is None or request.method != "POST":
            raise Http404
        if not self.has_change_permission(request, config):
            raise PermissionDenied
        form = self.get_form(request, config, change=True)(request.POST, instance=config)
        if form.is_valid() and isinstance(form, ConnectionForm):
            self._tell(request, form)
        return self._draw(request, config, form)

    def _tell(self, request: HttpRequest, form: ConnectionForm) -> None:
        if not form.cleaned_data["service_url"]:
            messages.warning(request, _("There is no address to try."))
            return
        result = form.typed_provider().test()
        typed = _("The key you typed was tried and not stored: type it again to save it.")
        unsaved = typed if form.cleaned_data.get("key") else _("Nothing was saved.")
        level = messages.SUCCESS if result.ok else messages.ERROR
        messages.add_message(request, level, f"{result.sentence} {unsaved}")

    def _draw(self, request: HttpRequest, config: ServiceConfig, form: ModelForm[ServiceConfig]) -> HttpResponse:
        readonly = self.get_readonly_fields(request, config)
        fieldsets: Any = self.get_fieldsets(request, config)
        shown = AdminForm(form, fieldsets, {}, readonly, model_admin=self)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change %(name)s") % {"name": config},
            "adminform": shown,
            "object_id": str(config.pk),
            "original": config,
            "is_popup": False,
            "media": self.media + shown.media,
            "inline_admin_formsets": [],
            "errors": form.errors,
            "preserved_filters": self.get_preserved_filters(request),
        }
        return self.render_change_form(request, context, change=True, obj=config, form_url="../change/")


@admin.register(ServiceStatus)
class ServiceStatusAdmin(LookOnly):
    """Written by the probes; here to be looked at."""

    list_display = ["service_name", "status", "response_time_ms", "uptime_percentage", "last_check_at", "message"]
    list_filter = ["status"]
    search_fields = ["service_name", "message"]


@admin.register(ServiceCheck)
class ServiceCheckAdmin(LookOnly):
    list_display = ["checked_at", "service_name", "status", "response_time_ms", "message"]
    list_filter = ["status", ByService]
    search_fields = ["=service_name"]


class TallyAdmin(LookOnly):
    """Hours and days look alike."""

    figures = ["uptime_shown", "online_seconds", "degraded_seconds", "offline_seconds", "unknown_seconds", "average_ms"]
    list_filter = [ByService]
    search_fields = ["=service_name"]

    @admin.display(description=gettext_lazy("uptime"))
    def uptime_shown(self, tally: Tally) -> str | None:
        return f"{tally.uptime} %" if tally.uptime is not None else None


@admin.register(ServiceHour)
class ServiceHourAdmin(TallyAdmin):
    list_display = ["hour", "service_name", *TallyAdmin.figures]


@admin.register(ServiceDay)
class ServiceDayAdmin(TallyAdmin):
    list_display = ["day", "service_name", *TallyAdmin.figures]


@admin.register(StateChange)
class StateChangeAdmin(LookOnly):
    list_display = ["changed_at", "service_name", "old_status", "new_status", "message"]
    list_filter = ["new_status", ByService]
    search_fields = ["=service_name", "message"]


@admin.register(Incident)
class IncidentAdmin(CarefulAdmin[Incident]):
    """Opened and ended by the probes; an administrator explains them, ends them, and adds others."""

    list_display = ["__str__", "service_name", "severity", "started_at", "ended_at", "is_automatic"]
    list_filter = ["severity", "is_automatic", ("ended_at", admin.EmptyFieldListFilter), ByService]
    search_fields = ["title", "note", "=service_name"]
    fields = ["service_name", "severity", "started_at", "ended_at", "title", "note", "cause", "is_automatic"]
    readonly_fields = ["cause", "is_automatic"]
