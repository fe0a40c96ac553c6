"""The US Census Bureau's International Trade data sets."""

from tradestat_sandbox.stand_in import StandIn

STAND_IN = StandIn(
    "census",
    paths={"/data/timeseries/intltrade/": slice(3, 5)},  # imports/hs
    error_in_200="There was an error while running your query.",
    wrong_type='[["GEN_VAL_MO","time"],["many","sometime"]]',
    key="CENSUS_API_KEY",
)
