"""Areas of Trade Map's country list beyond the world's economies: real codes and names, no data in the sandbox."""

# code and name; a trailing * marks an area "not elsewhere specified", which counts in totals.
_TABLE = """
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
    entries = (entry.strip() for entry in _TABLE.replace("\n", "").split(";"))
    return [(entry[:3], entry[4:].rstrip("*"), entry.endswith("*")) for entry in entries]


# Trade Map's groups: id, label, type, members. Ids are opaque and are not country codes.
_GROUPS = """
42|European Union (EU 27)|economicGrouping|040 056 100 191 196 203 208 233 246 251 276 300 348 372 380 428 440 442 470 492 528 616 620 642 703 705 724 752
24|Association of Southeast Asian Nations (ASEAN)|customsUnion|096 104 116 360 418 458 608 626 702 704 764
6757|BRICS|geopoliticalRegion|076 156 231 360 643 699 710 784 818
6578|OECD|intergovernmentalOrganisation|036 040 056 124 152 170 188 203 208 246 251 276 300 348 372 376 380 392 410 484 528 554 579 616 620 703 724 752 757 792 826 842
7|Africa|geographicRegion|012 231 404 504 566 710 818
8|Asia|geographicRegion|004 050 116 144 156 344 360 368 376 392 398 410 414 458 490 496 586 608 634 682 699 702 704 764 784 792 860
9|Europe|geographicRegion|040 056 203 208 246 251 276 300 348 372 380 528 579 616 620 642 643 703 724 752 757 804 826
19|Oceania|geographicRegion|036 554
41|USMCA|economicGrouping|124 484 842
45|MERCOSUR|customsUnion|032 068 076 600 858
61|European Free Trade Association (EFTA)|economicGrouping|352 579 757
1202|Least developed countries (LDCs)|unilateralTradeArrangement|004 050 116 231
1311|Gulf Cooperation Council (GCC)|customsUnion|048 414 512 634 682 784
"""  # noqa: E501


def groups() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """(id, label, type, member codes) of every group."""
    rows = (line.split("|") for line in _GROUPS.strip().splitlines())
    return [(ident, label, kind, tuple(members.split())) for ident, label, kind, members in rows]
