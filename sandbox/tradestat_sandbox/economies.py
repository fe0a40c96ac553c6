"""The economies of the synthetic world: their real codes and names, and invented economic weights.

Codes and names are facts; weights, specialities and everything computed from them are made up for the sandbox.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Continent = Literal["asia", "europe", "africa", "northAmerica", "southAmerica", "oceania"]

# code = Trade Map and UN Comtrade code; m49 only where it differs; customs = China Customs code.
# weight is the size of the economy, lag the number of years it reports late (9 = never reports).
# code|m49|ISO2|ISO3|customs|English|Chinese|Korean|continent|lat|lon|weight|lag|specialities
_TABLE = """
004||AF|AFG|101|Afghanistan|阿富汗|아프가니스탄|asia|34|69|15|2|fruit
156||CN|CHN|142|China|中国|중국|asia|33|112|15200|0|electronics machinery apparel toys vehicle metal
410||KR|KOR|133|Rep. of Korea|韩国|대한민국|asia|37|127|1750|0|electronics vehicle fuel plastic ship
392||JP|JPN|116|Japan|日本|일본|asia|36|139|4300|0|vehicle machinery instrument electronics
699|356|IN|IND|111|India|印度|인도|asia|22|79|3200|0|pharma apparel fuel jewellery cereal
344||HK|HKG|110|China, Hong Kong SAR|中国香港|홍콩|asia|22|114|370|0|jewellery
490|158|TW|TWN|143|Other Asia, nes|中国台湾|대만|asia|24|121|780|0|electronics machinery plastic
704||VN|VNM|141|Viet Nam|越南|베트남|asia|16|107|410|0|electronics apparel footwear coffee
764||TH|THA|136|Thailand|泰国|태국|asia|15|101|510|0|vehicle rubber cereal electronics
458||MY|MYS|122|Malaysia|马来西亚|말레이시아|asia|4|102|420|0|electronics oil plastic
702||SG|SGP|132|Singapore|新加坡|싱가포르|asia|1|104|450|0|electronics fuel pharma
360||ID|IDN|112|Indonesia|印度尼西亚|인도네시아|asia|-5|115|1320|0|oil coal metal footwear
608||PH|PHL|129|Philippines|菲律宾|필리핀|asia|13|122|420|0|electronics fruit
050||BD|BGD|103|Bangladesh|孟加拉国|방글라데시|asia|24|90|430|2|apparel
586||PK|PAK|127|Pakistan|巴基斯坦|파키스탄|asia|30|70|350|0|apparel cotton cereal
144||LK|LKA|134|Sri Lanka|斯里兰卡|스리랑카|asia|7|81|80|1|apparel tea
116||KH|KHM|107|Cambodia|柬埔寨|캄보디아|asia|12|105|30|1|apparel footwear
784||AE|ARE|138|United Arab Emirates|阿联酋|아랍에미리트|asia|24|54|480|1|fuel jewellery
682||SA|SAU|131|Saudi Arabia|沙特阿拉伯|사우디아라비아|asia|24|45|1050|0|fuel plastic
634||QA|QAT|130|Qatar|卡塔尔|카타르|asia|25|51|220|1|fuel
414||KW|KWT|118|Kuwait|科威特|쿠웨이트|asia|29|48|160|1|fuel
368||IQ|IRQ|114|Iraq|伊拉克|이라크|asia|33|44|250|9|fuel
376||IL|ISR|115|Israel|以色列|이스라엘|asia|31|35|500|0|instrument jewellery
792||TR|TUR|137|Türkiye|土耳其|튀르키예|asia|39|33|950|0|apparel vehicle metal fruit
398||KZ|KAZ|145|Kazakhstan|哈萨克斯坦|카자흐스탄|asia|48|67|240|0|fuel metal cereal
860||UZ|UZB|149|Uzbekistan|乌兹别克斯坦|우즈베키스탄|asia|41|64|90|1|cotton fruit
496||MN|MNG|124|Mongolia|蒙古国|몽골|asia|47|104|18|0|coal metal
276||DE|DEU|304|Germany|德国|독일|europe|51|10|4100|0|vehicle machinery pharma instrument
251|250|FR|FRA|305|France|法国|프랑스|europe|47|2|2800|0|aircraft beverage pharma cosmetics
826||GB|GBR|303|United Kingdom|英国|영국|europe|53|-2|3100|0|beverage pharma vehicle jewellery
380||IT|ITA|307|Italy|意大利|이탈리아|europe|43|12|2050|0|apparel machinery footwear furniture beverage
724||ES|ESP|312|Spain|西班牙|스페인|europe|40|-4|1420|0|fruit vehicle meat
528||NL|NLD|309|Netherlands|荷兰|네덜란드|europe|52|5|1000|0|fuel machinery fruit dairy
056||BE|BEL|301|Belgium|比利时|벨기에|europe|51|4|590|0|pharma jewellery plastic
616||PL|POL|327|Poland|波兰|폴란드|europe|52|20|700|0|furniture vehicle meat
203||CZ|CZE|352|Czechia|捷克|체코|europe|50|15|290|0|vehicle machinery
348||HU|HUN|321|Hungary|匈牙利|헝가리|europe|47|19|180|0|vehicle electronics
642||RO|ROU|328|Romania|罗马尼亚|루마니아|europe|46|25|300|0|vehicle cereal
040||AT|AUT|315|Austria|奥地利|오스트리아|europe|48|14|480|0|machinery metal
757|756|CH|CHE|331|Switzerland|瑞士|스위스|europe|47|8|810|0|pharma instrument jewellery coffee
752||SE|SWE|330|Sweden|瑞典|스웨덴|europe|60|15|590|0|wood vehicle
579|578|NO|NOR|326|Norway|挪威|노르웨이|europe|61|9|480|0|fuel fish metal
208||DK|DNK|302|Denmark|丹麦|덴마크|europe|56|10|400|0|pharma meat dairy
246||FI|FIN|318|Finland|芬兰|핀란드|europe|62|26|280|0|wood machinery
372||IE|IRL|306|Ireland|爱尔兰|아일랜드|europe|53|-8|520|0|pharma dairy meat
620||PT|PRT|311|Portugal|葡萄牙|포르투갈|europe|39|-8|250|0|footwear wood beverage
300||GR|GRC|310|Greece|希腊|그리스|europe|38|24|220|0|fuel fruit
703||SK|SVK|353|Slovakia|斯洛伐克|슬로바키아|europe|48|19|120|0|vehicle
643||RU|RUS|344|Russian Federation|俄罗斯|러시아|europe|56|40|1900|4|fuel cereal metal wood
804||UA|UKR|347|Ukraine|乌克兰|우크라이나|europe|49|31|170|0|cereal metal oil
842|840|US|USA|502|USA|美国|미국|northAmerica|39|-95|23000|0|aircraft fuel electronics cereal pharma instrument
124||CA|CAN|501|Canada|加拿大|캐나다|northAmerica|50|-85|2000|0|fuel wood vehicle cereal
484||MX|MEX|429|Mexico|墨西哥|멕시코|southAmerica|22|-101|1350|0|vehicle electronics fruit
076||BR|BRA|410|Brazil|巴西|브라질|southAmerica|-14|-50|1850|0|meat cereal metal coffee sugar
032||AR|ARG|402|Argentina|阿根廷|아르헨티나|southAmerica|-34|-62|570|0|cereal meat oil
152||CL|CHL|412|Chile|智利|칠레|southAmerica|-33|-71|300|0|metal fruit fish beverage
170||CO|COL|413|Colombia|哥伦比亚|콜롬비아|southAmerica|4|-73|340|0|coal coffee fuel
604||PE|PER|434|Peru|秘鲁|페루|southAmerica|-10|-76|240|0|metal fruit
218||EC|ECU|419|Ecuador|厄瓜多尔|에콰도르|southAmerica|-1|-78|110|0|fruit fish fuel
188||CR|CRI|415|Costa Rica|哥斯达黎加|코스타리카|southAmerica|10|-84|75|0|instrument fruit
710||ZA|ZAF|244|South Africa|南非|남아프리카 공화국|africa|-29|25|380|0|metal coal vehicle fruit
818||EG|EGY|215|Egypt|埃及|이집트|africa|27|30|400|0|fruit apparel fuel
566||NG|NGA|236|Nigeria|尼日利亚|나이지리아|africa|9|8|440|0|fuel cocoa
504||MA|MAR|232|Morocco|摩洛哥|모로코|africa|32|-6|135|0|fertiliser vehicle apparel
404||KE|KEN|224|Kenya|肯尼亚|케냐|africa|0|38|110|1|tea fruit
231||ET|ETH|217|Ethiopia|埃塞俄比亚|에티오피아|africa|9|40|110|2|coffee
012||DZ|DZA|201|Algeria|阿尔及利亚|알제리|africa|28|3|190|9|fuel
036||AU|AUS|601|Australia|澳大利亚|호주|oceania|-27|134|1600|0|metal coal meat cereal
554||NZ|NZL|609|New Zealand|新西兰|뉴질랜드|oceania|-41|174|240|0|dairy meat fruit
"""

NEVER_REPORTS = 9
MIDDLE_EAST = frozenset({"AE", "SA", "QA", "KW", "IQ", "IL", "TR", "EG"})
ASEAN = frozenset({"VN", "TH", "MY", "SG", "ID", "PH", "KH"})
EU = frozenset(
    {"DE", "FR", "IT", "ES", "NL", "BE", "PL", "CZ", "HU", "RO", "AT", "SE", "DK", "FI", "IE", "PT", "GR", "SK"}
)
USMCA = frozenset({"US", "CA", "MX"})
BELT_ROAD = frozenset(
    {"AF", "KR", "VN", "TH", "MY", "SG", "ID", "PH", "BD", "PK", "LK", "KH", "AE", "SA", "QA", "KW", "IQ", "TR", "KZ"}
    | {"UZ", "MN", "PL", "CZ", "HU", "RO", "GR", "SK", "RU", "UA", "CL", "PE", "EC", "CR", "ZA", "EG", "NG", "MA"}
    | {"KE", "ET", "DZ", "NZ", "PT", "AT"}
)

CONTINENT_ZH: dict[Continent, str] = {
    "asia": "亚洲",
    "europe": "欧洲",
    "africa": "非洲",
    "northAmerica": "北美洲",
    "southAmerica": "拉丁美洲",
    "oceania": "大洋洲",
}


@dataclass(frozen=True, slots=True)
class Economy:
    """One economy: the codes each service knows it by, its names, and its invented weight."""

    index: int
    code: str  # three digits, Trade Map; the same number is UN Comtrade's code
    m49: str
    iso2: str
    iso3: str
    customs: str  # China Customs
    name: str
    name_zh: str
    name_ko: str
    continent: Continent
    lat: int
    lon: int
    weight: int
    lag_years: int
    specialities: frozenset[str]

    @property
    def comtrade(self) -> int:
        """UN Comtrade's code as the number it is on the wire."""
        return int(self.code)

    @property
    def comtrade_iso(self) -> str:
        """UN Comtrade's ISO 3166 alpha-3 code; its area 490 has one of its own."""
        return "S19" if self.code == "490" else self.iso3

    @property
    def tags_zh(self) -> list[str]:
        """Trade tags as doumaotong's older shape lists them."""
        named = ((BELT_ROAD, "一带一路"), (ASEAN, "东盟"), (EU, "欧盟"), (USMCA, "美墨加"), (MIDDLE_EAST, "中东"))
        return [label for members, label in named if self.iso2 in members]


