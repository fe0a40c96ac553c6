"""A bulk file of UN Comtrade, made row by row, and what comes of it in a process of its own, within bounded memory.

python -m tests.support.bulk ROWS FOLDER makes it and imports it; prints what it took as JSON.
"""

import csv
import json
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import anyio

from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.countries import areas
from tradestat_tools.contract.context import Context
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
HEAD = (
    *("typeCode", "freqCode", "refPeriodId", "refYear", "refMonth", "period", "reporterCode", "reporterISO"),
    *("reporterDesc", "flowCode", "flowDesc", "partnerCode", "partnerISO", "partnerDesc", "partner2Code"),
    *("partner2ISO", "partner2Desc", "classificationCode", "classificationSearchCode", "isOriginalClassification"),
    *("cmdCode", "cmdDesc", "aggrLevel", "isLeaf", "customsCode", "customsDesc", "mosCode", "motCode"),
    *("motDesc", "qtyUnitCode", "qtyUnitAbbr", "qty", "isQtyEstimated", "altQtyUnitCode", "altQtyUnitAbbr"),
    *("altQty", "isAltQtyEstimated", "netWgt", "isNetWgtEstimated", "grossWgt", "isGrossWgtEstimated", "cifvalue"),
    *("fobvalue", "primaryValue", "legacyEstimationFlag", "isReported", "isAggregate"),
)
PARTNERS = [one for one in areas() if one.comtrade and one.iso3 and not one.former][:200]
PER_PRODUCT = len(PARTNERS) * 2


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """China's exports and imports by partner and subheading; one in seven without a weight, every third in cents."""
    for at in range(count):
        partner = PARTNERS[at % len(PARTNERS)]
        flow, name = ("X", "Export") if at // len(PARTNERS) % 2 else ("M", "Import")
        code = 850760 + at // PER_PRODUCT
        value = at * 7 + (0.25 if at % 3 == 0 else 0)
        yield (
            *("C", "A", 20230101, 2023, 52, 2023, 156, "CHN", "China", flow, name, partner.comtrade, partner.iso3),
            *(partner.name_en, 0, "W00", "World", "H6", "HS", True, str(code), f"Product {code}", 6, True, "C00"),
            *("TOTAL CPC", 0, 0, "TOTAL MOT", 8, "kg", at % 1000, False, -1, "N/A", 0, False),
            *("" if at % 7 == 0 else at % 5000, False, 0, False, value, value, value, 0, False, True),
        )


def write(path: Path, count: int) -> None:
    """Make the file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(rows(count))


def peak() -> float:
    """The most memory that this process had, in MB. Not `ru_maxrss`, which a process inherits from its parent."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))[0]) / 1024


async def ask(context: Context) -> dict[str, object]:
    """Import the file, and ask it in each way."""
    began = time.process_time()
    imported = await context.call("import_file", {"file": "bulk.csv"})
    took: dict[str, object] = {"seconds": time.process_time() - began, "peak_imported": peak()}
    handle = imported.result
    asked = {"result": [handle], "sql": "SELECT flow, sum(value), count(*) FROM common GROUP BY flow ORDER BY flow"}
    took["sums"] = (await context.call("query", asked)).data.rows
    page = await context.call(
        "query", {"result": [handle], "sort": "-primaryValue", "filter": ["flowCode=X"], "limit": 1}
    )
    took["largest"], took["of"] = page.data.rows[0][page.data.columns.index("primaryValue")], page.data.total
    partner = PARTNERS[1]
    series = {
        "source": handle,
        "reporter": "156",
        "partner": partner.iso3,
        "product": "850760",
        "flow": "X",
        "period": "2023",
    }
    took["series"] = (await context.call("trade_series", series)).structured()["data"]
    exported = await context.call("export_data", {"result": [handle], "format": "csv", "table": "1"})
    took["exported"] = exported.data.files[0].rows
    return {**took, "rows": imported.data.kept.rows, "page": len(imported.data.rows), "peak": peak()}


async def main(count: int, folder: Path) -> None:
    if not (folder / "bulk.csv").exists():
        write(folder / "bulk.csv", count)
    chosen = {"import_dir": folder, "export_dir": folder / "exports", "cache_dir": folder / "cache"}
    settings = catalogue().settings().model_copy(update=chosen)
    http = Http()
    try:
        async with in_memory(http, settings, lambda: NOW) as context:
            sys.stdout.write(json.dumps(await ask(context)))
    finally:
        await http.aclose()


if __name__ == "__main__":
    anyio.run(main, int(sys.argv[1]), Path(sys.argv[2]))
