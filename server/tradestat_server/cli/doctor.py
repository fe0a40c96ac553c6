"""Are the keys well-formed, do the services answer, and do they still answer as assumed?"""

from dataclasses import dataclass

import anyio

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check, KeyInfo, Source, examine_key
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: a check of one source."""

    source: str
    check: Check

    def as_dict(self) -> dict[str, str | bool]:
        """The line as plain data."""
        return {"source": self.source, "check": self.check.name, "ok": self.check.ok, "detail": self.check.detail}


async def examine(context: Context) -> list[Finding]:
    """Check every source, all at once; the lines come in the order of the sources.

    In the sandbox the stand-in services are asked, with the keys that they accept; yours are not looked at.
    """
    found: dict[str, list[Check]] = {name: [] for name in context.sources}
    async with anyio.create_task_group() as tasks:
        for source in context.sources.values():
            if source.key is not None and not context.settings.sandbox:
                found[source.id].append(examine_source_key(source.key, context.settings))
            tasks.start_soon(_ask, source, context, found[source.id])
    return [Finding(name, check) for name, checks in found.items() for check in checks]


def examine_source_key(key: KeyInfo, settings: Settings) -> Check:
    """Whether the source's key is set and looks like one. An optional key may be missing."""
    secret = getattr(settings, key.variable.lower())
    if secret is None:
        state = "not set" if key.required else "not set (optional)"
        return Check(f"key {key.variable}", ok=not key.required, detail=f"{state}: {key.get_it}")
    form = examine_key(key, secret.get_secret_value())
    return Check(f"key {key.variable}", ok=form.well_formed, detail=f"set: {form.detail}")


async def _ask(source: Source, context: Context, checks: list[Check]) -> None:
    try:
        async for check in source.checks(context):
            if not check.detail.startswith("not set"):  # said above, with where to get the key
                checks.append(check)
    except TradestatError as error:
        checks.append(Check("answers", ok=False, detail=f"{error.kind}: {error.message} {error.remedy}"))
