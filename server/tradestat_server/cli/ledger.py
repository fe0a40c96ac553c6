"""The command that looks after the count of calls and credits."""

import math

import click

from tradestat_server.cli.common import offered, read_settings

ASSUMED = (
    "It assumes that in the periods under way nothing was spent but what --spent says: look up what your accounts have "
    "really left."
)


@click.group()
def ledger() -> None:
    """Look after the count of calls and credits, by which budgets are kept."""


@ledger.command("reset")
@click.option(
    "--spent",
    multiple=True,
    metavar="SOURCE=CREDITS",
    help="What was spent so far in the period under way, such as trademap=42; once a service.",
)
@click.confirmation_option(prompt=f"Begin a new ledger? {ASSUMED} Go on?")
def ledger_reset(spent: tuple[str, ...]) -> None:
    """Begin a new ledger in place of one that can not be read; the old one is kept under another name.

    While it is not known what was spent, nothing that costs credits is sent, until the period of its budget is over.
    """
    import time

    from tradestat_tools.open import LEDGER_FILE
    from tradestat_tools.upstream.sqlite import SqliteLedger
    from tradestat_tools.upstream.store import StoreUnavailable

    credits = dict(map(_read_spent, spent))
    settings = read_settings()
    if settings.redis_url is not None:
        raise click.ClickException("The ledger is kept on Redis (TRADESTAT_REDIS_URL), not in a file of this machine.")
    found = SqliteLedger(settings.cache_dir / LEDGER_FILE)
    try:
        aside = found.reset(credits, time.time())
    except (StoreUnavailable, OSError) as error:
        raise click.ClickException(f"No new ledger was begun: {error}.") from None
    finally:
        found.close()
    if aside:
        click.echo(f"What was there is now {' and '.join(aside)}.")
    counted = ", ".join(f"{source} {amount:g}" for source, amount in credits.items()) or "nothing"
    click.echo(f"A new ledger is begun; counted as spent: {counted}. {ASSUMED}")


def _read_spent(text: str) -> tuple[str, float]:
    source, _, amount = text.partition("=")
    known = list(offered().sources)
    if source not in known:
        raise click.BadParameter(f"{source!r} is none of {', '.join(known)}.", param_hint="--spent")
    try:
        credits = float(amount)
    except ValueError:
        credits = math.nan
    if not 0 <= credits < math.inf:
        raise click.BadParameter(f"{text!r} is not like trademap=42.", param_hint="--spent")
    return source, credits
