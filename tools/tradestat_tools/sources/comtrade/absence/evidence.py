"""Why a figure is missing, judged by the rows that came and by stored answers to neighbouring questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import islice, product
from typing import NamedTuple

from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.editions import hs_break
from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.periods import Period
from tradestat_tools.model.reasons import Reason, Why, each_once
from tradestat_tools.sources.comtrade.answers import OTHER_ASIA, area_text
from tradestat_tools.sources.comtrade.api import DataCall, chunks
from tradestat_tools.sources.comtrade.calendar import is_recent, wire_period
from tradestat_tools.sources.comtrade.codes import (
    EDITION_NAMES,
    FIRST_YEARS,
    FLOWS,
    WORLD,
    AskedArea,
    is_hs,
    total_of,
)
from tradestat_tools.sources.comtrade.wire.lists import Entry
from tradestat_tools.sources.comtrade.wire.rows import Page, Row

NO_REPORTERS = frozenset({"nes", "special"})
"""Kinds of areas that stand for what cannot be named: partners only."""


Listing = Mapping[str, str | None]
"""The periods of which datasets of a reporter are listed, as the service writes them, each with its edition."""


def not_held(reporter: str, period: Period, held: Mapping[str, Listing], clCode: str, today: date) -> Why | None:
    """Why a reporter has no figures of a period, where UN Comtrade's stored list of its datasets shows it.

    `held` has the periods that are listed in `clCode` by reporter, of those whose list is known.
    """
    listed = held.get(reporter)
    if listed is None or wire_period(period) in listed:
        return None
    text = f"UN Comtrade lists no dataset of {area_text(reporter)} for {period} in clCode={clCode}"
    if not listed:
        return Why(Reason.NOT_COVERED, f"{text}, nor for any other.", sure=True)
    first, last = min(listed), max(listed)
    if wire_period(period) < first:
        return Why(Reason.NOT_COVERED, f"{text}; the first is {first}.", sure=True)
    if wire_period(period) > last and is_recent(period, today):
        return Why(Reason.NOT_YET_PUBLISHED, f"{text} yet; the newest is {last}.", sure=True)
    return Why(Reason.NOT_REPORTED, f"{text}; it has {first} to {last}.", sure=True)


def no_dataset(
    reporters: Sequence[str], span: Sequence[Period], held: Mapping[str, Listing], clCode: str, today: date
) -> dict[str, Why]:
    """Those reporters of which no dataset is listed for any of the periods, with what shows it for the last."""
    found: dict[str, Why] = {}
    for code in reporters:
        whys = [not_held(code, one, held, clCode, today) for one in span]
        if whys[-1] is not None and all(why is not None for why in whys):
            found[code] = whys[-1]
    return found


def not_covered(
    reporters: Sequence[AskedArea], span: Sequence[Period], listed: Mapping[str, Entry] | None
) -> dict[str, Why]:
    """Those reporters, by code, of whom the service has nothing in any of the periods, with what shows it.

    Without its list of reporters only former areas and those that stand for no country are known.
    """
    found: dict[str, Why] = {}
    for asked in reporters:
        text = _by_table(asked, span) or (None if listed is None else _by_list(asked, listed.get(asked.code), span))
        if text is not None:
            found[asked.code] = Why(Reason.NOT_COVERED, text, sure=True)
    return found


def _by_table(asked: AskedArea, span: Sequence[Period]) -> str | None:
    area = asked.area
    if area.kind in NO_REPORTERS:
        return f"{area_text(asked.code)} is a partner only: nobody reports for it."
    # Some ended in the middle of the year after the one in their name (Serbia and Montenegro: 2005, May 2006).
    if area.until is not None and span[0].year > area.until + 1:
        return f"{area_text(asked.code)} is a former area: its own reports end with {area.until}."
    return None


def _by_list(asked: AskedArea, entry: Entry | None, span: Sequence[Period]) -> str | None:
    name = area_text(asked.code)
    if entry is None:
        return f"{name} is not in UN Comtrade's list of reporters: it is a partner only."
    first, last = span[0].first_month, span[-1].last_month
    if entry.entryExpiredDate and entry.entryExpiredDate[:7] < str(first):
        return f"{name} reports until {entry.entryExpiredDate} by UN Comtrade's list."
    if entry.entryEffectiveDate and entry.entryEffectiveDate[:7] > str(last):
        return f"{name} reports since {entry.entryEffectiveDate} by UN Comtrade's list; before, see its predecessor."
    return None


HIDDEN = ("999999", "9999", "99")
"""Commodities not specified according to kind, the narrowest first: where reporters put what they keep confidential."""

AS_REPORTED = ("HS", "EB10")
"""Classifications that hold what was reported in them. To others the service converts some reports and not all."""

CENT = 0.01

MOST_LOOKUPS = 60
"""Stored answers looked for at one question; each takes well under a millisecond."""


class Cell(NamedTuple):
    """One figure that was asked for. None where the question left it open, so that any would do."""

    reporterCode: str | None
    partnerCode: str | None
    flowCode: str | None
    cmdCode: str | None
    period: Period


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and all the rows that the service has for it; not for one whose rows may have been cut off."""

    wanted: DataCall
    rows: Sequence[Row]

    @staticmethod
    def of(wanted: DataCall, page: Page) -> "Answered | None":
        """Nothing where rows may be missing."""
        return None if page.is_cut(wanted.maxRecords) else Answered(wanted, page.rows)


