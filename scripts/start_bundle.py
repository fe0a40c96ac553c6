"""Unpack a packed MCP Bundle and start its server as a host would: `initialize`, then `tools/list`.

Twice, because hosts differ in how they start a bundle of the type uv: by its `mcp_config`, and by its `entry_point`.
"""

import json
import os
import re
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

PATIENCE = 300.0
"""Seconds for one start; the first one downloads and installs what the server needs."""


def main() -> int:
    """Start the bundle named on the command line; the exit status."""
    bundle = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
        names = sorted(archive.namelist())
        manifest: dict[str, Any] = json.loads(Path(folder, "manifest.json").read_text(encoding="utf-8"))
        _say(f"{bundle.name}: {len(names)} files, {bundle.stat().st_size:,} bytes")
        config = manifest["server"]["mcp_config"]
        defaults = {key: option["default"] for key, option in manifest["user_config"].items()}
        env = {name: _expand(value, folder, defaults) for name, value in config["env"].items()}
        by_config = [config["command"], *(_expand(word, folder, defaults) for word in config["args"])]
        by_entry_point = ["uv", "run", "--directory", folder, manifest["server"]["entry_point"]]
        expected = [tool["name"] for tool in manifest["tools"]]
        return max(anyio.run(_start, command, env, expected) for command in (by_config, by_entry_point))


async def _start(command: list[str], env: dict[str, str], expected: list[str]) -> int:
    """Start one server and compare its tools with the manifest's."""
    # `uv` stands beside this Python, and reaches the package index as this machine does.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    network = {
        name: value for name, value in os.environ.items() if re.match(r"SSL_|UV_|.*_PROXY$", name, re.IGNORECASE)
    }
    surroundings = {**network, "UV_SYSTEM_CERTS": "1", "PATH": path}
    parameters = StdioServerParameters(command=command[0], args=command[1:], env={**surroundings, **env})
    began = time.monotonic()
    with anyio.fail_after(PATIENCE):
        async with Client(parameters, mode="legacy") as client:
            listed = [tool.name for tool in (await client.list_tools()).tools]
    _say(f"{' '.join(command[:2])} ... {command[-1]}: {len(listed)} tools after {time.monotonic() - began:.1f} s")
    if listed != expected:
        _say(f"The manifest lists other tools: {sorted(set(listed) ^ set(expected))}")
        return 1
    return 0


def _expand(text: str, folder: str, user_config: dict[str, str]) -> str:
    text = text.replace("${__dirname}", folder)
    for key, value in user_config.items():
        text = text.replace(f"${{user_config.{key}}}", value)
    return text


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
