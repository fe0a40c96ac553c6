"""How to cite an answer: in one line, and as APA, BibTeX and CSL-JSON. No service is asked.

The data set of a citation is the service's, narrowed to what was asked of it; its address carries no key. Services
change their figures without a version, so the day of retrieval stands for one.
"""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from tradestat_tools.codes.words import clean
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import StoredResult, made_of
from tradestat_tools.contract.source import Source, source_of
from tradestat_tools.contract.tool import OWN_NAME
from tradestat_tools.model.answers import Answer, Provenance

SANDBOX = "SANDBOX, synthetic figures, not statistics"

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""APA's dates are English on every computer."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation names.

    Args:
        author: the institution behind the figures.
        dataset: the service's name, and the tool that was asked.
        what: what the figures are.
        publisher: who compiles the figures and hands them on.
        retrieved: the day, UTC.
        published: the day the service gives for them, if it does.
        addresses: key-free; of each call, where it took several.
        sandbox: whether they are synthetic.
        shown: what the service asks to be shown with them.
    """

    id: str
    author: str
    dataset: str
    what: str
    publisher: str
    retrieved: date
    published: date | None
    addresses: tuple[str, ...]
    sandbox: bool
    shown: str = ""

    @property
    def title(self) -> str:
        """The data set and what was asked of it; of synthetic figures it begins with a word of warning."""
        title = f"{self.dataset}: {self.what}"
        return f"{SANDBOX}: {title}" if self.sandbox else title

    @property
    def address(self) -> str:
        """The first of its addresses, for fields that hold one."""
        return self.addresses[0]

    @property
    def key(self) -> str:
        """A key for lists of references, the same for the same figures retrieved on the same day."""
        meant = "\n".join((self.dataset, self.what, *self.addresses, self.retrieved.isoformat(), str(self.sandbox)))
        return f"{self.id}{self.retrieved.year}-{hashlib.sha256(meant.encode('utf-8', 'replace')).hexdigest()[:8]}"


def cited(sources: Collection[Source], tool: str, what: str, source: Provenance) -> Cited | None:
    """What there is to cite of a tool's answer; None where this server alone made it up from no one's figures."""
    if source.service == OWN_NAME:
        return None
    by_name = (one for one in sources if source.service in (one.name, one.policy.service))
    origin = source_of(sources, tool) or next(by_name, None)
    return Cited(
        id=origin.id if origin else re.sub(r"[^a-z0-9]", "", tool.lower()) or "tradestat",
        author=origin.terms.author if origin else clean(source.service),
        dataset=f"{origin.name if origin else clean(source.service)}, {tool}",
        what=clean(what),
        publisher=origin.terms.publisher if origin else clean(source.service),
        retrieved=source.retrieved_at.date(),
        published=source.published_at,
        addresses=tuple(map(clean, source.addresses or [source.address])),
        sandbox=source.state == "sandbox",
        shown=origin.terms.shown if origin else "",
    )


async def references_of(context: Context, handles: Sequence[str]) -> tuple[list[Cited], list[StoredResult], list[str]]:
    """What to cite of stored answers, the answers of services that they stand on, and the handles kept no longer."""
    parts, lost = await made_of(context.results, handles)
    sources = context.sources.values()
    references = [one for part in parts if (one := cited(sources, part.tool, part.what, part.source))]
    return references, parts, lost


async def citation_of(context: Context, tool: str, answer: Answer[Any]) -> str | None:
    """How to cite an answer; of one made from others, how to cite each. What holds no statistics has none."""
    if answer.source.results:
        references, _, _ = await references_of(context, answer.source.results)
    else:
        one = cited(context.sources.values(), tool, answer.what, answer.source)
        references = [one] if one else []
    return "; ".join(map(one_line, references)) or None


def one_line(one: Cited) -> str:
    """Author, data set and what was asked of it, day of retrieval, addresses."""
    return f"{_said(one)} {' and '.join(one.addresses)}{_shown(one)}"


def reference(one: Cited) -> str:
    """The same for a list of sources, of several addresses with the first."""
    more = f" and {len(one.addresses) - 1} more" if len(one.addresses) > 1 else ""
    return f"{_said(one)} {one.address}{more}{_shown(one)}"


def _said(one: Cited) -> str:
    published = f"Published {one.published.isoformat()}. " if one.published else ""
    warning = f"{SANDBOX}: " if one.sandbox else ""
    whole = f"{one.author}. {one.dataset}: {one.what}"
    return f"{warning}{whole.rstrip('.')}. {published}Retrieved {one.retrieved.isoformat()}."


def _shown(one: Cited) -> str:
    return f" ({one.shown})" if one.shown else ""


def short_line(sources: Collection[Source], source: Provenance) -> str:
    """Author, tool, day and address without its query, for a text whose first line says what was asked.

    Of several addresses the first, and how many there are.
    """
    one = cited(sources, source.endpoint, "", source)
    if one is None:
        return ""
    warning = "SANDBOX, synthetic: " if one.sandbox else ""
    address, query, _ = one.address.partition("?")
    more = f" and {len(one.addresses) - 1} more (tool cite)" if len(one.addresses) > 1 else ""
    short = f"{address}{'?…' if query else ''}{more}"
    return f"{warning}{one.author}, {source.endpoint}, {one.retrieved.isoformat()}, {short}"


def apa(one: Cited) -> str:
    """A reference in the style of the APA's 7th edition, in plain text: "n.d." where no day of publication is known."""
    year = str(one.published.year) if one.published else "n.d."
    day = f"{MONTHS[one.retrieved.month - 1]} {one.retrieved.day}, {one.retrieved.year}"
    publisher = "" if one.publisher == one.author else f" {one.publisher}."
    retrieved = f"Retrieved {day}, from {' and '.join(one.addresses)}"
    return f"{one.author}. ({year}). {one.title.rstrip('.')} [Data set].{publisher} {retrieved}{_shown(one)}"


