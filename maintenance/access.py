"""Whose export it is: the row, or 404."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from maintenance.models import PersonalExport

if TYPE_CHECKING:
    from accounts.models import User


def own_export(user: User, id: uuid.UUID) -> PersonalExport:
    """An export of the person's own; nobody else's, whoever asks. Raises Http404."""
    return get_object_or_404(PersonalExport.objects.of(user), pk=id)
