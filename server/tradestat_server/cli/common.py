"""What several commands share. Only `click` is imported up here: `--help` must not pay for the rest."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tradestat_tools.model.settings import Settings

sandbox_option = click.option(
    "--sandbox", is_flag=True, help="Ask the stand-in services: synthetic figures, no network, no keys."
)
offline_option = click.option(
    "--offline", is_flag=True, help="Answer from what is stored and nothing else; every answer says how old it is."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


def read_settings(*, sandbox: bool = False, offline: bool = False) -> "Settings":
    """The settings, with what the command line says besides.

    Raises:
        click.ClickException: naming every setting that is wrong.
    """
    if sandbox and offline:
        raise click.UsageError("--offline answers from what is stored, and --sandbox stores nothing. Choose one.")
    from pydantic import ValidationError

    from tradestat_tools.catalogue import catalogue

    try:
        settings = catalogue().settings()
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {_said(fault['msg'])}" for fault in error.errors()]
        raise _wrong_setting("; ".join(faults)) from None
    chosen = {name: True for name, given in (("sandbox", sandbox), ("offline", offline)) if given}
    return settings.model_copy(update=chosen)


def _said(message: str) -> str:
    """A fault in the words of this project; pydantic puts its own before them."""
    return message.removeprefix("Value error, ")


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
