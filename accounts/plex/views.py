"""Signing in with Plex, page by page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import administrator_required
from accounts.middleware import page_left
from accounts.models import User
from accounts.plex import door, entry, guests, linking, pins, reconnecting
from accounts.plex.pins import Aim, Pending
from accounts.rights import Right, may
from accounts.sessions import freshness
from accounts.tries import TooManyTries
from medianest.lib import throttle
from medianest.lib.errors import Cannot
from medianest.lib.http import ProviderError
from medianest.lib.redirects import next_page
from operations.row_security import own_scope
from services.providers.plex.tokens import Token

_REFUSED = "plex_refused"
_BEGINS_FROM_ADDRESS, _WINDOW = 60, 15 * 60
NO_PLACE_TO_GO = (
    "accounts:sign-in", "accounts:sign-out", "accounts:change-password", "accounts:plex-return",
    "accounts:plex-waiting", "accounts:plex-refused", "accounts:plex-look",
)  # fmt: skip


# --- the way there ----------------------------------------------------------------------------------------------------
@login_not_required
@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """From the sign-in page to Plex's. The form brings the PIN the browser made; without one we make it."""
    goal = next_page(request, default="home", never=NO_PLACE_TO_GO)
    if isinstance(request.user, User) and not (
        may(request.user, Right.SEE_EVERYBODYS) and not freshness.is_fresh(request)
    ):
        return redirect(goal)
    return to_plex(request, goal=goal, aim=Aim.SIGN_IN)


def to_plex(request: HttpRequest, *, goal: str, aim: Aim) -> HttpResponse:
    """Begin, and send the browser to Plex, or to the page that waits when anything is in the way."""
    request.session.pop(_REFUSED, None)
    address = f"plex:begin:{request.META.get('REMOTE_ADDR', '')}"
    verdict = throttle.hit(address, _BEGINS_FROM_ADDRESS, _WINDOW)
    if not verdict.allowed:
        context = {"kind": "too-many", "sentence": TooManyTries(verdict.retry_after).sentence}
        response = render(request, "accounts/plex/refused.html", context, status=429)
        response.headers["Retry-After"] = str(verdict.retry_after)
        return response
    try:
        begun = pins.begin(request, goal=goal, aim=aim, made=request.POST)
    except ProviderError:
        return _refuse(request, door.PlexAway())
    if not pins.comes_back_here(request):
        return redirect("accounts:plex-waiting")
    return redirect(pins.page_at_plex(request, begun))


# --- the way back -----------------------------------------------------------------------------------------------------
@login_not_required
@never_cache
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Where Plex sends people. `state` must be the one this browser waits for; it opens nothing elsewhere."""
    state, waiting = request.GET.get("state", ""), pins.pending(request)
    if waiting is not None and pins.is_state_of(waiting, state):
        return _go_on(request, waiting)
    if request.user.is_authenticated:
        return redirect("home")
    if request.session.get(_REFUSED, {}).get("state") == state and state:
        return redirect("accounts:plex-refused")
    return render(request, "accounts/plex/elsewhere.html", status=403)


@login_not_required
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The page to wait on while one signs in at Plex."""
    begun = pins.pending(request)
    if begun is None:
        return redirect("home" if request.user.is_authenticated else "accounts:sign-in")
    context = {
        "page_at_plex": pins.page_at_plex(request, begun),
        "is_over": begun.is_over,
        "is_reconnecting": begun.aim is Aim.RECONNECT,
        "elsewhere": not pins.comes_back_here(request),
    }
    return render(request, "accounts/plex/waiting.html", context)


def offer(request: HttpRequest) -> dict[str, object]:
    """What the sign-in page needs to know of Plex; one query."""
    if not guests.is_connected():
        return {"plex_is_ready": False}
    begun = pins.pending(request)
    waits = begun is not None and not begun.is_over and begun.aim is Aim.SIGN_IN
    return {"plex_is_ready": True, "plex_waits": waits, "pin_address": pins.pin_address()}


def may_speak_with_plex(response: HttpResponse) -> HttpResponse:
    """Let this page's script ask plex.tv for a PIN, and its form lead to Plex; no other page may."""
    response._csp_update = pins.content_policy()  # type: ignore[attr-defined]  # as csp_update does, for settings of now
    return response


