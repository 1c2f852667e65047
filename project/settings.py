"""Settings, read from the environment; what is left out is safe for production (see `.env.example`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from project.face import csp

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("LOODS_VAR", str(BASE_DIR / "var")))

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("LOODS_DEMO", False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
LOODS_URL = env.str("LOODS_URL", "http://127.0.0.1:8000")
LOODS_SOURCE_URL = env.str("LOODS_SOURCE_URL", "https://example.org/loods/source")
LOODS_QUICK_EXIT_URL = env.str("LOODS_QUICK_EXIT_URL", "https://www.buienradar.nl")
LOODS_DOCUMENT_KEYS = env.list("LOODS_DOCUMENT_KEYS", default=[])
LOODS_ADVICE_CONTENT = env.str("LOODS_ADVICE_CONTENT", "")  # a folder with texts of one's own instead of ours
LOODS_IDLE_SECONDS = env.int("LOODS_IDLE_SECONDS", 20 * 60)

# -- Rooms ------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "project",
    "project.face",
    "workflows",
    "workflows.capacity_statement",
    "workflows.supply_adjustment",
    "workflows.matching",
    "workflows.providers",
    "workflows.placement",
    "workflows.guidance",
    "workflows.advice",
    "workflows.reflection_period",
    "workflows.referral",
    "workflows.break_glass",
    "workflows.determination",
    "workflows.investigation_led",
    "workflows.designs",
    "workflows.handovers",
    "workflows.engine",
    "insights",
    "insights.comparison",
    "insights.guiding",
    "shelters",
    "cases",
    "access",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "project.administration.apps.LoodsAdminConfig",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "project.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "access.middleware.TransactionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "access.middleware.PostMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "project.face.context.face",
                "access.context.demo",
            ],
        },
    },
]

# -- Database: a login that may do nothing until it takes a side; the owner of the tables is for migrations alone --
_database = {"ENGINE": "access.wall.postgresql", "CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}
_database["DISABLE_SERVER_SIDE_CURSORS"] = True
DATABASE_ADMIN_URL = env.str("DATABASE_ADMIN_URL", "")
DATABASES: dict[str, Any] = {"default": env.db_url("DATABASE_URL") | _database}
if env.str("DATABASE_OWNER_URL", ""):
    DATABASES["owner"] = env.db_url("DATABASE_OWNER_URL") | _database | {"TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["access.wall.router.OwnerMigrates"]

# -- Sign-in ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if DEMO:  # the public password of a demonstration opens nothing once this is off: its hashes are unknown then
    PASSWORD_HASHERS = ["project.demo.hasher.DemonstrationHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "access.adapter.AccountAdapter"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail from us about an account they do not have
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # django-axes counts failures
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["login", "email", "username"]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_ENABLE_ADMIN = False
SESSION_COOKIE_AGE = LOODS_IDLE_SECONDS
SESSION_SAVE_EVERY_REQUEST = False  # access.middleware prolongs a session once a minute, not at every request
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- Transport: safe by default; a demonstration on one machine speaks plain HTTP ---------------------------------
_https = env.bool("LOODS_HTTPS", not (DEBUG or DEMO))
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if env.bool("LOODS_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# -- Language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# -- Files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "project.face.storage.Storage"},
}
DOCUMENT_ROOT = VAR_DIR / "documents"
DOCUMENT_MAX_BYTES = env.int("LOODS_DOCUMENT_MAX_BYTES", 20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000  # a statement of many units is one form: fourteen fields for each
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["cases.uploads.BoundedUploadHandler"]  # bounded, and never on disk unencrypted

# -- The face: see docs/face.md --------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = csp.policy()
FORM_RENDERER = "project.face.forms.Renderer"
FORMAT_MODULE_PATH = ["project.face.formats"]
CSRF_FAILURE_VIEW = "project.face.views.csrf_failure"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "project.face.packages.PackageFinder",
]
LOODS_SMALL_NUMBER = env.int("LOODS_SMALL_NUMBER", 5)
"""From which number of persons on a figure is shown to who may not see their cases; 1 shows every number."""

LOODS_NAV: list[dict[str, Any]] = [
    {"url": "workflows:worklist", "label": _("My work"), "icon": "work", "key": "w"},
    {
        "url": "guidance:home",
        "label": _("People I guide"),
        "icon": "people",
        "key": "u",
        "roles": ["navigator"],
        "section": "/guidance/",
    },
    {
        "url": "guidance:team",
        "label": _("Navigators"),
        "icon": "people",
        "key": "u",
        "roles": ["supervisor", "national_desk", "care_coordinator"],
        "section": "/guidance/navigators/",
    },
    {"url": "advice:list", "label": _("Checklists"), "icon": "flag", "key": "l"},
    {"url": "cases:list", "label": _("Cases"), "icon": "case", "key": "c"},
    {
        "url": "case:intake",
        "label": _("New referral"),
        "icon": "plus",
        "key": "i",
        "roles": ["care_coordinator", "caseworker", "national_desk"],
    },
    {
        "url": "workflows:notices",
        "label": _("Notices"),
        "icon": "bell",
        "key": "n",
        "count": "workflows.context.unseen_notices",
    },
    {
        "url": "workflows:board",
        "label": _("Team board"),
        "icon": "board",
        "key": "b",
        "roles": ["supervisor", "national_desk"],
    },
    {"url": "files:list", "label": _("Determinations"), "icon": "scales", "key": "d", "section": "/files/"},
    {
        "url": "providers:home",
        "label": _("Our places"),
        "icon": "bed",
        "key": "k",
        "roles": ["shelter_provider"],
        "section": "/provider/",
    },
    {
        "url": "providers:home",
        "label": _("Providers"),
        "icon": "bed",
        "key": "k",
        "roles": ["care_coordinator"],
        "section": "/provider/",
    },
    {"url": "shelters:list", "label": _("Shelter"), "icon": "shelter", "key": "s"},
    {
        "url": "insights:picture",
        "label": _("National picture"),
        "icon": "chart",
        "key": "p",
        "roles": ["analyst", "action_owner", "national_desk", "administrator", "care_coordinator"],
        "section": "/picture/",
    },
    {
        "url": "comparison:page",
        "label": _("Comparison of designs"),
        "icon": "route",
        "key": "v",
        "roles": ["analyst", "action_owner"],
        "section": "/comparison/",
    },
    {
        "url": "guiding:overview",
        "label": _("What was learned"),
        "icon": "star",
        "key": "l",
        "roles": ["analyst", "action_owner", "national_desk"],
        "section": "/learned/",
    },
    {
        "url": "guiding:lessons",
        "label": _("Lessons"),
        "icon": "star",
        "key": "l",
        "roles": ["navigator", "investigator", "prosecutor", "supervisor", "care_coordinator"],
        "section": "/learned/",
    },
    {
        "url": "insights:everybody",
        "label": _("National picture"),
        "icon": "chart",
        "key": "p",
        "roles": [
            "caseworker",
            "navigator",
            "shelter_provider",
            "committee_secretary",
            "committee_member",
            "investigator",
            "prosecutor",
            "supervisor",
            "privacy_officer",
        ],
        "section": "/picture/",
    },
    {
        "url": "capacity_statement:overview",
        "label": _("Statements"),
        "icon": "document",
        "key": "o",
        "roles": ["care_coordinator", "caseworker", "navigator", "national_desk", "supervisor"],
    },
    {"url": "matching:proposal", "label": _("Proposal"), "icon": "people", "roles": ["national_desk"]},
    {"url": "handovers:list", "label": _("Handovers"), "icon": "handover", "key": "v", "section": "/handovers/"},
    {
        "url": "break_glass:ask",
        "label": _("Break-glass"),
        "icon": "lock",
        "roles": ["care_coordinator", "caseworker", "navigator", "national_desk"],
    },
    {
        "url": "break_glass:list",
        "label": _("Break-glass"),
        "icon": "lock",
        "roles": ["privacy_officer", "supervisor"],
    },
    {"url": "workflows:machines", "label": _("How it works"), "icon": "route", "key": "h"},
    {
        "url": "workflows:undecided",
        "label": _("Mail"),
        "icon": "mail",
        "key": "m",
        "roles": ["supervisor", "national_desk", "administrator"],
        "count": "workflows.context.waiting_mails",
    },
    {"url": "admin:index", "label": _("Administration"), "icon": "settings", "roles": ["administrator"]},
]

# -- Mail: a ping with a case number and a link, nothing else -------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}")
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "workflows.engine.mail.EmailBackend"  # the same, and it knows what may have been accepted
EMAIL_TIMEOUT = env.float("LOODS_MAIL_TIMEOUT", 20.0)
LOODS_MAIL_RETRY_SECONDS = env.float("LOODS_MAIL_RETRY_SECONDS", 60.0)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "loods@example.invalid")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# -- Jobs: hints, never facts; everything that must happen stands in the database -----------------------------------
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = env.str("LOODS_QUEUE", "loods")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 10,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "global_keyprefix": env.str("LOODS_REDIS_PREFIX", "loods:"),
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE


def _every(seconds: float, task: str) -> dict[str, Any]:
    """A job of beat's schedule; a hint that waited for a worker longer than a period is dropped, the next one does."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 10.0)}}


