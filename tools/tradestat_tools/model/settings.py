"""Settings from the environment and a `.env` file."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_cache_path, user_documents_path, user_downloads_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _unset(value: Any) -> Any:
    """Empty text and a literal `${user_config.key}` count as unset.

    Claude Desktop hands over the literal for an optional setting that the user left empty (seen November 2026).
    """
    if isinstance(value, str) and (not value.strip() or value.strip().startswith("${")):
        return None
    return value.strip() if isinstance(value, str) else value


Hidden = Annotated[SecretStr | None, BeforeValidator(_unset)]
"""What is never shown, such as an address with a password in it."""


def _sendable(key: SecretStr | None) -> SecretStr | None:
    """A key as a request can carry it; what is wrong is said without showing it.

    Raises:
        ValueError: it holds something else than plain printable characters, as after a copy with typographic quotes.
    """
    text = key.get_secret_value() if key else ""
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("holds characters that no key has, such as blanks or letters beyond ASCII; copy it again")
    return key


Key = Annotated[Hidden, AfterValidator(_sendable)]
"""The key of a service."""


def default_if_unset(default: Any) -> BeforeValidator:
    """For a setting that has a default: what stands for unset is the default."""

    def choose(value: Any) -> Any:
        cleaned = _unset(value)
        return default if cleaned is None else cleaned

    return BeforeValidator(choose)


def web_address(text: str) -> str:
    """The address of a service, checked; what is wrong is said without showing it, for it may hold a password.

    Raises:
        ValueError: it is none, or its port can not be one.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("no address that can be read; one such as https://example.org is meant") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError("no address of a web service; one such as https://example.org is meant")
    return text


Address = Annotated[str, AfterValidator(web_address)]


def known_zone(name: str) -> str:
    """A time zone's name, checked.

    Raises:
        ValueError: there is no such zone.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; a name such as UTC or Europe/Paris is meant") from None
    return name


SANDBOX_URL = "http://sandbox.invalid"
"""Shown as the address of sandbox answers; the `.invalid` domain never resolves."""


S = TypeVar("S", bound="Settings")


class Settings(BaseSettings):
    """What can be set of this server. Each source adds its own; the catalogue puts them all together.

    Keys are optional: a source without its key says how to get one.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
    )

    connect_timeout: float = Field(default=10.0, gt=0, allow_inf_nan=False, alias="TRADESTAT_CONNECT_TIMEOUT")
    timeout: float = Field(default=60.0, gt=0, allow_inf_nan=False, alias="TRADESTAT_TIMEOUT")
    exit_timeout: float = Field(default=30.0, ge=0, allow_inf_nan=False, alias="TRADESTAT_EXIT_TIMEOUT")

    offline: bool = Field(default=False, alias="TRADESTAT_OFFLINE")
    cache_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=lambda: user_cache_path("tradestat", appauthor=False), alias="TRADESTAT_CACHE_DIR"
    )
    cache_mb: int = Field(default=500, gt=0, alias="TRADESTAT_CACHE_MB")
    results_mb: int = Field(default=200, gt=0, alias="TRADESTAT_RESULTS_MB")
    tables_mb: int = Field(default=4000, gt=0, alias="TRADESTAT_TABLES_MB")
    export_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=lambda: user_documents_path() / "tradestat-exports", alias="TRADESTAT_EXPORT_DIR"
    )
    import_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=user_downloads_path, alias="TRADESTAT_IMPORT_DIR"
    )
    redis_url: Hidden = Field(default=None, alias="TRADESTAT_REDIS_URL")
    redis_down: Literal["cache", "closed"] = Field(default="cache", alias="TRADESTAT_REDIS_DOWN")

    max_chars: int = Field(default=25_000, ge=4_000, alias="TRADESTAT_MAX_CHARS")
    structured: Literal["bounded", "full"] = Field(default="bounded", alias="TRADESTAT_STRUCTURED")

    http_connections: int = Field(default=512, gt=0, alias="TRADESTAT_HTTP_CONNECTIONS")
    http_half_sent: int = Field(default=64, gt=0, alias="TRADESTAT_HTTP_HALF_SENT")
    http_request_timeout: float = Field(default=30.0, gt=0, allow_inf_nan=False, alias="TRADESTAT_HTTP_REQUEST_TIMEOUT")
    http_body_mb: int = Field(default=4, gt=0, alias="TRADESTAT_HTTP_BODY_MB")
    http_sessions: int = Field(default=256, gt=0, alias="TRADESTAT_HTTP_SESSIONS")
    http_session_idle: float = Field(default=1800.0, gt=0, allow_inf_nan=False, alias="TRADESTAT_HTTP_SESSION_IDLE")

    sandbox: bool = Field(default=False, alias="TRADESTAT_SANDBOX")
    sandbox_today: date | None = Field(default=None, alias="TRADESTAT_SANDBOX_TODAY")

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no text may hold: the keys, as they are sent, and the passwords in addresses."""
        found: list[str] = []
        for name in type(self).model_fields:
            value = getattr(self, name)
            text = value.get_secret_value() if isinstance(value, SecretStr) else value
            if isinstance(text, str) and "://" in text:
                login = urlsplit(text).netloc.rpartition("@")[0]
                found.append(unquote(login.partition(":")[2] or login))
            elif isinstance(value, SecretStr):
                found.append(unquote(value.get_secret_value()))  # data.go.kr shows keys percent-encoded, too
        return tuple(filter(None, found))

    def of(self, kind: type[S]) -> S:
        """The same settings, with those of one source.

        Raises:
            TypeError: these were read without that source, which is a mistake of the program.
        """
        if not isinstance(self, kind):
            raise TypeError(f"{kind.__name__} is no part of these settings")
        return self

    def pointed(self, variables: Mapping[str, str]) -> Self:
        """The same settings with some changed, by the names of their variables; those that are no setting are left."""
        fields = type(self).model_fields.items()
        given: dict[str, Any] = {field.alias: getattr(self, name) for name, field in fields if field.alias}
        given.update(variables)
        return type(self)(**given)
