"""Whether editors look at weeklies before they go out, in chat."""

from dataclasses import replace

from digest.model import Button, Message
from digest.render import week_name
from handlers.admin.queue.pages import may_decide
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, ticked
from handlers.replies import show, toast
from storage.weeklies import WeeklyPolicy

LEADS = (1, 2, 4, 8)
FALLS = (0, 3, 6, 12, 24)


async def show_policy(turn: Turn) -> None:
    """The policy, and the drafts that wait."""
    await show(turn, await _page(turn))


async def set_policy(turn: Turn, field: str, value: int) -> None:
    """Change one thing of it."""
    policy = await turn.storage.weeklies.policy()
    match field:
        case "review" if value in {0, 1}:
            wanted = replace(policy, review=bool(value))
        case "lead" if value in LEADS:
            wanted = replace(policy, lead_hours=value)
        case "fall" if value in FALLS:
            wanted = replace(policy, fall_hours=value)
        case _:
            await toast(turn, turn.texts("chat.button.old"), alert=True)
            return
    await turn.storage.weeklies.set_policy(wanted, actor=turn.actor, now=turn.now)
    await show(turn, await _page(turn))


async def _page(turn: Turn) -> Message:
    texts = turn.texts
    policy = await turn.storage.weeklies.policy()
    lines = [texts("chat.wk.policy"), "", _rule(turn, policy)]
    rows = _choices(turn, policy) if await may_decide(turn) else ()
    for draft in await turn.storage.weeklies.drafts():
        name = week_name(draft.week, turn.rendering)
        lines += ["", texts("chat.wk.policy.waits", week=quoted(name))]
        rows = (*rows, (act(texts("chat.wk.policy.open"), "wkdraft", str(draft.week)),))
    return Message("\n".join(lines), (*rows, (act(texts("chat.back"), "policy", ""),)))


def _rule(turn: Turn, policy: WeeklyPolicy) -> str:
    texts = turn.texts
    if not policy.review:
        return texts("chat.wk.policy.off")
    said = texts.n("chat.wk.policy.on", policy.lead_hours)
    late = texts("chat.wk.policy.late")
    if not policy.fall_hours:
        return f"{said}\n{texts('chat.wk.policy.never')}\n{late}"
    return f"{said}\n{texts.n('chat.wk.policy.fall', policy.fall_hours)}\n{late}"


def _choices(turn: Turn, policy: WeeklyPolicy) -> Rows:
    texts = turn.texts

    def choice(label: str, field: str, value: int, now: int) -> Button:
        return ticked(label, "wkset", field, value, on=value == now)

    review = int(policy.review)
    rows: Rows = (
        (
            choice(texts("chat.wk.policy.button.off"), "review", 0, review),
            choice(texts("chat.wk.policy.button.on"), "review", 1, review),
        ),
    )
    if not policy.review:
        return rows
    leads = (
        choice(texts("chat.wk.policy.lead", n=hours), "lead", hours, policy.lead_hours)
        for hours in LEADS
    )
    falls = (
        choice(
            texts("chat.wk.policy.falls", n=hours) if hours else texts("chat.wk.policy.waits_on"),
            "fall",
            hours,
            policy.fall_hours,
        )
        for hours in FALLS
    )
    return (*rows, tuple(leads), tuple(falls))