def _load() -> tuple[Economy, ...]:
    economies: list[Economy] = []
    for index, line in enumerate(_TABLE.strip().splitlines()):
        code, m49, iso2, iso3, customs, name, zh, ko, continent, lat, lon, weight, lag, special = line.split("|")
        economies.append(
            Economy(
                index=index,
                code=code,
                m49=m49 or code,
                iso2=iso2,
                iso3=iso3,
                customs=customs,
                name=name,
                name_zh=zh,
                name_ko=ko,
                continent=continent,  # type: ignore[arg-type]
                lat=int(lat),
                lon=int(lon),
                weight=int(weight),
                lag_years=int(lag),
                specialities=frozenset(special.split()),
            )
        )
    return tuple(economies)


ECONOMIES = _load()
BY_CODE = {economy.code: economy for economy in ECONOMIES}
BY_ISO2 = {economy.iso2: economy for economy in ECONOMIES}
BY_CUSTOMS = {economy.customs: economy for economy in ECONOMIES}
WORLD = "World"

# Names people use that are not the services' own.
_ALIASES = {
    "south korea": "KR",
    "korea": "KR",
    "republic of korea": "KR",
    "united states": "US",
    "united states of america": "US",
    "hong kong": "HK",
    "taiwan": "TW",
    "vietnam": "VN",
    "russia": "RU",
    "uk": "GB",
    "uae": "AE",
    "turkey": "TR",
    "czech republic": "CZ",
}


