"""The command line. Only `click` is imported up here: `--help` must not pay for MCP or the sources' models."""

import gc
import io
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

import click
from click.core import ParameterSource

from tradestat_server.cli.cache import cache
from tradestat_server.cli.common import (
    as_json_text,
    call_tool,
    json_option,
    offered,
    offline_option,
    read_pairs,
    read_settings,
    sandbox_option,
    settings_named,
)
from tradestat_server.cli.ledger import ledger

if TYPE_CHECKING:
    from tradestat_tools.catalogue import Catalogue
    from tradestat_tools.contract.context import Context
    from tradestat_tools.model.errors import TradestatError
    from tradestat_tools.model.settings import Settings

T = TypeVar("T")

FILES = click.Choice(["csv", "xlsx", "json", "parquet", "markdown", "html", "svg", "png"])
"""What `export_data` writes."""

PORT = click.IntRange(0, 65535)
"""0 lets the system choose a free one."""

today_option = click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="Where the synthetic world's clock stands."
)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Chinese and Korean names whatever the console's code page
            stream.reconfigure(encoding="utf-8", errors="replace")
    cli(prog_name="tradestat-mcp")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tradestat-mcp")
@click.pass_context
def cli(context: click.Context) -> None:
    """Official trade statistics for research.

    Without a command: this help in a terminal, `serve` over stdio when a program starts it.
    """
    if context.invoked_subcommand is None:
        if sys.stdin is not None and sys.stdin.isatty():
            click.echo(context.get_help())
        else:
            context.invoke(serve)


@cli.command()
@click.option("--transport", type=click.Choice(["stdio", "streamable-http", "sse"]), default="stdio", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on (HTTP and SSE).")
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port to listen on (HTTP and SSE).")
@click.option("--allowed-host", multiple=True, help="A Host header to accept; needed when not on loopback. Repeatable.")
@click.option("--allowed-origin", multiple=True, help="An Origin header to accept, for browsers. Repeatable.")
@sandbox_option
@offline_option
@click.pass_context
def serve(
    context: click.Context,
    *,
    transport: Literal["stdio", "streamable-http", "sse"],
    host: str,
    port: int,
    allowed_host: tuple[str, ...],
    allowed_origin: tuple[str, ...],
    sandbox: bool,
    offline: bool,
) -> None:
    """Run the MCP server."""
    if transport == "stdio":
        _refuse_listening_options(context)
        if sys.stdin is None or sys.stdout is None:  # whatever is opened next would be taken for them
            raise click.ClickException("There is nobody to serve over stdio: stdin or stdout is closed.")
        if sys.stdin.isatty():
            click.echo("Serving MCP over stdio: a client is to start this command. Ctrl-C stops it.", err=True)
    gc.disable()  # what is loaded from here on stays: looking through it again and again takes a tenth of the start
    try:
        settings = read_settings(sandbox=sandbox, offline=offline)
        from tradestat_server.mcp import transports
    finally:
        gc.enable()
    gc.freeze()
    try:
        with settings_named():
            transports.run(
                transport,
                host=host,
                port=port,
                allowed_hosts=allowed_host,
                allowed_origins=allowed_origin,
                settings=settings,
                offered=offered(),
            )
    except transports.UnsafeBinding as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise _can_not_listen(host, port, error) from None


@cli.command("sandbox")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, required=True, help="Port to listen on; 0 takes a free one.")
@today_option
def sandbox_command(host: str, port: int, today: datetime | None) -> None:
    """Run the stand-in services as a server, and print the settings that point at it."""
    from tradestat_server.cli.sandbox import serve_sandbox

    try:
        serve_sandbox(host, port, _date(today), announce=click.echo)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--today") from None
    except OSError as error:
        raise _can_not_listen(host, port, error) from None


@cli.command()
def demo() -> None:
    """Ask each source one question through a real server, in the sandbox."""
    from tradestat_server.cli.demo import run_demo

    sys.exit(0 if _run(partial(run_demo, offered())) else 1)


@cli.command()
@click.argument("tool")
@click.argument("pairs", nargs=-1, metavar="[NAME=VALUE]...")
@json_option
@sandbox_option
@offline_option
@click.option("--export", type=FILES, help="Also write the answer to a file of that kind, in the folder of exports.")
def call(*, tool: str, pairs: tuple[str, ...], as_json: bool, sandbox: bool, offline: bool, export: str | None) -> None:
    """Ask one TOOL one question, for example: call getNitemtradeList strtYymm=202501 endYymm=202503 hsSgn=850760

    A list is written as a,b or as a JSON list, or by giving its name twice.
    """
    _ask(tool, pairs, read_settings(sandbox=sandbox, offline=offline), as_json=as_json, export=export)


@cli.command()
@click.argument("results", nargs=-1, required=True, metavar="RESULT...")
@click.option("--format", "kind", type=FILES, default="xlsx", show_default=True, help="Kind of file.")
@click.option("--name", help="Name of the file, without a folder.")
@json_option
def export(*, results: tuple[str, ...], kind: str, name: str | None, as_json: bool) -> None:
    """Write earlier answers, by their RESULT handles (r…), to a file in the folder of exports."""
    pairs = (f"result={','.join(results)}", f"format={kind}", *([f"filename={name}"] if name else []))
    _ask("export_data", pairs, read_settings(), as_json=as_json)


