"""/policy: what is published at once and what an editor sees first, by column and by source."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from digest.asking import sources_called
from digest.model import Button, Message
from digest.policy import (
    DEFAULT,
    MOST_HOURS,
    Fall,
    Mode,
    Policies,
    Policy,
    column_scope,
    decide,
    source_scope,
)
from digest.taxonomy import Column
from handlers.admin.queue.pages import may_decide
from handlers.admin.queue.words import scope_name
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.prompts import POLICY, Prompt, put_question
from handlers.replies import say, show, toast
from storage.policies import Read

TRIED_DAYS = 7
COLUMNS, SOURCES = "columns", "sources"
MODE, SCORE, FALL, HOURS, FALL_SCORE, INHERIT = "m", "s", "f", "h", "o", "x"
_SCORES = (50, 60, 70, 80, 90)
_HOURS = (6, 12, 24, 48, 72)
_PAGE = 10


async def policy(turn: Turn) -> None:
    """All policies; with a column's or source's name that one's."""
    words = plain(turn.words)
    if not words:
        await say(turn, await _overview(turn))
        return
    column = turn.taxonomy.find_column(words)
    if column is not None:
        await say(turn, await _page(turn, column_scope(column.id)))
        return
    called = sources_called(words, await turn.storage.sources.all())
    if len(called) == 1:
        await say(turn, await _page(turn, source_scope(called[0].id)))
    elif called:
        rows = grid(act(one.spec.title, "policy", source_scope(one.id)) for one in called[:_PAGE])
        await say(turn, Message(turn.texts("chat.policy.which"), rows))
    else:
        await say(turn, turn.texts("chat.policy.unknown", name=quoted(words)))


async def show_policy(turn: Turn, scope: str) -> None:
    """The page of one policy, or with "" the overview."""
    if not scope:
        await show(turn, await _overview(turn))
    elif await _exists(turn, scope):
        await show(turn, await _page(turn, scope))
    else:
        await toast(turn, turn.texts("chat.button.old"), alert=True)


