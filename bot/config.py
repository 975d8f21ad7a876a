"""Settings: read from the environment once, checked, frozen, and passed on as values.

Only `bot.__main__` and the scripts import this; nothing else looks at the environment.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks it

CHECKOUT = Path(__file__).resolve().parent.parent
FACTS_DB = CHECKOUT / "facts.db"


class SettingError(ValueError):
    """A setting is missing or wrong; the message is one sentence that names it and how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, with defaults; see README for each name."""

    facts_db: Path
    state_db: Path
    token: str = field(default="", repr=False)
    """Empty where none is set: only `serve` needs one."""
    api_url: str = "https://api.telegram.org"
    """Root to which /bot<token>/method is appended; no slash at the end."""
    proxy: str = field(default="", repr=False)
    """The address through which Telegram is reached; empty where it is reached directly."""
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    webhook_port: int = 8443
    listen: str = "127.0.0.1"
    health_port: int | None = None
    admins: frozenset[int] = frozenset()
    rate_limit: float = 1.0
    """1 keeps Telegram's limits, 0 switches them off (load tests); between, a share of Telegram's rates."""
    log_format: str = "text"
    log_level: str = "INFO"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in `environ` (default: the process's).

    Raises SettingError for the first that is wrong.
    """
    env = os.environ if environ is None else environ
    api_url = _url(env, "BOT_API_URL", "https://api.telegram.org")
    return Settings(
        facts_db=facts_db(env),
        state_db=state_db(env),
        token=_token(env),
        api_url=api_url,
        proxy=_proxy(env, api_url),
        webhook_url=_url(env, "BOT_WEBHOOK_URL", ""),
        webhook_secret=_secret(env),
        webhook_port=_port(env, "BOT_WEBHOOK_PORT") or 8443,
        listen=_address(env),
        health_port=_port(env, "BOT_HEALTH_PORT"),
        admins=_admins(env),
        rate_limit=_rate_limit(env),
        log_format=_choice(env, "BOT_LOG_FORMAT", ("text", "json")),
        log_level=_choice(env, "BOT_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL")),
    )


def facts_db(environ: Mapping[str, str] | None = None) -> Path:
    """The table alone, for commands that need no other setting."""
    env = os.environ if environ is None else environ
    return Path(env.get("BOT_FACTS_DB") or FACTS_DB).expanduser()


def state_db(environ: Mapping[str, str] | None = None) -> Path:
    """What the service writes down, for commands that need no other setting."""
    env = os.environ if environ is None else environ
    return Path(env.get("BOT_STATE_DB") or _data_folder(env) / "state.db").expanduser()


def _data_folder(env: Mapping[str, str]) -> Path:
    """The folder in which this system keeps a user's data."""
    home = Path(env.get("HOME") or Path.home())
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "tajikistan-visit-bot"
    return Path(env.get("XDG_DATA_HOME") or home / ".local" / "share") / "tajikistan-visit-bot"


def _token(env: Mapping[str, str]) -> str:
    token, file = env.get("BOT_TOKEN", ""), env.get("BOT_TOKEN_FILE", "")
    where = "BOT_TOKEN"
    if not token and file:
        where = f"BOT_TOKEN_FILE ({file})"
        try:
            token = Path(file).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise SettingError(
                f"BOT_TOKEN_FILE: {file} cannot be read ({reason}); name a file that holds the token."
            ) from None
    token = token.strip()
    number, colon, secret = token.partition(":")
    if token and not (colon and number.isdecimal() and number.isascii() and secret and _is_plain(secret)):
        raise SettingError(f"{where} does not look like a token (123456:ABC…); copy it from @BotFather again.")
    return token


def _is_plain(text: str) -> bool:
    return text.isascii() and all(char.isalnum() or char in "_-" for char in text)


def _url(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name, "").strip() or default
    if not value:
        return ""
    if not _is_web(value):
        raise SettingError(
            f"{name} is {value!r}, which is no http or https address; write it like https://example.org."
        )
    return value.rstrip("/")


def _is_web(address: str) -> bool:
    """Whether it is an http or https address with a host."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _proxy(env: Mapping[str, str], url: str) -> str:
    """The proxy that the usual variables name for this address; they are written small or large."""
    address = urlsplit(url)
    names = (f"{address.scheme}_proxy", f"{address.scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    name = next((name for name in names if env.get(name)), "")
    without = env.get("no_proxy") or env.get("NO_PROXY") or ""
    if not name or proxy_bypass_environment(address.netloc, {"no": without}):
        return ""
    value = env[name] if "://" in env[name] else f"http://{env[name]}"
    if not _is_web(value):
        raise SettingError(
            f"{name} is no address of an http or https proxy; write it like http://proxy.example.org:3128, or unset it."
        )
    return value


def _secret(env: Mapping[str, str]) -> str:
    secret = env.get("BOT_WEBHOOK_SECRET", "").strip()
    if secret and not (_is_plain(secret) and len(secret) <= 256):
        raise SettingError("BOT_WEBHOOK_SECRET may hold 1 to 256 letters, digits, _ and - only; choose another.")
    return secret


def _port(env: Mapping[str, str], name: str) -> int | None:
    value = env.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= 65535):
        raise SettingError(f"{name} is {value!r}; it must be a port number from 1 to 65535.")
    return int(value)


def _address(env: Mapping[str, str]) -> str:
    value = env.get("BOT_LISTEN", "").strip() or "127.0.0.1"
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise SettingError(f"BOT_LISTEN is {value!r}; it must be an IP address such as 127.0.0.1.") from None


def _admins(env: Mapping[str, str]) -> frozenset[int]:
    parts = env.get("BOT_ADMINS", "").replace(",", " ").split()
    try:
        return frozenset(int(part) for part in parts)
    except ValueError:
        raise SettingError("BOT_ADMINS must be chat ids (whole numbers), separated by commas.") from None


def _rate_limit(env: Mapping[str, str]) -> float:
    value = env.get("BOT_RATE_LIMIT", "").strip() or "1"
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise SettingError(
            f"BOT_RATE_LIMIT is {value!r}; it must be a number from 0 (off) to 1 (Telegram's own limits)."
        )
    return number


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """The setting as written in `choices`, the first of which is the default."""
    value = env.get(name, "").strip() or choices[0]
    for choice in choices:
        if value.casefold() == choice.casefold():
            return choice
    raise SettingError(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
