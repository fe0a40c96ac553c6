"""Playing a scene, and where what it gave is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from golden_answers.stage import a_stage
from golden_answers.steps import Ask, Step

GOLDEN = Path(__file__).parents[2] / "golden"
ANSWERS = GOLDEN / "answers"


def _as_wanted() -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Scene:
    """Steps that are played in order on a server of their own, so that scenes are played in any order.

    Args:
        name: of the scene and of its file.
        unlike: settings that are not as the stand-ins want them.
        offers_all: whether the server has every tool, and not only those that are asked.
    """

    name: str
    steps: Sequence[Step]
    unlike: Mapping[str, Any] = field(default_factory=_as_wanted)
    offers_all: bool = False

    @property
    def file(self) -> Path:
        """Where its answers are written down."""
        return ANSWERS / f"{self.name}.txt"


async def play(scene: Scene, folder: Path) -> str:
    """What a scene gives, as it is written down.

    Args:
        scene: what is played.
        folder: an empty one.
    """
    tools = None if scene.offers_all else {step.tool for step in scene.steps if isinstance(step, Ask)}
    async with a_stage(folder, tools, **scene.unlike) as stage:
        pages = [page for step in scene.steps if (page := await step.play(stage))]
    return "\n\n".join(pages) + "\n"
