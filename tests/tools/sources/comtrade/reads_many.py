"""Asks a service at an address for 100,000 rows in a process of its own, and says what that took."""

import json
import re
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import anyio
from pydantic import SecretStr

from tradestat_tools.catalogue import catalogue
from tradestat_tools.open import in_memory
from tradestat_tools.sources.comtrade import SOURCE
from tradestat_tools.upstream.http import Http

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
QUESTION = {
    "reporterCode": ["842"],
    "partnerCode": ["all"],
    "cmdCode": ["AG4"],
    "flowCode": ["M"],
    "period": ["2023"],
    "maxRecords": 100_000,
}


def peak() -> int:
    """The most memory that this process had, in kB. Not `ru_maxrss`, which a process inherits from its parent."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))[0])


def plain(address: str) -> float:
    """Seconds of the processor that json alone takes for the same body, so that a slow machine is not a slow reader."""
    with urllib.request.urlopen(address) as came:
        body = came.read()
    began = time.process_time()
    json.loads(body)
    return time.process_time() - began


async def main(address: str, kept: bool) -> None:
    """Ask once, of the tool alone or so that the answer is kept; print series, their sum, CPU seconds, peak in MB, and
    what json alone takes."""
    own = {"comtrade_api_key": SecretStr("0" * 32), "comtrade_url": address}
    settings = catalogue().settings().model_copy(update=own)
    tool = next(one for one in SOURCE.tools if one.name == "comtrade_data")
    http = Http()
    try:
        async with in_memory(http, settings, lambda: NOW, most_attempts=1) as context:
            began = time.process_time()
            answer = await (context.call(tool, QUESTION) if kept else tool.run(context, tool.arguments(**QUESTION)))
            seconds = time.process_time() - began
            stored = context.upstream.cache.info().bytes
            most = peak()
    finally:
        await http.aclose()
    sys.stdout.write(
        json.dumps(
            {
                "series": len(answer.data.records),
                "value": sum(one.primaryValue[0] for one in answer.data.records),
                "stored_mb": stored / 1e6,
                "seconds": seconds,
                "peak_mb": most / 1024,
                "json_seconds": plain(address),
            }
        )
    )


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], "kept" in sys.argv)
