"""How somebody is told about titles, and which are open to them: one look for both, as every page wants both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import User
from catalog import taste
from catalog.ages import Limit

if TYPE_CHECKING:
    from catalog.taste import Taste

_FACTS = ("language", "region", "preferences")


def of(user: User) -> tuple[Taste, Limit]:
    """A person's taste and age limit. To be asked in their scope."""
    names = (*(f"profile__{name}" for name in _FACTS), "age_limit__years", "age_limit__sees_unrated")
    language, region, preferences, years, sees_unrated = User.objects.filter(pk=user.pk).values_list(*names).get()
    limit = Limit() if years is None else Limit(years, sees_unrated)
    return taste.told(language or "", region or "", preferences or {}), limit