async def show_scopes(turn: Turn, kind: str, page: int) -> None:
    """Columns or sources to give a policy of their own."""
    texts, policies = turn.texts, await turn.storage.policies.all()
    if kind == COLUMNS:
        own = {column_scope(one) for one in policies.columns}
        names = {column_scope(one.id): one.name(turn.lang) for one in _columns(turn)}
    else:
        own = {source_scope(one) for one in policies.sources}
        names = {source_scope(one.id): one.spec.title for one in await turn.storage.sources.all()}
    ordered = sorted(names, key=lambda scope: scope not in own)
    start = max(0, min(page, (len(ordered) - 1) // _PAGE)) * _PAGE
    shown = ordered[start : start + _PAGE]
    rows = grid(ticked(names[one], "policy", one, on=one in own) for one in shown)
    turning = []
    if start:
        turning.append(act(texts("chat.policy.before"), "pscopes", kind, start // _PAGE - 1))
    if start + _PAGE < len(ordered):
        turning.append(act(texts("chat.policy.after"), "pscopes", kind, start // _PAGE + 1))
    rows = (*rows, tuple(turning), (act(texts("chat.back"), "policy", ""),))
    key = COLUMNS if kind == COLUMNS else SOURCES
    await show(turn, Message(texts(f"chat.policy.{key}"), tuple(row for row in rows if row)))


async def set_field(turn: Turn, scope: str, field: str, value: str) -> None:
    """Change one thing of a policy; one that was inherited becomes the scope's own."""
    policies = await turn.storage.policies.all()
    changed = _changed(_now(policies, scope), field, value)
    if changed is None or not await _exists(turn, scope):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    wanted = None if field == INHERIT and scope != DEFAULT else changed
    await turn.storage.policies.set(scope, wanted, actor=turn.actor, now=turn.now)
    await show(turn, await _page(turn, scope))


async def ask_number(turn: Turn, scope: str, field: str) -> None:
    """Ask for a score or a number of hours."""
    if field not in {SCORE, HOURS, FALL_SCORE} or not await _exists(turn, scope):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    kept = scope.encode().hex()
    if len(kept) > 37:  # noqa: PLR2004  what a question keeps besides the field
        await toast(turn, turn.texts("chat.policy.too_long"), alert=True)
        return
    which = "hours" if field == HOURS else "score"
    await put_question(
        turn,
        Prompt(POLICY, f"{field}_{kept}"),
        turn.texts(f"chat.policy.ask.{which}"),
        turn.texts(f"chat.policy.hint.{which}"),
    )


async def take_number(turn: Turn, value: str, typed: str) -> None:
    """The number that was typed."""
    field, _, kept = value.partition("_")
    try:
        scope = bytes.fromhex(kept).decode()
    except ValueError:
        return
    if field not in {SCORE, HOURS, FALL_SCORE} or not await _exists(turn, scope):
        return
    number = plain(typed).removesuffix("分").removesuffix("小时").strip()
    policies = await turn.storage.policies.all()
    changed = _changed(_now(policies, scope), field, number)
    if changed is None:
        which = "hours" if field == HOURS else "score"
        await say(turn, turn.texts(f"chat.policy.bad.{which}", most=MOST_HOURS))
        return
    await turn.storage.policies.set(scope, changed, actor=turn.actor, now=turn.now)
    await say(turn, await _page(turn, scope))


def _changed(policy: Policy, field: str, value: str) -> Policy | None:
    """The policy with another value, None for one that it cannot have."""
    try:
        match field:
            case "m":
                return replace(policy, mode=Mode(value))
            case "f":
                return replace(policy, fall=Fall(value))
            case "s":
                return replace(policy, score=_number(value))
            case "h":
                return replace(policy, hours=_number(value))
            case "o":
                return replace(policy, fall_score=_number(value))
            case "x":
                return policy
    except ValueError:
        return None
    return None


def _number(value: str) -> int:
    if not (value.isascii() and value.isdecimal()) or len(value) > len("9999"):
        raise ValueError(value)
    return int(value)


# --- what is shown ---------------------------------------------------------------------------


async def _overview(turn: Turn) -> Message:
    texts, policies = turn.texts, await turn.storage.policies.all()
    read = await _read(turn)
    lines = [texts("chat.policy.title"), ""]
    lines.append(
        texts(
            "chat.policy.line",
            scope=texts("chat.policy.of.default"),
            rule=rule_words(turn, policies.default),
        )
    )
    scopes = [column_scope(one.id) for one in _columns(turn) if one.id in policies.columns]
    scopes += [source_scope(one) for one in policies.sources]
    for scope in scopes:
        name = await scope_name(turn, scope)
        rule = rule_words(turn, _now(policies, scope))
        lines.append(texts("chat.policy.line", scope=name, rule=rule))
    if not scopes:
        lines.append(texts("chat.policy.no_others"))
    live, held = _tried(policies, read)
    lines += ["", texts("chat.policy.tried", days=TRIED_DAYS, live=live, held=held)]
    buttons = [act(texts("chat.policy.of.default"), "policy", DEFAULT)]
    rows: Rows = (
        tuple(buttons),
        (
            act(texts("chat.policy.columns.button"), "pscopes", COLUMNS, 0),
            act(texts("chat.policy.sources.button"), "pscopes", SOURCES, 0),
        ),
        (
            act(texts("chat.policy.queue"), "queue", 0, ""),
            act(texts("chat.policy.weekly"), "wkpolicy"),
        ),
    )
    return Message("\n".join(lines), rows)


async def _page(turn: Turn, scope: str) -> Message:
    texts, policies = turn.texts, await turn.storage.policies.all()
    policy, own = _now(policies, scope), _is_own(policies, scope)
    name = await scope_name(turn, scope)
    lines = [texts("chat.policy.page", scope=name), ""]
    if not own and scope.startswith("source:"):
        lines.append(texts("chat.policy.inherits.source"))
    else:
        if not own and scope != DEFAULT:
            lines.append(texts("chat.policy.inherits.column"))
        rule = texts("chat.policy.now", rule=rule_words(turn, policy))
        lines += [rule, fall_words(turn, policy)]
    live, held = _tried(policies, await _read(turn), scope)
    lines += ["", texts("chat.policy.tried", days=TRIED_DAYS, live=live, held=held)]
    rows = _choices(turn, scope, policy) if await may_decide(turn) else ()
    if own and scope != DEFAULT and rows:
        rows = (*rows, (act(texts("chat.policy.inherit"), "pset", scope, INHERIT, ""),))
    rows = (*rows, (act(texts("chat.back"), "policy", ""),))
    return Message("\n".join(line for line in lines), rows)


def rule_words(turn: Turn, policy: Policy) -> str:
    """What is published at once, in words."""
    return turn.texts(f"chat.policy.rule.{policy.mode}", score=policy.score)


def fall_words(turn: Turn, policy: Policy) -> str:
    """What becomes of what nobody reviews, in words; "" where nothing is reviewed."""
    if policy.mode is Mode.AUTOMATIC:
        return turn.texts("chat.policy.fall.nothing")
    return turn.texts.n(f"chat.policy.fall.{policy.fall}", policy.hours, score=policy.fall_score)


def _choices(turn: Turn, scope: str, policy: Policy) -> Rows:
    texts = turn.texts
    rows = grid(
        (
            ticked(texts(f"chat.policy.mode.{mode}"), "pset", scope, MODE, mode.value, on=on)
            for mode in Mode
            for on in (policy.mode is mode,)
        ),
        3,
    )
    if policy.mode is Mode.AUTOMATIC:
        return rows
    if policy.mode is Mode.ABOVE:
        rows += _numbers(turn, scope, SCORE, _SCORES, policy.score)
    rows += grid(
        ticked(texts(f"chat.policy.fall_button.{fall}"), "pset", scope, FALL, fall.value, on=on)
        for fall in Fall
        for on in (policy.fall is fall,)
    )
    if policy.fall is not Fall.WAIT:
        rows += _numbers(turn, scope, HOURS, _HOURS, policy.hours)
    if policy.fall is Fall.ABOVE:
        rows += _numbers(turn, scope, FALL_SCORE, _SCORES, policy.fall_score)
    return rows


def _numbers(turn: Turn, scope: str, field: str, values: Iterable[int], chosen: int) -> Rows:
    """A row of usual numbers, and one for any other."""
    unit = "chat.policy.hours_button" if field == HOURS else "chat.policy.score_button"
    known = tuple(values)
    buttons: list[Button] = [
        ticked(turn.texts(unit, n=value), "pset", scope, field, str(value), on=value == chosen)
        for value in known
    ]
    other = turn.texts("chat.policy.other")
    if chosen not in known:
        other = f"✓ {turn.texts(unit, n=chosen)}"
    return grid([*buttons, act(other, "pask", scope, field)], 3)


# --- what is known ---------------------------------------------------------------------------


def _columns(turn: Turn) -> list[Column]:
    return sorted(turn.taxonomy.columns.values(), key=lambda one: one.position)


def _now(policies: Policies, scope: str) -> Policy:
    """The policy that holds for a scope, its own or what it inherits."""
    kind, _, value = scope.partition(":")
    if kind == "column":
        return policies.columns.get(value, policies.default)
    if kind == "source" and value.isdecimal():
        return policies.sources.get(int(value), policies.default)
    return policies.default


def _is_own(policies: Policies, scope: str) -> bool:
    kind, _, value = scope.partition(":")
    if kind == "column":
        return value in policies.columns
    return kind == "source" and value.isdecimal() and int(value) in policies.sources


async def _exists(turn: Turn, scope: str) -> bool:
    kind, _, value = scope.partition(":")
    if kind == "column":
        return value in turn.taxonomy.columns
    if kind == "source" and value.isdecimal() and len(value) < 18:  # noqa: PLR2004  database
        return await turn.storage.sources.get(int(value)) is not None
    return scope == DEFAULT


async def _read(turn: Turn) -> tuple[Read, ...]:
    return await turn.storage.policies.read_since(turn.now - timedelta(days=TRIED_DAYS))


def _tried(policies: Policies, read: Iterable[Read], scope: str = "") -> tuple[int, int]:
    """How many of what was read would be live at once, and how many held; of one scope alone."""
    live = held = 0
    for one in read:
        if scope and not _concerns(policies, scope, one):
            continue
        whose, policy = policies.of(one.source_id, one.column)
        if decide(policy, whose, one.score, one.at) is None:
            live += 1
        else:
            held += 1
    return live, held


def _concerns(policies: Policies, scope: str, one: Read) -> bool:
    """Whether a scope's policy decides about a signal, or would if it had one of its own."""
    by_source = one.source_id in policies.sources
    if scope == DEFAULT:
        return not by_source and one.column not in policies.columns
    if scope == column_scope(one.column):
        return not by_source
    return one.source_id is not None and scope == source_scope(one.source_id)
