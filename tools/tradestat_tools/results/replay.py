"""The calls behind an answer as a script that repeats them: with curl, or with Python and httpx.

A script holds names of variables and never a key. Whatever a caller or a service wrote reaches it percent-encoded, as
JSON or as a Python literal, all of them ASCII, so that it can not become a command.
"""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import StoredResult
from tradestat_tools.contract.source import KeyInfo
from tradestat_tools.model.settings import SANDBOX_URL
from tradestat_tools.upstream.request import AskedCall

STANDIN = "TRADESTAT_SANDBOX_URL"
"""The variable for the address of the stand-in services, which is another each time that they are started."""


TIMEOUT = 180
"""Seconds. The largest tables take that long."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The calls behind one answer.

    Args:
        tool: which gave it.
        handle: under which it is kept.
        cost: of a call of that tool, where it is known.
        keys: of the sources, by their ids.
    """

    tool: str
    handle: str
    retrieved_at: datetime
    sandbox: bool
    calls: tuple[AskedCall, ...]
    cost: str | None
    keys: Mapping[str, KeyInfo]

    @classmethod
    def of(cls, context: Context, stored: StoredResult) -> "Replay":
        """The calls that a stored answer was made from."""
        source, tool = stored.source, context.tools.get(stored.tool)
        keys = {one.id: one.key for one in context.sources.values() if one.key is not None}
        synthetic = source.state == "sandbox"
        cost = tool.cost if tool else None
        return cls(stored.tool, stored.handle, source.retrieved_at, synthetic, stored.asked, cost, keys)

    def key(self, call: AskedCall) -> KeyInfo | None:
        """The key that a call carries."""
        return self.keys.get(call.source) if call.keyed else None


def curl(replays: Sequence[Replay]) -> str:
    """A POSIX shell script; the bodies go to its output, one after another in the order of the calls."""
    lines = ["#!/bin/sh", *(f"# {line}" for line in _preface(replays)), "set -eu"]
    if _at_standin(replays):
        lines.append(f': "${{{STANDIN}:?Set it to the address that tradestat-mcp sandbox --port 0 prints.}}"')
    keys = _keys(replays)
    lines += [f': "${{{variable}:?Set it to your key.}}"' for variable in keys]
    for key in keys.values():
        if key.two_forms:
            lines += [
                "# The portal's Encoding form of the key goes as it is, its Decoding form is encoded.",
                f'case "${key.variable}" in *%*) form=--data ;; *) form=--data-urlencode ;; esac',
            ]
    for replay, calls in _each_once(replays):
        lines += ["", f"# {_head(replay, calls)}"]
        lines += [_curl(call, replay.key(call)) for call in calls]
    return "\n".join(lines) + "\n"


def python(replays: Sequence[Replay]) -> str:
    """A Python script that needs httpx; the bodies go to its output, one after another in the order of the calls."""
    keys = _keys(replays)
    decode = "from urllib.parse import unquote\n" if any(key.two_forms for key in keys.values()) else ""
    lines = [
        *(f"# {line}" for line in _preface(replays)),
        f"import os\nimport sys\n{decode}",
        "import httpx",
        "",
        *([f"SANDBOX = os.environ[{STANDIN!r}]"] if _at_standin(replays) else []),
        *(f"{variable} = {_read_key(key)}" for variable, key in keys.items()),
        "",
        "CALLS = [",
    ]
    for replay, calls in _each_once(replays):
        lines.append(f"    # {_head(replay, calls)}")
        lines += [f"    {_python(call, replay.key(call))}," for call in calls]
    lines += [
        "]",
        "",
        f"with httpx.Client(timeout={TIMEOUT}) as client:",
        "    for call in CALLS:",
        "        answer = client.request(**call)",
        "        if answer.is_error:",
        '            print(f"HTTP {answer.status_code}", file=sys.stderr)',
        "        sys.stdout.buffer.write(answer.content)",
    ]
    return "\n".join(lines) + "\n"


def count_of(replays: Sequence[Replay]) -> int:
    """How many calls are behind several answers, each once."""
    return sum(len(calls) for _, calls in _each_once(replays))


