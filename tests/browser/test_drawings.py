"""Every figure that is drawn equals the answer's, by what the drawing says of itself and by where its marks stand."""

import pytest
from in_browser.drawn import READ, check
from in_browser.figures import answered, many
from in_browser.shown import Show
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

COUNT = 45


@pytest.mark.parametrize("width", [320, 1200])
def test_what_is_drawn_equals_the_answer_over_many_figures_of_every_kind(show: Show, width: int) -> None:
    figures = many(width, COUNT)
    titled = [one.model_copy(update={"title": f"{at}: {one.title}"}) for at, one in enumerate(figures)]
    shown = show(width=width, results=[answered(one) for one in titled], context={"theme": "light"})
    for at, figure in enumerate(titled):
        if at:
            shown.next()
        expect(shown.app.get_by_role("heading", level=1)).to_have_text(figure.title)
        drawn = shown.frame.evaluate(READ)
        said = shown.app.locator(".chart + p").inner_text()
        check(drawn, figure, all_rows=not said.startswith("+"))
