"""How answers are written down: to be read in a review, and no longer than is of use there."""

import hashlib
import json
from typing import Any, cast

WIDTH = 160
WHOLE = 12_000
"""Characters up to which a text is written whole."""
BEGINNING = 2_000


def excerpt(text: str) -> str:
    """The text, or its beginning with what tells it from any other."""
    if len(text) <= WHOLE:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:BEGINNING]}\n[... {len(text):,} characters in all, sha256 {digest}]"


def pretty(value: Any, indent: str = "") -> str:
    """JSON in which whatever fits on a line stands on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    deeper = f"{indent}  "
    if isinstance(value, dict):
        known = cast("dict[str, Any]", value)
        inner = [f"{json.dumps(name, ensure_ascii=False)}: {pretty(one, deeper)}" for name, one in known.items()]
        opened, closed = "{", "}"
    else:
        inner = [pretty(one, deeper) for one in cast("list[Any]", value)]
        opened, closed = "[", "]"
    joined = f",\n{deeper}".join(inner)
    return f"{opened}\n{deeper}{joined}\n{indent}{closed}"
