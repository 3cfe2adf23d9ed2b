"""People in the admin: who they are, what they may do, whether they may enter."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import actions
from accounts.actions import Issued
from accounts.admin.asking import (
    END_SESSIONS,
    LIMITS,
    ONE_TIME_PASSWORDS,
    SECOND_STEP,
    SUSPEND,
    LimitsForm,
    ask,
    is_sure,
)
from accounts.forms import PersonForm
from accounts.models import Role, SecondStep, User
from accounts.second_step.actions import take_away
from medianest.lib.admin_base import CarefulAdmin
from medianest.lib.crypto import EncryptedTextField
from medianest.lib.errors import Cannot

_KNOWN: list[Any] = [
    *("plex_id", "plex_username", "plex_token_state", "has_second_step", "requires_password_change", "last_login"),
    *("created_at", "updated_at", "deleted_at"),
]
_BULK = [
    *("make_viewers", "make_moderators", "make_administrators", "set_limits", "end_sessions"),
    *("suspend_people", "activate_people", "restore_people", "issue_passwords", "take_second_step"),
]


def _say_refusals(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refused intent leads back to the page with its sentence; nothing of it was saved."""

    @functools.wraps(view)
    def guarded(self: UserAdmin, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(self, request, *args, **kwargs)
        except Cannot as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(request.get_full_path())

    return guarded


class IsDeleted(admin.SimpleListFilter):
    """Deleted people show only when asked for."""

    title = gettext_lazy("deleted")
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", str(gettext_lazy("Deleted ones")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(deleted_at__isnull=self.value() != "yes")


@admin.register(User)
class UserAdmin(CarefulAdmin[User]):
    form = PersonForm
    list_display = ["shown_name", "username", "email", "role", "status", "last_login"]
    list_filter = ["role", "status", "requires_password_change", IsDeleted]
    search_fields = ["name", "username", "email", "plex_username"]
    ordering = ["username"]
    actions = _BULK
    fieldsets = [
        (None, {"fields": ["username", "name", "email"]}),
        (gettext_lazy("What they may do"), {"fields": ["role", "status", "rights_link"]}),
        (
            gettext_lazy("Limits of their own"),
            {
                "fields": ["limit_requests", "limit_playlists", "limit_api"],
                "description": gettext_lazy("Empty: the limit that holds for everyone."),
            },
        ),
        (
            gettext_lazy("What MediaNest knows"),
            {"fields": _KNOWN},
        ),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["username", "name", "email", "role"],
                "description": gettext_lazy(
                    "For somebody without Plex. They get a one-time password, shown on the next page, "
                    "and choose their own when they first sign in."
                ),
            },
        )
    ]
    readonly_fields = [*_KNOWN, "rights_link"]
    delete_confirmation_template = "admin/accounts/user/put_away.html"
    delete_selected_confirmation_template = "admin/accounts/user/put_away_selected.html"

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def shown_name(self, person: User) -> str:
        return str(person)

    @admin.display(description=gettext_lazy("Plex token"))
    def plex_token_state(self, person: User) -> str:
        """Whether one is stored and can be read; never what it is."""
        field = User._meta.get_field("plex_token")
        assert isinstance(field, EncryptedTextField)  # noqa: S101  (so declared)
        if not field.is_set(person):
            return _("none")
        return _("stored") if field.opens(person) else _("stored, but cannot be read: sign in with Plex again")

    @admin.display(description=gettext_lazy("roles"))
    def rights_link(self, person: User) -> str:
        return format_html('<a href="{}">{}</a>', reverse("accounts:rights"), _("Who may do what"))

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    # --- one person ---------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        if change:
            actions.edit_person(by=_by(request), person=obj, fields=form.changed_data, request=request)
            return
        issued = actions.create_person(by=_by(request), person=obj, request=request)
        self._show_once(request, [issued])

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        return self._one_time_passwords(request)

    @_say_refusals
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    # --- deleting -----------------------------------------------------------------------------------------------------
    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Only the people themselves: what belongs to them stays until they are purged."""
        names = [str(person) for person in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        actions.delete_people(by=_by(request), people=[obj], request=request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        actions.delete_people(by=_by(request), people=list(queryset), request=request)

    @_say_refusals
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().delete_view(request, *args, **kwargs)

    @_say_refusals
    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changelist_view(request, *args, **kwargs)

    # --- several at once ----------------------------------------------------------------------------------------------
    @admin.action(description=gettext_lazy("Make viewers"))
    def make_viewers(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, functools.partial(actions.set_role, role=Role.USER))

    @admin.action(description=gettext_lazy("Make moderators"))
    def make_moderators(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, functools.partial(actions.set_role, role=Role.MODERATOR))

    @admin.action(description=gettext_lazy("Make administrators"))
    def make_administrators(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, functools.partial(actions.set_role, role=Role.ADMIN))

    @admin.action(description=gettext_lazy("Suspend: sign out everywhere and let in no more"))
    def suspend_people(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        if not is_sure(request):
            return ask(self, request, people, SUSPEND)
        return self._each(request, people, actions.suspend)

    @admin.action(description=gettext_lazy("Sign out everywhere"))
    def end_sessions(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        if not is_sure(request):
            return ask(self, request, people, END_SESSIONS)
        return self._each(request, people, actions.end_all_sessions)

    @admin.action(description=gettext_lazy("Take the second step away (phone lost)"))
    def take_second_step(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        if not is_sure(request):
            return ask(self, request, people, SECOND_STEP)
        return self._each(request, people, take_away)

    @admin.display(description=gettext_lazy("second step"), boolean=True)
    def has_second_step(self, person: User) -> bool:
        return SecondStep.objects.in_force().filter(user=person).exists()

    @admin.action(description=gettext_lazy("Set limits"))
    def set_limits(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        form = LimitsForm(request.POST if is_sure(request) else None)
        if not form.is_valid():
            return ask(self, request, people, LIMITS, form)
        return self._each(request, people, functools.partial(actions.set_limits, limits=form.wanted()))

    @admin.action(description=gettext_lazy("Let in again"))
    def activate_people(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, actions.activate)

    @admin.action(description=gettext_lazy("Restore deleted ones"))
    def restore_people(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._each(request, people, actions.restore)

    @admin.action(description=gettext_lazy("Give a new one-time password"))
    def issue_passwords(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse:
        if not is_sure(request):
            return ask(self, request, people, ONE_TIME_PASSWORDS)
        issued = [actions.issue_one_time_password(by=_by(request), person=person, request=request) for person in people]
        self._show_once(request, issued)
        return self._one_time_passwords(request)

    def _each(self, request: HttpRequest, people: QuerySet[User], act: Callable[..., User]) -> HttpResponse | None:
        """Do it to each; those for whom it is refused are named with the reason, the others are done."""
        done = 0
        for person in people:
            try:
                act(by=_by(request), person=person, request=request)
                done += 1
            except Cannot as refusal:
                messages.error(request, refusal.sentence)
        if done:
            messages.success(request, ngettext("%(n)d person changed.", "%(n)d people changed.", done) % {"n": done})
        return None

    # --- one-time passwords -------------------------------------------------------------------------------------------
    # They go from the action into this one answer, and are stored nowhere in between.
    def _show_once(self, request: HttpRequest, issued: list[Issued]) -> None:
        request.issued = issued  # type: ignore[attr-defined]

    def _one_time_passwords(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("One-time passwords"),
            "issued": getattr(request, "issued", []),
        }
        response = TemplateResponse(request, "admin/accounts/user/one_time_passwords.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response


def _by(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (the admin site lets nobody else in)
    return request.user