def neighbours(wanted: DataCall) -> list[DataCall]:
    """Calls whose stored answers would say why one has no rows: its totals, all its partners, what is kept back."""
    wanted = wanted.of_totals
    total = total_of(wanted.clCode)
    products = [(total,), wanted.commodities, *((code,) for code in (HIDDEN if wanted.typeCode == "C" else ()))]
    partners = [(WORLD,), wanted.partners, ()]
    who = [wanted.reporters, *((code,) for code in wanted.reporters[:3] if len(wanted.reporters) > 1)]
    flows = [wanted.flows, *(pair for pair in [("M", "X")] if set(wanted.flows) <= set(pair) and wanted.flows != pair)]
    when = [wanted.periods, *(chunks(wanted.periods[-3:], 1) if len(wanted.periods) > 1 else ())]
    others = dict.fromkeys(islice(product(products, partners, flows, who, range(len(when))), MOST_LOOKUPS - 1))
    found = [
        replace(
            wanted, commodities=one, partners=other, flows=flow, reporters=reporter, periods=when[at], describe=True
        )
        for one, other, flow, reporter, at in others
    ]
    return [wanted, *(one for one in found if one != wanted)]


class Evidence:
    """What is known of reporters' figures, to judge missing ones by.

    Args:
        answers: questions with all their rows.
        rows: further rows, of answers that may be cut off.
        clCode: the classification asked in.
        today: by the clock of the calls.
        not_covered: reporters known to have nothing in the periods asked for.
        held: the periods of which datasets are listed, by reporter, as far as they are known.
    """

    def __init__(
        self,
        answers: Sequence[Answered],
        *,
        clCode: str,
        today: date,
        rows: Iterable[Row] = (),
        not_covered: Mapping[str, Why] | None = None,
        held: Mapping[str, Listing] | None = None,
    ) -> None:
        self._today = today
        self._clCode = clCode
        self._not_covered = not_covered or {}
        self._held = held or {}
        self._places: dict[tuple[str, str, str], dict[tuple[str, str], Row]] = {}
        self._editions: dict[tuple[str, str], set[str]] = {}
        self._answers = answers
        self._totals = {key for answer in answers for key in _totals_asked(answer.wanted)}
        for code, listing in self._held.items() if clCode == "HS" else ():
            for when, edition in listing.items():
                if edition in EDITION_NAMES:
                    self._editions[code, when] = {edition}
        for row in (*(row for answer in answers for row in answer.rows), *rows):
            if row.classificationCode:
                self._editions.setdefault((row.reporterCode, row.period), set()).add(row.classificationCode)
            if _is_total(row):
                place = self._places.setdefault((row.reporterCode, row.period, row.flowCode), {})
                place[row.partnerCode, row.cmdCode] = row

    def whys(self, cell: Cell) -> tuple[Why, ...]:
        """The reasons for a missing figure, the likeliest first; one alone where it is sure."""
        evident = [why for why in (self._retired(cell), self._kept_back(cell), self._zero(cell)) if why is not None]
        for sure in (self._uncovered(cell), *evident):
            if sure is not None and sure.sure:
                return (sure,)
        rest = self._unreported(cell)
        if rest[0].sure:
            return rest
        known = {why.reason for why in evident}
        return each_once((*evident, *(why for why in rest if why.reason not in known)))

    def unlisted(self, cells: Iterable[Cell]) -> tuple[str, ...]:
        """Reporters whose list of datasets would say more of these figures, and is not known here.

        Few countries report flows other than these two, so that a list would tell nothing of them.
        """
        found: dict[str, None] = {}
        for cell in cells:
            who = cell.reporterCode
            if who is None or who in found or who in self._held or cell.flowCode not in ("M", "X"):
                continue
            if not self._place(cell) and not self.whys(cell)[0].sure:
                found[who] = None
        return tuple(found)

    def filtered(self, cell: Cell) -> Why | None:
        """Whether the figure is there as a total, and only the part that was asked for is not."""
        row = self._place(cell).get((cell.partnerCode or "", cell.cmdCode or ""))
        if row is None:
            return None
        text = "The total is there (partner2Code=0, customsCode=C00, motCode=0); the part that was asked for is not."
        return Why(Reason.FILTERED_OUT, text, sure=True)

    def _place(self, cell: Cell) -> dict[tuple[str, str], Row]:
        key = (cell.reporterCode or "", wire_period(cell.period), cell.flowCode or "")
        return self._places.get(key, {})

    def _uncovered(self, cell: Cell) -> Why | None:
        if (known := self._not_covered.get(cell.reporterCode or "")) is not None:
            return known
        began = FIRST_YEARS.get("H0" if self._clCode == "HS" else self._clCode)
        if began is None or cell.period.year >= began:
            return None
        name = "The Harmonized System" if self._clCode in ("HS", "H0") else EDITION_NAMES[self._clCode]
        return Why(
            Reason.NOT_COVERED, f"{name} began in {began}; nothing before is in clCode={self._clCode}.", sure=True
        )

    def _retired(self, cell: Cell) -> Why | None:
        """Whether the code was not part of the edition that the reporter used."""
        code = cell.cmdCode or ""
        if not is_hs(self._clCode) or not code.isdigit():
            return None
        status = hs_status(code)
        life = status.editions
        fixed = {self._clCode} if self._clCode != "HS" else set[str]()
        used = fixed or self._editions.get((cell.reporterCode or "", wire_period(cell.period)), set())
        names = {EDITION_NAMES.get(edition, "") for edition in used}
        if names and names <= {"HS 2012", "HS 2017", "HS 2022"}:
            if not life or names & set(life):
                return None
            where = "" if fixed else f", in which {area_text(cell.reporterCode or '')} reported {cell.period}"
            text = f"{code} is not in {' and '.join(sorted(names))}{where}."
            if others := status.successors or status.predecessors:
                text += f" In its place: {', '.join(others)}."
            return Why(Reason.CODE_RETIRED, text, sure=True)
        found = None if names else hs_break(code, cell.period.year, cell.period.year)
        return Why(Reason.CODE_RETIRED, found.text) if found else None

    def _zero(self, cell: Cell) -> Why | None:
        """Whether the partners that are listed make up World, so that nothing is left for this one.

        Confidential goods are in neither, but with the goods not specified by kind. So this proves that there was none
        only of all goods together, or where it is known that the partner has nothing under those.
        """
        place = self._place(cell)
        if cell.partnerCode in (None, WORLD) or cell.cmdCode is None:
            return None
        world = place.get((WORLD, cell.cmdCode))
        if world is None or world.primaryValue is None:
            return None
        parts = [row for (who, what), row in place.items() if what == cell.cmdCode and who != WORLD]
        who, when = area_text(cell.reporterCode or ""), f"{_flow(cell)} of {cell.cmdCode} in {cell.period}"
        if any(row.primaryValue is None or row.partnerCode in _unnamed() for row in parts):
            return None
        left = world.primaryValue - sum(row.primaryValue or 0 for row in parts)
        if left > CENT * len(parts):
            return self._left(cell, left, world.primaryValue)
        if abs(left) > CENT * len(parts):
            return None
        text = f"The other partners of {who} add up to its World figure, {when}: nothing is left for this one"
        if self._nothing_hidden(cell):
            return Why(Reason.ZERO, f"{text}.", sure=True)
        return Why(Reason.ZERO, f"{text}, unless it is kept back: see cmdCode=999999 for this partner.")

    def _left(self, cell: Cell, left: float, whole: float) -> Why | None:
        """How much of a known total no partner's row accounts for, where the rows of all partners are known."""
        code = cell.cmdCode or ""
        if not any(not one.wanted.partners and _asks_for(one.wanted, cell, code) for one in self._answers):
            return None
        who, when = area_text(cell.reporterCode or ""), f"{_flow(cell)} of {code} in {cell.period}"
        text = f"Of {whole:,.0f} USD that {who} has with World, {when}, {left:,.0f} USD are in no partner's row"
        return Why(Reason.SUPPRESSED, f"{text}: at most that is with this one.")

    def _nothing_hidden(self, cell: Cell) -> bool:
        """Whether it is known that the partner has no goods that are not specified by kind, or no trade at all."""
        total = total_of(self._clCode)
        if cell.cmdCode == total or self._has_none(cell, (total,)):
            return True
        return is_hs(self._clCode) and self._has_none(cell, HIDDEN)

    def _has_none(self, cell: Cell, codes: Sequence[str]) -> bool:
        """Whether figures of other codes were asked for in the same place, and there is none of any of them."""
        place = self._place(cell)
        if any((cell.partnerCode, code) in place for code in codes):
            return False
        return any(_asks_for(answer.wanted, cell, code) for answer in self._answers for code in codes)

    def _kept_back(self, cell: Cell) -> Why | None:
        """Rows of goods not specified, or of areas not specified, where this may be hidden."""
        place = self._place(cell)
        code = cell.cmdCode or ""
        if cell.partnerCode is None or not code.isdigit() or code in HIDDEN or not is_hs(self._clCode):
            return None
        found = [
            (row, f"with this partner under {what} (not specified by kind)")
            for what in HIDDEN
            if (row := place.get((cell.partnerCode, what))) is not None and row.primaryValue
        ][:1]
        if cell.partnerCode != WORLD:
            unnamed = (row for (with_, what), row in place.items() if what == code and with_ in _unnamed())
            found += [
                (row, f"of {code} with areas not specified, {area_text(row.partnerCode)}")
                for row in unnamed
                if row.primaryValue
            ]
        if not found:
            return None
        weighed = all(row.netWgt for row, _ in found)
        found.sort(key=lambda one: (one[0].netWgt if weighed else one[0].primaryValue) or 0, reverse=True)
        where = ", or ".join(f"{_amount(row)} {text}" for row, text in found)
        by = f", the likeliest by {'weight' if weighed else 'value'} first" if len(found) > 1 else ""
        text = f"{area_text(cell.reporterCode or '')} has {_flow(cell)} in {cell.period} of {where}{by}"
        return Why(Reason.SUPPRESSED, f"{text}: where what is confidential is put; that is no proof.")

    def _unreported(self, cell: Cell) -> tuple[Why, ...]:
        """What is left: no trade, or no report; and which of them the rest of the reporter's rows speaks for."""
        reporter = cell.reporterCode
        if reporter is None or cell.flowCode is None:
            return self._open(cell)
        who, when = area_text(reporter), f"{_flow(cell)} for {cell.period}"
        if self._place(cell):
            return (Why(Reason.ZERO, f"{who} did report {when}, so there may have been none of this."), _MAY_BE_HIDDEN)
        unlisted = not_held(reporter, cell.period, self._held, self._clCode, self._today)
        if unlisted is not None:
            return (unlisted,)
        if (reporter, wire_period(cell.period), cell.flowCode) in self._totals:
            return (self._without_total(cell, f"UN Comtrade has no total of {who}, {when}, in clCode={self._clCode}."),)
        if reporter not in self._held:
            return self._open(cell)
        listed = f"UN Comtrade lists a dataset of {who} for {cell.period}: there may have been none of this."
        without = Why(Reason.NOT_REPORTED, f"The dataset may be without {_flow(cell)}.")
        return (Why(Reason.ZERO, listed), _MAY_BE_HIDDEN, without)

    def _without_total(self, cell: Cell, text: str) -> Why:
        """Why a reporter has not even a total of a flow."""
        if is_recent(cell.period, self._today) and cell.reporterCode not in self._held:
            return Why(Reason.NOT_YET_PUBLISHED, f"{text} It is recent, and may still come.")
        if self._clCode not in AS_REPORTED:
            return Why(Reason.NOT_REPORTED, text)
        return Why(Reason.NOT_REPORTED, f"{text} Older years may be in an older classification.", sure=True)

    def _open(self, cell: Cell) -> tuple[Why, ...]:
        late = Why(Reason.NOT_YET_PUBLISHED, f"{cell.period} is recent: many reporters have not published it yet.")
        without = Why(Reason.NOT_REPORTED, "The reporter may have reported nothing for it.")
        first = late if is_recent(cell.period, self._today) else without
        return (first, Why(Reason.ZERO, "There may have been no trade."))


