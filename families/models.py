"""With whom: families, who is in them and who is asked to join, and titles that people recommend to each other."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import MediaItem
from families.querysets import FamilyQuerySet, InvitationQuerySet, MembershipQuerySet, RecommendationQuerySet
from medianest.lib.row_policies import ANYBODY, ME, RowSecurity, among, own, own_or
from operations.audit import audited


@audited()
class Family(models.Model):
    """A household or a circle of friends that shares lists and opinions. It has one owner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="FamilyMembership", related_name="families", verbose_name=_("people")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FamilyQuerySet.as_manager()

    class Meta:
        db_table = "families"
        verbose_name = _("family")
        verbose_name_plural = _("families")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="families_has_name",
                violation_error_message=_("Give the family a name."),
            ),
            RowSecurity(
                name="families_rows",
                see=f"{among('id', 'mn_families')} OR {among('id', 'mn_inviting_families')}",
                add=ANYBODY,
                change=among("id", "mn_run_families"),
                remove=among("id", "mn_owned_families"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


_RUN = among("family_id", "mn_run_families")
_MAY_JOIN = (
    f"{own()} AND CASE role WHEN 'owner' THEN mn_is_new_family(family_id)"
    f" ELSE {among('family_id', 'mn_inviting_families')} END"
)


class FamilyRole(models.TextChoices):
    """What a person may do in a family: members take part, admins invite and remove, the owner may also end it."""

    OWNER = "owner", _("owner")
    ADMIN = "admin", _("admin")
    MEMBER = "member", _("member")


@audited()
class FamilyMembership(models.Model):
    """A person in a family."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="family_memberships", db_index=False
    )
    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    role = models.CharField(_("role"), max_length=6, choices=FamilyRole, default=FamilyRole.MEMBER)
    created_at = models.DateTimeField(_("joined"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        db_table = "family_memberships"
        ordering = ["created_at"]
        indexes = [models.Index(fields=["family", "role"], name="memberships_family_role")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "family"],
                name="memberships_unique",
                violation_error_message=_("This person is in the family already."),
            ),
            models.UniqueConstraint(
                fields=["family"],
                condition=Q(role="owner"),
                name="memberships_one_owner",
                violation_error_message=_("The family has an owner; hand it over first."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=FamilyRole.values),
                name="memberships_role_known",
                violation_error_message=_("Choose one of the roles."),
            ),
            RowSecurity(
                name="memberships_rows",
                see=among("family_id", "mn_families"),
                add=_MAY_JOIN,
                change=_RUN,
                remove=f"{own()} OR {_RUN}",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.family}"


class InvitationStatus(models.TextChoices):
    """pending → accepted, declined or withdrawn by people, expired by time."""

    PENDING = "pending", _("waiting for an answer")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")


INVITATION_TRANSITIONS: dict[str, frozenset[str]] = {
    InvitationStatus.PENDING: frozenset({"accepted", "declined", "withdrawn", "expired"}),
    InvitationStatus.ACCEPTED: frozenset(),
    InvitationStatus.DECLINED: frozenset(),
    InvitationStatus.WITHDRAWN: frozenset(),
    InvitationStatus.EXPIRED: frozenset(),
}
"""An invitation is answered once; whoever is wanted still gets a new one."""


_MY_EMAIL = f"(SELECT nullif(lower(users.email), '') FROM users WHERE users.id = {ME})"  # noqa: S608  (words of ours)
_INVITED = f"{own('invitee_id')} OR lower(email) = {_MY_EMAIL}"


@audited(exclude=["token_hash"], personal=["email", "message"], owner="invitee")
class FamilyInvitation(models.Model):
    """Someone is asked to join a family: by e-mail, or as a person here (`invitee`), who may have no e-mail.

    The link carries a token; only its SHA-256 is kept. It may be used once, until `expires_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    email = models.EmailField(_("e-mail"), blank=True)
    invitee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="family_invitations"
    )
    role = models.CharField(_("role"), max_length=6, choices=FamilyRole, default=FamilyRole.MEMBER)
    message = models.CharField(_("message"), max_length=300, blank=True)
    # Unique, and so found by that rule's btree: a hash index beside it would only cost.
    token_hash = models.CharField(
        max_length=64,
        unique=True,
        editable=False,
        error_messages={"unique": _("This token was given out before; make a new one.")},
    )
    status = models.CharField(_("status"), max_length=9, choices=InvitationStatus, default=InvitationStatus.PENDING)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(_("valid until"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        db_table = "family_invitations"
        verbose_name = _("invitation")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["family", "status"], name="invitations_family_status"),
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="invitations_pending_expiry"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "family",
                condition=Q(status="pending") & ~Q(email=""),
                name="invitations_one_per_email",
                violation_error_message=_("An invitation for this e-mail waits already; withdraw it to send another."),
            ),
            models.UniqueConstraint(
                fields=["invitee", "family"],
                condition=Q(status="pending", invitee__isnull=False),
                name="invitations_one_per_person",
                violation_error_message=_("An invitation for this person waits already; withdraw it to send another."),
            ),
            models.CheckConstraint(
                condition=~Q(email="") | Q(invitee__isnull=False),
                name="invitations_name_someone",
                violation_error_message=_("Say whom to invite: an e-mail address or a person here."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["admin", "member"]),
                name="invitations_role_known",
                violation_error_message=_("Invite as a member or an admin; the owner hands over later."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=InvitationStatus.values),
                name="invitations_status_known",
                violation_error_message=_("Choose one of the statuses."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="invitations_end_after_start",
                violation_error_message=_("The invitation ends before it begins; choose a later date."),
            ),
            models.CheckConstraint(
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106  (a shape, not a secret)
                name="invitations_token_is_hashed",
                violation_error_message=_("Only a token's SHA-256 may be kept."),
            ),
            RowSecurity(name="invitations_rows", see=f"{_INVITED} OR {_RUN}", add=_RUN, remove=_RUN),
        ]

    def __str__(self) -> str:
        return f"{self.invitee or self.email} → {self.family}"

    def may_become(self, status: str) -> bool:
        """Whether the way from here to `status` is one of INVITATION_TRANSITIONS."""
        return status in INVITATION_TRANSITIONS[self.status]


class RecommendationStatus(models.TextChoices):
    """open → accepted (it is on the list), declined with or without a word, or withdrawn by the sender."""

    OPEN = "open", _("waiting for an answer")
    ACCEPTED = "accepted", _("on the list")
    DECLINED = "declined", _("no, thanks")
    WITHDRAWN = "withdrawn", _("withdrawn")


RECOMMENDATION_TRANSITIONS: dict[str, frozenset[str]] = {
    RecommendationStatus.OPEN: frozenset({"accepted", "declined", "withdrawn"}),
    RecommendationStatus.ACCEPTED: frozenset({"declined"}),
    RecommendationStatus.DECLINED: frozenset({"accepted"}),
    RecommendationStatus.WITHDRAWN: frozenset(),
}
"""The one who got it may change their mind; what was taken back stays back."""


@audited(personal=["message", "answer"], owner="sender")
class Recommendation(models.Model):
    """One person thinks that another would like a title. The sender may have left since."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="recommendations_sent",
        verbose_name=_("from"),
        db_index=False,
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="recommendations_received",
        verbose_name=_("to"),
        db_index=False,
    )
    media_item = models.ForeignKey(
        MediaItem, on_delete=models.PROTECT, related_name="recommendations", verbose_name=_("title")
    )
    message = models.CharField(_("message"), max_length=500, blank=True)
    status = models.CharField(
        _("status"), max_length=9, choices=RecommendationStatus, default=RecommendationStatus.OPEN
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    created_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        db_table = "recommendations"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["recipient", "status", "-created_at", "-id"], name="recommendations_inbox"),
            models.Index(fields=["sender", "-created_at", "-id"], name="recommendations_sent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "recipient", "media_item"],
                condition=Q(status="open"),
                name="recommendations_once_while_open",
                violation_error_message=_("You recommended this already; the answer is still open."),
            ),
            models.CheckConstraint(
                condition=Q(sender__isnull=True) | ~Q(sender=F("recipient")),
                name="recommendations_to_another",
                violation_error_message=_("Recommend it to somebody else; for yourself there is the watchlist."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=RecommendationStatus.values),
                name="recommendations_status_known",
                violation_error_message=_("Choose one of the statuses."),
            ),
            RowSecurity(
                name="recommendations_rows",
                see=own_or(own("sender_id"), "recipient_id"),
                add=own("sender_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.media_item} → {self.recipient}"

    def may_become(self, status: str) -> bool:
        """Whether the way from here to `status` is one of RECOMMENDATION_TRANSITIONS."""
        return status in RECOMMENDATION_TRANSITIONS[self.status]
