"""The page as a host of the tests shows it."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Frame, FrameLocator, Page


class Shown:
    """The page as a host shows it.

    Args:
        page: the host's page.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def app(self) -> FrameLocator:
        """The page within its two frames."""
        return self.page.frame_locator("iframe").frame_locator("iframe")

    @property
    def frame(self) -> Frame:
        """The same, to ask it for what only scripts can know."""
        return self.page.frames[-1]

    @property
    def heard(self) -> dict[str, Any]:
        """What the page has said to the host."""
        return self.page.evaluate("() => heard")

    def next(self) -> None:
        """Hand the following result on."""
        self.page.evaluate("() => next()")


Show = Callable[..., Shown]
"""Opens a host that shows the page; takes the options of the host's `start`."""

Ask = Callable[..., dict[str, Any]]
"""Asks the server a tool by name and arguments; gives the structured content."""
