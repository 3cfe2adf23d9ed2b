"""The WSGI application that granian serves."""

import os
import sys
import threading
import time

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medianest.settings")
application = get_wsgi_application()

from django.db import Error, connection  # noqa: E402  (only when Django is set up)

from operations import roles  # noqa: E402

log = structlog.get_logger(__name__)


def _refusal() -> str | None:
    """Why this process must not serve; empty when it may, None when the database cannot be asked."""
    try:
        return roles.web_refusal(connection)
    except Error:
        return None
    finally:
        connection.close()


def _ask_until_answered() -> None:
    while (refusal := _refusal()) is None:
        time.sleep(1)
    if refusal:
        log.critical("unsafe_database_role", reason=refusal)
        sys.stderr.flush()
        os._exit(1)  # this is a thread of a server that would go on


_found = _refusal()
if _found:
    raise ImproperlyConfigured(_found)
if _found is None:
    # The web starts without its database, so that people are told; it is asked as soon as it is back.
    threading.Thread(target=_ask_until_answered, name="database-role", daemon=True).start()
