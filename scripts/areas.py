"""Where each column of the table of countries and areas comes from, and whether it agrees with that source.

Prints for every column the source, how many rows agree, and each row that differs with the reason kept for it in
areas_reasons.csv. `--check` fails on a difference without a reason. ISO's lists are read from `pycountry`, CLDR's names
from `Babel`, UN Comtrade's and Eurostat's lists from a folder of recorded answers; what is not at hand is left out, and
said so.
"""

import argparse
import csv
import importlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradestat_tools.codes.countries import Area, areas, resolve_area
from tradestat_tools.codes.words import CodeError

ROOT = Path(__file__).parent.parent
RECORDINGS = ROOT.parent / "shared" / "recordings" / "comtrade"
REASONS = Path(__file__).with_name("areas_reasons.csv")

CLDR = "Unicode CLDR"
ISO = "ISO 3166 (pycountry)"
COMTRADE = "UN Comtrade's lists"
GEONOM = "Eurostat's GEONOM"


class NotAtHand(Exception):
    """A source is not installed or not recorded here."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One row and its source. `row` is the key that reasons are kept under; equal values agree."""

    row: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Check:
    """A column, the source that it is held against, and how."""

    column: str
    source: str
    compare: Callable[[], Iterable[Compared]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: rows that agree, and those that differ with the reason, None where there is none.

    `missing` says which source was not at hand.
    """

    check: Check
    agree: int = 0
    differ: tuple[tuple[Compared, str | None], ...] = ()
    missing: str = ""

    @property
    def unexplained(self) -> tuple[Compared, ...]:
        """The differences without a reason."""
        return tuple(compared for compared, reason in self.differ if reason is None)


def main(arguments: list[str] | None = None) -> int:
    """Print the findings; 1 where `--check` was asked and a difference has no reason, or a reason no difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail on a difference without a reason")
    parser.add_argument("--recordings", type=Path, default=RECORDINGS, help="folder of UN Comtrade's recorded lists")
    options = parser.parse_args(arguments)

    found = findings(options.recordings)
    for one in found:
        sys.stdout.write("\n".join(_lines(one)) + "\n")
    stale = unused_reasons(found)
    for column, row in stale:
        sys.stdout.write(f"No difference needs the reason kept for {column} of {row}.\n")
    return 1 if options.check and (stale or any(one.unexplained for one in found)) else 0


def findings(recordings: Path) -> list[Finding]:
    """What every check found."""
    reasons = known_reasons()
    return [_finding(check, reasons) for check in checks(recordings)]


def known_reasons() -> dict[tuple[str, str], str]:
    """The reasons for differences, by column and row."""
    with REASONS.open(encoding="utf-8", newline="") as file:
        return {(line["column"], row): line["reason"] for line in csv.DictReader(file) for row in line["rows"].split()}


def unused_reasons(found: list[Finding]) -> list[tuple[str, str]]:
    """Reasons that explain no difference, of the columns whose sources are all at hand."""
    unchecked = {one.check.column for one in found if one.missing}
    used = {(one.check.column, compared.row) for one in found for compared, _ in one.differ}
    return [key for key in known_reasons() if key[0] not in unchecked and key not in used]


def _finding(check: Check, reasons: dict[tuple[str, str], str]) -> Finding:
    try:
        compared = list(check.compare())
    except NotAtHand as error:
        return Finding(check, missing=str(error))
    differ = [one for one in compared if one.ours != one.theirs]
    explained = tuple((one, reasons.get((check.column, one.row))) for one in differ)
    return Finding(check, len(compared) - len(differ), explained)


def _lines(found: Finding) -> Iterator[str]:
    head = f"{found.check.column} - {found.check.source}: "
    if found.missing:
        yield f"{head}not checked, {found.missing}"
        return
    yield f"{head}{found.agree} agree, {len(found.differ)} differ, {len(found.unexplained)} of them unexplained"
    for one, reason in found.differ:
        yield f"    {one.row}: {one.ours or '(none)'} / {one.theirs or '(none)'}: {reason or 'NO REASON KNOWN'}"


def checks(recordings: Path) -> list[Check]:
    """Every check, in the order of the table's columns."""
    return [
        Check("name_en", f"{CLDR} en, '&' and 'St.' spelled out", lambda: _cldr("en", lambda area: area.name_en)),
        Check("iso2", ISO, lambda: _iso(lambda area: area.iso2, "alpha_2")),
        Check("iso3", ISO, lambda: _iso(lambda area: area.iso3, "alpha_3")),
        Check("iso3", "ISO 3166-3 (pycountry)", lambda: _iso_former(lambda area: area.iso3, "alpha_3")),
        Check("m49", ISO, lambda: _iso(lambda area: area.m49, "numeric")),
        Check("m49", "ISO 3166-3 (pycountry)", lambda: _iso_former(lambda area: area.m49, "numeric")),
        Check("comtrade", f"{COMTRADE}, codes", lambda: _comtrade_codes(recordings)),
        Check("iso3", f"{COMTRADE}, ISO codes", lambda: _comtrade_iso(recordings)),
        Check("until", f"{COMTRADE}, end of a reporter", lambda: _comtrade_until(recordings)),
        Check("successors", f"{COMTRADE}, begin of a reporter", lambda: _comtrade_begin(recordings)),
        Check("trademap", "the comtrade column in three digits", _trademap),
        Check("korea", "the iso2 column", _korea),
        Check("geonom", f"{GEONOM}, codes", lambda: _geonom_codes(recordings)),
        Check("geonom", f"{GEONOM}, names", lambda: _geonom_names(recordings)),
        Check("name_zh", f"{CLDR} zh", lambda: _cldr("zh", lambda area: area.name_zh)),
        Check("name_ko", f"{CLDR} ko", lambda: _cldr("ko", lambda area: area.name_ko)),
        Check("aliases", f"{COMTRADE}, texts and notes", lambda: _resolves(_comtrade_names(recordings))),
        Check("aliases", f"{ISO}, short and official names", lambda: _resolves(_iso_names())),
        Check("aliases", f"{CLDR} en, zh, zh-Hant, zh-Hant-HK, ko", lambda: _resolves(_cldr_names())),
        Check("china_customs", "General Administration of Customs", _china_customs),
    ]


def _countries() -> tuple[Area, ...]:
    return tuple(area for area in areas() if area.kind == "country")


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise NotAtHand(f"the package {name} is not installed") from None


def _spelled_out(name: str) -> str:
    return name.replace("&", "and").replace("St.", "Saint").replace("’", "'")


def _territories(locale: str) -> dict[str, str]:
    territories: dict[str, str] = _package("babel").Locale.parse(locale).territories
    return territories


def _cldr(locale: str, ours: Callable[[Area], str]) -> Iterator[Compared]:
    names = _territories(locale)
    for area in _countries():
        yield Compared(area.iso2, ours(area), _spelled_out(names.get(area.iso2, "")))


def _cldr_names() -> Iterator[tuple[str, str]]:
    for locale in ("en", "zh", "zh_Hant", "zh_Hant_HK", "ko"):
        names = _territories(locale)
        for area in _countries():
            yield area.iso2, names.get(area.iso2, "")


def _iso(ours: Callable[[Area], str], field: str) -> Iterator[Compared]:
    """Both ways: every country of the table, and every entry of ISO's list."""
    entries = {entry.alpha_2: str(getattr(entry, field)) for entry in _package("pycountry").countries}
    rows = {area.iso2: ours(area) for area in _countries()}
    for iso2 in sorted(rows | entries):
        yield Compared(iso2, rows.get(iso2, ""), entries.get(iso2, ""))


def _iso_former(ours: Callable[[Area], str], field: str) -> Iterator[Compared]:
    entries = {entry.alpha_3: str(getattr(entry, field, "")) for entry in _package("pycountry").historic_countries}
    for area in areas():
        if area.former and area.iso3 and (theirs := entries.get(area.iso3, "")):
            yield Compared(area.iso3, ours(area), theirs)


def _iso_names() -> Iterator[tuple[str, str]]:
    for entry in _package("pycountry").countries:
        for name in (entry.name, getattr(entry, "official_name", ""), getattr(entry, "common_name", "")):
            if name:
                yield entry.alpha_2, name


def _recorded(recordings: Path, name: str) -> list[dict[str, Any]]:
    path = recordings / f"reference_{name}.json"
    if not path.exists():
        raise NotAtHand(f"there is no {path.name} in the folder of recordings")
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8-sig"))["results"]
    return rows


def _listed(recordings: Path) -> dict[str, dict[str, Any]]:
    """UN Comtrade's areas by code; a reporter's entry before a partner's, it says more."""
    partners = {str(row["PartnerCode"]): row for row in _recorded(recordings, "partnerAreas")}
    return partners | {str(row["reporterCode"]): row for row in _recorded(recordings, "Reporters")}


def _comtrade_codes(recordings: Path) -> Iterator[Compared]:
    """Both ways: every code of the table, and every code of the lists."""
    listed, ours = _listed(recordings), {area.comtrade for area in areas() if area.comtrade}
    for code in sorted(ours | set(listed), key=int):
        yield Compared(code, code if code in ours else "", code if code in listed else "")


def _comtrade_iso(recordings: Path) -> Iterator[Compared]:
    for code, row in _listed(recordings).items():
        theirs = row.get("reporterCodeIsoAlpha3") or row.get("PartnerCodeIsoAlpha3") or ""
        found = next((area for area in areas() if area.comtrade == code), None)
        if found is not None and found.kind == "country":
            yield Compared(found.iso3, found.iso3, theirs)


def _comtrade_until(recordings: Path) -> Iterator[Compared]:
    ends = {str(row["reporterCode"]): row.get("entryExpiredDate") or "" for row in _recorded(recordings, "Reporters")}
    for area in areas():
        if area.comtrade in ends and (area.former or ends[area.comtrade]):
            yield Compared(area.comtrade, str(area.until or ""), ends[area.comtrade][:4])


def _comtrade_begin(recordings: Path) -> Iterator[Compared]:
    """A successor that UN Comtrade dates begins to report in the year after the former area's last, or within it."""
    reporters = [row for row in _recorded(recordings, "Reporters") if not row.get("entryExpiredDate")]
    begins = {row["reporterCodeIsoAlpha3"]: row["entryEffectiveDate"] for row in reporters}
    for area in areas():
        for successor in area.successors:
            if area.until is None or begins.get(successor, "1900") < "1901":
                continue
            begin = begins[successor][:4]
            expected = begin if int(begin) in (area.until, area.until + 1) else str(area.until + 1)
            yield Compared(f"{area.comtrade}-{successor}", expected, begin)


def _comtrade_names(recordings: Path) -> Iterator[tuple[str, str]]:
    for code, row in _listed(recordings).items():
        for field in ("text", "reporterNote", "partnerNote"):
            if name := (row.get(field) or "").strip():
                yield code, name


def _trademap() -> Iterator[Compared]:
    for area in areas():
        if area.comtrade and area.kind in {"world", "country", "nes", "special"}:
            yield Compared(area.comtrade, area.trademap, area.comtrade.zfill(3))


def _korea() -> Iterator[Compared]:
    for area in _countries():
        yield Compared(area.iso2, area.korea, area.iso2)


def _geonom(recordings: Path) -> dict[str, tuple[str, str]]:
    """Last year and name of every code of Eurostat's nomenclature of countries, as it was last."""
    path = recordings.parent / "eurostat" / "geonom_and_sections.txt"
    if not path.exists():
        raise NotAtHand(f"there is no {path.name} in the folder of recordings")
    line = re.compile(r"  ([A-Z]{2})\t[0-9/]+\t[0-9]{2}/[0-9]{2}/([0-9]{4})\t(.+)")
    rows = map(line.fullmatch, path.read_text(encoding="utf-8").splitlines())
    return {row[1]: (row[2], row[3].strip()) for row in rows if row}


def _geonom_codes(recordings: Path) -> Iterator[Compared]:
    """Both ways: every code of the table of an area of today, and every code that is valid without end."""
    listed = {code for code, (last, _) in _geonom(recordings).items() if last == "2500"}
    ours = {area.geonom for area in areas() if area.geonom and not area.former and area.kind != "world"}
    for code in sorted(ours | listed):
        yield Compared(code, code if code in ours else "", code if code in listed else "")


def _geonom_names(recordings: Path) -> Iterator[Compared]:
    """Whether each name leads to the row that bears its code, of the codes that rows have."""
    by_code = {area.geonom: area for area in areas() if area.geonom}
    for code, (_, name) in sorted(_geonom(recordings).items()):
        if code not in by_code:
            continue
        try:
            found = resolve_area(name).area
        except CodeError:
            found = None
        yield Compared(code, found.name_en if found else "", by_code[code].name_en)


def _china_customs() -> Iterator[Compared]:
    raise NotAtHand("no copy of its code table is kept; it was compared by hand in public copies")


def _resolves(names: Iterable[tuple[str, str]]) -> Iterator[Compared]:
    """Whether each name leads to the row that bears its code. A reason is kept for a code and a name: `CG:Congo`."""
    for code, name in names:
        row = f"{code}:{name.replace(' ', '')}"
        try:
            found = resolve_area(name).area
        except CodeError as error:
            yield Compared(row, error.message, name)
        else:
            yield Compared(
                row, name if code in {found.iso2, found.comtrade, found.m49.lstrip("0")} else found.name_en, name
            )


if __name__ == "__main__":
    raise SystemExit(main())
