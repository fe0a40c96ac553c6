"""The tools for values by year: goods_time_series and services_time_series."""

from tradestat_tools.contract.context import Services
from tradestat_tools.contract.tool import Endpoint
from tradestat_tools.model.answers import Answer
from tradestat_tools.sources.trademap.answers.data import SeriesData
from tradestat_tools.sources.trademap.arguments import GoodsTimeSeriesArguments, ServicesTimeSeriesArguments
from tradestat_tools.sources.trademap.flows import observe_goods, observe_services
from tradestat_tools.sources.trademap.question import (
    Question,
    common_arguments,
    goods_question,
    product_arguments,
    resolved_notes,
    services_question,
)
from tradestat_tools.sources.trademap.yearly import Asking, yearly

COST = "1 credit"


async def goods_time_series(services: Services, asked: GoodsTimeSeriesArguments) -> Answer[SeriesData]:
    """Yearly values of goods."""

    def spell(question: Question) -> dict[str, str | int]:
        return {**common_arguments(question, asked.sort_by, asked.sort_dir), **product_arguments(question)}

    notes = resolved_notes(country=asked.country, partner=asked.partner, product=asked.product)
    return await yearly(services, Asking("goods_time_series", asked, spell), goods_question(asked), notes)


async def services_time_series(services: Services, asked: ServicesTimeSeriesArguments) -> Answer[SeriesData]:
    """Yearly values of services."""

    def spell(question: Question) -> dict[str, str | int]:
        return {**common_arguments(question, asked.sort_by, asked.sort_dir), "service": question.product}

    notes = resolved_notes(country=asked.country, partner=asked.partner, service=asked.service)
    return await yearly(services, Asking("services_time_series", asked, spell), services_question(asked), notes)


GOODS_TIME_SERIES = Endpoint(
    name="goods_time_series",
    title="Trade Map: goods by year",
    description=(
        "Yearly goods trade of one reporting country in thousand USD: by partner (by=byCountry) or by HS code "
        "(by=byProduct), with the total apart in aggregateRecords. Covers 200+ countries, HS 2, 4 and 6 digits. "
        "Use it for levels and trends; goods_trade_indicators gives growth and balance of the newest year, "
        "comtrade_data quantities and an independent check, the Korean and Chinese tools months. World (000) is a "
        "partner, not a reporter; a group (EU, ASEAN) may be either."
    ),
    arguments=GoodsTimeSeriesArguments,
    data=SeriesData,
    run=goods_time_series,
    observe=observe_goods,
    example={
        "country": "410",
        "partner": "000",
        "product": "850760",
        "by": "byCountry",
        "trade_flow": "I",
        "period_from": 2022,
        "period_to": 2024,
        "page_size": 10,
    },
    cost=COST,
)

SERVICES_TIME_SERIES = Endpoint(
    name="services_time_series",
    title="Trade Map: services by year",
    description=(
        "Yearly services trade of one reporting country in thousand USD: by partner (by=byCountry) or by EBOPS 2010 "
        "item (by=byService), with the total apart in aggregateRecords. Use it for transport, travel, business "
        "services and so on; goods are in goods_time_series. Large tables are slow: name one service where you can, "
        "and keep sort_dir=desc. get_services_ebops lists the items."
    ),
    arguments=ServicesTimeSeriesArguments,
    data=SeriesData,
    run=services_time_series,
    observe=observe_services,
    example={
        "country": "156",
        "service": "ALL",
        "by": "byService",
        "trade_flow": "E",
        "period_from": 2022,
        "period_to": 2024,
        "page_size": 20,
    },
    cost=COST,
)
