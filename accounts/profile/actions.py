"""Keeping what people choose for themselves. All run as the person they are about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from accounts.models import Profile, Theme, User


def profile_of(user: User) -> Profile:
    """The person's profile; one that is not kept yet, and says nothing, for whoever chose nothing."""
    return Profile.objects.filter(user=user).first() or Profile(user=user, theme=user.theme or Theme.DARK)


@transaction.atomic
def save_profile(*, user: User, display_name: str, language: str, region: str, theme: str) -> Profile:
    """Keep how somebody is shown and spoken to. The values are a valid form's."""
    profile = _kept(user, theme)
    profile.display_name, profile.language, profile.region, profile.theme = display_name, language, region, theme
    profile.save()
    return profile


@transaction.atomic
def choose_theme(*, user: User, theme: str) -> Profile:
    """Keep the colours (one of Theme), so that they are there on the person's other devices too."""
    profile = _kept(user, theme)
    profile.theme = theme
    profile.save(update_fields=["theme", "updated_at"])
    return profile


@transaction.atomic
def choose_services(*, user: User, names: Sequence[str], theme: str) -> Profile:
    """Keep which streaming services somebody has, by name. `theme` is what they see, for a profile made just now."""
    return _prefer(user, theme, streaming_services=list(names))


@transaction.atomic
def mute(*, user: User, events: Collection[str], known: Collection[str], theme: str) -> Profile:
    """Keep which of the `known` events somebody does not want to be told of; of others what was kept stays."""
    profile = _kept(user, theme)
    unknown = set(profile.preferences.get("muted_events", ())) - set(known)
    return _prefer(user, theme, muted_events=sorted(unknown | set(events)))


def _prefer(user: User, theme: str, **preferences: list[str]) -> Profile:
    """Change these preferences and leave the others; an empty one is none."""
    profile = _kept(user, theme)
    merged = {**profile.preferences, **preferences}
    profile.preferences = {name: value for name, value in merged.items() if value}
    profile.save(update_fields=["preferences", "updated_at"])
    return profile


def _kept(user: User, theme: str) -> Profile:
    """The person's profile, made if need be, and locked: what two pages change at once is kept of both."""
    Profile.objects.get_or_create(user=user, defaults={"theme": theme})
    return Profile.objects.select_for_update().get(user=user)
