"""What else a client sees: the lists, resources, prompts, completions, and calls that reach no tool."""

from golden_answers.play import Scene
from golden_answers.steps import Complete, Introduce, Read, ask, prompt

YEAR = {"year": "2023"}

SCENES = (
    Scene(
        "lists",
        [
            Introduce(),
            ask("comtrade", "a tool that there is not"),
            ask("getNitemTradeList", "a tool of other capitals", strtYymm="202401"),
            ask("weather", "nothing like it"),
        ],
        offers_all=True,
    ),
    Scene(
        "resources",
        [
            *(
                Read(f"tradestat://{uri}")
                for uri in (
                    "usage",
                    "hs",
                    "hs/all",
                    "hs/850760",
                    "hs/85.07",
                    "hs/854140",
                    "hs/859999",
                    "hs/words",
                    "ebops",
                    "ebops/all",
                    "ebops/3.1.1",
                    "ebops/SC11",
                    "ebops/99",
                    "countries",
                    "countries/KOR",
                    "countries/대만",
                    "countries/Congo",
                    "countries/Atlantis",
                    "groups",
                    "groups/ASEAN",
                    "groups/hanse",
                    "flows",
                    "units",
                    "sources",
                    "sources/korea",
                    "sources/eurostat",
                    "guide/china-customs",
                    "exports/none.csv",
                    "nowhere",
                )
            ),
        ],
    ),
    Scene(
        "prompts",
        [
            prompt("export_market_dashboard", country="Korea", product="850760", **YEAR),
            prompt(
                "bilateral_balance_over_time",
                reporter="Korea",
                partner="China",
                product="TOTAL",
                first_year="2018",
                last_year="2023",
            ),
            prompt("product_opportunity_scan", exporter="Korea", market="Viet Nam", hs_code="85", **YEAR),
            prompt("services_profile", country="Japan", **YEAR),
            prompt("query_china_customs_by_hand", flow="export", hs_code="850760", partner="Korea", period="202503"),
            prompt("mirror_check", exporter="China", importer="Korea", product="850760", **YEAR),
            prompt("mirror_chek", exporter="China"),
            prompt("mirror_check", exporter="China"),
            prompt("services_profile", country="Japan", **YEAR, produkt="x"),
            prompt("services_profile", country=" ", **YEAR),
        ],
    ),
    Scene(
        "completions",
        [
            Complete("tradestat://hs/{code}", "code", ""),
            Complete("tradestat://hs/{code}", "code", "85.07"),
            Complete("tradestat://hs/{code}", "code", "batteries"),
            Complete("tradestat://ebops/{code}", "code", "3.1"),
            Complete("tradestat://ebops/{code}", "code", "insurance"),
            Complete("tradestat://countries/{code}", "code", "kor"),
            Complete("tradestat://groups/{code}", "code", "as"),
            Complete("tradestat://sources/{source}", "source", "k"),
            Complete("tradestat://nowhere/{code}", "code", "k"),
            Complete("mirror_check", "exporter", "uni"),
            Complete("mirror_check", "importer", "中"),
            Complete("mirror_check", "product", "to"),
            Complete("mirror_check", "year", "202"),
            Complete("bilateral_balance_over_time", "reporter", "Ger"),
            Complete("bilateral_balance_over_time", "partner", "Frnace"),
            Complete("bilateral_balance_over_time", "first_year", "199"),
            Complete("bilateral_balance_over_time", "last_year", "20"),
            Complete("product_opportunity_scan", "market", "viet"),
            Complete("product_opportunity_scan", "hs_code", "8517"),
            Complete("query_china_customs_by_hand", "flow", "ex"),
            Complete("query_china_customs_by_hand", "flow", "수입"),
            Complete("query_china_customs_by_hand", "period", "202"),
            Complete("services_profile", "country", "Jap"),
            Complete("services_profile", "nothing", "Jap"),
        ],
    ),
)
