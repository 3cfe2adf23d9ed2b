"""At least one row in every table, tied to each other: a house that was lived in, for tests of migrations and dumps.

A new table gets its row here; `test_migrations_data.py` says which is missing.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import (
    Account,
    GuestList,
    PlexGuest,
    Profile,
    RecoveryCode,
    RefreshToken,
    SecondStep,
    Session,
    SessionToken,
    SharedSection,
    User,
    VerificationToken,
)
from catalog.models import (
    AgeLimit,
    CollectionMember,
    LibraryItem,
    LibrarySection,
    LibraryShare,
    MediaItem,
    StreamingProvider,
)
from downloads.models import DownloadEntry, DownloadProfile, DownloadQueue, Video, YoutubeDownload
from families.models import Family, FamilyInvitation, FamilyMembership, Recommendation
from maintenance.models import BackupRun, Departure, Erasure, PersonalExport
from maintenance.seeding import seed
from notifications.models import Notification, NotificationChannel, PushSubscription
from operations.models import ErrorLog, Job, RateLimit, SecurityEvent
from requests_app.models import (
    ApprovalRule,
    MediaRequest,
    ProblemComment,
    ProblemReport,
    RequestAllowance,
    RequestedSeason,
    RequestEvent,
    RequestFollower,
)
from services.models import (
    Incident,
    ServiceCheck,
    ServiceConfig,
    ServiceDay,
    ServiceHour,
    ServiceStatus,
    StateChange,
)
from watchlists.models import Viewing, ViewingCompanion, WatchlistEntry

PLEX_TOKEN = "a token that only its key opens"
DAY = dt.timedelta(days=1)


def own_models() -> list[type[models.Model]]:
    """Every model of ours that has a table of its own."""
    home = str(settings.BASE_DIR)
    own = [
        config
        for config in apps.get_app_configs()
        if config.path.startswith(home) and "site-packages" not in config.path
    ]
    return [model for config in own for model in config.get_models() if model._meta.managed and not model._meta.proxy]


def fill() -> None:
    """Put the rows in; the tables must be empty."""
    seed()
    anna, ben = (User.objects.create_user(name, f"{name} likes birds") for name in ("anna", "ben"))
    film = MediaItem.objects.create(tmdb_id=550, media_type="movie", title="Fight Club")
    series = MediaItem.objects.create(tmdb_id=1396, media_type="tv", title="Breaking Bad")
    _sign_ins(anna)
    _library(anna, film)
    _requests(anna, ben, series)
    _downloads(anna)
    _households(anna, ben, film)
    _services()
    _duties(anna)
    _leaving(ben)
    _signs(anna)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sign_ins(anna: User) -> None:
    later = timezone.now() + DAY
    Profile.objects.get_or_create(user=anna)
    Account(user=anna, type="oauth", provider="plex", provider_account_id="1", access_token="a token").save()
    phone = SessionToken(user=anna, kind="device", name="Phone", token_hash=_hashed("phone"), expires_at=later)
    phone.save()
    Session(user=anna, session_token=_hashed("session"), expires=later).save()
    RefreshToken(session_token=phone, token_hash=_hashed("refresh"), family=phone.pk, expires_at=later).save()
    step = SecondStep(user=anna, secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", confirmed_at=timezone.now())
    step.save()
    RecoveryCode(second_step=step, code_hash=_hashed("spare")).save()
    VerificationToken(
        identifier="anna@example.org", token=_hashed("letter"), purpose="verify_email", expires=later
    ).save()
    GuestList(server_id="0af1", address="http://plex.example:32400", listed_at=timezone.now()).save()
    guest = PlexGuest(plex_id=1, username="anna", name="Anna", relation="friend")
    guest.save()
    SharedSection(guest=guest, key="1", title="Films", type="movie").save()


def _services() -> None:
    ServiceConfig.objects.filter(service_name="plex").delete()
    ServiceConfig(service_name="plex", service_url="http://plex.example:32400", api_key=PLEX_TOKEN).save()
    ServiceStatus.objects.get_or_create(service_name="plex")
    noon = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    ServiceCheck.objects.create(service_name="plex", checked_at=noon, status="online", response_time_ms=40)
    ServiceHour.objects.create(service_name="plex", hour=noon, online_seconds=60)
    ServiceDay.objects.create(service_name="plex", day=noon.date(), online_seconds=60)
    StateChange.objects.create(service_name="plex", changed_at=noon, old_status="unknown", new_status="online")
    Incident.objects.create(service_name="plex", started_at=noon)


def _library(anna: User, film: MediaItem) -> None:
    StreamingProvider.objects.create(media_item=film, provider="Provider", kind="flatrate", regions=["DE"])
    section = LibrarySection.objects.create(server_id="m1", section_key="1", type="movie", title="Films")
    LibraryShare.objects.create(section=section, user=anna)
    facts = {"section": section, "seen_at": timezone.now()}
    item = LibraryItem.objects.create(media_item=film, rating_key="1", type="movie", title="Fight Club", **facts)
    box = LibraryItem.objects.create(rating_key="2", type="collection", title="Fincher", **facts)
    CollectionMember.objects.create(collection=box, item=item, position=1)


def _requests(anna: User, ben: User, series: MediaItem) -> None:
    wish = MediaRequest.objects.create(
        user=anna, media_item=series, media_type="tv", tmdb_id=series.tmdb_id, title=series.title
    )
    RequestedSeason.objects.bulk_create(RequestedSeason.of(wish, [1, 2]))
    RequestFollower.objects.create(request=wish, user=ben)
    RequestAllowance.objects.create(user=ben, film_quota=10)
    AgeLimit.objects.create(user=ben, years=12)
    ApprovalRule.objects.create(name="Long series", seasons_over=3, decision="ask")
    RequestEvent.objects.create(request=wish, actor=anna, kind="requested")
    report = ProblemReport.objects.create(user=anna, request=wish, media_item=series, kind="audio")
    ProblemComment.objects.create(report=report, user=ben, message="No sound here either")


def _downloads(anna: User) -> None:
    DownloadQueue.objects.get_or_create(pk=True)
    profile = DownloadProfile.objects.first()
    playlist = "https://www.youtube.com/playlist?list=PLx"
    order = YoutubeDownload.objects.create(user=anna, playlist_url=playlist, playlist_id="PLx", profile=profile)
    DownloadEntry.objects.create(download=order, video=Video.objects.create(video_id="abcdefghijk"), position=1)


def _households(anna: User, ben: User, film: MediaItem) -> None:
    WatchlistEntry.objects.create(user=anna, media_item=film)
    viewing = Viewing.objects.create(user=anna, media_item=film)
    ViewingCompanion.objects.create(viewing=viewing, user=ben)
    nest = Family.objects.create(name="Nest")
    FamilyMembership.objects.create(family=nest, user=anna, role="owner")
    token = _hashed("invitation")
    FamilyInvitation.objects.create(
        family=nest, email="uncle@example.org", token_hash=token, expires_at=timezone.now() + DAY
    )
    Recommendation.objects.create(sender=anna, recipient=ben, media_item=film)


def _duties(anna: User) -> None:
    Job.objects.create(kind="tests", queue="default", idempotency_key="tests", run_after=timezone.now())
    SecurityEvent.objects.create(actor=anna, kind="sign_in")
    ErrorLog.objects.create(error_code="forbidden", status_code=403, correlation_id="abc", user=anna)
    RateLimit.objects.create(user=anna, endpoint="playlists", window_start=timezone.now())
    BackupRun.objects.create(started_at=timezone.now())


def _leaving(ben: User) -> None:
    PersonalExport.objects.create(user=ben)
    Departure.objects.create(user=ben, due_at=timezone.now() + DAY)
    Erasure.objects.create(pk="00000000-0000-0000-0000-000000000001")


def _signs(anna: User) -> None:
    Notification.objects.create(user=anna, event="requests.available", title="There")
    NotificationChannel.objects.create(user=anna, kind="ntfy", name="Phone", address="https://ntfy.example/anna")
    endpoint = "https://push.example/anna"
    PushSubscription.objects.create(
        user=anna, endpoint=endpoint, endpoint_hash=PushSubscription.hash_of(endpoint), p256dh="k", auth="a"
    )
