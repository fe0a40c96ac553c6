"""Texts for models and for the people they help; `index.toml` says what each is."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any


def text(name: str) -> str:
    """One of the texts, by its name."""
    return _file(f"{name}.md")


@cache
def index() -> dict[str, Any]:
    """What the texts are: `prompts` and `guides`, and what the prompts' `arguments` mean."""
    return tomllib.loads(_file("index.toml"))


def _file(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
