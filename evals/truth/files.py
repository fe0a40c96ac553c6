"""Files as a person exports them from China Customs, written from the world, and what they hold.

The layout is the one that the site exports: GB18030, quoted, thousands commas, a tab at the end of what a spreadsheet
has touched. The flow is not in the file.
"""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from evals.truth.records import cells, economy, months, spans
from tradestat_sandbox.economies import ECONOMIES
from tradestat_sandbox.products import indexes_under, name_zh, national_codes
from tradestat_sandbox.world import World

HEADER = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,第二数量,第二计量单位"


class Line(NamedTuple):
    """One row: a month, an 8-digit code, a partner."""

    month: str
    product: str
    partner: str  # ISO alpha-2
    kg: int
    value: int


class Export(NamedTuple):
    """What a person asked the site for."""

    flow: str
    products: tuple[str, ...]  # of 8 digits, or 6 for all below
    partners: tuple[str, ...]
    period: str
    currency: str  # 美元 or 人民币


EXPORTS: Mapping[str, Export] = {
    "china_exports_batteries_2025_usd.csv": Export("X", ("85076000",), ("KR", "US", "DE", "VN", "JP"), "2025", "美元"),
    "china_exports_phones_2026_rmb.csv": Export("X", ("85171300", "85171400"), ("KR", "JP"), "202601-202606", "人民币"),
    "china_imports_chips_2025_usd.csv": Export("M", ("854232",), ("KR", "TW", "MY"), "2025", "美元"),
}
"""Files by name; the names say what a user would be asked: the flow and the currency."""


def _national(code: str) -> tuple[str, ...]:
    if len(code) == 8:
        return (code,)
    (place,) = indexes_under(code)
    return national_codes(place, 8)


def lines(world: World, name: str) -> list[Line]:
    """The rows of a file."""
    asked = EXPORTS[name]
    found: list[Line] = []
    for span in spans(asked.period):
        for month in months(span):
            for product in (code for asked_for in asked.products for code in _national(asked_for)):
                for partner in asked.partners:
                    for cell in cells(
                        world, economy("CN"), asked.flow, product, partners=partner, span=month, now=True
                    ):
                        usd = cell.usd
                        amount = usd if asked.currency == "美元" else world.yuan(usd, (month.year, month.first))
                        text = f"{month.year}{month.first:02d}"
                        found.append(Line(text, product, ECONOMIES[cell.partner].iso2, cell.kg, amount))
    return found


def write(world: World, folder: Path) -> None:
    """Every file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, asked in EXPORTS.items():
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow((*HEADER.split(","), asked.currency))
        for line in lines(world, name):
            partner = economy(line.partner)
            words = (line.month, line.product, name_zh(line.product), partner.customs, partner.name_zh)
            writer.writerow((*words, f"{line.kg:,}", "千克", "0", "-", f"{line.value:,}\t"))
        (folder / name).write_bytes(text.getvalue().encode("gb18030"))


def _chosen(world: World, file: str, where: Mapping[str, str]) -> list[Line]:
    return [
        line
        for line in lines(world, file)
        if line.partner == where.get("partner", line.partner)
        and line.product == where.get("product", line.product)
        and line.month[4:] >= where.get("month_from", "00")
        and line.month[4:] <= where.get("month_to", "99")
    ]


def file_value(world: World, *, file: str, **where: str) -> float:
    """The sum of a file's values, in its own currency."""
    return sum(line.value for line in _chosen(world, file, where))


def file_unit_value(world: World, *, file: str, **where: str) -> float:
    """Value a kilogram in the file's own currency."""
    chosen = _chosen(world, file, where)
    return sum(line.value for line in chosen) / sum(line.kg for line in chosen)


def file_share(world: World, *, file: str, partner: str) -> float:
    """A partner's percentage of the file's value."""
    return file_value(world, file=file, partner=partner) / file_value(world, file=file) * 100


def file_rank(world: World, *, file: str, n: int) -> list[str]:
    """The n partners with the largest values."""
    names = {line.partner for line in lines(world, file)}
    return sorted(names, key=lambda name: -file_value(world, file=file, partner=name))[:n]


TRUTHS: Mapping[str, Callable[..., Any]] = {
    "file_value": file_value,
    "file_unit_value": file_unit_value,
    "file_share": file_share,
    "file_rank": file_rank,
}
