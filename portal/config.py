"""Settings, read once from the environment. README lists each of them."""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

DEMO, PRODUCTION = "demo", "production"
MAIL_FROM = "Wir im Quartier <portal@demo.example>"


class ConfigError(RuntimeError):
    """The settings do not allow a safe start; the message says which one and why."""


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator can set; `from_environment` validates it."""

    instance: Path
    environment: str = DEMO
    secret_key: str = ""
    database_url: str = ""
    smtp_url: str = ""
    queue_url: str = ""
    mail_from: str = MAIL_FROM
    reply_address: str = ""
    imap_url: str = ""
    public_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ()
    behind_proxy: bool = False
    encoders: str = "auto"
    publish_at_once: bool = True

    @classmethod
    def from_environment(cls) -> Self:
        """Read PORTAL_* and DATABASE_URL; raise ConfigError where a start would be unsafe."""
        env = os.environ
        instance = Path(env.get("PORTAL_INSTANCE") or Path(__file__).parent.parent / "instance")
        instance.mkdir(parents=True, exist_ok=True)
        instance = instance.resolve()
        environment = env.get("PORTAL_ENV", DEMO)
        if environment not in (DEMO, PRODUCTION):
            raise ConfigError(f"PORTAL_ENV is {environment!r}; it must be demo or production")
        secret_key = env.get("PORTAL_SECRET_KEY", "")
        if environment == PRODUCTION and len(secret_key) < 32:
            raise ConfigError("PORTAL_SECRET_KEY must hold at least 32 characters in production")
        hosts = tuple(h.strip() for h in env.get("PORTAL_HOSTS", "").split(",") if h.strip())
        if environment == PRODUCTION and not hosts:
            raise ConfigError("PORTAL_HOSTS must name the host names served in production")
        return cls(
            instance=instance,
            environment=environment,
            secret_key=secret_key or _own_secret(instance),
            database_url=_with_driver(env.get("DATABASE_URL", "")),
            smtp_url=env.get("PORTAL_SMTP_URL", ""),
            queue_url=env.get("PORTAL_QUEUE_URL", ""),
            mail_from=env.get("PORTAL_MAIL_FROM", MAIL_FROM),
            reply_address=_plain_address(env.get("PORTAL_REPLY_ADDRESS", "")),
            imap_url=_imap_url(env.get("PORTAL_IMAP_URL", "")),
            public_url=env.get(
                "PORTAL_PUBLIC_URL", f"http://127.0.0.1:{env.get('PORT', '8000')}"
            ).rstrip("/"),
            trusted_hosts=hosts,
            behind_proxy=env.get("PORTAL_BEHIND_PROXY", "") == "1",
            encoders=env.get("PORTAL_ENCODERS", "auto"),
            publish_at_once=env.get("PORTAL_PUBLISH_AT_ONCE", "1") == "1",
        )

    def as_flask(self) -> dict[str, object]:
        """Return the settings under the names Flask and its extensions read."""
        secure = self.environment == PRODUCTION
        return {
            "ENVIRONMENT": self.environment,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url
            or f"sqlite:///{self.instance / 'portal.sqlite'}",
            "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True} if self.database_url else {},
            "SMTP_URL": self.smtp_url,
            "QUEUE_URL": self.queue_url,
            "MAIL_FROM": self.mail_from,
            "REPLY_ADDRESS": self.reply_address,
            "IMAP_URL": self.imap_url,
            "PUBLIC_URL": self.public_url,
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            "BEHIND_PROXY": self.behind_proxy,
            "ENCODERS": self.encoders,
            "PUBLISH_AT_ONCE": self.publish_at_once,
            "SESSION_COOKIE_SECURE": secure,
            "REMEMBER_COOKIE_SECURE": secure,
        }


def _own_secret(instance: Path) -> str:
    """Return this instance's secret, made at the first start and readable by its owner only."""
    path = instance / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(48))
    return key


def _plain_address(text: str) -> str:
    if text and not re.fullmatch(r"[\w.-]+@[\w-]+(?:\.[\w-]+)*", text, re.ASCII):
        raise ConfigError("PORTAL_REPLY_ADDRESS must be a plain address like briefe@example.org")
    return text


def _imap_url(text: str) -> str:
    if text and not text.startswith(("imap://", "imaps://")):
        raise ConfigError("PORTAL_IMAP_URL must start with imaps:// or imap://")
    return text


def _with_driver(url: str) -> str:
    # The usual DATABASE_URL names no driver; we ship psycopg 3.
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