def _each_once(replays: Sequence[Replay]) -> list[tuple[Replay, list[AskedCall]]]:
    """Each call beside the first answer that was made from it."""
    found: list[tuple[Replay, list[AskedCall]]] = []
    for replay in replays:
        above = [call for _, calls in found for call in calls]
        found.append((replay, [call for call in replay.calls if call not in above]))
    return found


def _head(replay: Replay, calls: Sequence[AskedCall]) -> str:
    above = ", made from what is asked above" if len(calls) < len(replay.calls) else ""
    return f"{replay.tool}, result {replay.handle}{above}"


def _preface(replays: Sequence[Replay]) -> list[str]:
    """What to know before running it."""
    costs = {replay.cost for replay in replays if replay.cost}
    count = count_of(replays)
    oldest = min(replay.retrieved_at for replay in replays)
    lines = [
        f"Repeats the {count} call{'s' * (count > 1)} behind {', '.join(replay.handle for replay in replays)}, "
        f"retrieved {oldest:%Y-%m-%d %H:%M} UTC. Services revise: the answer may be another by now.",
        f"A call costs: {', '.join(sorted(costs))}. Keys are read from the environment.",
    ]
    if any(replay.sandbox for replay in replays):
        lines.insert(
            0, "SANDBOX: repeats calls to the stand-in services. What they answer is synthetic, no statistics."
        )
    return lines


def _curl(call: AskedCall, key: KeyInfo | None) -> str:
    words = ["curl -sS --globoff"]
    base, path = _split(call.url)
    address = shlex.quote(path + (f"?{urlencode(call.params)}" if call.params else ""))
    words.append(f'"${STANDIN}"{address}' if base else address)
    if key and key.place == "query":
        form = '"$form"' if key.two_forms else "--data-urlencode"
        words.append(f'--get {form} "{key.name}=${key.variable}"')
    if key and key.place == "header":
        words.append(f'--header "{key.name}: ${key.variable}"')
    words += [f"--header {shlex.quote(f'{name}: {value}')}" for name, value in call.headers.items()]
    if call.method == "POST":
        words.append("--request POST")
    if call.body is not None:
        words.append(f"--header 'Content-Type: application/json' --data-raw {shlex.quote(json.dumps(call.body))}")
    return " \\\n  ".join(words)


def _python(call: AskedCall, key: KeyInfo | None) -> str:
    base, path = _split(call.url)
    parts = [f'"method": {call.method!r}', f'"url": {"SANDBOX + " if base else ""}{path!a}']
    in_query = f"{key.name!r}: {key.variable}" if key and key.place == "query" else ""
    in_header = f"{key.name!r}: {key.variable}" if key and key.place == "header" else ""
    for name, known, secret in (("params", call.params, in_query), ("headers", call.headers, in_header)):
        members = [f"{one!a}: {value!a}" for one, value in known.items()] + ([secret] if secret else [])
        if members:
            parts.append(f'"{name}": {{{", ".join(members)}}}')
    if call.body is not None:
        parts.append(f'"json": {call.body!a}')
    return "{" + ", ".join(parts) + "}"


def _split(url: str) -> tuple[bool, str]:
    """Whether a variable stands for the beginning of an address, and the rest of it."""
    return (True, url.removeprefix(SANDBOX_URL)) if url.startswith(f"{SANDBOX_URL}/") else (False, url)


def _at_standin(replays: Sequence[Replay]) -> bool:
    return any(_split(call.url)[0] for replay in replays for call in replay.calls)


def _keys(replays: Sequence[Replay]) -> dict[str, KeyInfo]:
    """The keys that are needed, by their variables."""
    found = (replay.key(call) for replay in replays for call in replay.calls)
    return {key.variable: key for key in found if key}


def _read_key(key: KeyInfo) -> str:
    if key.two_forms:
        return f"unquote(os.environ[{key.variable!r}])  # either form of the key; httpx encodes it again"
    return f"os.environ[{key.variable!r}]"
