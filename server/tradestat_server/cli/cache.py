"""The commands that look after stored answers."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tradestat_server.cli.common import as_json_text, json_option, offered, read_settings, settings_named

if TYPE_CHECKING:
    from tradestat_tools.contract.kept import Tables
    from tradestat_tools.upstream.store import Cache, CacheInfo


@click.group()
def cache() -> None:
    """Look into the stored answers, clear them, hand them on."""


@cache.command("info")
@json_option
def cache_info(*, as_json: bool) -> None:
    """How many answers are stored, where, and what is wrong with the store, if anything.

    Apart from them: the results of tools, which the tool `query` reads by their handles.
    """
    with _opened() as stored:
        info = stored.info()
    with _opened(results=True) as results:
        of_results = results.info()
    kept = _tables()
    files, size = kept.info()
    if as_json:
        tables = {"place": str(kept.folder), "files": files, "bytes": size}
        click.echo(as_json_text({**_as_dict(info), "results": _as_dict(of_results), "tables": tables}))
        return
    for what, one in (("answer", info), ("result", of_results)):
        click.echo(f"{_count(one.entries, what)}, {one.bytes:,} bytes, {one.kind}: {one.place}")
        _warn(one.warning)
    click.echo(f"{_count(files, 'file')} of imported rows, {size:,} bytes: {kept.folder}")


@cache.command("clear")
@click.option("--source", help="Only this service's answers, by its id, such as comtrade.")
def cache_clear(source: str | None) -> None:
    """Forget stored answers, and the results made of them. What they cost has to be paid again."""
    known = {one.id: list(one.offers) for one in offered().sources.values()}
    if source is not None and source not in known:
        raise click.BadParameter(f"{source!r} is none of {', '.join(known)}.", param_hint="--source")
    with _opened() as stored:
        count = stored.clear(source)
        _warn(stored.info().warning)
    with _opened(results=True) as results:
        of_results = sum(map(results.clear, known[source])) if source else results.clear()
        _warn(results.info().warning)
    if source is None:
        _tables().clear()
    click.echo(f"{_count(count, 'answer')} and {_count(of_results, 'result')} forgotten.")


@cache.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def cache_export(file: Path) -> None:
    """Write every stored answer to FILE, for others to import. It holds no keys."""
    from tradestat_tools.upstream.portable import export_answers

    with _opened() as stored:
        _warn(stored.info().warning)
        try:
            count = export_answers(stored, file, read_settings().secrets)
        except OSError as error:
            raise click.ClickException(f"{file} can not be written: {error.strerror or error}.") from None
    click.echo(f"{_count(count, 'answer')} written to {file}.")


@cache.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def cache_import(file: Path) -> None:
    """Take the answers of FILE that are newer than those stored here. Take files only from people you trust."""
    import time

    from tradestat_tools.upstream.portable import NotPortable, import_answers

    with _opened() as stored:
        try:
            done = import_answers(file, stored, time.time())
        except NotPortable as error:
            raise click.ClickException(f"{file} was not taken: {error}. Nothing was changed.") from None
        except OSError as error:
            raise click.ClickException(f"{file} can not be read: {error.strerror or error}.") from None
        info = stored.info()
        _warn(info.warning)
        if info.kind == "memory":
            raise click.ClickException("Nothing was taken: answers can not be stored here.")
        if info.unsaved:
            raise click.ClickException(f"Not all was taken: {_count(info.unsaved, 'answer')} can not be stored here.")
    left = f"{done.not_newer:,} not newer than here, {done.lapsed:,} past their time"
    click.echo(f"{_count(done.taken, 'answer')} taken; left out: {left}.")


@contextmanager
def _opened(*, results: bool = False) -> "Generator[Cache]":
    """The services' answers as they are stored, or the results that tools made of them."""
    from tradestat_tools.open import open_cache, open_results
    from tradestat_tools.upstream.store import StoreUnavailable

    settings = read_settings()
    with settings_named():
        stored = open_results(settings) if results else open_cache(settings)
    try:
        yield stored
    except StoreUnavailable as error:
        raise click.ClickException(str(error)) from None
    finally:
        stored.close()


def _tables() -> "Tables":
    """The rows of imported files, which are on this machine only."""
    from tradestat_tools.open import open_tables

    return open_tables(read_settings())


def _warn(warning: str | None) -> None:
    if warning:
        click.echo(f"Warning: {warning}", err=True)


def _as_dict(info: "CacheInfo") -> dict[str, Any]:
    from dataclasses import asdict

    return {name: value for name, value in asdict(info).items() if value is not None}


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