_MAY_BE_HIDDEN = Why(
    Reason.SUPPRESSED, "It may be kept back: see 9999 and 999999 (not specified by kind), or areas not specified (899)."
)


def _totals_asked(wanted: DataCall) -> Iterator[tuple[str, str, str]]:
    """(reporter, period, flow) of which a question asks for the total with World."""
    whole = total_of(wanted.clCode) in wanted.commodities and (not wanted.partners or WORLD in wanted.partners)
    if whole and wanted.totals_only:
        yield from product(wanted.reporters, map(wire_period, wanted.periods), wanted.flows)


def _asks_for(wanted: DataCall, cell: Cell, code: str) -> bool:
    """Whether a question takes in one code at a cell's place."""
    return (
        wanted.totals_only
        and (not wanted.reporters or cell.reporterCode in wanted.reporters)
        and (not wanted.partners or cell.partnerCode in wanted.partners)
        and cell.flowCode in wanted.flows
        and cell.period in wanted.periods
        and bool({code, f"AG{len(code)}"} & set(wanted.commodities))
    )


def _is_total(row: Row) -> bool:
    return (row.partner2Code, row.customsCode, row.motCode) in {(None, None, None), ("0", "C00", "0")}


def _amount(row: Row) -> str:
    return f"{row.primaryValue or 0:,.0f} USD" + (f" ({row.netWgt:,.0f} kg)" if row.netWgt else "")


def _flow(cell: Cell) -> str:
    return FLOWS[cell.flowCode].label if cell.flowCode in FLOWS else "trade"


@cache
def _unnamed() -> frozenset[str]:
    """Partners that stand for what is not named."""
    return frozenset(a.comtrade for a in areas() if a.kind in NO_REPORTERS and a.comtrade not in ("", OTHER_ASIA))