@lru_cache(maxsize=1)
def _names() -> dict[str, Economy]:
    names: dict[str, Economy] = {}
    for economy in ECONOMIES:
        for key in (economy.iso2, economy.iso3, economy.name, economy.code, economy.m49, str(economy.comtrade)):
            names[key.lower()] = economy
        names[str(int(economy.m49))] = economy
    for alias, iso2 in _ALIASES.items():
        names[alias] = BY_ISO2[iso2]
    return names


def find_economy(text: str) -> Economy | None:
    """The economy of an ISO2, ISO3, M49 or Comtrade code or an English name; None means World.

    Raises:
        KeyError: the world has no such economy.
    """
    key = text.strip().lower()
    if key in {"world", "0", "000", "w00"}:
        return None
    try:
        return _names()[key]
    except KeyError:
        known = ", ".join(economy.iso2 for economy in ECONOMIES)
        raise KeyError(f"no economy {text!r} in the sandbox world; it has World and {known}") from None


# Areas of Trade Map's country list beyond the world's economies: real codes and names, no data in the sandbox:
# code and name; a trailing * marks an area "not elsewhere specified", which counts in totals.
_OTHER_AREAS = """
008 Albania;016 American Samoa;020 Andorra;024 Angola;660 Anguilla;010 Antarctica;028 Antigua and Barbuda;051 Armenia;
533 Aruba;031 Azerbaijan;044 Bahamas;048 Bahrain;052 Barbados;112 Belarus;084 Belize;204 Benin;060 Bermuda;064 Bhutan;
068 Bolivia, Plurinational State of;535 Bonaire, Sint Eustatius and Saba;070 Bosnia and Herzegovina;072 Botswana;
092 British Virgin Islands;086 British Indian Ocean Territory;096 Brunei Darussalam;100 Bulgaria;854 Burkina Faso;
108 Burundi;132 Cabo Verde;120 Cameroon;136 Cayman Islands;140 Central African Republic;148 Chad;162 Christmas Island;
166 Cocos (Keeling) Islands;174 Comoros;178 Congo;180 Congo, Democratic Republic of the;184 Cook Islands;
384 Côte d'Ivoire;191 Croatia;192 Cuba;531 Curaçao;196 Cyprus;262 Djibouti;212 Dominica;214 Dominican Republic;
222 El Salvador;226 Equatorial Guinea;232 Eritrea;233 Estonia;748 Eswatini;234 Faroe Islands;
238 Falkland Islands (Malvinas);242 Fiji;258 French Polynesia;260 French Southern and Antarctic Territories;266 Gabon;
270 Gambia;268 Georgia;288 Ghana;292 Gibraltar;304 Greenland;308 Grenada;316 Guam;320 Guatemala;324 Guinea;
624 Guinea-Bissau;328 Guyana;332 Haiti;336 Holy See;340 Honduras;352 Iceland;364 Iran, Islamic Republic of;
388 Jamaica;400 Jordan;296 Kiribati;408 Korea, Democratic People's Republic of;417 Kyrgyzstan;
418 Lao People's Democratic Republic;428 Latvia;422 Lebanon;426 Lesotho;430 Liberia;434 Libya;440 Lithuania;
442 Luxembourg;446 Macao, China;450 Madagascar;454 Malawi;462 Maldives;466 Mali;470 Malta;584 Marshall Islands;
478 Mauritania;480 Mauritius;175 Mayotte;583 Micronesia, Federated States of;498 Moldova, Republic of;499 Montenegro;
500 Montserrat;508 Mozambique;104 Myanmar;516 Namibia;520 Nauru;524 Nepal;540 New Caledonia;558 Nicaragua;562 Niger;
570 Niue;574 Norfolk Island;580 Northern Mariana Islands;807 North Macedonia;512 Oman;585 Palau;
275 Palestine, State of;591 Panama;598 Papua New Guinea;600 Paraguay;612 Pitcairn;646 Rwanda;652 Saint Barthélemy;
654 Saint Helena;659 Saint Kitts and Nevis;662 Saint Lucia;534 Sint Maarten;666 Saint Pierre and Miquelon;
670 Saint Vincent and the Grenadines;882 Samoa;674 San Marino;678 Sao Tome and Principe;686 Senegal;688 Serbia;
690 Seychelles;694 Sierra Leone;705 Slovenia;090 Solomon Islands;706 Somalia;728 South Sudan;729 Sudan;740 Suriname;
760 Syrian Arab Republic;762 Tajikistan;834 Tanzania, United Republic of;626 Timor-Leste;768 Togo;772 Tokelau;
776 Tonga;780 Trinidad and Tobago;788 Tunisia;795 Turkmenistan;796 Turks and Caicos Islands;798 Tuvalu;800 Uganda;
581 United States Minor Outlying Islands;858 Uruguay;548 Vanuatu;862 Venezuela, Bolivarian Republic of;
876 Wallis and Futuna Islands;732 Western Sahara;887 Yemen;894 Zambia;716 Zimbabwe;412 Kosovo;
472 Africa not elsewhere specified*;899 Area Nes*;837 Ship stores and bunkers*;129 Caribbean Nes*;
471 Central American Common Market (CACM) Nes*;221 Eastern Europe Nes*;697 EFTA Nes*;492 European Union Nes*;
838 Free Zones*;473 LAIA Nes*;536 Neutral Zone*;637 North America Nes*;290 Northern Africa Nes*;527 Oceania Nes*;
577 Other Africa Nes*;568 Other Europe Nes*;636 Rest of America Nes*;839 Special categories*;879 Western Asia Nes*;
849 United States Miscellaneous Pacific Islands
"""


def other_areas() -> list[tuple[str, str, bool]]:
    """(code, name, nes) of every other area."""
    entries = (entry.strip() for entry in _OTHER_AREAS.replace("\n", "").split(";"))
    return [(entry[:3], entry[4:].rstrip("*"), entry.endswith("*")) for entry in entries]