_LATEX = {
    "\\": r"\textbackslash{}",
    # Not \{: BibTeX counts braces whether or not a backslash stands before them.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "#": r"\#",
    "$": r"\$",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def bibtex(one: Cited) -> str:
    """A BibTeX entry, `@misc`, which every style knows. Letters of any script are kept: it is UTF-8.

    `url` is read verbatim by those styles that know it, so it is not escaped: what could end the field is
    percent-encoded instead.
    """
    fields = {
        "author": f"{{{_latex(one.author)}}}",
        "title": f"{{{_latex(one.title)}}}",
        "publisher": _latex(one.publisher),
        **({"year": str(one.published.year)} if one.published else {}),
        "url": _verbatim(one.address),
        "urldate": one.retrieved.isoformat(),
        "note": "Data set"
        + (f", published {one.published.isoformat()}" if one.published else "")
        + f", retrieved {one.retrieved.isoformat()}"
        + "".join(f", \\url{{{_verbatim(address)}}}" for address in one.addresses[1:])
        + (f". {_latex(one.shown)}" if one.shown else ""),
    }
    return "@misc{" + one.key + ",\n" + "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items()) + "}"


def csl_json(one: Cited) -> dict[str, Any]:
    """An item of the Citation Style Language, as Zotero and pandoc read it."""
    item: dict[str, Any] = {
        "id": one.key,
        "type": "dataset",
        "title": one.title,
        "author": [{"literal": one.author}],
        "publisher": one.publisher,
        "URL": one.address,
        "accessed": _csl_date(one.retrieved),
    }
    if one.published:
        item["issued"] = _csl_date(one.published)
    said = [SANDBOX] if one.sandbox else []
    said += [f"Also from {'; '.join(one.addresses[1:])}"] if one.addresses[1:] else []
    said += [one.shown.rstrip(".")] if one.shown else []
    if said:
        item["note"] = ". ".join(said)
    return item


def _csl_date(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _latex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in text)


def _verbatim(address: str) -> str:
    return re.sub(r"[\\{}\s]", lambda found: quote(found[0], safe=""), address)
