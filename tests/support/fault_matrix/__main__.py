"""Try every cell and print the table; the exit status says whether it is the expected one."""

import sys
import time

import anyio

from fault_matrix import stores
from fault_matrix.expected import EXPECTED, EXPECTED_OF_STORES
from fault_matrix.faults import FAULTS
from fault_matrix.more import MORE
from fault_matrix.trial import HEAD, LEGEND, line, try_row
from tradestat_tools.upstream.http import Http


async def main() -> bool:
    """Print the matrix as it is found."""
    began = time.monotonic()
    print(LEGEND, HEAD, sep="\n\n")
    wrong = 0
    http = Http()
    for fault in FAULTS:
        found = line(fault.name, await try_row(fault, http))
        print(found, flush=True)
        if found != EXPECTED.get(fault.name):
            wrong += 1
            print(f"  expected:\n{EXPECTED.get(fault.name)}", flush=True)
    print("", "By the rules of `more`, which the test holds:", "", sep="\n")
    for fault in MORE:
        print(line(fault.name, await try_row(fault, http)), flush=True)
    await http.aclose()
    print("", stores.LEGEND, stores.HEAD, sep="\n\n")
    for fault in stores.FAULTS:
        found = await stores.try_row(fault)
        print(found, flush=True)
        wrong += found not in (EXPECTED_OF_STORES.get(fault.name), stores.not_tried(fault))
    rows = len(FAULTS) + len(MORE) + len(stores.FAULTS)
    print(f"\n{rows} rows in {time.monotonic() - began:.0f} s, {wrong} other than expected.")
    return not wrong


if __name__ == "__main__":
    sys.exit(not anyio.run(main))
