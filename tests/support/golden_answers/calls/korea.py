"""Korea Customs' tools."""

from golden_answers.play import Scene
from golden_answers.steps import ask, configure, example

SPRING = {"strtYymm": "202401", "endYymm": "202403"}
YEAR = {"strtYymm": "202401", "endYymm": "202412"}

SCENES = (
    Scene(
        "getNitemtradeList",
        [
            example("getNitemtradeList"),
            ask(
                "getNitemtradeList",
                "names and dots",
                strtYymm="2024-01",
                endYymm="2024-02",
                hsSgn="8507.60",
                cntyCd="미국",
            ),
            ask("getNitemtradeList", "a group", **SPRING, hsSgn="850760", cntyCd="USMCA"),
            ask("getNitemtradeList", "all countries", strtYymm="202406", endYymm="202406", hsSgn="850760"),
            ask("getNitemtradeList", "a Korean code", **SPRING, hsSgn="8507601000", cntyCd="CN"),
            ask(
                "getNitemtradeList",
                "the newest months",
                strtYymm="latest",
                endYymm="latest",
                hsSgn="850760",
                cntyCd="CN",
            ),
            ask("getNitemtradeList", "not out yet", strtYymm="202612", endYymm="202612", hsSgn="850760", cntyCd="CN"),
            ask("getNitemtradeList", "partly out", strtYymm="202609", endYymm="202612", hsSgn="850760", cntyCd="CN"),
            ask("getNitemtradeList", "Korea itself", **SPRING, hsSgn="850760", cntyCd="KR"),
            ask("getNitemtradeList", "neither code nor country", **SPRING),
            ask("getNitemtradeList", "two countries", **SPRING, hsSgn="850760", cntyCd="US and Japan"),
            ask("getNitemtradeList", "nothing was traded", **SPRING, hsSgn="010121", cntyCd="Nauru"),
            ask("getNitemtradeList", "an older code", **SPRING, hsSgn="854140", cntyCd="CN"),
            ask(
                "getNitemtradeList",
                "before an edition",
                strtYymm="202001",
                endYymm="202003",
                hsSgn="854143",
                cntyCd="CN",
            ),
            ask("getNitemtradeList", "all goods with a group", **SPRING, cntyCd="EU"),
            ask("getNitemtradeList", "digits that no code has", **SPRING, hsSgn="85076", cntyCd="CN"),
            ask("getNitemtradeList", "words for a product", **SPRING, hsSgn="4 batteries", cntyCd="CN"),
        ],
    ),
    Scene(
        "getItemtradeList",
        [
            example("getItemtradeList"),
            ask("getItemtradeList", "a year in one word", strtYymm="2023", endYymm="2023", hsSgn="85"),
            ask("getItemtradeList", "two years", strtYymm="202212", endYymm="202311", hsSgn="850760"),
            ask("getItemtradeList", "all goods", strtYymm="202401", endYymm="202401"),
            ask("getItemtradeList", "all goods of too many years", strtYymm="201501", endYymm="202412"),
            ask("getItemtradeList", "too many months", strtYymm="200001", endYymm="202412", hsSgn="850760"),
            ask("getItemtradeList", "a month that there is not", strtYymm="202413", endYymm="202413", hsSgn="850760"),
            ask("getItemtradeList", "the wrong way round", strtYymm="202406", endYymm="202401", hsSgn="850760"),
            ask("getItemtradeList", "before the first", strtYymm="198001", endYymm="198012", hsSgn="850760"),
            ask("getItemtradeList", "a number with a fraction", strtYymm="202401.0", endYymm="202402", hsSgn="850760"),
        ],
    ),
    Scene(
        "getNationtradeList",
        [
            example("getNationtradeList"),
            ask("getNationtradeList", "all countries", strtYymm="202406", endYymm="202406"),
            ask("getNationtradeList", "a group", **SPRING, cntyCd="ASEAN"),
            ask("getNationtradeList", "a number of M49", **SPRING, cntyCd="840"),
            ask("getNationtradeList", "the last months", strtYymm="last 3 months", endYymm="latest", cntyCd="JPN"),
            ask("getNationtradeList", "a country mistyped", **SPRING, cntyCd="Jpan"),
            ask("getNationtradeList", "a former country", **SPRING, cntyCd="Czechoslovakia"),
        ],
    ),
    Scene(
        "getNewtradeList",
        [
            example("getNewtradeList"),
            ask("getNewtradeList", "the newest", strtYymm="latest", endYymm="latest"),
            ask("getNewtradeList", "months with a hyphen", strtYymm="2023-02", endYymm="2023-03"),
            ask("getNewtradeList", "no end", strtYymm="202401"),
            ask("getNewtradeList", "a month in words", strtYymm="January", endYymm="202402"),
        ],
    ),
    Scene(
        "korea_otherwise",
        [
            *(
                step
                for place in ("first", "last", "absent")
                for step in (
                    configure(korea_total_row=place, korea_numbers="commas" if place == "last" else "plain"),
                    ask(
                        "getNewtradeList",
                        f"the total stands {place}",
                        strtYymm=f"2021{len(place):02d}",
                        endYymm="202112",
                    ),
                    ask("getNitemtradeList", f"total {place}", **YEAR, hsSgn="8507", cntyCd=f"{place[0].upper()}R"),
                )
            ),
        ],
    ),
)
