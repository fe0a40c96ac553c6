"""What is said where services fail, keys are missing, and plans are used up."""

from golden_answers.play import Scene
from golden_answers.steps import Ask, Later, Mend, Step, ask, configure, fail

ONE_EACH = {
    "trademap": Ask("goods_time_series", "asked", {"country": "Korea", "product": "850760", "page_size": 3}),
    "doumaotong": Ask("dashboard", "asked", {"hsCode": "850760"}),
    "korea": Ask("getNewtradeList", "asked", {"strtYymm": "202401", "endYymm": "202402"}),
    "comtrade": Ask("comtrade_data", "asked", {"reporterCode": "KR", "period": "2023", "flowCode": "X"}),
}
DAY = 86_400.0

STATUSES = (400, 401, 403, 404, 422, 429, 500, 502, 503)
KINDS = ("reset", "truncated", "empty", "html", "wrong_schema", "wrong_type", "error_in_200", "xml_bomb")


def _failing(source: str) -> Scene:
    """Every failure of one service, then every limit that it keeps; in between the breaker has the time to close."""
    steps: list[Step] = []
    for status in STATUSES:
        steps += [fail(source=source, status=status, body="", headers={}), ONE_EACH[source], Mend(), Later(DAY)]
    steps += [
        fail(source=source, status=429, headers={"Retry-After": "7"}, body=""),
        ONE_EACH[source],
        Mend(),
        Later(DAY),
    ]
    steps += [
        fail(source=source, status=503, headers={"Retry-After": "3000"}, body=""),
        ONE_EACH[source],
        Mend(),
        Later(DAY),
    ]
    for kind in KINDS:
        steps += [fail(source=source, kind=kind), ONE_EACH[source], Mend(), Later(DAY)]
    for limit in ({"per_minute": 1, "burst": 0}, {"per_day": 0}, {"per_month": 0}):
        steps += [configure(limits={source: limit}), ONE_EACH[source], Mend(), Later(DAY)]
    return Scene(f"failing_{source}", steps)


SCENES = (
    *(_failing(source) for source in ONE_EACH),
    Scene(
        "without_keys",
        [
            *ONE_EACH.values(),
            ask("getNitemtradeList", "a source without its key", strtYymm="202401", endYymm="202401", hsSgn="850760"),
            ask("get_coverage", "a source without its key"),
            ask("comtrade_trade_matrix", "what takes a key", reporterCode=["KR"], period=["2022"]),
            ask("trade_series", "what takes none is asked", reporter="Korea", product="850760", period="2022-2023"),
            ask("usage", "without keys"),
        ],
        unlike={"parse_api_key": None, "data_go_kr_service_key": None, "comtrade_api_key": None},
    ),
    Scene(
        "failing_of_several",
        [
            fail(source="korea", status=500, body=""),
            ask(
                "compare_mirror",
                "one source fails",
                exporter="China",
                importer="Korea",
                product="850760",
                period="2023",
            ),
            ask("trade_series", "the first source fails", reporter="Korea", product="850760", period="2022-2023"),
            Mend(),
            Later(DAY),
            fail(source="comtrade", status=503, body=""),
            ask("compare_mirror", "another fails", exporter="Japan", importer="Germany", product="8703", period="2022"),
            ask(
                "trade_series", "the only one fails", reporter="Japan", product="8703", period="2021", source="comtrade"
            ),
            Mend(),
            Later(DAY),
            fail(status=500, body=""),
            ask("compare_mirror", "all fail", exporter="Japan", importer="Korea", product="8703", period="2021"),
            ask("usage", "after failures"),
        ],
    ),
    Scene(
        "stored_while_failing",
        [
            ONE_EACH["korea"],
            ONE_EACH["comtrade"],
            ask("getNewtradeList", "stored and as good as new", strtYymm="202401", endYymm="202402"),
            Later(40 * DAY),
            fail(status=500, body=""),
            ask("getNewtradeList", "old, and the service fails", strtYymm="202401", endYymm="202402"),
            ask("comtrade_data", "old, and the service fails", reporterCode="KR", period="2023", flowCode="X"),
        ],
    ),
)
