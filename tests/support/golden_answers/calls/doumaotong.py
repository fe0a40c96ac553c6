"""doumaotong's tools: in the present form of the service, then in the older one."""

from golden_answers.play import Scene
from golden_answers.steps import ask, configure, example

REGIONS = (
    "asia",
    "europe",
    "africa",
    "northAmerica",
    "southAmerica",
    "oceania",
    "middleEast",
    "beltRoad",
    "asean",
    "eu",
)

SCENES = (
    Scene(
        "dashboard",
        [
            example("dashboard"),
            ask("dashboard", "eight digits with dots", hsCode="8517.13.00"),
            ask("dashboard", "a month", hsCode="850760", currentMonth="2026-03"),
            ask("dashboard", "a year", hsCode="850760", currentMonth="2025"),
            ask("dashboard", "the newest", hsCode="850760", currentMonth="latest"),
            ask("dashboard", "a month that is not out", hsCode="850760", currentMonth="202612"),
            ask("dashboard", "a month before the first", hsCode="850760", currentMonth="201501"),
            ask("dashboard", "a month in words", hsCode="850760", currentMonth="springtime"),
            ask("dashboard", "a code of an older edition", hsCode="854140"),
            ask("dashboard", "a code that there is not", hsCode="859999"),
            ask("dashboard", "words for a product", hsCode="solar panels"),
            ask("dashboard", "a chapter", hsCode="85"),
        ],
    ),
    Scene(
        "markets",
        [
            example("markets"),
            ask("markets", "by name", hsCode="850760", sortBy="name", order="asc", limit=5),
            ask("markets", "the smallest", hsCode="85076000", sortBy="amount", order="asc", limit=3),
            ask("markets", "from a sum on", hsCode="850760", minAmount=3_000_000_000, limit=20),
            ask("markets", "from too large a sum on", hsCode="850760", minAmount=900_000_000_000_000),
            ask("markets", "an order that there is not", hsCode="850760", order="up"),
        ],
    ),
    Scene(
        "trend",
        [
            example("trend"),
            ask("trend", "one country by name", hsCode="850760", countryCode="Germany"),
            ask("trend", "one country by China's code", hsCode="850760", countryCode="116"),
            ask("trend", "a country mistyped", hsCode="850760", countryCode="Germny"),
            ask("trend", "China itself", hsCode="850760", countryCode="China"),
        ],
    ),
    Scene(
        "topProducts",
        [
            example("topProducts"),
            ask("topProducts", "by growth, paged", sortBy="growth", limit=3, offset=3),
            ask("topProducts", "by amount, spread widely", sortBy="amount", maxConcentration=40, limit=3),
            ask("topProducts", "by breadth", sortBy="marketBreadth", limit=3),
            ask("topProducts", "by chance", sortBy="chance", limit=3),
            ask("topProducts", "in season", sortBy="season", limit=3),
            ask("topProducts", "the large ones", sortBy="scale", minAmount=50_000_000_000, limit=3),
            ask("topProducts", "none is so large", sortBy="scale", minAmount=900_000_000_000_000),
            ask("topProducts", "of a region", regionFilter="asean", limit=3),
            ask("topProducts", "sorted by nothing known", sortBy="price"),
        ],
    ),
    Scene(
        "history",
        [
            example("history"),
            ask("history", "by name", hsCode="8517.13.00", countryCode="US"),
            configure(doumaotong_history="code404"),
            ask("history", "where the service says it otherwise", hsCode="850760", countryCode="116"),
            ask("history", "without a country", hsCode="850760"),
        ],
    ),
    Scene(
        "growth", [example("growth"), ask("growth", "a heading", hsCode="8517"), ask("growth", "too short", hsCode="8")]
    ),
    Scene(
        "priceband",
        [
            example("priceband"),
            ask("priceband", "eight digits", hsCode="85171300"),
            ask("priceband", "a code that there is not", hsCode="99999999"),
        ],
    ),
    Scene(
        "chapter",
        [
            example("chapter"),
            ask("chapter", "a heading", hsCode="8703"),
            ask("chapter", "a code that there is not", hsCode="77010000"),
        ],
    ),
    Scene(
        "doumaotong_older",
        [
            configure(doumaotong_shape="older"),
            ask("dashboard", "a month", hsCode="850760", currentMonth="202603"),
            ask("markets", "some", hsCode="850760", limit=5),
            ask("markets", "by name", hsCode="850760", sortBy="name", order="desc", limit=3),
            ask("trend", "all destinations", hsCode="850760"),
            ask("trend", "one country", hsCode="850760", countryCode="KR"),
            ask("history", "one country", hsCode="850760", countryCode="KR"),
            ask("topProducts", "by growth", sortBy="growth", limit=3),
            ask("topProducts", "by season, which it does not know", sortBy="season", limit=3),
            *(
                ask("topProducts", f"where they sell: {one}", regionFilter=one, sortBy="amount", limit=2)
                for one in REGIONS
            ),
            ask("growth", "in this form", hsCode="850760"),
            ask("priceband", "in this form", hsCode="850760"),
            ask("chapter", "in this form", hsCode="850760"),
            ask("dashboard", "no such code", hsCode="99999999"),
        ],
    ),
)
