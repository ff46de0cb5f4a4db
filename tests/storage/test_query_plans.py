"""No question that readers or loops ask may walk through a whole table."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from digest.finding import Narrowing
from digest.model import (
    ChatKind,
    Lang,
    PollState,
    SavedSort,
    SignalState,
    Subscriber,
    Subscription,
)
from storage import Match, Recipient, Storage
from tests.storage.looks import Looked
from tests.storage.making import NOW, add_signal, add_subscriber, planned

GROWING = {
    "entries",
    "articles",
    "signals",
    "signal_sources",
    "signal_topics",
    "deliveries",
    "delivered",
    "digest_signals",
    "looked_back",
    "subscriptions",
    "saved",
    "collections",
    "rule_refusals",
    "collection_undos",
    "collection_undo_signals",
    "updates",
    "translations",
    "enrichments",
    "sentence_cache",
    "model_answers",
    "model_calls",
    "daily_counts",
}
NARROW = Narrowing("ai", "llm", (1, 2), NOW - timedelta(days=1), NOW)
DUE = Subscriber(
    1, 100, 0, ChatKind.PRIVATE, "", Lang.ZH, True, NOW,  # noqa: FBT003
    Subscription(next_weekly_at=NOW, next_look_back_at=NOW),
)  # fmt: skip
QUESTIONS: dict[str, Callable[[Storage], Awaitable[Any]]] = {
    "latest": lambda s: s.signals.latest(),
    "latest, next page": lambda s: s.signals.latest(before=1),
    "latest of a column": lambda s: s.signals.latest(column="ai", before=1),
    "latest of a topic": lambda s: s.signals.latest(topic="llm", before=1),
    "latest since": lambda s: s.signals.latest(since=NOW, min_score=50),
    "window": lambda s: s.signals.window(NOW, NOW),
    "marks": lambda s: s.signals.marks(NOW, NOW),
    "day": lambda s: s.signals.day(NOW, NOW),
    "belated": lambda s: s.signals.belated(NOW, column="ai", topic="llm"),
    "story": lambda s: s.storylines.some(1),
    "story, a page": lambda s: s.storylines.course(1, 0, 30),
    "story, a page before": lambda s: s.storylines.place_of(1, 1),
    "story, around": lambda s: s.storylines.around(1, 1),
    "story, its sources": lambda s: s.storylines.names(1),
    "story, in a week": lambda s: s.storylines.told_within(1, NOW, NOW),
    "best": lambda s: s.signals.best(NOW, NOW, per_column=3),
    "counts until": lambda s: s.signals.counts(NOW, by="source", until=NOW),
    "active stories": lambda s: s.stories.active(NOW, NOW + timedelta(days=1)),
    "one story": lambda s: s.stories.get(1),
    "story items": lambda s: s.signals.story_items(NOW),
    "neighbours": lambda s: s.signals.neighbours(1),
    "related": lambda s: s.signals.related(1),
    "same": lambda s: s.signals.find_same("https://x.example/", "f"),
    "article": lambda s: s.signals.article(1),
    "counts by topic": lambda s: s.signals.counts(NOW, by="topic"),
    "counts by column": lambda s: s.signals.counts(NOW, by="column"),
    "topic days": lambda s: s.signals.topic_days(7, NOW),
    "search": lambda s: s.search.find("芯片"),
    "search page": lambda s: s.search.page("芯片", Narrowing(), zone="UTC"),
    "search page, narrowed": lambda s: s.search.page("芯片", NARROW, zone="UTC"),
    "list page, narrowed": lambda s: s.search.page("", NARROW, zone="UTC"),
    "list page of a source": lambda s: s.search.page("", Narrowing(sources=(1,)), zone="UTC"),
    "list page of a topic": lambda s: s.search.page("", Narrowing(topic="llm"), zone="UTC"),
    "list page of a time": lambda s: s.search.page("", Narrowing(since=NOW), zone="UTC"),
    "sources among": lambda s: s.search.sources_among([1, 2]),
    "translation": lambda s: s.translations.get(1, "zh"),
    "waiting for a translation": lambda s: s.translations.waiting(
        NOW, 10, known=["en", "ja"], retry_before=NOW
    ),
    "languages": lambda s: s.translations.languages(NOW),
    "awaiting a model": lambda s: s.signals.awaiting_model(40, 10, since=NOW, retry_before=NOW),
    "remembered": lambda s: s.translations.remembered(["a"]),
    "forget sentences": lambda s: s.translations.forget_before(NOW),
    "spent": lambda s: s.spending.spent(NOW),
    "spent on a signal": lambda s: s.spending.of_signal(1),
    "answer": lambda s: s.spending.answer("a"),
    "forget answers": lambda s: s.spending.forget_before(NOW),
    "claim entries": lambda s: s.entries.claim(NOW, 10),
    "claim sources": lambda s: s.sources.claim_due(NOW, 10, lambda _: NOW),
    "known keys": lambda s: s.sources.known_keys(1, ["a"]),
    "record a poll": lambda s: s.sources.record_poll(1, PollState(), now=NOW),
    "due subscribers": lambda s: s.subscribers.due(NOW),
    "due for a weekly": lambda s: s.subscribers.due_weekly(NOW, 9, after=DUE),
    "due for a look-back": lambda s: s.subscribers.due_look_back(NOW, 9, after=DUE),
    "waiting for a weekly": lambda s: s.weeklies.waiting(NOW),
    "shown as look-backs": lambda s: s.look_backs.shown([1, 2], {1: 1, 2: None}),
    "alike of look-backs": lambda s: s.look_backs.alike([1, 2]),
    "delivered": lambda s: s.given.delivered([1, 2], [1]),
    "heard of stories": lambda s: s.given.heard([1, 2], NOW),
    "stories of signals": lambda s: s.given.stories_of([1, 2]),
    "news of stories": lambda s: s.given.story_news(NOW, NOW + timedelta(minutes=1)),
    "told in a story": lambda s: s.newness.told(1),
    "carried": lambda s: s.given.carried([1, 2], NOW),
    "coming back": lambda s: s.given.coming_back([1, 2], NOW),
    "gone": lambda s: s.subscribers.set_active(100, active=False, reason="", now=NOW),
    "saved": lambda s: s.collections.saved(1),
    "saved by score": lambda s: s.collections.saved(1, sort=SavedSort.SCORE, live_only=True),
    "collections": lambda s: s.collections.list(1),
    "rule arrivals": lambda s: s.rules.arrivals(NOW, 1),
    "rule of": lambda s: s.rules.get(1, 1),
    "rules of topics": lambda s: s.rules.of_topics(["llm"], NOW, 10),
    "save by rule": lambda s: s.rules.save([Match(1, 1)], NOW, most_saved=9, most_a_day=9),
    "saved by rule": lambda s: s.rules.saved_since(1, NOW),
    "forget refusals": lambda s: s.rules.forget_refusals(NOW),
    "remove": lambda s: s.undos.remove(1, 1, 1, NOW, ""),
    "delete": lambda s: s.undos.delete(1, 2, NOW),
    "undos": lambda s: s.undos.list(1, NOW),
    "undo": lambda s: s.undos.undo(1, 1, NOW),
    "forget undos": lambda s: s.undos.forget_before(NOW),
    "drop texts": lambda s: s.retention.drop_texts(NOW),
    "shared": lambda s: s.collections.shared("k"),
    "where saved": lambda s: s.collections.where_saved(1, [1]),
    "last digest": lambda s: s.digests.latest_for(1),
    "plan": lambda s: s.digests.plan_instant(planned((1,), group_key="new"), [Recipient(1)]),
    "claim deliveries": lambda s: s.deliveries.claim(NOW, 10, "me"),
    "mark sending": lambda s: s.deliveries.mark_sending(1, NOW),
    "settle": lambda s: s.deliveries.settle_sent(1, 1, NOW),
    "advance": lambda s: s.deliveries.advance([1, 2], {1: 1, 2: 2}, NOW, owner="me"),
    "recover": lambda s: s.deliveries.recover(NOW),
    "next due": lambda s: s.deliveries.next_due(),
    "count a day": lambda s: s.numbers.recount(NOW.date(), NOW),
    "numbers": lambda s: s.numbers.latest(30, NOW),
    "days to count": lambda s: s.numbers.due(NOW, 9),
    "forget updates": lambda s: s.updates.forget_before(NOW - timedelta(days=1)),
    "audit": lambda s: s.audit.list(),
    "queue": lambda s: s.queue.waiting(NOW),
    "queue length": lambda s: s.queue.length(),
    "queue card": lambda s: s.queue.card(1, 1, NOW),
    "scheduled": lambda s: s.queue.scheduled(),
    "fall": lambda s: s.curation.fall_due(NOW),
    "publish": lambda s: s.curation.publish_due(NOW),
    "approve": lambda s: s.curation.approve(1, "cli", NOW, expect=SignalState.LIVE),
    "tried policies": lambda s: s.policies.read_since(NOW),
}


async def plans_of(
    storage: Storage, ask: Callable[[Storage], Awaitable[Any]], looks: list[Looked]
) -> list[str]:
    statements: list[tuple[str, Any]] = []

    def remember(
        _connection: object, _cursor: object, sql: str, values: Any, _context: object, many: bool
    ) -> None:
        if sql.startswith(("SELECT", "WITH", "UPDATE", "INSERT", "DELETE")) and not many:
            statements.append((sql, values))

    engines = {storage.database._reader.sync_engine, storage.database._writer.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", remember)
    try:
        looks.clear()
        await ask(storage)
        statements += [(sql, tuple(values)) for sql, values, _ in looks]
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", remember)
    plans = []
    async with storage.database.read() as connection:
        for sql, values in statements:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            plans += [str(row.detail) for row in rows]
    return plans


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", QUESTIONS)
async def test_questions_are_answered_by_indices(
    looks: list[Looked], storage: Storage, name: str
) -> None:
    one, signal = await add_subscriber(storage, 100), await add_signal(storage)
    await storage.digests.plan_instant(planned((signal.id,)), [Recipient(one.id)])
    await storage.collections.default(one.id, NOW, "收藏")

    plans = await plans_of(storage, QUESTIONS[name], looks)

    assert plans
    walks = [re.match(r"SCAN (\w+)(?! USING| VIRTUAL)", plan) for plan in plans]
    assert not {walk.group(1) for walk in walks if walk} & GROWING, plans
    if name.startswith(("latest", "due ")):
        assert not [plan for plan in plans if "B-TREE FOR ORDER BY" in plan], plans


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_postgres_knows_the_partial_indices(storage: Storage) -> None:
    async with storage.database.write() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        await connection.execute(text("SET LOCAL enable_sort = off"))
        rows = await connection.execute(
            text(
                "EXPLAIN SELECT id FROM signals WHERE state = 'live'"
                " ORDER BY dated_at DESC, id DESC LIMIT 10"
            )
        )
        plan = "\n".join(rows.scalars())
    assert "ix_signals_live" in plan
