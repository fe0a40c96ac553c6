"""JSON-RPC messages as text: read, or answered where they can not be; written, or an error in their place."""

import json
from typing import Any, cast

from mcp_types import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    RequestId,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError

NO_JSON = "This is no JSON. Send one JSON-RPC message at a time, in UTF-8."
NO_MESSAGE = (
    'This is no JSON-RPC message: "jsonrpc" must be "2.0", "method" text, "params" an object, and "id" text or a whole '
    "number, one message at a time."
)


class Unreadable(ValueError):
    """Text that is no message.

    Args:
        answer: the error to send, with the id of the request where it has one that can be used.
    """

    def __init__(self, answer: JSONRPCError) -> None:
        super().__init__(answer.error.message)
        self.answer = answer


def read_message(raw: bytes) -> JSONRPCMessage:
    """The message.

    Raises:
        Unreadable: there is none.
    """
    text = raw.decode("utf-8", errors="replace")
    try:
        message = jsonrpc_message_adapter.validate_json(text, by_name=False)
    except ValidationError:
        raise Unreadable(_refusal(text)) from None
    if isinstance(message, JSONRPCNotification) and "id" in json.loads(text):
        raise Unreadable(_refusal(text))  # a request with an id that is none: it waits for an answer
    return message


def written(message: JSONRPCMessage) -> bytes:
    """A message as it is sent. An answer that can not be is an error; a notification that can not be, nothing."""
    try:
        return message.model_dump_json(by_alias=True, exclude_unset=True).encode()
    except ValueError:  # half of a surrogate pair, for one, which no UTF-8 can hold
        if isinstance(message, JSONRPCNotification | JSONRPCRequest):
            return b""
        return written(error(message.id, INTERNAL_ERROR, "The answer holds text that can not be written as UTF-8."))


def error(number: RequestId | None, code: int, text: str) -> JSONRPCError:
    """An error, in answer to the request of that number."""
    return JSONRPCError(jsonrpc="2.0", id=number, error=ErrorData(code=code, message=text))


def _refusal(text: str) -> JSONRPCError:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return error(None, PARSE_ERROR, NO_JSON)
    request = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    if "method" not in request and request.keys() & {"result", "error"}:
        request = {}  # an answer, whose id is none of the client's
    return error(_usable(request.get("id")), INVALID_REQUEST, NO_MESSAGE)


def _usable(number: object) -> RequestId | None:
    if isinstance(number, str):
        return number if number.encode("utf-8", "replace").decode() == number else None  # no half of a surrogate pair
    return number if isinstance(number, int) and not isinstance(number, bool) else None
