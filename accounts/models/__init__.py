"""People, how they sign in, and what MediaNest gave them to be known by."""

from accounts.models.links import Account, LinkType, Provider
from accounts.models.people import Status, User
from accounts.models.plex import GuestList, PlexGuest, SharedSection
from accounts.models.profiles import Profile, Theme
from accounts.models.second_step import RecoveryCode, SecondStep
from accounts.models.sessions import Session
from accounts.models.tokens import RefreshToken, Scope, SessionToken, TokenKind
from accounts.models.verification import Purpose, VerificationToken
from accounts.querysets import UserQuerySet
from accounts.rights import Role

__all__ = [
    "Account",
    "GuestList",
    "LinkType",
    "PlexGuest",
    "Profile",
    "Provider",
    "Purpose",
    "RecoveryCode",
    "RefreshToken",
    "Role",
    "Scope",
    "SecondStep",
    "Session",
    "SessionToken",
    "SharedSection",
    "Status",
    "Theme",
    "TokenKind",
    "User",
    "UserQuerySet",
    "VerificationToken",
]
