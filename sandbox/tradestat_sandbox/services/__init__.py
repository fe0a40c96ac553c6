"""The stand-in services, each written from what its service is known to send."""

from tradestat_sandbox.services import census, comtrade, doumaotong, eurostat, korea, trademap
from tradestat_sandbox.stand_in import StandIn

STAND_INS: dict[str, StandIn] = {
    one.STAND_IN.id: one.STAND_IN for one in (trademap, doumaotong, korea, comtrade, census, eurostat)
}
