"""UN Comtrade's list of the fields of its rows."""

from typing import Any

# Letters: where a field stands, in the order of _PLACES; the service's own spelling, which differs from the rows' in
# cifValue, fobValue, isnetWgtEstimated and isgrossWgtEstimated. The descriptions are this world's own.
_PLACES = {
    "G": "isInDataAPICommodity",
    "S": "isInDataAPIServices",
    "F": "isInBulkFileFinal",
    "T": "isInBulkFileTariffline",
}
_ITEMS = """
datasetCode GSFT Key of the dataset
typeCode GSFT C for goods, S for services
freqCode GSFT A for years, M for months
refPeriodId GSFT First day of the period as a number
refYear GSF Year
refMonth GSF Month, 52 for a whole year
period GSFT YYYY or YYYYMM
reporterCode GSFT Economy whose statistics these are
reporterISO GS ISO 3166 alpha-3 code of the reporter
reporterDesc GS Name of the reporter
flowCategory T Exports or imports
flowCode GSFT Trade flow
flowDesc GS Name of the flow
partnerCode GSFT Economy at the other end of the flow
partnerISO GS ISO 3166 alpha-3 code of the partner
partnerDesc GS Name of the partner
partner2Code GFT Second partner, such as the economy of consignment
partner2ISO G ISO 3166 alpha-3 code of the second partner
partner2Desc G Name of the second partner
classificationSearchCode GSF Classification that was asked for
classificationCode GSFT Classification and edition of the row
isOriginalClassification GSF Whether the reporter used this edition
cmdCode GSFT Commodity or service code
cmdDesc GS Name of the commodity or service
aggrLevel GS Level of the code
isLeaf GS Whether the code is of the lowest level
customsCode GFT Customs procedure
customsDesc G Name of the customs procedure
mosCode SFT Mode of supply of a service
mosDesc S Name of the mode of supply
motCode GFT Mode of transport
motDesc G Name of the mode of transport
qtyUnitCode GFT Unit of the first quantity
qtyUnitAbbr G Abbreviation of that unit
qty GFT First quantity
isQtyEstimated GF Whether the first quantity is estimated
altQtyUnitCode GFT Unit of the second quantity
altQtyUnitAbbr G Abbreviation of that unit
altQty GFT Second quantity
isAltQtyEstimated GF Whether the second quantity is estimated
netWgt GFT Net weight in kg
isnetWgtEstimated GF Whether the net weight is estimated
grossWgt GFT Gross weight in kg
isgrossWgtEstimated GF Whether the gross weight is estimated
cifValue GFT Value including cost, insurance and freight, in USD
fobValue GFT Value free on board, in USD
primaryValue GSFT Imports CIF, exports FOB where known, in USD
legacyEstimationFlag GF Which quantities were estimated, in the former notation
isReported GSF Whether the reporter gave the row itself
isAggregate GSF Whether the row was summed up from others
"""


def data_items() -> dict[str, Any]:
    """The fields, each with a description and where it stands ("True" or "False", as the service writes them)."""
    results: list[dict[str, str]] = []
    for line in _ITEMS.strip().splitlines():
        name, places, description = line.split(" ", 2)
        found = {place: str(letter in places) for letter, place in _PLACES.items()}
        results.append({"dataItem": name, "description": description, **found})
    return {"more": False, "results": results}
