"""What workers send. Whether an address is known shows in no answer and in no time a page takes: it is decided here."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.letters import proofs
from accounts.models import Purpose, User, VerificationToken
from operations.jobs import GiveUp, Retry


def send_reset(people: list[str], base: str) -> None:
    """A link to each of these that sets a new password; or word that they sign in with Plex. Raises Retry or GiveUp."""
    for person in User.objects.active().filter(pk__in=people, email__isnull=False):
        context = {"person": person, "base": base}
        if person.has_usable_password():
            row = proofs.reserve(person, Purpose.RESET_PASSWORD, identifier=str(person.pk))
            context["link"] = f"{base}/account/reset/{proofs.write(row, person)}/"
        _send(str(person.email), _("Your password for MediaNest"), "accounts/letters/reset.txt", context)


def send_confirmation(person_id: str, row_id: str, base: str) -> None:
    """A link to the new address that proves it; nothing if it is somebody else's. Raises Retry or GiveUp."""
    person = User.objects.active().filter(pk=person_id).first()
    row = VerificationToken.objects.filter(pk=row_id, purpose=Purpose.VERIFY_EMAIL).first()
    if person is None or row is None or User.objects.known_as(row.identifier).exclude(pk=person.pk).exists():
        return
    link = f"{base}/account/e-mail/{proofs.write(row, person)}/"
    _send(row.identifier, _("Is this your address?"), "accounts/letters/confirm.txt", {"person": person, "link": link})


def _send(to: str, subject: str, template: str, context: dict[str, object]) -> None:
    letter = EmailMessage(subject, render_to_string(template, context), settings.DEFAULT_FROM_EMAIL, [to])
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise GiveUp(code="mail_refused", reason=_("The mail server does not take this address.")) from error
    except (smtplib.SMTPException, OSError) as error:
        reason = _("The mail server did not take the mail (%(error)s).") % {"error": type(error).__name__}
        raise Retry(code="mail_failed", reason=reason) from error
