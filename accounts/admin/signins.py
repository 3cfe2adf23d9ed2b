"""How people are known: linked sign-ins, sessions, tokens. To look at; no secret is ever shown, not even its hash."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Profile, RefreshToken, Session, SessionToken, VerificationToken
from medianest.lib.admin_base import CarefulAdmin
from medianest.lib.crypto import EncryptedTextField
from operations.admin import LookOnly

_PERSON = ["user__username", "user__name", "user__email"]


@admin.register(Profile)
class ProfileAdmin(CarefulAdmin[Profile]):
    list_display = ["user", "display_name", "language", "region", "theme", "updated_at"]
    list_filter = ["theme", "language", "region"]
    list_select_related = ["user"]
    search_fields = ["display_name", *_PERSON]
    ordering = ["-created_at"]
    fields = ["user", "display_name", "language", "region", "theme", "preferences", "created_at", "updated_at"]
    readonly_fields = ["created_at", "updated_at"]
    autocomplete_fields = ["user"]

    def get_readonly_fields(self, request: HttpRequest, obj: Profile | None = None) -> list[str]:
        return ["user", *self.readonly_fields] if obj else list(self.readonly_fields)


@admin.register(Account)
class AccountAdmin(LookOnly):
    list_display = ["user", "provider", "type", "provider_account_id", "shown_tokens", "expires_at", "created_at"]
    list_filter = ["provider", "type"]
    list_select_related = ["user"]
    search_fields = ["=provider_account_id", *_PERSON]
    ordering = ["-created_at"]
    fields = [
        *("user", "provider", "type", "provider_account_id", "shown_tokens", "token_type", "scope"),
        *("expires_at", "created_at", "updated_at"),
    ]
    readonly_fields = ["shown_tokens"]

    @admin.display(description=gettext_lazy("tokens"))
    def shown_tokens(self, account: Account) -> str:
        """Which are stored; never what they are."""
        names = ("access_token", "refresh_token", "id_token")
        stored = [field for name in names if (field := _secret(name)).is_set(account)]
        return ", ".join(str(field.verbose_name) for field in stored) or _("none")


def _secret(name: str) -> EncryptedTextField:
    field = Account._meta.get_field(name)
    assert isinstance(field, EncryptedTextField)  # noqa: S101  (so declared)
    return field


@admin.register(Session)
class SessionAdmin(LookOnly):
    list_display = ["user", "ip", "user_agent", "last_used_at", "expires", "created_at"]
    list_filter = ["last_used_at"]
    list_select_related = ["user"]
    search_fields = ["=ip", *_PERSON]
    ordering = ["-last_used_at", "-id"]
    fields = ["user", "device", "ip", "user_agent", "created_at", "last_used_at", "expires"]


class RefreshTokenInline(admin.TabularInline[RefreshToken, SessionToken]):
    model = RefreshToken
    fields = ["created_at", "used_at", "revoked_at", "expires_at"]
    readonly_fields = ["created_at", "used_at", "revoked_at", "expires_at"]
    ordering = ["-created_at"]
    extra = 0
    max_num = 0
    can_delete = False


@admin.register(SessionToken)
class SessionTokenAdmin(LookOnly):
    list_display = ["user", "name", "kind", "hint", "scopes", "state", "last_used_at", "expires_at", "created_at"]
    list_filter = ["kind", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["name", "=hint", *_PERSON]
    ordering = ["-created_at"]
    fields = [
        *("user", "name", "kind", "hint", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at"),
    ]
    inlines = [RefreshTokenInline]

    @admin.display(description=gettext_lazy("state"))
    def state(self, token: SessionToken) -> str:
        if token.revoked_at:
            return _("revoked")
        return _("in use") if token.expires_at > timezone.now() else _("expired")


@admin.register(RefreshToken)
class RefreshTokenAdmin(LookOnly):
    list_display = ["shown_device", "shown_person", "created_at", "used_at", "revoked_at", "expires_at"]
    list_filter = [("used_at", admin.EmptyFieldListFilter), ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["session_token__user"]
    search_fields = ["=family", "session_token__name", "session_token__user__username"]
    ordering = ["-created_at"]
    fields = ["session_token", "family", "created_at", "used_at", "revoked_at", "expires_at"]

    @admin.display(description=gettext_lazy("device"))
    def shown_device(self, token: RefreshToken) -> str:
        return token.session_token.name

    @admin.display(description=gettext_lazy("person"))
    def shown_person(self, token: RefreshToken) -> str:
        return display_for_value(token.session_token.user, "–")  # noqa: RUF001  (a dash is what is meant)


@admin.register(VerificationToken)
class VerificationTokenAdmin(LookOnly):
    list_display = ["identifier", "purpose", "created_at", "expires"]
    list_filter = ["purpose"]
    search_fields = ["=identifier"]
    ordering = ["-created_at"]
    fields = ["identifier", "purpose", "created_at", "expires"]
