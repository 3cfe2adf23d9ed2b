"""What can go wrong with a service outside, and how that is said."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator

import httpx2
from django.utils.translation import gettext as _

from medianest.lib.sockets import ForbiddenAddress, NameUnknown

PASSING = frozenset({429, 502, 503, 504})  # statuses after which the same call may succeed in a moment


class ProviderError(Exception):
    """Something outside did not do as asked. `sentence` says what and what to do about it; it is fit to show."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Unreachable(ProviderError):
    """No answer: name, connection, TLS or time. It may be back later."""


class Paused(Unreachable):
    """It was not even asked: it has failed again and again, and is left alone for a moment."""


class BadCredentials(ProviderError):
    """It answers, and does not accept the key."""


class Refused(ProviderError):
    """It answers with status `code`, which is not what was hoped for."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


class Malformed(ProviderError):
    """It answers something that the expected service would not say."""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _certificate_reason(error: ssl.SSLCertVerificationError) -> str:
    """After OpenSSL's verification codes (x509_vfy.h)."""
    if error.verify_code in (62, 64):
        return _("its certificate is for another name. Use the name that stands in the certificate.")
    if error.verify_code == 10:
        return _("its certificate has expired.")
    return _("its certificate is not from an authority that this machine trusts.")


def _os_reason(error: OSError) -> str | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_reason(error)
    if isinstance(error, ssl.SSLError):
        return _("it does not speak TLS there. Does its address start with http:// instead?")
    if isinstance(error, ConnectionRefusedError):
        return _("the connection was refused. Is it running, and is the port right?")
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return _("there is no way to its machine. Is that switched on and in the same network?")
    return None


def reason(error: httpx2.RequestError, *, connect: float, total: float) -> str:
    for cause in _causes(error):
        if isinstance(cause, ForbiddenAddress):
            return _("MediaNest does not call its address: it is link-local or belongs to a cloud's inside.")
        if isinstance(cause, NameUnknown):
            return _("nobody knows its name. Is the address spelled right?")
        if isinstance(cause, OSError) and (known := _os_reason(cause)):
            return known
    if isinstance(error, httpx2.ConnectTimeout):
        return _("no connection within %(seconds)g seconds.") % {"seconds": connect}
    if isinstance(error, httpx2.TimeoutException):
        return _("no answer within %(seconds)g seconds.") % {"seconds": total}
    if isinstance(error, httpx2.RemoteProtocolError):
        return _("it hung up without an answer. If it wants TLS, its address starts with https://.")
    return _("the connection broke.")


def unreachable(label: str, why: str) -> Unreachable:
    return Unreachable(_("%(service)s cannot be reached: %(reason)s") % {"service": label, "reason": why})


def refusal(label: str, status: int) -> ProviderError:
    names = {"service": label, "status": status}
    if status in (401, 403):
        return BadCredentials(_("%(service)s answers, but does not accept the key (%(status)d).") % names)
    if status == 404:
        return Refused(_("Something answers, but there is no %(service)s at this address (404).") % names, status)
    if status == 429:
        return Refused(_("%(service)s asks for a pause: it was called too often (429).") % names, status)
    if status >= 500:
        return Refused(_("%(service)s answers with an error of its own (%(status)d).") % names, status)
    return Refused(_("%(service)s answers with the unexpected status %(status)d.") % names, status)


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed in a moment."""
    return isinstance(error, Unreachable) or (isinstance(error, Refused) and error.code in PASSING)


def not_the_service(label: str) -> Malformed:
    return Malformed(_("This is a web server, but not %(service)s.") % {"service": label})
