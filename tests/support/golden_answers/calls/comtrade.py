"""UN Comtrade's tools."""

from golden_answers.play import Scene
from golden_answers.steps import ask, example

CELL = {"reporterCode": ["China"], "partnerCode": ["Korea"], "cmdCode": ["850760"], "flowCode": ["X"]}
ONE = {**CELL, "period": ["2023"]}

SCENES = (
    Scene(
        "comtrade_data",
        [
            example("comtrade_data"),
            ask("comtrade_data", "texts in the place of lists", reporterCode="KR", partnerCode="CN,US", cmdCode="8507.60", flowCode="imports", period="2022, 2023"),
            ask("comtrade_data", "JSON text", reporterCode='["KR"]', partnerCode='["0"]', period='["2023"]'),
            ask("comtrade_data", "numbers", reporterCode=410, partnerCode=156, cmdCode=850760, period=2023, flowCode="M"),
            ask("comtrade_data", "Chinese names", reporterCode="中国", partnerCode="韩国", cmdCode="850760", period="2023", flowCode="出口"),
            ask("comtrade_data", "a group of reporters", **{**ONE, "reporterCode": ["BRICS"]}),
            ask("comtrade_data", "a group of partners", **{**ONE, "partnerCode": ["ASEAN"]}),
            ask("comtrade_data", "the members of the Union", **{**ONE, "reporterCode": ["EU members"]}),
            ask("comtrade_data", "the newest year", **CELL, period=["latest"]),
            ask("comtrade_data", "the last years", **CELL, period=["last 3 years"]),
            ask("comtrade_data", "since a year", **CELL, period=["since 2022"]),
            ask("comtrade_data", "months", **CELL, freqCode="M", period=["202301-202303"]),
            ask("comtrade_data", "a year of months", **CELL, freqCode="M", period=["2023"]),
            ask("comtrade_data", "one edition", **ONE, clCode="H4"),
            ask("comtrade_data", "SITC", reporterCode=["KR"], clCode="S4", cmdCode=["778"], period=["2023"], flowCode=["X"]),
            ask("comtrade_data", "BEC", reporterCode=["KR"], clCode="B4", cmdCode=["TOTAL"], period=["2023"], flowCode=["X"]),
            ask("comtrade_data", "services", typeCode="S", reporterCode=["KR"], cmdCode=["3.1.1"], period=["2022"]),
            ask("comtrade_data", "services, the older items", typeCode="S", clCode="EB02", reporterCode=["KR"], cmdCode=["205"], period=["2008"]),
            ask("comtrade_data", "services by name of EBOPS", typeCode="S", clCode="EB10", reporterCode=["DE"], cmdCode=["S"], period=["2022"], flowCode=["X"]),
            ask("comtrade_data", "a level", reporterCode=["KR"], cmdCode=["AG2"], flowCode=["X"], period=["2023"], maxRecords=500),
            ask("comtrade_data", "too few records", reporterCode=["KR"], cmdCode=["AG6"], partnerCode=["all"], flowCode=["X"], period=["2023"], maxRecords=10),
            ask("comtrade_data", "few records", reporterCode=["KR"], cmdCode=["AG2"], flowCode=["X"], period=["2022"], maxRecords=5),
            ask("comtrade_data", "broken down", **{**ONE, "reporterCode": ["Brazil"]}, partner2Code=["all"], customsCode=["all"], motCode=["all"]),
            ask("comtrade_data", "no names", **ONE, includeDesc=False),
            ask("comtrade_data", "re-exports", reporterCode=["HK"], flowCode=["RX", "DX"], period=["2023"]),
            ask("comtrade_data", "a code of the newest edition, before it", **{**CELL, "cmdCode": ["854143"]}, period=["2019"]),
            ask("comtrade_data", "a code of an older edition", **{**CELL, "cmdCode": ["854140"]}, period=["2023"]),
            ask("comtrade_data", "a code over a change of editions", **{**CELL, "cmdCode": ["854140"]}, period=["2020-2023"]),
            ask("comtrade_data", "not out yet", **CELL, period=["2026"]),
            ask("comtrade_data", "a month that is not out", **CELL, freqCode="M", period=["202609"]),
            ask("comtrade_data", "before the first", **CELL, period=["1970"]),
            ask("comtrade_data", "nothing of it", reporterCode=["Iceland"], partnerCode=["Nauru"], cmdCode=["010121"], flowCode=["X"], period=["2023"]),
            ask("comtrade_data", "nobody reports", reporterCode=["North Korea"], period=["2023"], cmdCode=["850760"]),
            ask("comtrade_data", "a flow kept back", reporterCode=["KR"], partnerCode=["JP"], cmdCode=["300241"], flowCode=["M"], period=["2023"]),
            ask("comtrade_data", "beside one kept back", reporterCode=["KR"], partnerCode=["JP"], cmdCode=["300241", "850760", "999999"], flowCode=["M"], period=["2023"]),
            ask("comtrade_data", "the newest edition", **ONE, clCode="H6"),
            ask("comtrade_data", "a code kept back", reporterCode=["Canada"], partnerCode=["all"], cmdCode=["270900"], flowCode=["X"], period=["2023"]),
            ask("comtrade_data", "Taiwan as a partner", **{**ONE, "partnerCode": ["Taiwan"]}),
            ask("comtrade_data", "a product mistyped", **{**ONE, "cmdCode": ["85O760"]}),
            ask("comtrade_data", "words for a product", **{**ONE, "cmdCode": ["lithium batteries"]}),
            ask("comtrade_data", "a country mistyped", **{**ONE, "partnerCode": ["Koera"]}),
            ask("comtrade_data", "a country that may be two", **{**ONE, "partnerCode": ["Congo"]}),
            ask("comtrade_data", "a flow mistyped", **{**ONE, "flowCode": ["exprots"]}),
            ask("comtrade_data", "a classification that does not fit", **ONE, clCode="EB10"),
            ask("comtrade_data", "a classification that there is not", **ONE, clCode="HS2022"),
            ask("comtrade_data", "services know no procedures", typeCode="S", reporterCode=["KR"], period=["2022"], customsCode=["all"]),
            ask("comtrade_data", "too many periods", **CELL, freqCode="M", period=["2000-2024"]),
            ask("comtrade_data", "no period", **CELL),
            ask("comtrade_data", "an argument mistyped", **ONE, flow="X"),
        ],
    ),
    Scene(
        "comtrade_reference",
        [
            example("comtrade_reference"),
            ask("comtrade_reference", "children", category="HS", parent="8507", level=6, limit=4),
            ask("comtrade_reference", "further on", category="reporters", limit=2, offset=5),
            ask("comtrade_reference", "main items", category="EB10", level=1, limit=3),
            *(
                ask("comtrade_reference", f"the first of {one}", category=one, limit=2)
                for one in ("HS", "H5", "partners", "flows", "customs", "modesOfTransport", "modesOfSupply", "quantityUnits", "dataItems", "frequencies", "S4")
            ),
            ask("comtrade_reference", "nothing is called so", category="H6", search="unicorn"),
            ask("comtrade_reference", "after the last", category="flows", offset=900),
            ask("comtrade_reference", "no such list", category="products"),
        ],
    ),
    Scene(
        "comtrade_tariffline",
        [
            example("comtrade_tariffline"),
            ask("comtrade_tariffline", "months, an edition, few records", freqCode="M", clCode="H6", reporterCode="CN", partnerCode=["US"], cmdCode=["85076000"], flowCode=["X"], period=["202303"], maxRecords=20),
            ask("comtrade_tariffline", "months of one edition", freqCode="M", clCode="H6", reporterCode="KR", partnerCode=["CN"], cmdCode=["8507601000"], flowCode=["M"], period=["202401"], maxRecords=20),
            ask("comtrade_tariffline", "months, few records", freqCode="M", clCode="H6", reporterCode="KR", partnerCode=["CN"], cmdCode=["850760"], flowCode=["M"], period=["202401"], maxRecords=20),
            ask("comtrade_tariffline", "nothing of it", reporterCode=["KR"], partnerCode=["Nauru"], cmdCode=["010121"], period=["2023"]),
            ask("comtrade_tariffline", "everything is too much", reporterCode=["KR"], cmdCode=["TOTAL"], period=["2023"]),
        ],
    ),
    Scene(
        "comtrade_availability",
        [
            example("comtrade_availability"),
            ask("comtrade_availability", "services", typeCode="S", reporterCode=["KR"], period=["2020-2023"]),
            ask("comtrade_availability", "months", freqCode="M", reporterCode=["KR"], period=["202601-202606"]),
            ask("comtrade_availability", "an edition", clCode="H5", reporterCode=["KR"]),
            ask("comtrade_availability", "tariff lines", reporterCode=["KR"], period=["latest"], tariffline=True),
            ask("comtrade_availability", "nothing yet", reporterCode=["KR"], period=["2026"]),
            ask("comtrade_availability", "months of everybody", freqCode="M"),
            ask("comtrade_availability", "too many by name", reporterCode=["BRICS", "ASEAN members", "EU members"]),
        ],
    ),
    Scene(
        "comtrade_metadata",
        [
            example("comtrade_metadata"),
            ask("comtrade_metadata", "every publication", reporterCode=["KR"], period=["2022"], showHistory=True),
            ask("comtrade_metadata", "months", freqCode="M", reporterCode=["KR"], period=["202401"]),
            ask("comtrade_metadata", "services", typeCode="S", reporterCode=["KR"], period=["2021"]),
            ask("comtrade_metadata", "both", typeCode="C", freqCode="A", reporterCode="KR,JP", period="2020-2022"),
            ask("comtrade_metadata", "the newest", reporterCode=["JP"]),
            ask("comtrade_metadata", "none", reporterCode=["North Korea"]),
            ask("comtrade_metadata", "too many", reporterCode=["EU members", "ASEAN members", "BRICS"]),
        ],
    ),
    Scene(
        "comtrade_trade_matrix",
        [
            example("comtrade_trade_matrix"),
            ask("comtrade_trade_matrix", "a partner and a section", freqCode="A", reporterCode=["CN"], partnerCode=["KR"], cmdCode=["778"], flowCode=["X"], period=["2022"], maxRecords=50),
            ask("comtrade_trade_matrix", "a partner", reporterCode=["CN"], partnerCode=["KR"], cmdCode=["TOTAL"], flowCode=["X"], period=["2022"], maxRecords=50),
            ask("comtrade_trade_matrix", "months it has not", freqCode="M", reporterCode=["CN"], period=["202301"]),
            ask("comtrade_trade_matrix", "too many digits", reporterCode=["CN"], cmdCode=["7781"], period=["2022"]),
            ask("comtrade_trade_matrix", "not out yet", reporterCode=["CN"], period=["2026"]),
        ],
    ),
    Scene(
        "comtrade_trade_balance",
        [
            example("comtrade_trade_balance"),
            ask("comtrade_trade_balance", "months of a product", freqCode="M", reporterCode=["KR"], partnerCode=["JP"], cmdCode=["8507"], period=["202401-202403"]),
            ask("comtrade_trade_balance", "nothing yet", reporterCode=["KR"], period=["2026"]),
        ],
    ),
    Scene(
        "comtrade_bilateral",
        [
            example("comtrade_bilateral"),
            ask("comtrade_bilateral", "months", freqCode="M", reporterCode=["CN"], partnerCode=["JP"], cmdCode=["8507"], flowCode=["X"], period=["202401-202402"]),
            ask("comtrade_bilateral", "World reports nothing", reporterCode=["KR"], partnerCode=["World"], period=["2023"]),
            ask("comtrade_bilateral", "nothing of it", reporterCode=["Iceland"], partnerCode=["Nauru"], cmdCode=["010121"], period=["2023"]),
        ],
    ),
    Scene(
        "comtrade_live_update",
        [
            example("comtrade_live_update"),
            ask("comtrade_live_update", "of one reporter", reporterCode=["KR"], limit=3),
            ask("comtrade_live_update", "of one that has none", reporterCode=["Nauru"]),
        ],
    ),
    Scene(
        "comtrade_without_key",
        [
            ask("comtrade_data", "one figure", **ONE),
            ask("comtrade_data", "many periods", **CELL, freqCode="M", period=["2022-2024"]),
            ask("comtrade_data", "more than it gives", reporterCode=["KR"], cmdCode=["AG4"], flowCode=["X"], period=["2023"]),
            ask("comtrade_tariffline", "one code", reporterCode=["KR"], partnerCode=["CN"], cmdCode=["850760"], flowCode=["M"], period=["2024"]),
            example("comtrade_availability"),
            example("comtrade_metadata"),
            example("comtrade_trade_matrix"),
            example("comtrade_trade_balance"),
            example("comtrade_bilateral"),
            example("comtrade_live_update"),
        ],
        unlike={"comtrade_api_key": None},
    ),
)
