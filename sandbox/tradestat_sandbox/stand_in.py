"""What the sandbox knows of a stand-in before it serves: where it lives, and how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LAST = slice(-1, None)


@dataclass(frozen=True, slots=True)
class StandIn:
    """One service. Its package has a module `app` with `routes(state)`, which is loaded once it serves.

    Args:
        id: of the source, and the name of its package.
        paths: how its paths begin, each with the parts of a path that name the endpoint, or with a name for all.
        error_in_200: its own error, as it comes with HTTP 200.
        wrong_type: a body of the right names and wrong types.
        key: the variable in which clients look for its key; "" where it has none.
        markup: of its bodies.
    """

    id: str
    paths: Mapping[str, slice | str]
    error_in_200: str
    wrong_type: str
    key: str = ""
    markup: Literal["json", "xml"] = "json"

    def endpoint_of(self, path: str) -> str | None:
        """The endpoint that a path names; None of another service's."""
        for begins, named in self.paths.items():
            if path.startswith(begins):
                return named if isinstance(named, str) else "/".join(path.strip("/").split("/")[named])
        return None
