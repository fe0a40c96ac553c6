"""China Customs' units of quantity, which the service gives in Chinese."""

UNITS = {
    "千克": "kg",
    "克": "g",
    "吨": "tonne",
    "克拉": "carat",
    "台": "unit",
    "个": "piece",
    "只": "piece",
    "件": "piece",
    "支": "piece",
    "条": "piece",
    "块": "piece",
    "片": "piece",
    "根": "piece",
    "把": "piece",
    "套": "set",
    "组": "set",
    "副": "pair or set",
    "双": "pair",
    "张": "sheet",
    "卷": "roll",
    "辆": "vehicle",
    "架": "aircraft",
    "艘": "vessel",
    "头": "head",
    "株": "plant",
    "千个": "1,000 pieces",
    "千支": "1,000 pieces",
    "千块": "1,000 pieces",
    "米": "m",
    "千米": "km",
    "平方米": "m²",
    "立方米": "m³",
    "升": "litre",
    "千升": "1,000 litres",
    "千瓦": "kW",
    "千瓦时": "kWh",
}


def in_english(unit: str) -> str:
    """`台 (unit)`; a unit that is not known stands as it is."""
    return f"{unit} ({UNITS[unit]})" if unit in UNITS else unit
