"""Run every measurement and print its table; `--out FOLDER` also writes the ratios to other servers there."""

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path

import anyio

from bench import cached_call, exports, first, one_flight, rates, session, sizes, stored, stores
from bench.measure import say
from tradestat_sandbox import Sandbox


async def main(out: Path | None) -> None:
    """Everything in one process, one after another."""
    began = time.perf_counter()
    say(
        f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} processors. "
        "What is compared is measured in turns; medians are shown."
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        sandbox = Sandbox()
        await cached_call.run(sandbox, folder)
        await session.run(sandbox, folder)
        await one_flight.run(folder)
        await stores.run(folder)
        await sizes.run(sandbox, folder / "sizes")  # whose ledger is no other's
        await stored.run(sandbox, folder)
        await first.run()
    exports.run()
    rates.run(out)
    say(f"\n{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write rates.json and rates.md there")
    anyio.run(main, parser.parse_args().out)
