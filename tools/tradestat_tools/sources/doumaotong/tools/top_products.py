"""The ranking of products: topProducts. The two forms call their rankings otherwise."""

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Note
from tradestat_tools.model.errors import NoData, UpstreamDown
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.doumaotong import notes
from tradestat_tools.sources.doumaotong.absence import no_data
from tradestat_tools.sources.doumaotong.answers.rankings import Product, TopProductsData
from tradestat_tools.sources.doumaotong.api import answered, ask
from tradestat_tools.sources.doumaotong.arguments import SORT_NAMES, TopProductsArguments
from tradestat_tools.sources.doumaotong.codes import LABELS
from tradestat_tools.sources.doumaotong.service import POLICY
from tradestat_tools.sources.doumaotong.wire import read
from tradestat_tools.sources.doumaotong.wire.current import PRODUCTS_GIVEN, at_most
from tradestat_tools.sources.doumaotong.wire.envelope import BadQuestion, Shape, Shaped
from tradestat_tools.upstream import Fetched

Ranking = Shaped[list[Product]]

OTHER: dict[Shape, Shape] = {"current": "older", "older": "current"}

MOST_QUESTIONS = 3
"""Asked in the words of one form, answered in the other: asked again. Twice if the service changes in between."""


async def run_top_products(context: Context, args: TopProductsArguments) -> Answer[TopProductsData]:
    """Ask for a ranking in the words of the form that answers, the current one first."""
    asking: Shape = "current" if args.question("current") else "older"
    question = args.question(asking)
    fetched: list[Fetched[Ranking | BadQuestion]] = []
    for _ in range(MOST_QUESTIONS):
        if question is None:
            return _not_given_ranking(args, fetched, asking)
        fetched.append(await ask(context, "topProducts", question, read.top_products))
        found = fetched[-1].value
        fitting = OTHER[asking] if isinstance(found, BadQuestion) else found.shape
        asked, question = question, args.question(fitting)
        if question == asked:
            if isinstance(found, BadQuestion):
                raise found
            return _answer(args, fetched, found)
        asking = fitting
    if isinstance(refused := fetched[-1].value, BadQuestion):
        raise refused
    raise UpstreamDown(
        "doumaotong.com changed the form of its answers from call to call.",
        remedy="Try again in a few minutes.",
        source=POLICY.source,
    )


def _not_given_ranking(
    args: TopProductsArguments, fetched: list[Fetched[Ranking | BadQuestion]], form: Shape
) -> Answer[TopProductsData]:
    known, reason = ", ".join(SORT_NAMES[form]), Reason.NOT_COVERED
    if form == "current" and args.regionFilter:
        text = "it has no regionFilter. Leave it out, or see continents by product in `dashboard`."
    elif form == "current" and args.offset >= PRODUCTS_GIVEN:
        text = f"it gives the first {PRODUCTS_GIVEN} rows only. Ask with a smaller offset."
        reason = Reason.BELOW_RANKING
    else:
        text = f"it has no ranking by {args.sortBy}, only by {known}."
    return answered(
        "topProducts",
        f"Ranking of China's export products by {args.sortBy}: not given",
        TopProductsData(sortBy=args.sortBy),
        fetched,
        [notes.shape(form, text), notes.absent("No ranking of this kind is given.", reason)],
        more="Call again with another sortBy, without regionFilter, or with a smaller offset.",
    )


def _answer(
    args: TopProductsArguments,
    fetched: list[Fetched[Ranking | BadQuestion]],
    found: Ranking,
) -> Answer[TopProductsData]:
    passing = found.data if found.shape == "older" else _filtered(args, found.data)
    paged = found.shape == "older" and args.pages_on
    page = passing[: args.limit] if paged else passing[args.offset : args.offset + args.limit]
    if not page:
        raise _nothing(args, len(found.data), found.shape)
    more_here = len(page) == args.limit and (found.shape == "older" or len(passing) > args.offset + args.limit)
    sold = f", of those that sell in {LABELS[args.regionFilter]}" if args.regionFilter else ""
    follow = f"Next rows: offset={args.offset + args.limit}. " if more_here else ""
    return answered(
        "topProducts",
        f"China's export products ranked by {args.sortBy}{sold}, recent 12 months, all destinations",
        TopProductsData(sortBy=args.sortBy, products=page),
        fetched,
        _notes(args, found, len(passing)),
        more=f"{follow}One product: `dashboard`, `markets`, `growth`.",
    )


def _filtered(args: TopProductsArguments, products: list[Product]) -> list[Product]:
    """What the older form leaves out itself. A product without the figure can not be shown to pass."""
    return [
        p
        for p in products
        if (p.recent12mGlobalTotal or 0) >= args.minAmount
        and (args.maxConcentration >= 100 or (p.top3ConcentrationPercent or 101) <= args.maxConcentration)
    ]


def _notes(args: TopProductsArguments, found: Ranking, passing: int) -> list[Note]:
    if found.shape == "older":
        return [notes.ranked("A ranking, not a complete list; more rows by offset.")]
    text = f"A ranking of at most {PRODUCTS_GIVEN} of several thousand products, not a complete list."
    if len(found.data) > PRODUCTS_GIVEN:
        text = (
            f"A ranking of {len(found.data)} products ({at_most(len(found.data), PRODUCTS_GIVEN)}) of several thousand."
        )
    elif args.pages_on:
        text += f" Nothing beyond the first {PRODUCTS_GIVEN} is given."
    renamed = SORT_NAMES["current"][args.sortBy]
    named = f" Its name for {args.sortBy} is {renamed}." if renamed != args.sortBy else ""
    form = notes.shape(
        "current", f"no bestRegion or momentumScore; `growth` is the fastest-growing destination.{named}"
    )
    left_out = len(found.data) - passing
    filtered = f"{left_out} of the {len(found.data)} given were left out here by minAmount or maxConcentration."
    by_filters = [notes.subset(filtered, Reason.FILTERED_OUT)] if left_out else []
    return [notes.ranked(text), *by_filters, form, notes.CURRENT_UNITS]


def _nothing(args: TopProductsArguments, given: int, form: Shape) -> NoData:
    subject = f"None of the {given} products given passes" if form == "current" and given else "No product passes"
    filters = f"minAmount={args.minAmount:,.0f} yuan, maxConcentration={args.maxConcentration:g} %"
    if args.regionFilter:
        filters += f", regionFilter={args.regionFilter}"
    if form == "current" and given:
        text = f"{given} products came, and none is left after the filters and offset."
        why = Why(Reason.FILTERED_OUT, text, sure=True)
    else:
        why = Why(Reason.FILTERED_OUT, "Without the filters and offset there may be products.")
    return no_data(
        f"{subject} {filters} after the first {args.offset} rows.",
        f"Ask without the filters: {call_text('topProducts', sortBy=args.sortBy, minAmount=0)}.",
        why,
    )


TOP_PRODUCTS = Tool(
    name="topProducts",
    title="China's exports: ranking of products",
    description=(
        "Products exported from China ranked by growth (default), amount, chance (low concentration), season or "
        "number of destinations, with recent 12-month value in RMB yuan (FOB), growth and concentration. Use it to "
        "find products; then look at one with dashboard and markets. It is a ranked part of about 8,800 products, "
        "at most 50 today. For one known product use dashboard; for other countries' products "
        "goods_trade_indicators."
    ),
    arguments=TopProductsArguments,
    data=TopProductsData,
    run=run_top_products,
    example={"sortBy": "scale", "limit": 10},
)
