"""Settings of Flask and its extensions that are the same in every installation."""

from datetime import timedelta

# Requests: a form field of one megabyte still gets a proper answer with the text kept.
MAX_CONTENT_LENGTH = 8 * 1024 * 1024
MAX_FORM_MEMORY_SIZE = 4 * 1024 * 1024
MAX_FORM_PARTS = 500

SESSION_COOKIE_HTTPONLY = REMEMBER_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = REMEMBER_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "portal"
PERMANENT_SESSION_LIFETIME = timedelta(days=30)
SEND_FILE_MAX_AGE_DEFAULT = timedelta(days=365)  # static URLs carry a hash, see templating
WTF_CSRF_TIME_LIMIT = None  # as long as the session: a form left open overnight still posts

BABEL_DEFAULT_LOCALE = "de"
BABEL_DEFAULT_TIMEZONE = "Europe/Berlin"
BABEL_TRANSLATION_DIRECTORIES = "translations"
LOCALES = ("de",)  # the catalogues that are complete

SQLALCHEMY_RECORD_QUERIES = False
SQLITE_SYNCHRONOUS = "FULL"  # an acknowledged post survives a power cut

RATELIMIT_ENABLED = True
RATELIMIT_HEADERS_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"

COMPRESS_ALGORITHM = ["br", "gzip"]
COMPRESS_BR_LEVEL = 4
