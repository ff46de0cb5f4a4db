"""Preferences in the app: every weight of the reader, and the steps that it can have."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.web.miniapp.forms import field_of
from digest.weights import MOST_STEPS, STEP_POINTS
from handlers.context import Turn
from handlers.less import said, set_weight, signed
from handlers.weights import kept_label

PAGE = "weights"
STEPS = range(-MOST_STEPS, MOST_STEPS + 1)
RULES: dict[str, Any] = {"points": STEP_POINTS, "most": MOST_STEPS}


@dataclass(frozen=True, slots=True)
class Preference:
    """One weight; `choices` are its possible steps with their labels, and which is kept."""

    name: str
    label: str
    choices: tuple[tuple[int, str, bool], ...]


async def preferences(turn: Turn) -> list[Preference]:
    """All weights that are kept, in the chat's order."""
    found = []
    for kept in await turn.storage.weights.of(turn.subscriber.id):
        choices = tuple((steps, signed(steps), steps == kept.steps) for steps in STEPS)
        found.append(Preference(kept.name, await kept_label(turn, kept.name), choices))
    return sorted(found, key=lambda one: one.label)  # so that none moves when pressed


async def tune(request: web.Request, turn: Turn) -> str:
    """Set one of the weights that there are; what is said of it. Raises HTTPBadRequest."""
    known: dict[str, Any] = dict(turn.subscription.wishes.weights)
    name = await field_of(request, "name")
    steps = {str(one): one for one in STEPS}.get(await field_of(request, "steps"))
    if steps is None:
        raise web.HTTPBadRequest
    if name not in known:
        return turn.texts("chat.weight.gone")
    await set_weight(turn, name, steps)
    return said(turn, await kept_label(turn, name), steps)
