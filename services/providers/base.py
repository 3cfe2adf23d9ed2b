"""What a provider is, and the capabilities that the rest of MediaNest asks for.

A new provider is one file beside this one: a class with what is declared in `Provider`, the settings form it
needs and the capabilities it has, declared by `@registry.declare`.
"""

from __future__ import annotations

import dataclasses
import enum
from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from medianest.lib.breaker import Breaker
from medianest.lib.http import BadCredentials, Client, Limits, ProviderError

Text = str | Promise
LOOK = Limits(connect=2.0, total=5.0)


class NotSetUp(ProviderError):
    """The service works, but lacks something an administrator must arrange first."""


class TooOld(ProviderError):
    """It is the right service in a version that cannot do what is needed."""


@dataclasses.dataclass(frozen=True)
class Connection:
    """How a service is reached. `settings` is what its form gave; `breaker` None calls it in any case.

    `hurried` means that a person waits for the answer: one try, and a few seconds in all.
    """

    url: str
    key: str = dataclasses.field(default="", repr=False)
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)
    breaker: Breaker | None = None
    hurried: bool = False


@dataclasses.dataclass(frozen=True)
class Identity:
    """What answered: its own name, its version, and a `warning` an administrator should know (or nothing)."""

    name: str
    version: str
    warning: str = ""


@dataclasses.dataclass(frozen=True)
class TestResult:
    """The outcome of trying a connection; `sentence` says what is right or exactly what is wrong."""

    __test__ = False  # not a test case, whatever its name

    ok: bool
    sentence: str
    version: str = ""


class Condition(enum.Enum):
    """How a service is, as far as one look can tell."""

    WELL = "well"
    ILL = "ill"  # it answers, but cannot be used as it should
    AWAY = "away"


@dataclasses.dataclass(frozen=True)
class Health:
    """One look at a service; `message` is for administrators and empty when there is nothing to say."""

    state: Condition
    message: str = ""


class SettingsForm(forms.Form):
    """A provider's own settings. Its cleaned data is what is stored, so it must be plain JSON values."""


class Provider(ABC):
    """One kind of external service. Instances are cheap, bound to one connection, and for one thread."""

    kind: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str] = "plug"
    do_not_call_in_templates: ClassVar[bool] = True  # pages name the class's texts; they must not make one
    purpose: ClassVar[Text]
    """What it is for, in a sentence."""
    when_away: ClassVar[Text]
    """What its being away means for people, in a sentence."""
    optional: ClassVar[bool] = True
    address_example: ClassVar[str]
    key_label: ClassVar[Text]
    key_help: ClassVar[Text] = ""
    needs_key: ClassVar[bool] = True
    slow_after_ms: ClassVar[int] = 1500
    hint_help: ClassVar[Text] = ""
    """Where in the service the address is entered at which it can say that something changed; "" if it cannot."""
    SettingsForm: ClassVar[type[SettingsForm]] = SettingsForm

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @classmethod
    def preset(cls) -> Connection | None:
        """How it is reached while no administrator has connected it; None for a service that must be connected."""
        return None

    @abstractmethod
    def identify(self) -> Identity:
        """Look who answers, and whether it takes the key.

        Raises Unreachable, BadCredentials, Refused, Malformed (another product), TooOld or NotSetUp.
        """

    def client(self, **options: Any) -> Client:
        """A client for the connection's address, with a Client's options; close it."""
        return Client(self.label, self.connection.url, breaker=self.connection.breaker, **options)

    def looking(self, **options: Any) -> Client:
        """A client for a quick look: one try, and no more time in all than a person waits for."""
        return self.client(limits=LOOK, budget=LOOK.total, **options)

    def require_key(self) -> None:
        """Raises BadCredentials when a key is needed and there is none."""
        if self.needs_key and not self.connection.key:
            raise BadCredentials(
                _("%(service)s needs a key: %(key)s.") % {"service": self.label, "key": self.key_label}
            )

    def test(self) -> TestResult:
        """Try the connection. Does not raise for anything the service does."""
        try:
            found = self.identify()
        except ProviderError as error:
            return TestResult(False, error.sentence)
        sentence = _("%(name)s answers, version %(version)s.") % {"name": found.name, "version": found.version}
        return TestResult(True, f"{sentence} {found.warning}".strip(), found.version)

    def health(self) -> Health:
        """How it is at this moment. Does not raise for anything the service does."""
        try:
            found = self.identify()
        except (BadCredentials, NotSetUp, TooOld) as error:
            return Health(Condition.ILL, error.sentence)
        except ProviderError as error:
            return Health(Condition.AWAY, error.sentence)
        return Health(Condition.WELL, found.warning)

    @classmethod
    def clean_settings(cls, settings: object) -> dict[str, Any]:
        """The settings as the provider's form stores them. Raises ValidationError that names each wrong field."""
        if not isinstance(settings, dict):
            raise ValidationError({NON_FIELD_ERRORS: [_("The settings must be a JSON object.")]})
        form = cls.SettingsForm(data=settings)
        errors: dict[str, list[str]] = {
            name: [_("%(service)s has no such setting.") % {"service": cls.label}]
            for name in settings
            if name not in form.fields
        }
        if not form.is_valid():
            errors |= {name: [str(message) for message in messages] for name, messages in form.errors.items()}
        if errors:
            raise ValidationError(errors)
        return form.cleaned_data