def _daily(hour: int, minute: int, task: str) -> dict[str, Any]:
    """A job at a time of the day in the Netherlands."""
    return {"task": task, "schedule": crontab(hour=str(hour), minute=str(minute)), "options": {"expires": 6 * 3600.0}}


_MINUTE = env.float("LOODS_SWEEP_SECONDS", 60.0)
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep": _every(_MINUTE, "workflows.engine.tasks.sweep_all"),
    "deliver": _every(_MINUTE, "workflows.engine.tasks.deliver_all"),
    "statements": _every(15 * _MINUTE, "workflows.capacity_statement.tasks.open_statements"),
    "handovers-care": _every(_MINUTE, "workflows.handovers.tasks.receive_on_care"),
    "handovers-determination": _every(_MINUTE, "workflows.handovers.tasks.receive_on_determination"),
    "handovers-justice": _every(_MINUTE, "workflows.handovers.tasks.receive_on_justice"),
    "placements-go-on": _every(_MINUTE, "workflows.placement.tasks.go_on_asking"),
    "determination-terms": _every(15 * _MINUTE, "workflows.determination.tasks.watch_terms"),
    "leavers": _every(5 * _MINUTE, "workflows.engine.tasks.return_work_of_leavers"),
    "watch": _every(5 * _MINUTE, "workflows.engine.tasks.watch"),
    "reconcile": _daily(3, 20, "workflows.engine.tasks.reconcile"),
    "forget-sessions": _daily(4, 10, "access.tasks.clear_sessions"),
}

# -- Logs: to the console, without statements, parameters or request bodies ---------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.db.backends": {"level": "ERROR", "propagate": False},
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # tells of every table of every letter it embeds
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
SILENCED_SYSTEM_CHECKS: list[str] = []
