"""The one failure of the code tables."""


class CodeError(ValueError):
    """A word or code that cannot be read.

    `message` says what was wrong, `allowed` what is accepted, `nearest` the valid values closest to what was given
    (or, for an ambiguous word, all the choices). `str(error)` joins the three.
    """

    def __init__(self, message: str, *, allowed: str = "", nearest: tuple[str, ...] = ()) -> None:
        self.message = message
        self.allowed = allowed
        self.nearest = nearest
        parts = [message]
        if allowed:
            parts.append(f"Allowed: {allowed}.")
        if nearest:
            parts.append(f"Nearest: {', '.join(nearest)}.")
        super().__init__(" ".join(parts))
