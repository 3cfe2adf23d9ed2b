"""Who one is, for programs."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.bearer import takes_tokens, token_of
from accounts.models import Scope, User


@takes_tokens
@require_safe
def me(request: HttpRequest) -> JsonResponse:
    """The person, and what their token allows."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (a token or a session is required by middleware)
    token = token_of(request)
    return JsonResponse(
        {
            "id": str(user.pk),
            "username": user.username,
            "name": user.name,
            "role": user.role,
            "scopes": token.scopes if token else list(Scope.values),
        }
    )
