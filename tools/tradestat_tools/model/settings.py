"""Settings from the environment and a `.env` file."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
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


Key = Annotated[SecretStr | None, BeforeValidator(_unset)]


def _default_if_unset(default: Any) -> BeforeValidator:
    def choose(value: Any) -> Any:
        cleaned = _unset(value)
        return default if cleaned is None else cleaned

    return BeforeValidator(choose)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; a name such as UTC or Europe/Paris is meant") from None
    return name


def _cache_folder() -> Path:
    return user_cache_path("tradestat", appauthor=False)


def _export_folder() -> Path:
    return user_documents_path() / "tradestat-exports"


def _import_folder() -> Path:
    return user_downloads_path()


TRADEMAP_URL = "https://api.parse.bot"
DOUMAOTONG_URL = "https://doumaotong.com"
KOREA_URL = "https://apis.data.go.kr"
COMTRADE_URL = "https://comtradeapi.un.org"
SANDBOX_URL = "http://sandbox.invalid"
"""Shown as the address of sandbox answers; the `.invalid` domain never resolves."""
TRADEMAP_SCRAPER_ID = "9f9021d2-26de-464e-a412-80acf4d30519"
TRADEMAP_CATALOGUE_ID = "4d7aa15d-7d20-47b2-8fd7-cc3ecb06fb97"


class Settings(BaseSettings):
    """Everything that can be set. Keys are optional: a source without its key says how to get one."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
    )

    parse_api_key: Key = Field(default=None, alias="PARSE_API_KEY")
    data_go_kr_service_key: Key = Field(default=None, alias="DATA_GO_KR_SERVICE_KEY")
    comtrade_api_key: Key = Field(default=None, alias="COMTRADE_API_KEY")

    trademap_url: Annotated[str, _default_if_unset(TRADEMAP_URL)] = Field(
        default=TRADEMAP_URL, alias="TRADESTAT_TRADEMAP_URL"
    )
    doumaotong_url: Annotated[str, _default_if_unset(DOUMAOTONG_URL)] = Field(
        default=DOUMAOTONG_URL, alias="TRADESTAT_DOUMAOTONG_URL"
    )
    korea_url: Annotated[str, _default_if_unset(KOREA_URL)] = Field(default=KOREA_URL, alias="TRADESTAT_KOREA_URL")
    comtrade_url: Annotated[str, _default_if_unset(COMTRADE_URL)] = Field(
        default=COMTRADE_URL, alias="TRADESTAT_COMTRADE_URL"
    )
    trademap_scraper_id: Annotated[str, _default_if_unset(TRADEMAP_SCRAPER_ID)] = Field(
        default=TRADEMAP_SCRAPER_ID, alias="TRADESTAT_TRADEMAP_SCRAPER_ID"
    )
    trademap_catalogue_id: Annotated[str, _default_if_unset(TRADEMAP_CATALOGUE_ID)] = Field(
        default=TRADEMAP_CATALOGUE_ID, alias="TRADESTAT_TRADEMAP_CATALOGUE_ID"
    )

    connect_timeout: float = Field(default=10.0, gt=0, allow_inf_nan=False, alias="TRADESTAT_CONNECT_TIMEOUT")
    timeout: float = Field(default=60.0, gt=0, allow_inf_nan=False, alias="TRADESTAT_TIMEOUT")
    trademap_timeout: float = Field(default=180.0, gt=0, allow_inf_nan=False, alias="TRADESTAT_TRADEMAP_TIMEOUT")

    trademap_plan: Annotated[Literal["free", "hobby", "developer"], _default_if_unset("free")] = Field(
        default="free", alias="TRADESTAT_TRADEMAP_PLAN"
    )
    trademap_credits: float | None = Field(default=None, gt=0, allow_inf_nan=False, alias="TRADESTAT_TRADEMAP_CREDITS")
    trademap_per_minute: int | None = Field(default=None, gt=0, alias="TRADESTAT_TRADEMAP_PER_MINUTE")
    trademap_period: Literal["month", "rolling"] = Field(default="month", alias="TRADESTAT_TRADEMAP_PERIOD")
    trademap_zone: Annotated[str, AfterValidator(_known_zone)] = Field(default="UTC", alias="TRADESTAT_TRADEMAP_ZONE")
    korea_calls_per_day: float = Field(default=10_000, gt=0, allow_inf_nan=False, alias="TRADESTAT_KOREA_CALLS_PER_DAY")
    comtrade_calls_per_day: float = Field(
        default=500, gt=0, allow_inf_nan=False, alias="TRADESTAT_COMTRADE_CALLS_PER_DAY"
    )

    offline: bool = Field(default=False, alias="TRADESTAT_OFFLINE")
    cache_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=_cache_folder, alias="TRADESTAT_CACHE_DIR"
    )
    cache_mb: int = Field(default=500, gt=0, alias="TRADESTAT_CACHE_MB")
    results_mb: int = Field(default=200, gt=0, alias="TRADESTAT_RESULTS_MB")
    export_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=_export_folder, alias="TRADESTAT_EXPORT_DIR"
    )
    import_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=_import_folder, alias="TRADESTAT_IMPORT_DIR"
    )
    redis_url: Key = Field(default=None, alias="TRADESTAT_REDIS_URL")
    redis_down: Literal["cache", "closed"] = Field(default="cache", alias="TRADESTAT_REDIS_DOWN")

    max_chars: int = Field(default=25_000, ge=4_000, alias="TRADESTAT_MAX_CHARS")

    sandbox: bool = Field(default=False, alias="TRADESTAT_SANDBOX")
    sandbox_today: date | None = Field(default=None, alias="TRADESTAT_SANDBOX_TODAY")
