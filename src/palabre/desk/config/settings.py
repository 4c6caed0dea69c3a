"""Django's settings, all derived from `palabre.settings`: nobody edits this file to run a desk.

The desk keeps its own tables (users, memberships, judgements …) in ``desk.sqlite3`` of the data folder, or in the
schema ``desk`` of the PostgreSQL database that ``database_url`` names. Debug mode does not exist here.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from palabre.desk.config import database, secret
from palabre.desk.config.apps import found_apps
from palabre.settings import Settings, data_home, load

HOME = data_home()
HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
PALABRE: Settings = load(HOME, os.environ)

DEBUG = False
SECRET_KEY = PALABRE.secret_key or secret.kept(HOME / "secret.key")
ROOT_URLCONF = "palabre.desk.config.urls"
WSGI_APPLICATION = "palabre.desk.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database.entry(PALABRE)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    *found_apps(),
]
MIDDLEWARE = [
    "palabre.desk.middleware.RequestIdentity",
    "palabre.desk.middleware.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # with random padding against BREACH
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "palabre.desk.middleware.Language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "palabre.desk.middleware.Refusals",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "palabre.desk.design.context.page",
            ],
            "builtins": ["palabre.desk.design.templatetags.desk"],
        },
    }
]

# People
AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "palabre.desk.design.views.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# How the desk is reached
SITE = urlsplit(PALABRE.site_url)
HTTPS = SITE.scheme == "https"
HOSTS_OF_ANYWHERE = {"", "0.0.0.0", "::", "[::]"}  # noqa: S104  # names to leave out, nothing is bound here
ALLOWED_HOSTS = sorted({"localhost", "127.0.0.1", "[::1]", SITE.hostname or "", PALABRE.host} - HOSTS_OF_ANYWHERE)
CSRF_TRUSTED_ORIGINS = [f"{SITE.scheme}://{SITE.netloc}"] if SITE.netloc else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PALABRE.trusted_proxies else None
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-palabre" if HTTPS else "palabre"
CSRF_COOKIE_NAME = "__Host-palabre-csrf" if HTTPS else "palabre-csrf"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Words, dates and numbers
LANGUAGE_CODE = PALABRE.lang
LANGUAGES = [("fr", "Français"), ("en", "English")]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["palabre.desk.config.formats"]
TIME_ZONE = "UTC"

JOBS_IN_THREADS = True

# Files of the pages themselves
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "cache" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": PALABRE.log_level},
    "loggers": {
        "alembic": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "waitress.queue": {"level": "ERROR"},
    },
}
