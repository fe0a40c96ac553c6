"""What several commands share. Only `click` is imported up here: `--help` must not pay for the rest."""

import json
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tradestat_tools.catalogue import Catalogue
    from tradestat_tools.contract.context import Context
    from tradestat_tools.model.answers import Answer
    from tradestat_tools.model.settings import Settings

sandbox_option = click.option(
    "--sandbox", is_flag=True, help="Ask the stand-in services: synthetic figures, no network, no keys."
)
offline_option = click.option(
    "--offline", is_flag=True, help="Answer from what is stored and nothing else; every answer says how old it is."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


def offered() -> "Catalogue":
    """The sources and tools that the command works with: those that the command line was given, else all."""
    from tradestat_tools.catalogue import Catalogue, catalogue

    return click.get_current_context().find_object(Catalogue) or catalogue()


def read_settings(*, sandbox: bool = False, offline: bool = False) -> "Settings":
    """The settings, with what the command line says besides.

    Raises:
        click.ClickException: naming every setting that is wrong.
    """
    if sandbox and offline:
        raise click.UsageError("--offline answers from what is stored, and --sandbox stores nothing. Choose one.")
    from pydantic import ValidationError

    try:
        settings = offered().settings()
    except ValidationError as error:
        # Pydantic puts words of its own before a fault that was described here.
        faults = [
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise _wrong_setting("; ".join(faults)) from None
    chosen = {name: True for name, given in (("sandbox", sandbox), ("offline", offline)) if given}
    return settings.model_copy(update=chosen)


@contextmanager
def settings_named() -> Generator[None]:
    """Turn a setting that shows to be wrong only in use into one line that names it."""
    from tradestat_tools.open import WrongSetting

    try:
        yield
    except WrongSetting as error:
        raise _wrong_setting(str(error)) from None


def _wrong_setting(what: str) -> click.ClickException:
    return click.ClickException(f"A setting is wrong. {what}")


def as_json_text(value: Any) -> str:
    """JSON for people and programs."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def read_pairs(pairs: Iterable[str]) -> dict[str, Any]:
    """Read `name=value` words into raw arguments.

    A name given twice makes a list. A value stays text, whatever it looks like: the tool's own schema reads it.

    Raises:
        InvalidQuery: a word without `=` or without a name.
    """
    from tradestat_tools.model.errors import InvalidQuery

    values: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise InvalidQuery(
                f"{pair!r} is not an argument.",
                allowed="name=value, for example hsSgn=850760",
                remedy="Write every argument as name=value, quoted where the value holds blanks.",
            )
        values.setdefault(name.strip(), []).append(value)
    return {name: given[0] if len(given) == 1 else given for name, given in values.items()}


async def call_tool(
    context: "Context", name: str, arguments: "Mapping[str, Any]", *, export: str | None = None
) -> "tuple[Answer[Any], Answer[Any] | None]":
    """Ask one tool one question, without MCP in between; write the answer to a file where `export` names a format.

    Raises:
        TradestatError: one of the closed set; InvalidQuery means nothing was sent.
    """
    from tradestat_tools.call import no_such_tool
    from tradestat_tools.model.errors import InvalidQuery

    if name not in context.tools:
        raise no_such_tool(name, context.tools, remedy="List them with `tradestat-mcp tools`.", argument="TOOL")
    answer = await context.call(name, arguments)
    if export is None:
        return answer, None
    if answer.result is None:
        raise InvalidQuery(f"An answer of {name} has no handle, so it can not be exported.", argument="--export")
    return answer, await context.call("export_data", {"result": [answer.result], "format": export})