@cli.command()
@json_option
def usage(*, as_json: bool) -> None:
    """What is left of every plan, when it resets, and what is stored. Costs nothing and asks no service."""
    _ask("usage", (), read_settings(), as_json=as_json)


cli.add_command(cache)
cli.add_command(ledger)


@cli.command()
@json_option
def tools(as_json: bool) -> None:
    """List the tools by source, with their keys and costs."""
    if as_json:
        click.echo(as_json_text(_run(partial(_tools_as_listed, read_settings(), offered()))))
    else:
        from tradestat_server.cli.terminal import Terminal, tools_table

        tools_table(Terminal(), offered())


@cli.command()
@click.argument("exporter")
@click.argument("importer")
@click.argument("product")
@click.argument("period")
@today_option
@json_option
def truth(*, exporter: str, importer: str, product: str, period: str, today: datetime | None, as_json: bool) -> None:
    """The synthetic world's own figures for a flow, to check sandbox answers with.

    For example: truth CN KR 850760 202412
    """
    from tradestat_sandbox import truth_report
    from tradestat_tools.model.errors import InvalidQuery

    try:
        report = truth_report(exporter, importer, product, period, today=_date(today))
    except (KeyError, ValueError) as error:
        _fail(InvalidQuery(f"The synthetic world can not answer that: {error.args[0]}."), as_json=as_json)
    if as_json:
        click.echo(as_json_text(report))
    else:
        from tradestat_server.cli.terminal import Terminal, truth_table

        truth_table(Terminal(), report)


@cli.command()
@sandbox_option
@json_option
def doctor(sandbox: bool, as_json: bool) -> None:
    """Check keys, services and the assumptions about them. The exit status is 0 only when all is well."""
    settings = read_settings(sandbox=sandbox)
    from tradestat_server.cli.doctor import examine

    with settings_named():
        findings = _run(partial(_with_context, settings, examine))
    if as_json:
        click.echo(as_json_text([finding.as_dict() for finding in findings]))
    else:
        for finding in findings:
            mark = click.style("ok  ", fg="green") if finding.check.ok else click.style("FAIL", fg="red")
            line = f"{mark}  {finding.source:<10}  {finding.check.name}: {finding.check.detail}"
            click.echo(line, color=False if os.environ.get("NO_COLOR") else None)
    sys.exit(0 if all(finding.check.ok for finding in findings) else 1)


def _ask(tool: str, pairs: tuple[str, ...], settings: "Settings", *, as_json: bool, export: str | None = None) -> None:
    """Ask one tool one question and print the answer; with `export`, and where it was written to."""
    from tradestat_server.text.render import render_answer
    from tradestat_tools.model.errors import TradestatError

    try:
        with settings_named():
            ask = partial(call_tool, name=tool, arguments=read_pairs(pairs), export=export)
            answer, exported = _run(partial(_with_context, settings, ask))
    except TradestatError as error:
        _fail(error, as_json=as_json)
    if as_json:
        files = {"exported": exported.structured()["data"]["files"]} if exported else {}
        click.echo(as_json_text({**answer.structured(), **files}))
        return
    click.echo(render_answer(answer, max_chars=settings.max_chars))
    if exported:
        click.echo(exported.data.verbatim())


async def _with_context(settings: "Settings", use: "Callable[[Context], Awaitable[T]]") -> T:
    """What comes of using what tools work with; nothing is renewed once the command has its answer."""
    from tradestat_server.mcp.context import open_context

    async with open_context(settings, offered=offered(), renews=False) as context:
        return await use(context)


async def _tools_as_listed(settings: "Settings", offered: "Catalogue") -> list[dict[str, Any]]:
    """The entries of `tools/list`, for which nothing has to be opened."""
    from mcp import Client

    from tradestat_server.mcp.app import create_server
    from tradestat_server.mcp.context import open_context
    from tradestat_server.mcp.door import Door

    async with Client(create_server(Door(settings, offered, partial(open_context, settings)))) as client:
        tools = (await client.list_tools()).tools
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]


def _run(function: Callable[[], Any]) -> Any:
    from tradestat_server.leaving import run_until_told

    return run_until_told(function)


def _fail(error: "TradestatError", *, as_json: bool) -> NoReturn:
    """Print the error and leave: as JSON to stdout, else as text to stderr."""
    from tradestat_server.text.render import render_error

    click.echo(as_json_text(error.as_dict()) if as_json else render_error(error), err=not as_json)
    sys.exit(1)


def _refuse_listening_options(context: click.Context) -> None:
    """Whoever gives a port expects a server that listens there, not one that waits on stdin."""
    for name in ("host", "port", "allowed_host", "allowed_origin"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(
                f"{option} needs --transport streamable-http or sse; stdio does not listen.", context
            )


def _can_not_listen(host: str, port: int, error: OSError) -> click.ClickException:
    return click.ClickException(f"Can not listen on {host}, port {port}: {error.strerror or error}.")


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
