"""The tool that cites a stored answer, and gives the script that repeats the calls behind it."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import Handle, found_in
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Data, Note, NoteCode, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import NoData
from tradestat_tools.results import replay as scripts
from tradestat_tools.results.citation import Cited, apa, bibtex, csl_json, one_line, references_of

Style = Literal["line", "apa", "bibtex", "csl-json"]
Language = Literal["none", "curl", "python"]


class CiteArguments(Arguments):
    """Which stored answer, cited how, with which script."""

    result: Annotated[Handle, Field(description="The handle in an answer's first line: rk3v7q2m5xa.")]
    style: Annotated[Style, Field(description="How the reference is written.")] = "line"
    replay: Annotated[
        Language, Field(description="Also a script that repeats the calls; the key stays a variable.")
    ] = "none"


class CiteData(Data):
    """References to the answers that a result stands on, and a script that repeats their calls."""

    result: str
    style: Style
    text: str = Field(description="The references: one a line, BibTeX entries, or a CSL-JSON array.")
    language: Language = Field(description="Of the script.")
    script: str | None = Field(default=None, description="Repeats the very calls; keys are read from the environment.")
    calls: int = Field(description="Calls to services that the result stands on, stored answers included.")

    def verbatim(self) -> str:
        return f"{self.text}\n\n{self.script}" if self.script else self.text

    def tables(self) -> list[Table]:
        return []


async def cite(context: Context, asked: CiteArguments) -> Answer[CiteData]:
    """References to a stored answer. No service is asked."""
    stored = await found_in(context.results, asked.result)
    references, parts, lost = await references_of(context, [stored.handle])
    if not references:
        raise NoData(
            f"No answer of a service stands behind {stored.handle}, so there is nobody to cite.",
            remedy="Call the tools that gave its figures again; their answers have handles of their own.",
        )
    # An answer made of others may have asked for more itself.
    asking = [*parts, stored] if stored.source.results else parts
    replays = [replay for part in asking if (replay := scripts.Replay.of(context, part)).calls]
    notes: list[Note] = []
    if lost:
        text = f"It was also made from {', '.join(lost)}, kept no longer: ask their tools again to cite them."
        notes.append(Note(code=NoteCode.ABSENT, text=text))
    if asked.replay != "none" and not replays:
        text = "No call to a service stands behind it, so there is nothing to repeat."
        notes.append(Note(code=NoteCode.ABSENT, text=text))
    write = {"curl": scripts.curl, "python": scripts.python}.get(asked.replay)
    return Answer(
        what=f"How to cite: {stored.what}",
        data=CiteData(
            result=stored.handle,
            style=asked.style,
            text=_STYLES[asked.style](references),
            language=asked.replay,
            script=write(replays) if write and replays else None,
            calls=scripts.count_of(replays),
        ),
        source=stored.source.model_copy(update={"calls": 0, "credits_charged": None, "remaining_quota": None}),
        notes=notes,
        result=stored.handle,
        citation="; ".join(map(one_line, references)),
    )


_STYLES: dict[Style, Callable[[Sequence[Cited]], str]] = {
    "line": lambda references: "\n".join(map(one_line, references)),
    "apa": lambda references: "\n".join(sorted(map(apa, references))),
    "bibtex": lambda references: "\n\n".join({one.key: bibtex(one) for one in references}.values()),
    "csl-json": lambda references: json.dumps(
        list({one.key: csl_json(one) for one in references}.values()), ensure_ascii=False, indent=1
    ),
}

CITE = Tool(
    name="cite",
    title="Tradestat: cite and repeat an answer",
    description=(
        "How to cite an earlier answer, by the handle (result r…) in its first line: in one line, APA, BibTeX or "
        "CSL-JSON (Zotero, pandoc), with service, data set, day of retrieval and the address without key. replay=curl "
        "or replay=python adds a script that repeats the very calls behind it, pages and parts in order, with the key "
        "as an environment variable, so that a reader can check the figures. A result made of several answers cites "
        "each. Asks no service; running a script may cost what the calls cost."
    ),
    arguments=CiteArguments,
    data=CiteData,
    run=cite,
    example={"result": "rk3v7q2m5xa"},
    local=True,
)