@own_scope
@administrator_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reconnect(request: HttpRequest) -> HttpResponse:
    """An administrator gets a new token for the server's own connection by signing in as the server's owner."""
    if request.method == "POST":
        return to_plex(request, goal=reverse("services:setup"), aim=Aim.RECONNECT)
    context = {"pin_address": pins.pin_address(Aim.RECONNECT), "server": reconnecting.address()}
    return may_speak_with_plex(render(request, "accounts/plex/reconnect.html", context))


@login_not_required
@never_cache
@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """“I have signed in, continue.”"""
    begun = pins.pending(request)
    if begun is None:
        messages.info(request, _("There is no sign-in under way in this browser. Start again."))
        return redirect("home" if request.user.is_authenticated else "accounts:sign-in")
    return _go_on(request, begun)


@login_not_required
@never_cache
@require_safe
def look(request: HttpRequest) -> JsonResponse:
    """Whether to go on, for the waiting page's script. Changes nothing and hands nothing out."""
    begun = pins.pending(request)
    try:
        is_over = begun is None or pins.look(begun, by_itself=True) is not None
    except Cannot:
        is_over = True  # going on says why
    except ProviderError:
        is_over = False
    return JsonResponse({"go_on": is_over})


@login_not_required
@never_cache
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Give up on Plex, for now."""
    pins.forget(request)
    return redirect("home" if request.user.is_authenticated else "accounts:sign-in")


@login_not_required
@never_cache
@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    """Why somebody was turned away, and what to do. Stays as it is when loaded again."""
    kept = request.session.get(_REFUSED)
    if kept is None or request.user.is_authenticated:
        return redirect("home" if request.user.is_authenticated else "accounts:sign-in")
    context = {"kind": kept["kind"], "who": kept.get("who", ""), "waiting": pins.pending(request)}
    return render(request, "accounts/plex/refused.html", context)


def _go_on(request: HttpRequest, begun: Pending) -> HttpResponse:
    try:
        token = pins.look(begun)
        if token is None:
            messages.info(request, _("Plex has not confirmed it yet. Sign in at Plex first, then come back here."))
            return redirect("accounts:plex-waiting")
        if begun.aim is Aim.RECONNECT:
            return _reconnect(request, begun, token.value)
        if begun.aim is Aim.LINK:
            return _link(request, begun, token)
        entry.enter(request, begun, token)
    except door.Refusal as refusal:
        return _refuse(request, refusal, begun)
    except ProviderError:
        return _refuse(request, door.PlexAway(), begun)
    except Cannot as over:
        pins.forget(request)
        messages.warning(request, over.sentence)
        return redirect(begun.goal if request.user.is_authenticated else "accounts:sign-in")
    return redirect(begun.goal)


def _refuse(request: HttpRequest, refusal: door.Refusal, begun: Pending | None = None) -> HttpResponse:
    """Keep why, so that going back and loading again tell the same. While Plex is away its PIN may still do.

    Whoever is signed in is told where they wanted to go, and begins anew.
    """
    is_in = request.user.is_authenticated
    if is_in or not isinstance(refusal, door.PlexAway):
        pins.forget(request)
    if is_in:
        messages.error(request, refusal.sentence)
        return redirect(begun.goal if begun else page_left(request))
    request.session[_REFUSED] = {"kind": refusal.kind, "who": refusal.who, "state": begun.state if begun else ""}
    return redirect("accounts:plex-refused")


def _link(request: HttpRequest, begun: Pending, token: Token) -> HttpResponse:
    """Only for whoever began it: their session ends with them, and the PIN with it."""
    if not isinstance(request.user, User):
        pins.forget(request)
        return redirect("accounts:sign-in")
    linking.link(user=request.user, token=token, request=request)
    pins.forget(request)
    messages.success(request, _("Your Plex account is linked. From now on you can sign in with either."))
    return redirect(begun.goal)


def _reconnect(request: HttpRequest, begun: Pending, token: str) -> HttpResponse:
    """Only for whoever began it, who must still be an administrator."""
    pins.forget(request)
    if not (isinstance(request.user, User) and may(request.user, Right.CONNECT_SERVICES)):
        return redirect("accounts:sign-in")
    try:
        reconnecting.give_token(token=token, by=request.user, request=request)
    except reconnecting.CannotReconnect as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("Plex is connected again."))
    return redirect(begun.goal)
