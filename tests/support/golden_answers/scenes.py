"""The scenes: those of `tests/golden/scenes`, a file each and a step a line, and what goes wrong at each service.

A line is a word and what belongs to it, arguments in JSON:

    offers everything                               the server has every tool, not only those that are asked
    unlike {"comtrade_api_key": null}               settings that are not as the stand-ins want them
    ask TOOL | what it shows | {...} keeps NAME     a call; later lines write its handle `$NAME`
    example TOOL of NAME keeps NAME                 the tool's own example, with a handle if it takes one
    fail {...}, configure {...}, mend               what the stand-ins do from there on
    later SECONDS, put FILE                         time passes; a file of `files.py` is saved
    introduce, read ADDRESS, prompt NAME {...}      what a client reads
    complete ADDRESS-OR-PROMPT ARGUMENT "typed"
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from golden_answers.files import FILES
from golden_answers.play import GOLDEN, Scene
from golden_answers.steps import (
    ANY_HANDLE,
    Ask,
    Complete,
    Configure,
    Fail,
    Introduce,
    Later,
    Mend,
    Prompt,
    Put,
    Read,
    Step,
    swapped,
)
from tradestat_tools.catalogue import catalogue

ASK = re.compile(r"(\w+) \| (.*?) \| (\{.*\})(?: keeps (\w+))?")
EXAMPLE = re.compile(r"(\w+)(?: of (\w+))?(?: keeps (\w+))?")
ONE_EACH = {
    "trademap": Ask("goods_time_series", "asked", {"country": "Korea", "product": "850760", "page_size": 3}),
    "doumaotong": Ask("dashboard", "asked", {"hsCode": "850760"}),
    "korea": Ask("getNewtradeList", "asked", {"strtYymm": "202401", "endYymm": "202402"}),
    "eurostat": Ask(
        "eu_trade", "asked", {"reporter": "DE", "partner": "CN", "product": "850760", "flow": "M", "period": "2023"}
    ),
    "comtrade": Ask("comtrade_data", "asked", {"reporterCode": "KR", "period": "2023", "flowCode": "X"}),
    "census": Ask("us_imports", "asked", {"product": "850760", "partner": "KR", "period": "2024-01"}),
}
DAY = 86_400.0
STATUSES = (400, 401, 403, 404, 422, 429, 500, 502, 503)
KINDS = ("reset", "truncated", "empty", "html", "wrong_schema", "wrong_type", "error_in_200", "xml_bomb")


def _ask(text: str) -> Step:
    found = ASK.fullmatch(text)
    if found is None:
        raise ValueError(f"no call: {text}")
    return Ask(found[1], found[2], json.loads(found[3]), found[4] or "")


def _example(text: str) -> Step:
    found = EXAMPLE.fullmatch(text)
    if found is None:
        raise ValueError(f"no example: {text}")
    arguments = json.loads(json.dumps(dict(catalogue().tools[found[1]].example)))
    return Ask(found[1], "its example", swapped(arguments, {ANY_HANDLE: f"${found[2]}"}), found[3] or "")


def _prompt(text: str) -> Step:
    name, _, given = text.partition(" ")
    return Prompt(name, json.loads(given))


def _complete(text: str) -> Step:
    of, argument, typed = text.split(" ", 2)
    return Complete(of, argument, json.loads(typed))


READERS: Mapping[str, Callable[[str], Step]] = {
    "ask": _ask,
    "example": _example,
    "fail": lambda text: Fail(json.loads(text)),
    "configure": lambda text: Configure(json.loads(text)),
    "mend": lambda _: Mend(),
    "later": lambda text: Later(float(text)),
    "put": lambda text: Put(text, FILES[text]),
    "introduce": lambda _: Introduce(),
    "read": Read,
    "prompt": _prompt,
    "complete": _complete,
}


def _scene(file: Path) -> Scene:
    steps: list[Step] = []
    unlike: dict[str, Any] = {}
    offers_all = False
    for line in file.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "offers":
            offers_all = True
        elif word == "unlike":
            unlike = cast("dict[str, Any]", json.loads(rest))
        else:
            steps.append(READERS[word](rest))
    return Scene(file.stem, steps, unlike, offers_all)


def _failing(source: str) -> Scene:
    """Every failure of one service, then every limit that it keeps; in between the breaker has the time to close."""

    def fail(**how: Any) -> Step:
        return Fail({"times": -1, "source": source, **how})

    statuses = [fail(status=status, body="", headers={}) for status in STATUSES]
    asked_to_wait = [
        fail(status=status, headers={"Retry-After": seconds}, body="")
        for status, seconds in ((429, "7"), (503, "3000"))
    ]
    kinds = [fail(kind=kind) for kind in KINDS]
    limits = [
        Configure({"limits": {source: limit}})
        for limit in ({"per_minute": 1, "burst": 0}, {"per_day": 0}, {"per_month": 0})
    ]
    steps: list[Step] = []
    for wrong in (*statuses, *asked_to_wait, *kinds, *limits):
        steps += [wrong, ONE_EACH[source], Mend(), Later(DAY)]
    return Scene(f"failing_{source}", steps)


SCENES = (*(_scene(file) for file in sorted((GOLDEN / "scenes").glob("*.txt"))), *map(_failing, ONE_EACH))