# --- capabilities ---------------------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True)
class Section:
    """A library of a media server; `locations` are folders as that server names them."""

    key: str
    title: str
    locations: tuple[str, ...]


class CanHoldVideos(ABC):
    """Shows videos that MediaNest stored, and groups them."""

    @abstractmethod
    def video_section(self, root: Path) -> Section:
        """The library that holds `root` (as MediaNest sees it). Raises NotSetUp when none does."""

    @abstractmethod
    def scan(self, section: Section, folder: Path) -> None:
        """Have the server look for new files in `folder` (as MediaNest sees it); it does so later.

        A folder the server does not know yet is found by scanning the folder above it.
        """

    @abstractmethod
    def find_files(self, section: Section, names: set[str]) -> dict[str, str]:
        """Of the files with these base names, those that the server has: name to rating key."""

    @abstractmethod
    def put_collection(self, section: Section, *, title: str, rating_keys: list[str], collection_key: str) -> str:
        """Make the collection hold exactly these, in this order; give its key.

        `collection_key` is the key given earlier, or "". A collection that is gone is made anew; one of the
        same title that holds something else is left alone, and ours gets a number behind its title.
        Repeating it changes nothing. Raises ValueError when there is nothing to put in.
        """


class MonitorState(enum.Enum):
    UP = "up"
    DOWN = "down"
    CHECKING = "checking"  # it failed once and is being tried again
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"  # never checked, or no longer


@dataclasses.dataclass(frozen=True)
class Monitor:
    """Something another program watches. `uptime_24h` is a ratio from 0 to 1, None without data."""

    key: str
    name: str
    group: str
    state: MonitorState
    response_ms: int | None
    checked_at: datetime | None
    uptime_24h: float | None


@dataclasses.dataclass(frozen=True)
class Notice:
    """Something that another program announces: an incident (style `info`, `warning`, `danger` …) or maintenance."""

    title: str
    text: str
    style: str


@dataclasses.dataclass(frozen=True)
class Report:
    """What another program watches and announces."""

    title: str
    monitors: tuple[Monitor, ...]
    incidents: tuple[Notice, ...]
    maintenance: tuple[Notice, ...]


class CanReportMonitors(ABC):
    """Knows how other things are."""

    @abstractmethod
    def report(self) -> Report:
        """What is known there now. Raises the ProviderError family."""


class Relation(enum.Enum):
    """What somebody is to a media server."""

    OWNER = "owner"
    FRIEND = "friend"
    HOME = "home"  # of the owner's household; managed people among them have no address of their own


@dataclasses.dataclass(frozen=True)
class Guest:
    """Somebody who may use a media server; while `is_pending` they have not accepted the invitation yet."""

    account_id: int
    username: str
    name: str
    email: str
    image: str
    relation: Relation
    is_pending: bool = False


@dataclasses.dataclass(frozen=True)
class SectionShare:
    """Whether a library (`key`, with its `title` and what it holds) is open to the guest with this account."""

    account_id: int
    key: str
    title: str
    type: str
    is_shared: bool


class KnowsItsGuests(ABC):
    """A media server that can say who may use it. Decided with its owner's eyes, never from what a visitor claims."""

    @abstractmethod
    def server_id(self) -> str:
        """What the server calls itself for ever. Raises the ProviderError family."""

    @abstractmethod
    def guests(self, server_id: str) -> tuple[Guest, ...]:
        """Everybody who may use it, the owner first. Raises BadCredentials if the owner's key is dead or is not
        the owner's, besides the family's others."""

    @abstractmethod
    def section_shares(self, server_id: str) -> tuple[SectionShare, ...]:
        """Which libraries are open to whom. Raises the ProviderError family."""
