"""Django's session engine on the `sessions` table, with Redis in front.

A look at a session costs one round trip to Redis, or a query when Redis is away or has forgotten it. The cookie's key
is kept nowhere: both know its hash only. Sessions slide for 30 days of rest and end 60 days after they began, come
what may.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase, UpdateError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Session
from medianest.lib import fleeting
from operations.row_security import at_the_door

ABSOLUTE_AGE = dt.timedelta(days=60)
TOUCH_AFTER = dt.timedelta(minutes=5)
"""How old the last use may be before it is written again."""
KEPT_FOR = 60
"""Seconds for which Redis answers alone. An end that could not reach Redis is noticed after as many."""
_KEY_LENGTH = 32
_LONGEST_AGENT = 300


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def name_in_redis(key_hash: str) -> str:
    return f"mn:session:{key_hash}"


def after_commit(work: Callable[[], object]) -> None:
    """Tell Redis once the table says the same. Failing is no harm: what Redis knows is good for a minute."""
    transaction.on_commit(work, robust=True)


class SessionStore(SessionBase):
    """One browser's session. `address` and `user_agent` are noted when it is next saved."""

    def __init__(self, session_key: str | None = None, *, past_redis: bool = False) -> None:
        """With `past_redis` it is read from the table, as it is this very moment."""
        super().__init__(session_key)
        self._past_redis = past_redis
        self.address: str | None = None
        self.user_agent = ""
        self.device_id: uuid.UUID | None = None
        self._begun = time.time()
        self._loaded: bytes | None = None  # the data as it was, to tell a change from a mere use

    @property
    def begun(self) -> dt.datetime:
        """When the person signed in, or the stranger came."""
        self._get_session()  # type: ignore[attr-defined]
        return dt.datetime.fromtimestamp(self._begun, dt.UTC)

    def seen_from(self, address: str | None, user_agent: str) -> None:
        """Say where the request came from."""
        self.address = address or None
        self.user_agent = user_agent.replace("\x00", "")[:_LONGEST_AGENT]

    # --- reading ------------------------------------------------------------------------------------------------------
    def load(self) -> dict[str, Any]:
        key_hash = hash_of(self.session_key or "")
        kept = None if self._past_redis else fleeting.look_up(name_in_redis(key_hash))
        facts = None
        if kept is not None and kept != fleeting.DROPPED:
            facts = self.decode(kept)
        if kept != fleeting.DROPPED and (not facts or facts.get("hash") != key_hash):
            facts = self._read(key_hash)
        if not facts or facts["expires"] <= time.time():
            self._session_key = None  # a key that is nobody's is not adopted
            return {}
        return self._adopt(facts)

    def _read(self, key_hash: str) -> dict[str, Any] | None:
        with at_the_door():
            row = Session.objects.filter(session_token=key_hash).live(timezone.now()).first()
        if row is None:
            return None
        facts = _facts(row, self.decode(row.data))
        self._keep(facts, if_new=True)
        return facts

    def _adopt(self, facts: dict[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = facts["data"]
        self._begun = facts["begun"]
        self.device_id = uuid.UUID(facts["device"]) if facts["device"] else None
        self._loaded = self._plain(data)
        if time.time() - facts["used"] > TOUCH_AFTER.total_seconds():
            self.modified = True  # so that its use is written, and the cookie lives longer
        return data

    def _plain(self, data: dict[str, Any]) -> bytes:
        """What makes up the session, to compare."""
        return bytes(self.serializer().dumps(data)) + str(self.device_id).encode()

    def exists(self, session_key: str) -> bool:
        with at_the_door():
            return Session.objects.filter(session_token=hash_of(session_key)).exists()

    # --- writing ------------------------------------------------------------------------------------------------------
    def _get_new_session_key(self) -> str:
        return get_random_string(_KEY_LENGTH, VALID_KEY_CHARS)

    def create(self) -> None:
        """Begin anew under a new key: nobody who knew an older one knows this."""
        self._session_key = self._get_new_session_key()
        self._begun = time.time()
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError when the session was ended meanwhile and there is something to lose by that."""
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = self._row(data)
        if must_create:
            with at_the_door():
                row.save(force_insert=True)
        elif not self._has_news(data):
            return self._note_use(row)
        elif not self._update(row, data=row.data, user=row.user_id, device=row.device_id):
            raise UpdateError
        self._loaded = self._plain(data)
        self._keep(_facts(row, data))
        return None

    def _keep(self, facts: dict[str, Any], *, if_new: bool = False) -> None:
        name, text = name_in_redis(facts["hash"]), self.encode(facts)
        after_commit(partial(fleeting.keep, name, text, KEPT_FOR, if_new=if_new))

    def _note_use(self, row: Session) -> None:
        """Write that it was used. The data are left alone, which another request may be changing."""
        self._update(row)
        after_commit(partial(fleeting.forget, name_in_redis(row.session_token)))

    def _row(self, data: dict[str, Any]) -> Session:
        return Session(
            session_token=hash_of(self.session_key or ""),
            user_id=data.get(SESSION_KEY),
            device_id=self.device_id,
            data=self.encode(data),
            created_at=dt.datetime.fromtimestamp(self._begun, dt.UTC),
            expires=timezone.now() + dt.timedelta(seconds=self.get_expiry_age()),
            ip=self.address,
            user_agent=self.user_agent,
            last_used_at=timezone.now(),
        )

    def _has_news(self, data: dict[str, Any]) -> bool:
        return self._plain(data) != self._loaded

    def _update(self, row: Session, **changes: Any) -> bool:
        """Whether the row is still there."""
        if row.ip is not None:
            changes |= {"ip": row.ip, "user_agent": row.user_agent}
        now = row.last_used_at
        with at_the_door():
            chosen = Session.objects.filter(session_token=row.session_token)
            return chosen.update(expires=row.expires, last_used_at=now, updated_at=now, **changes) == 1

    def get_expiry_age(self, **given: Any) -> int:
        """Seconds until it ends, if it is not used: 30 days, but 60 days after it began at the latest."""
        left = self._begun + ABSOLUTE_AGE.total_seconds() - time.time()
        return max(1, min(int(super().get_expiry_age(**given)), int(left)))

    # --- ending -------------------------------------------------------------------------------------------------------
    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            key_hash = hash_of(key)
            with at_the_door():
                Session.objects.filter(session_token=key_hash).delete()
            after_commit(partial(fleeting.drop, [name_in_redis(key_hash)]))

    @classmethod
    def clear_expired(cls) -> None:
        with at_the_door():
            Session.objects.expired(timezone.now()).delete()


def _facts(row: Session, data: dict[str, Any]) -> dict[str, Any]:
    """What Redis keeps of a session; signed as a whole, and good for this key only."""
    return {
        "hash": row.session_token,
        "begun": row.created_at.timestamp(),
        "expires": row.expires.timestamp(),
        "used": row.last_used_at.timestamp(),
        "device": str(row.device_id) if row.device_id else "",
        "data": data,
    }
