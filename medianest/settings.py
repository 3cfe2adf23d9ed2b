"""All settings, read strictly from the environment (see `env.py`; the README's table is made from it)."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import psutil
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from medianest import env
from medianest.lib.log import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent

django_stubs_ext.monkeypatch()

# --- where things are -------------------------------------------------------------------------------------------------
DATA_DIR = Path(env.text("MEDIANEST_DATA", "Folder for everything MediaNest keeps.", str(BASE_DIR / "var"))).resolve()
DOWNLOAD_ROOT = Path(
    env.text("DOWNLOAD_ROOT", "Folder for finished videos; Plex must see it too.", str(DATA_DIR / "media" / "youtube"))
).resolve()
FFMPEG = env.text("FFMPEG", "The ffmpeg program; empty looks on the PATH, then in imageio-ffmpeg.")

# --- secrets and identity -----------------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", "Developer's error pages. Never on a reachable server.")
SECRET_KEY = env.text("DJANGO_SECRET_KEY", "Key for signatures; at least 50 random characters.", secret=True)
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "DJANGO_SECRET_KEY is empty. `make run` makes one; elsewhere set it or DJANGO_SECRET_KEY_FILE."
    )
ENCRYPTION_KEYS = env.text(
    "ENCRYPTION_KEYS", "Keys for stored secrets, one `id:base64` a line; the first encrypts.", secret=True
)
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False

PUBLIC_URL = env.text("PUBLIC_URL", "The address people type, e.g. https://nest.example.org.").rstrip("/")
PLAIN_HTTP = env.flag(
    "PLAIN_HTTP",
    "Allow sign-in without TLS, for a home network only; a banner says so.",
    PUBLIC_URL.startswith("http://"),
)


def _own_names() -> list[str]:
    """Names and addresses by which this machine is reached on a home network."""
    addresses = {a.address for cards in psutil.net_if_addrs().values() for a in cards if a.family == socket.AF_INET}
    name = socket.gethostname()
    return ["localhost", "127.0.0.1", "[::1]", name, f"{name}.local", *sorted(addresses)]


ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", "Host names served, with commas; default: PUBLIC_URL's, or this machine's own."
)
if not ALLOWED_HOSTS:
    ALLOWED_HOSTS = _own_names() if PLAIN_HTTP or not PUBLIC_URL else []
    if PUBLIC_URL:
        ALLOWED_HOSTS += [urlsplit(PUBLIC_URL).hostname or "localhost", "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES", "Addresses or networks of reverse proxies whose headers are believed.")

# --- the outside --------------------------------------------------------------------------------------------------------
PLEX_TV_URL = env.text("PLEX_TV_URL", "plex.tv's API.", "https://plex.tv").rstrip("/")
PLEX_CLIENTS_URL = env.text(
    "PLEX_CLIENTS_URL", "The same API, as browsers reach it.", "https://clients.plex.tv"
).rstrip("/")
PLEX_AUTH_URL = env.text("PLEX_AUTH_URL", "The page people sign in at.", "https://app.plex.tv/auth").rstrip("/")
TMDB_URL = env.text("TMDB_URL", "TMDB's API.", "https://api.themoviedb.org").rstrip("/")
TMDB_IMAGE_URL = env.text("TMDB_IMAGE_URL", "TMDB's pictures.", "https://image.tmdb.org").rstrip("/")
TMDB_TOKEN = env.text("TMDB_TOKEN", "TMDB read token; without one Overseerr is asked instead.", secret=True)
YTDLP_PROXY = env.text("YTDLP_PROXY", "Proxy for all YouTube traffic.", secret=True)  # may hold a password
YTDLP_NO_CHECK_CERTIFICATE = env.flag(
    "YTDLP_NO_CHECK_CERTIFICATE", "Do not check YouTube's certificate (with an inspecting proxy)."
)

# --- downloads ----------------------------------------------------------------------------------------------------------
PLAYLIST_MAX_ENTRIES = env.number("PLAYLIST_MAX_ENTRIES", "Most entries taken from one playlist.", 500, least=1)
DOWNLOAD_BURST = env.number("DOWNLOAD_BURST", "Videos that may start at once before the pace applies.", 15, least=1)
DOWNLOAD_STARTS_PER_HOUR = env.number(
    "DOWNLOAD_STARTS_PER_HOUR", "Videos started per hour in the long run.", 300, least=1
)
DOWNLOAD_MIN_FREE_MB = env.number("DOWNLOAD_MIN_FREE_MB", "Free space below which downloads wait, in MB.", 2048)
JOB_LEASE_SECONDS = env.number(
    "JOB_LEASE_SECONDS", "After how many seconds the work of a killed worker is given to another.", 60, least=1
)
AUDIT_KEEP_DAYS = env.number(
    "AUDIT_KEEP_DAYS", "For how many days changes and security events are kept.", 730, least=30
)

# --- limits -------------------------------------------------------------------------------------------------------------
LIMIT_API_PER_MINUTE = env.number(
    "LIMIT_API_PER_MINUTE", "Calls of the API a person may make in a minute.", 100, least=1
)
LIMIT_PLAYLISTS_PER_HOUR = env.number(
    "LIMIT_PLAYLISTS_PER_HOUR", "Playlists a person may hand in within an hour.", 5, least=1
)
LIMIT_REQUESTS_PER_HOUR = env.number("LIMIT_REQUESTS_PER_HOUR", "Requests a person may make in an hour.", 20, least=1)
RATELIMIT_FAIL_OPEN = True  # while Redis is away operations/limits.py counts in the process

# --- mail ---------------------------------------------------------------------------------------------------------------
EMAIL_URL = env.text(
    "EMAIL_URL", "Mail server: smtp+tls://user:password@mail.example.org:587; empty sends no mail.", secret=True
)
MAIL_IS_SET_UP = bool(EMAIL_URL)
_mail = env.mail("EMAIL_URL", EMAIL_URL)
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST", "")
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(_mail.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10  # seconds, for each step of the conversation
DEFAULT_FROM_EMAIL = (
    env.text("MAIL_FROM", "Sender of mails; empty: medianest@ and PUBLIC_URL's host.")
    or f"MediaNest <medianest@{urlsplit(PUBLIC_URL).hostname or 'localhost'}>"
)

# --- Django -------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "medianest.apps.MediaNestConfig",
    "operations",
    "notifications",
    "services",
    "accounts",
    "guides",
    "catalog",
    "requests_app",
    "downloads",
    "watchlists",
    "families",
    "maintenance",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "pgtrigger",
    "pghistory",
    "medianest.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "medianest.lib.proxy.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "medianest.lib.correlation.CorrelationMiddleware",
    "operations.error_middleware.ErrorLogMiddleware",  # outside of every transaction
    "medianest.lib.nul.RefuseNulMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.sessions.middleware.SessionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.bearer.BearerMiddleware",  # before the proof against forgery, which good tokens need not bring
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "operations.audit_context.AuditMiddleware",
    "accounts.sessions.middleware.DeviceMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "accounts.middleware.PasswordChangeMiddleware",
    "accounts.sessions.middleware.StaffIdleMiddleware",
    "accounts.profile.middleware.ProfileMiddleware",
    "operations.row_scope.RowScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "medianest.views.page_for_405",
    "medianest.views.PageFor429",
]
ROOT_URLCONF = "medianest.urls"
WSGI_APPLICATION = "medianest.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.static", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "medianest.context.frame",
            ],
        },
    }
]
COTTON_DIR = "components"

AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # user names are unique without regard to case, by an index on lower()
    "security.W005",  # other names below this domain are not ours: many a home server has plain ones there
    "security.W008",  # the proxy in front redirects; answering here would break its health checks
    "security.W021",  # a browser's preload list is for the owner of the whole domain to ask for
]
AUTHENTICATION_BACKENDS = ["accounts.backends.LocalBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"

# --- data ---------------------------------------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL", "PostgreSQL 15 or newer; empty in `make run` starts its own.", secret=True)
if not DATABASE_URL:
    raise ImproperlyConfigured("DATABASE_URL is empty. `make run` starts its own PostgreSQL; elsewhere name one.")
DB_POOL_MAX = env.number("DB_POOL_MAX", "Database connections each web process may hold; 0 opens one per task.", 0)
_database = env.database("DATABASE_URL", DATABASE_URL)
_options: dict[str, object] = {**_database.get("OPTIONS", {})}  # type: ignore[dict-item]
_options.setdefault("connect_timeout", 3)
# A server that vanished without a word is noticed in 15 to 25 seconds, not after the kernel's two hours.
for _name, _value in {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
}.items():
    _options.setdefault(_name, _value)
_options.setdefault("options", "-c statement_timeout=30000 -c timezone=UTC")
if DB_POOL_MAX:
    # A short wait, then 503. After two seconds without an answer the next request asks afresh: trying longer would
    # mean pauses that double, and so a database found again later than need be.
    _options["pool"] = {"min_size": 1, "max_size": DB_POOL_MAX, "timeout": 3, "reconnect_timeout": 2}
DATABASES = {"default": {**_database, "OPTIONS": _options, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}}
SLOW_QUERY_MS = env.number(
    "SLOW_QUERY_MS", "Milliseconds after which a database statement's shape is logged.", 1000, least=1
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_JSON_ENCODER = "operations.audit_context.ContextEncoder"

REDIS_URL = env.text("REDIS_URL", "Redis 6.2 or newer; empty in `make run` starts its own.", secret=True)
if not REDIS_URL:
    raise ImproperlyConfigured("REDIS_URL is empty. `make run` starts its own Redis; elsewhere name one.")
BROKER_URL = env.text("BROKER_URL", "Redis for queues when it is not REDIS_URL's.", secret=True) or REDIS_URL
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "TIMEOUT": 300,
        "KEY_PREFIX": "mn",
        "OPTIONS": {
            "CLIENT_CLASS": "django_redis.client.DefaultClient",
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 2,
            "IGNORE_EXCEPTIONS": True,  # a page must not fail because the cache is away
        },
    }
}
SESSION_ENGINE = "accounts.sessions.store"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_NAME = "sessionid" if PLAIN_HTTP else "__Host-sessionid"
SESSION_COOKIE_SECURE = not PLAIN_HTTP
DEVICE_COOKIE_NAME = "device" if PLAIN_HTTP else "__Host-device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrftoken" if PLAIN_HTTP else "__Host-csrftoken"
CSRF_COOKIE_SECURE = not PLAIN_HTTP
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "medianest.views.csrf_failure"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1500
UPLOAD_MAX_SIZE = 12_000_000  # bytes of a request with files; what a form takes is its own, lesser limit
FILE_UPLOAD_HANDLERS = [
    "medianest.lib.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]


# --- background work ------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.celery_broker(BROKER_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # the lease on the row brings lost work back, not the broker
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SERIALIZER = "json"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 5, "visibility_timeout": 6 * 3600}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "operations.sweep", "schedule": 10.0, "options": {"queue": "control", "expires": 30}},
    "tidy": {"task": "downloads.tidy", "schedule": 300.0, "options": {"queue": "control", "expires": 300}},
    "leaving": {"task": "maintenance.leaving", "schedule": 3600.0, "options": {"queue": "control", "expires": 3600}},
    "history": {"task": "services.keep_history", "schedule": 300.0, "options": {"queue": "control", "expires": 300}},
    "retain": {"task": "operations.retain", "schedule": 3600.0, "options": {"queue": "control", "expires": 3600}},
    "check_plex": {"task": "accounts.check_plex", "schedule": 1200.0, "options": {"queue": "control", "expires": 1200}},
    "library": {"task": "catalog.sync_library", "schedule": 60.0, "options": {"queue": "control", "expires": 60}},
    "titles": {"task": "catalog.refresh_titles", "schedule": 900.0, "options": {"queue": "control", "expires": 900}},
    "pictures": {"task": "catalog.tidy_pictures", "schedule": 3600.0, "options": {"queue": "control", "expires": 3600}},
    "probe": {"task": "services.probe_all", "schedule": 60.0, "options": {"queue": "control", "expires": 60}},
    "tidy_sessions": {"task": "accounts.tidy", "schedule": 3600.0, "options": {"queue": "control", "expires": 3600}},
    "follow_requests": {"task": "requests.follow", "schedule": 120.0, "options": {"queue": "control", "expires": 120}},
    "purge_requests": {"task": "requests.purge", "schedule": 3600.0, "options": {"queue": "control", "expires": 3600}},
}

# --- text, time, files ------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # only what is translated as a whole: Django speaks more and would mix them in
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Time zone of dates on pages, e.g. Europe/Berlin.", "UTC")
REGION = env.text("REGION", "Country of streaming offers and age ratings where a person chose none.", "US").upper()
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 3600

LOGGING_CONFIG = None
LOG_LEVEL = env.text("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR.", "INFO").upper()
LOG_FORMAT = env.text("LOG_FORMAT", "`json`, or `console` for people.", "console")
logging_config(level=LOG_LEVEL, as_json=LOG_FORMAT == "json")
