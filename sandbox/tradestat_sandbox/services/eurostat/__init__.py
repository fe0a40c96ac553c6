"""Eurostat Comext as the facts describe it."""

from tradestat_sandbox.stand_in import StandIn

STAND_IN = StandIn(
    "eurostat",
    paths={"/sdmx/2.1/": slice(2, 3), "/1.0/async/": slice(2, 3)},  # data, contentconstraint, status
    error_in_200=(
        '<?xml version="1.0" encoding="UTF-8"?><S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
        "<faultcode>500</faultcode><faultstring>INTERNAL_ERROR: Internal server error</faultstring></S:Fault>"
    ),
    wrong_type=(
        "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE\r\n"
        "ESTAT:DS-045409(1.0),soon,A,DE,CN,850760,1,VALUE_IN_EUROS,2024,many\r\n"
    ),
    markup="xml",
)
