"""What we published before on the topic of an article, as the model is told of it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier signal of the same topic: its headline, day and points, in any language."""

    headline: str
    on: date
    points: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """All its words, for looking up what a statement about it says."""
        return "\n".join((self.headline, self.on.isoformat(), *self.points))
