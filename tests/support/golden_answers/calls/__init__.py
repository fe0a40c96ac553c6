"""The scenes: one for each tool, then what belongs to none and what goes wrong."""

from golden_answers.calls import comtrade, doumaotong, failures, korea, own, protocol, research, trademap
from golden_answers.play import Scene

SCENES: tuple[Scene, ...] = (
    *trademap.SCENES,
    *doumaotong.SCENES,
    *korea.SCENES,
    *comtrade.SCENES,
    *research.SCENES,
    *own.SCENES,
    *failures.SCENES,
    *protocol.SCENES,
)
