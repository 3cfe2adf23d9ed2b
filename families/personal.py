"""What families keep about a person, and what becomes of a family whose owner leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Value, When

from families.models import Family, FamilyInvitation, FamilyMembership, Recommendation
from medianest.lib.personal_data import at_parting, export, not_exported

if TYPE_CHECKING:
    from accounts.models import User

_TOKEN = {"token_hash": "Would let whoever holds the file test guesses at the invitation's link."}

export(Family, "families", "memberships__user")
export(FamilyMembership, "family-memberships", "user")
export(FamilyInvitation, "family-invitations", "invitee", leave_out=_TOKEN)
not_exported(FamilyInvitation, "invited_by", because="Holds the e-mail address of the one who was invited.")
export(Recommendation, "recommendations", "sender", "recipient")


@at_parting
def hand_over_families(person: User) -> None:
    """Give the person's families to their oldest admin, else their oldest member; end those with nobody else.

    What they wrote to recommendations they sent is emptied; the recommendations stay with those who got them.
    """
    for family in Family.objects.filter(memberships__user=person, memberships__role="owner"):
        FamilyMembership.objects.filter(family=family, user=person).delete()
        admins_first = Case(When(role="admin", then=Value(0)), default=Value(1))
        heir = FamilyMembership.objects.filter(family=family).order_by(admins_first, "created_at").first()
        if heir is None:
            family.delete()
        else:
            FamilyMembership.objects.filter(pk=heir.pk).update(role="owner")
    Recommendation.objects.filter(sender=person).update(message="")
    if person.email:
        FamilyInvitation.objects.filter(email__iexact=person.email).delete()
