"""The command that looks after the count of calls and credits."""

import sqlite3

import click

from tradestat_server.cli.common import read_settings

ASSUMED = (
    "It assumes that nothing was spent so far in the periods under way: look up what your accounts have really left, "
    "and set their budgets (in the README, under plans) to that until the next period."
)


@click.group()
def ledger() -> None:
    """Look after the count of calls and credits, by which budgets are kept."""


@ledger.command("reset")
@click.confirmation_option(prompt=f"Begin a new ledger? {ASSUMED} Go on?")
def ledger_reset() -> None:
    """Begin a new ledger in place of one that can not be read; the old one is kept under another name.

    While a ledger can not be read, nothing that costs credits is sent.
    """
    from tradestat_tools.open import LEDGER_FILE
    from tradestat_tools.upstream.sqlite import set_aside

    settings = read_settings()
    if settings.redis_url is not None:
        raise click.ClickException("The ledger is kept on Redis (TRADESTAT_REDIS_URL), not in a file of this machine.")
    path = settings.cache_dir / LEDGER_FILE
    try:
        aside = set_aside(path) if path.exists() else None
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(f"{path} can not be given another name: {error}.") from None
    click.echo(f"{path.name} is now {aside.name}; a new one is begun. {ASSUMED}" if aside else f"There is no {path}.")
