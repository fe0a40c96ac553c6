"""What can be set on a sandbox, what it accepts and what it logs; every other module may import this one."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import quote

from tradestat_sandbox.services import STAND_INS

DEFAULT_TODAY = date(2026, 11, 1)
SOURCES = tuple(STAND_INS)
SCRAPER_ID = "9f9021d2-26de-464e-a412-80acf4d30519"
CATALOGUE_ID = "4d7aa15d-7d20-47b2-8fd7-cc3ecb06fb97"


@dataclass(frozen=True, slots=True)
class SandboxKeys:
    """The keys the stand-ins accept; `korea` is the Decoding form the portal shows."""

    trademap: str = "sandbox-parse-key"
    korea: str = "sandbox+korea/key=="
    comtrade: str = "sandbox-comtrade-key"
    census: str = "5a6d0c1e9a7b3f42688c6e2a914bd07f35c0ffee"

    @property
    def korea_encoded(self) -> str:
        """The Encoding form of the same key."""
        return quote(self.korea, safe="")


SANDBOX_KEYS = SandboxKeys()


def environment(address: str) -> dict[str, str]:
    """What to set so that a client asks the stand-ins at an address, by the names of its variables."""
    return {
        **{f"TRADESTAT_{source.upper()}_URL": address for source in SOURCES},
        **{one.key: getattr(SANDBOX_KEYS, one.id) for one in STAND_INS.values() if one.key},
        "TRADESTAT_TRADEMAP_SCRAPER_ID": SCRAPER_ID,
        "TRADESTAT_TRADEMAP_CATALOGUE_ID": CATALOGUE_ID,
    }


@dataclass(slots=True)
class Limits:
    """How many calls a source lets through; None is no limit. `burst` calls may come before `per_minute` holds."""

    per_minute: int | None = None
    burst: int = 1
    per_day: int | None = None
    per_month: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call a stand-in received, without keys."""

    source: str
    endpoint: str
    method: str
    params: dict[str, str]


def _generous() -> dict[str, Limits]:
    return {source: Limits() for source in SOURCES}


@dataclass(slots=True)
class Settings:
    """What can be switched at run time, from Python or through `/_sandbox/settings`."""

    doumaotong_shape: Literal["current", "older"] = "current"
    # The current documentation no longer lists history: what the path answers then.
    doumaotong_history: Literal["http404", "code404"] = "http404"
    trademap_envelope: Literal["wrapped", "bare"] = "wrapped"
    trademap_scraper_id: str = SCRAPER_ID
    trademap_names: dict[str, str] = field(default_factory=dict[str, str])  # logical to wire name, where it differs
    trademap_prices: dict[str, int] = field(default_factory=dict[str, int])  # endpoint to credits, 1 where absent
    trademap_credits: int = 1000
    trademap_page_cap: int = 500
    # How the gateway refuses: since October 2026 with HTTP 401 or 403 and Korean words, before with HTTP 200.
    korea_gateway: Literal["current", "older"] = "current"
    korea_total_row: Literal["mixed", "first", "last", "absent"] = "mixed"
    korea_numbers: Literal["mixed", "plain", "commas"] = "mixed"
    # What Eurostat calls its sums: in 2026 EXT_EU27_2020, in 2024 EU27_2020_EXTRA.
    eurostat_names: Literal["current", "older"] = "current"
    # How the United Kingdom stands there since 2021, which is not known: whole, in two parts, or both.
    eurostat_kingdom: Literal["both", "whole", "parts"] = "both"
    eurostat_at_once: int = 500_000  # cells above which an answer is queued
    eurostat_most: int = 5_000_000  # estimated rows above which it is refused
    eurostat_polls: int = 2  # looks at the queue before an answer is ready
    eurostat_gzip_from: int = 500_000  # bytes above which a body comes gzipped, without a header that says so
    # One call in so many draws a 429 however slowly they come (2 of 39 did at one in 1.5 s, October 2026); 0 for none.
    comtrade_refuses_every: int = 0
    limits: dict[str, Limits] = field(default_factory=_generous)
