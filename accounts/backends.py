"""Local sign-in by user name or e-mail and password."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.models import User


class LocalBackend(BaseBackend):
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: object,
    ) -> User | None:
        if not username or password is None:
            return None
        # One person's user name may be another's e-mail address (Plex lets people choose): whose password fits?
        known = list(User.objects.known_as(username))
        if not known:
            make_password(password)  # the same work as for a known person, so that time tells nothing
        fitting = [user for user in known if user.check_password(password) and user.is_active]
        return fitting[0] if fitting else None

    def get_user(self, user_id: object) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        return user if user and user.is_active else None
