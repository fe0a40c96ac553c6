"""JSON schemas as clients should see them: flat, without noise, and still true of what is sent."""

from functools import cache
from typing import Any, cast

from tradestat_tools.model.arguments import Arguments

Schema = dict[str, Any]

CONSTRAINTS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
"""Pydantic writes a bound on `int | float` under its own name (seen in 2.14)."""

EMPTY: tuple[Any, ...] = (None, "", [])
"""Defaults that say no more than that an argument may be left out."""


@cache
def input_schema(model: type[Arguments]) -> Schema:
    """The schema of a tool's arguments, within what every host takes.

    No references, no titles, no `null` where leaving out says the same. Unknown names are not forbidden here, since
    google-genai raises on `additionalProperties`; the server refuses them itself, with the nearest valid one.
    """
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {})
    schema.pop("description", None)  # the tool has its own
    schema = _tidy(schema, definitions)
    schema.pop("additionalProperties", None)
    schema["properties"] = {name: _for_hosts(child) for name, child in schema.get("properties", {}).items()}
    return schema


def _for_hosts(argument: Schema) -> Schema:
    """Choices as texts that are not empty: Gemini refuses a whole list of tools for any other (seen November 2026).

    An empty one stood for leaving the argument out; numbers become a range, with the choices in words.
    """
    choices: list[Any] = argument.get("enum", [])
    if all(isinstance(choice, str) and choice for choice in choices):
        return argument
    kept = {key: value for key, value in argument.items() if key != "enum"}
    if argument["type"] == "integer":
        said = f"{argument.get('description', '')} One of {', '.join(map(str, choices))}.".strip()
        return {**kept, "minimum": min(choices), "maximum": max(choices), "description": said}
    return {**kept, "enum": [choice for choice in choices if choice]}


def _tidy(schema: Schema, inline: dict[str, Schema]) -> Schema:
    """Without titles and empty defaults; nullable properties become optional ones; references replaced."""
    if "$ref" in schema:
        target = inline[str(schema["$ref"]).rpartition("/")[2]]
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    tidied: Schema = {}
    for key, value in schema.items():
        key = CONSTRAINTS.get(key, key)  # noqa: PLW2901 - the same key, by its name in JSON Schema
        if key == "title" or (key == "default" and value in EMPTY):
            continue
        if key == "properties":
            tidied[key] = {name: _property(_tidy(child, inline)) for name, child in value.items()}
        elif key in ("anyOf", "oneOf", "allOf", "prefixItems"):
            tidied[key] = [_tidy(child, inline) for child in value]
        elif key in ("items", "additionalProperties", "propertyNames") and isinstance(value, dict):
            tidied[key] = _tidy(cast("Schema", value), inline)
        else:
            tidied[key] = value
    if "required" in tidied:
        nullable = {name for name, child in schema["properties"].items() if _is_nullable(child)}
        tidied["required"] = [name for name in tidied["required"] if name not in nullable]
        if not tidied["required"]:
            del tidied["required"]
    return _short_union(tidied)


def _is_nullable(schema: Schema) -> bool:
    return {"type": "null"} in schema.get("anyOf", [])


def _property(schema: Schema) -> Schema:
    """A property without its null: absent says the same."""
    if isinstance(schema.get("type"), list):
        types = [name for name in schema["type"] if name != "null"]
        return {**schema, "type": types[0] if len(types) == 1 else types}
    if not _is_nullable(schema):
        return schema
    choices = [choice for choice in schema["anyOf"] if choice != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**choices[0], **rest} if len(choices) == 1 else {**rest, "anyOf": choices}


def _short_union(schema: Schema) -> Schema:
    """`{"type": ["number", "null"]}` for a union of bare types; every integer is a number."""
    choices: list[Schema] = schema.get("anyOf", [])
    if not choices or any(list(choice) != ["type"] for choice in choices):
        return schema
    types = [choice["type"] for choice in choices]
    if "number" in types and "integer" in types:
        types.remove("integer")
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {"type": types[0] if len(types) == 1 else types, **rest}
